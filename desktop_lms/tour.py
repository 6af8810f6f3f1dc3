"""The guided tour: the demo student's way through real windows, with pictures; it fails when a step does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from desktop_lms.app import App
from lms_core.demo import STUDENT, sign_in
from lms_core.errors import LmsError
from lms_core.session import Sessions
from lms_core.workspace import Workspace

STEP_MS, PATIENCE_S = 40, 30


class Tour:
    """Walks, waits for what must come, and takes a picture at each station."""

    def __init__(self, app: App, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def rest(self, ms: int = STEP_MS) -> None:
        """Let the window work for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def until(self, ready: Callable[[], Any], what: str) -> Any:
        """Wait until something is there; raises TimeoutError with its name."""
        end = time.monotonic() + PATIENCE_S
        while not (found := ready()):
            if time.monotonic() > end:
                raise TimeoutError(what)
            self.rest()
        return found

    def ask(self, work: Callable[[Workspace], Any]) -> Any:
        """What the workspace says, in its turn."""
        store = self.app.store
        answers: list[tuple[Any, LmsError | None]] = []
        assert store is not None
        store.run(self.app, work, lambda x: answers.append((x, None)), lambda error: answers.append((None, error)))
        answer, error = self.until(lambda: answers, "an answer of the workspace")[0]
        if error is not None:
            raise error
        return answer

    def go(self, route: str) -> None:
        """Go to a route and wait until its page has settled."""
        window = self.app.window
        assert window is not None
        window.go(route)
        self.rest(700)

    def picture(self, name: str) -> None:
        """Keep what the window shows."""
        self.count += 1
        window = self.app.window or self.app.door
        if window is not None:
            path = self.folder / f"{self.count:02}-{name}.png"
            if not window.grab().save(str(path)):
                raise OSError(f"cannot write {path}")
            print(f"  {path}", flush=True)


def walk(app: App, url: str, folder: Path) -> int:
    """Sign in, install, read, note, take a quiz, sync, and find it all on a second machine; returns the exit status."""
    tour = Tour(app, folder)
    app.show_door()
    tour.rest(600)
    tour.picture("first-run")
    app.enter(sign_in(app.sessions, url, STUDENT))
    cards = tour.until(lambda: tour.ask(lambda w: w.courses.catalog()), "the catalogue")
    tour.picture("today-new")
    course = cards[0].id
    tour.go("courses")
    tour.picture("courses")
    tour.ask(lambda w: w.learning.enroll(course))
    tour.ask(lambda w: w.install(course))
    tour.go(f"course/{course}")
    tour.picture("course")
    lessons = tour.ask(lambda w: w.installed.document(course).lessons())
    first = lessons[0].id
    quiz = next(x for x in lessons if x.assessment and x.assessment.mode == "practice")
    note, receipt = _learn(tour, first, quiz.id)
    for route in ("today", "syncing", "settings"):
        tour.go(route)
        tour.picture(route)
    assert app.loop is not None
    app.loop.sync_now()
    tour.until(lambda: tour.ask(lambda w: w.sync.status()).waiting == 0, "everything sent")
    _look_elsewhere(tour, url, note, receipt.attempt_id, quiz.id)
    for mode in ("dark", "contrast"):
        app.preferences.set("theme", mode)
        tour.go(f"lesson/{first}")
        tour.picture(f"lesson-{mode}")
    app.preferences.set("theme", "light")
    print(f"The tour is over: {tour.count} pictures in {folder}", flush=True)
    return 0


def _learn(tour: Tour, first: str, quiz: str) -> tuple[str, Any]:
    """Read a lesson, write a note, take a quiz; returns the note and the receipt."""
    tour.go(f"lesson/{first}")
    tour.picture("lesson")
    note = tour.ask(lambda w: w.notes.add("Ask about this on Tuesday.", lesson=first))
    tour.ask(lambda w: w.learning.complete(first))
    tour.go(f"lesson/{first}")
    tour.picture("lesson-with-note")
    tour.go(f"quiz/{quiz}")
    tour.picture("quiz")

    def take(workspace: Workspace) -> Any:
        running = workspace.assessment.start(quiz)
        for question in running.questions:
            workspace.assessment.answer(quiz, question.id, [question.options[0].id])
        return workspace.assessment.submit(quiz)

    receipt = tour.ask(take)
    tour.go(f"quiz/{quiz}")
    tour.picture("quiz-result")
    tour.go("notes")
    tour.picture("notes")
    return note, receipt


def _look_elsewhere(tour: Tour, url: str, note: str, attempt: str, quiz: str) -> None:
    """A second machine of the same student shows the same."""
    other = sign_in(Sessions(tour.app.data.parent / f"second-{time.time_ns()}"), url, STUDENT)
    try:
        other.synchronize()
        notes = [n.id for n in other.notes.all()]
        attempts = [a.id for a in other.assessment.attempts(quiz)]
        if note not in notes or attempt not in attempts:
            raise AssertionError("the second machine does not show the note and the attempt")
    finally:
        other.close()
