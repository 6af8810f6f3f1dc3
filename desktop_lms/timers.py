"""Timers that ring once after they were started."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance


def once(owner: QObject, ms: int, then: Callable[[], object] | SignalInstance) -> QTimer:
    """A timer of an object that calls `then` once, so many milliseconds after each start."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(then)
    return timer
