"""Where the window stands on this machine: its size, its place, and whether it fills the screen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from desktop_lms.preferences import Preferences
from desktop_lms.shell.window import FRAME, Window

MOST = 100_000
"""No screen is as far away, in px."""


def show_standing(window: Window, preferences: Preferences) -> None:
    """Show a window where one was closed before, and keep where this one is."""
    kept = preferences.get("window")
    if _is_standing(kept):
        window.setGeometry(fitted(QRect(*kept[:4]), _rooms()))
    window.closing.connect(partial(keep_standing, window, preferences))
    if _is_standing(kept) and kept[4]:
        window.showMaximized()
    else:
        window.show()


def keep_standing(window: Window, preferences: Preferences) -> None:
    """Keep where a window stands; of one that fills the screen also where it stood before."""
    filled = window.isMaximized()
    area = window.normalGeometry() if filled or window.isFullScreen() else window.geometry()
    if window.isVisible() and area.isValid():
        preferences.set("window", [*area.getRect(), int(filled)])


def fitted(area: QRect, rooms: Sequence[QRect]) -> QRect:
    """Bring a window into the room of a screen, with its frame: the one that shows most of it, else the first."""
    if not rooms:
        return area
    shown = [room.intersected(area) for room in rooms]
    room = rooms[max(range(len(rooms)), key=lambda n: shown[n].width() * shown[n].height())].adjusted(0, FRAME, 0, 0)
    size = area.size().boundedTo(room.size())
    left = min(max(area.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(area.top(), room.top()), room.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())


def _rooms() -> list[QRect]:
    """What screens leave to windows, the first one first."""
    if QGuiApplication.platformName() == "offscreen":  # its screen is smaller than any that people have
        return []
    return [screen.availableGeometry() for screen in QGuiApplication.screens()]


def _is_standing(kept: Any) -> bool:
    """Whether what a file says can be where a window stands."""
    whole = isinstance(kept, list) and len(kept) == 5 and all(isinstance(each, int) for each in kept)
    return whole and all(abs(each) < MOST for each in kept) and min(kept[2:4]) > 0
