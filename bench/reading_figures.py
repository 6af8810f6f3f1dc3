"""What a reader waits for: a lesson opened for the first time, again, and the next one, until its first screen stands.

The real page over an encrypted profile with many courses; the lessons have 50 KB each, with formulas, tables and code.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figure import Context, Figure, figure, percentile
from bench.laptop import local_workspace
from bench.lesson_figures import SIZE, lesson_text
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.folders import shipped
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from desktop_lms.features.lesson.view import LessonPage
    from desktop_lms.store import Store

NAMES = ("learn.open_cold_p95_ms", "learn.open_warm_p95_ms", "learn.next_p95_ms", "learn.open_stall_max_ms")
BARS = (150, 30, 50, 50)
COURSES, LESSONS, FORMULAS, GROWTH = 50, 12, 20, 10
WAIT_S, PAUSE_S = 20.0, 0.0005
"""A window sleeps between events; one that asked all the time would take the processor from what it waits for."""


def run(context: Context) -> list[Figure]:
    """Measure with so many courses, then with ten times the lessons in each."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    assert app is not None
    small = _measure(context.folder / "small", LESSONS)
    grown = _measure(context.folder / "grown", LESSONS * GROWTH)
    size = f"{SIZE // 1000} KB, {COURSES} courses of {LESSONS} lessons"
    made = []
    for name, bar in zip(NAMES, BARS, strict=True):
        value, later = _value(name, small[name]), _value(name, grown[name])
        note = f"{len(small[name])} times, p50 {percentile(small[name], 50):.0f} ms; with {LESSONS * GROWTH} lessons "
        note += f"in each course {later:.0f} ms"
        made.append(figure(name, value, unit="ms", better="lower", bar=bar, size=size, note=note))
    return made


def _value(name: str, taken: list[float]) -> float:
    return max(taken) if "max" in name else percentile(taken, 95)


def _measure(folder: Path, lessons: int) -> dict[str, list[float]]:
    from desktop_lms.store import Store

    taken: dict[str, list[float]] = {name: [] for name in NAMES}
    with local_workspace(folder) as workspace:
        _fill(workspace, lessons)
        store = Store(workspace)
        try:
            _open(store, f"{COURSES - 1}-0", [])  # loads the modules
            for n in range(LESSONS - 2):
                stalls = taken[NAMES[3]]
                first = f"{n % COURSES}-{n}"
                taken[NAMES[0]].append(_open(store, first, stalls))
                taken[NAMES[1]].append(_open(store, first, stalls))
                taken[NAMES[2]].append(_open(store, f"{n % COURSES}-{n + 1}", stalls))
        finally:
            store.close()
    return taken


def _fill(workspace: Workspace, count: int) -> None:
    """Install courses whose lessons differ, so that nothing is remembered of another one."""
    text = lesson_text(shipped("resources") / "sample_course")
    for course in range(COURSES):
        big = course < LESSONS or course == COURSES - 1
        lessons = tuple(
            LessonDoc(f"{course}-{n}", f"Lesson {n}", body=_body(text, course * 1000 + n) if big else f"Words {n}.")
            for n in range(count)
        )
        document = CourseDocument(
            f"c{course}", "1", f"Course {course}", modules=(ModuleDoc("m", "M", lessons=lessons),)
        )
        workspace.installed.install_pack(workspace.media.put(build_pack(document)), build_pack(document))


def _body(text: str, n: int) -> str:
    formulas = "".join(f"Then $x_{{{n}}}^{k} + \\frac{{{k}}}{{{n + 1}}}$ follows.\n\n" for k in range(FORMULAS))
    return f"Lesson {n} begins.\n\n{formulas}{text}"[:SIZE]


def _open(store: Store, lesson: str, stalls: list[float]) -> float:
    """Milliseconds from the click until the words stand and were painted; then waits until all is at rest."""
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from desktop_lms.features.lesson.study import StudyTime
    from desktop_lms.features.lesson.view import LessonPage
    from desktop_lms.features.lesson.viewmodel import LessonModel

    model = LessonModel(store, lesson, study=StudyTime(store.workspace.clock))
    with _steps(stalls) as step:
        began = time.perf_counter()
        page: list[LessonPage] = []

        def make() -> None:
            made = LessonPage(model, go=lambda route: None, say=lambda text, undo: None)
            made.resize(1280, 800)
            made.show()
            page.append(made)

        step(make)
        while not page[0].text.toPlainText() and time.perf_counter() - began < WAIT_S:
            step(QApplication.processEvents)
            time.sleep(PAUSE_S)
        step(page[0].text.viewport().repaint)
        spent = (time.perf_counter() - began) * 1000
        rest = time.perf_counter() + 0.6
        ready = _at_rest(store)
        while time.perf_counter() < rest or not (ready() or time.perf_counter() > rest + WAIT_S):
            step(QApplication.processEvents)
            time.sleep(0.001)
    page[0].leave()
    page[0].hide()
    page[0].deleteLater()
    model.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return spent


def _at_rest(store: Store) -> Callable[[], bool]:
    """Tells whether every thread of the pool has nothing to do: a reader looks at a lesson for longer than that."""
    from PySide6.QtCore import QTimer

    from desktop_lms.store import POOL

    together, passed = threading.Barrier(POOL), threading.Event()

    def wait() -> None:
        together.wait(WAIT_S)
        passed.set()

    def ask() -> None:
        for _ in range(POOL):
            store.pool(store, wait)

    QTimer.singleShot(300, store, ask)
    return passed.is_set


@contextmanager
def _steps(stalls: list[float]) -> Iterator[Any]:
    """Times each turn of the window's thread; keeps the longest."""
    longest = 0.0

    def step(work: Any) -> None:
        nonlocal longest
        began = time.perf_counter()
        work()
        longest = max(longest, (time.perf_counter() - began) * 1000)

    yield step
    stalls.append(longest)
