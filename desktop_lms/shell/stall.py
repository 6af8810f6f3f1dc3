"""Notice when the window stands still: the stack that held its thread, for whoever looks for the cause.

With LMS_STALL=1 the app writes each one into its log. Nothing but painting belongs on the window's thread.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

log = logging.getLogger(__name__)

LIMIT_S = 0.1
BEAT_MS = 20


@dataclass(frozen=True)
class Stall:
    """One time that the event loop did not come round: for how long so far, and where it was held."""

    seconds: float
    stack: str


class StallWatch(QObject):
    """A timer beats on the window's thread; a thread beside it looks whether it still does."""

    def __init__(self, parent: QObject | None = None, *, limit: float = LIMIT_S) -> None:
        super().__init__(parent)
        self.stalls: list[Stall] = []
        self.noticed = threading.Event()
        self._limit = limit
        self._window = threading.get_ident()
        self._beaten = time.monotonic()
        self._end = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)
        self._thread = threading.Thread(target=self._look, name="stall watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._timer.stop()
        self._end.set()
        self._thread.join()

    def _beat(self) -> None:
        self._beaten = time.monotonic()

    def _look(self) -> None:
        told = 0.0
        while not self._end.wait(self._limit / 4):
            beaten = self._beaten
            late = time.monotonic() - beaten
            if late > self._limit and beaten != told:
                told = beaten
                self._note(late)

    def _note(self, late: float) -> None:
        frame = sys._current_frames().get(self._window)
        stack = "".join(traceback.format_stack(frame)) if frame else ""
        self.stalls.append(Stall(late, stack))
        log.warning("the window stood still for %.0f ms or longer:\n%s", late * 1000, stack)
        self.noticed.set()
