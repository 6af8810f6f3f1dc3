"""Open lessons in the real window, in this process: from the press until the first screen is painted.

`python -m bench.reader FOLDER TIMES` prints one JSON line; the folder holds a profile that bench.reading_figures made.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop_lms.rubbish import collect_at_rest
from desktop_lms.start import load
from desktop_lms.store import POOL, Store

if TYPE_CHECKING:
    from desktop_lms.app import App

BEAT_MS, LOOK_S, WAIT_S, SETTLE_S = 1, 0.8, 20.0, 4.0
"""A reader looks at a lesson for so long, and longer while the machine still works on it."""


class Reader(QObject):
    """Goes from lesson to lesson; `taken` are milliseconds by kind, `stalls` the longest stand of each opening."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app
        self.taken: dict[str, list[float]] = {"cold": [], "again": [], "next": []}
        self.stalls: list[float] = []
        self._late, self._beaten = 0.0, time.perf_counter()
        beat = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        beat.timeout.connect(self._on_beat)
        beat.start()

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self._late = max(self._late, (now - self._beaten) * 1000)
        self._beaten = now

    def read(self, times: int) -> None:
        """Open a lesson of each course, go elsewhere and come back, and go on to the lesson that follows."""
        wait(lambda: False, SETTLE_S)
        self._open("c0/0-0")  # loads the modules
        for n in range(1, times + 1):
            lesson = f"c{n}/{n}-{n % 8}"
            self.taken["cold"].append(self._open(lesson))
            self._go("today")
            wait(lambda: False, LOOK_S)
            self.taken["again"].append(self._open(lesson))
            self.taken["next"].append(self._open(f"c{n}/{n}-{n % 8 + 1}"))

    def _go(self, route: str) -> Any:
        window: Any = self._app.window
        window.go(route)
        return window.stack.currentWidget()

    def _open(self, lesson: str) -> float:
        """Milliseconds until the words stand and were painted; then waits until all is at rest."""
        self._at_rest()
        self._late, self._beaten = 0.0, time.perf_counter()
        began = time.perf_counter()
        page = self._go(f"lesson/{lesson}")
        painted = Painted(page.text)
        wait(lambda: painted.seen, WAIT_S)
        spent = (time.perf_counter() - began) * 1000
        wait(lambda: False, LOOK_S)
        self._at_rest()
        self.stalls.append(self._late)
        return spent

    def _at_rest(self) -> None:
        """Wait until every thread of the pool has nothing to do."""
        store: Any = self._app.store
        passed = at_rest(store)
        wait(passed.is_set, WAIT_S)


class Painted(QObject):
    """Sees when a text is painted that has words."""

    def __init__(self, text: Any) -> None:
        super().__init__(text)
        self._text, self.seen = text, False
        text.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._text.document().isEmpty():
            self.seen = True
            self._text.viewport().removeEventFilter(self)
        return False


def at_rest(store: Store) -> threading.Event:
    """Set once every thread of the pool and the one that computes have nothing to do."""
    together, passed = threading.Barrier(POOL + 1), threading.Event()

    def stand() -> None:
        together.wait(WAIT_S)
        passed.set()

    store.compute(store, stand)
    for _ in range(POOL):
        store.pool(store, stand)
    return passed


def wait(until: Callable[[], bool], seconds: float) -> None:
    """Let the window work until something is so, at most so long."""
    loop, end = QEventLoop(), time.perf_counter() + seconds
    look = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
    look.timeout.connect(lambda: loop.quit() if until() or time.perf_counter() > end else None)
    look.start()
    loop.exec()


def main() -> None:
    """Open the profile, read, and say what came of it."""
    folder, times = Path(sys.argv[1]), int(sys.argv[2])
    qt = QApplication(["reader"])
    app = load().App(qt, folder)
    app.start()
    QTimer.singleShot(500, lambda: collect_at_rest(qt))  # as the app's own main does
    reader = Reader(app)
    reader.read(times)
    print(json.dumps({**reader.taken, "stalls": reader.stalls}), flush=True)
    app.close()
    os._exit(0)


if __name__ == "__main__":
    main()
