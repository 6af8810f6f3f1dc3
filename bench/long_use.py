"""Use the app for a long time as a student does, in this process: memory by the minute, and how long the window stood.

`python -m bench.long_use FOLDER SECONDS COURSES LESSONS STEP_MS` prints one JSON line, and memory as it goes to
stderr; the folder holds a profile of `bench.library` without a password.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from bench.library import SUBJECTS, course_id, lesson_id
from bench.pastimes import LONG, Pastimes, furnish, seen
from desktop_lms.rubbish import collect_at_rest
from desktop_lms.start import load
from lms_core.session import Sessions

if TYPE_CHECKING:
    from desktop_lms.app import App

BEAT_MS, SETTLE_S = 1, 20
OVER = object()
PLACES = ("today", "courses", "notes", "review", "progress", "inbox", "settings")


class Student(QObject):
    """Goes from page to page, scrolls, searches, and now and then does what `Pastimes` knows, by a seed."""

    def __init__(self, app: App, *, courses: int, lessons: int, seconds: float, step_ms: int) -> None:
        super().__init__()
        self._app, self._courses, self._lessons = app, courses, lessons
        self._chance = random.Random(11)
        self._began, self._seconds, self._settled = time.monotonic(), seconds, min(SETTLE_S, seconds / 3)
        self.memory: list[tuple[float, float]] = []
        self.visits: dict[str, int] = {}
        self._pastimes = Pastimes(lambda: app.window, self._go, self._chance)
        self._pastime: Iterator[None] = iter(())
        self.longest: dict[str, float] = {}
        self.busiest: dict[str, float] = {}
        """As `longest`, in processor time: what does not depend on what else the machine does."""
        self._at, self._beaten, self._worked = "start", time.perf_counter(), time.thread_time()
        self._beat = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._beat.start()
        self._timer = QTimer(self, interval=step_ms)
        self._timer.timeout.connect(self._step)
        self._timer.start()

    def _on_beat(self) -> None:
        """Keep for how long the window's thread did not come round."""
        now = time.perf_counter()
        late, self._beaten = (now - self._beaten) * 1000, now
        spent, self._worked = (time.thread_time() - self._worked) * 1000, time.thread_time()
        if time.monotonic() - self._began > self._settled:
            self.longest[self._at] = max(self.longest.get(self._at, 0.0), late)
            self.busiest[self._at] = max(self.busiest.get(self._at, 0.0), spent)

    def _step(self) -> None:
        now = time.monotonic() - self._began
        if not self.memory or now - self.memory[-1][0] >= 30:
            self.memory.append((now, resident_mb()))
            print(f"{now:.0f} s, {self.memory[-1][1]:.1f} MB, {sum(self.visits.values())} visits", file=sys.stderr)
            self._beaten, self._worked = time.perf_counter(), time.thread_time()  # collecting is no part of the use
        if now > self._seconds:
            self.memory.append((now, resident_mb()))
            self._timer.stop()
            QApplication.quit()
            return
        if next(self._pastime, OVER) is OVER:
            self._act(self._chance.random())

    @property
    def done(self) -> dict[str, int]:
        """How often each pastime came to its end."""
        return {each.__name__: self._pastimes.done[each.__name__] for each in self._pastimes.all}

    def _act(self, chance: float) -> None:
        if chance < 0.1:
            self._pastime = self._chance.choice(self._pastimes.all)()
        elif chance < 0.4:
            self._go(self._chance.choice(PLACES))
        elif chance < 0.5:
            self._go(f"course/{course_id(self._chance.randrange(self._courses))}")
        elif chance < 0.7:
            course, lesson = self._chance.randrange(self._courses), self._chance.randrange(self._lessons)
            self._go(f"lesson/{course_id(course)}/{lesson_id(course, lesson)}")
        elif chance < 0.8:
            self._go("search/" + self._chance.choice(SUBJECTS).lower()[: self._chance.randrange(2, 6)])
        else:
            self._scroll()

    def _go(self, route: str) -> None:
        self._at = route.partition("/")[0]
        self.visits[self._at] = self.visits.get(self._at, 0) + 1
        window: Any = self._app.window
        window.go(route)

    def _scroll(self) -> None:
        for area in seen(QAbstractScrollArea):
            bar = area.verticalScrollBar()
            if bar.maximum() > 0:
                bar.setValue(self._chance.randrange(bar.maximum() + 1))
                return


def resident_mb() -> float:
    """What this process holds in memory after a collection, in MB."""
    gc.collect()
    with Path("/proc/self/status").open(encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main() -> None:
    """Open the profile, use it, and say what came of it."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    courses, lessons, step_ms = map(int, sys.argv[3:])
    qt = QApplication(["long use"])
    sessions = Sessions(folder)
    workspace = sessions.unlock(sessions.list()[0].id)
    if LONG not in {each.course_id for each in workspace.installed.installed()}:
        furnish(workspace)
    workspace.close()
    app = load().App(qt, folder)
    app.start()
    QTimer.singleShot(500, lambda: collect_at_rest(qt))  # as the app's own main does
    student = Student(app, courses=courses, lessons=lessons, seconds=seconds, step_ms=step_ms)
    qt.exec()
    app.close()
    told = {name: getattr(student, name) for name in ("memory", "visits", "done", "longest", "busiest")}
    print(json.dumps(told), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
