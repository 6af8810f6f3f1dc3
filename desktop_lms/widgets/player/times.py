"""Times of players in figures and in words."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def clock(seconds: float) -> str:
    """`4:12`, or `1:02:03` from an hour on."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def speed_words(speed: float) -> str:
    """`1×`, `1.25×`."""
    return f"{speed:g}×"


def announce(widget: QWidget, words: str) -> None:
    """Say something to those who hear the screen."""
    widget.setAccessibleDescription(words)
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
