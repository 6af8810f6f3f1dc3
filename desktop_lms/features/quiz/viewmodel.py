"""Taking a quiz: each answer is on the disk before the screen says so, and a restart goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_lms.store import Store
from lms_core.assessment.model import Attempt, OpenAttempt, Paper, Receipt
from lms_core.changes import Changes, Topic
from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, QuestionDoc
from lms_core.errors import LmsError, NotFound
from lms_core.workspace import Workspace

Stage = Literal["loading", "start", "asking", "receipt", "result"]
TICK_MS = 1000


@dataclass(frozen=True)
class Opening:
    """What is known of a quiz before an attempt."""

    course_id: str
    course_title: str
    title: str
    quiz: AssessmentDoc
    running: OpenAttempt | None
    past: tuple[Attempt, ...]
    left: int | None
    time_left_ms: int | None
    local: bool


@dataclass(frozen=True)
class ReviewRow:
    """One question of a handed-in attempt; `correct` is None while nobody may know."""

    question: QuestionDoc
    chosen: tuple[str, ...]
    right: tuple[str, ...]
    correct: bool | None
    points: float
    explanation: str


@dataclass(frozen=True)
class Outcome:
    """A handed-in attempt with what may be shown of it; no rows where its version is not on this device any more."""

    attempt: Attempt
    rows: tuple[ReviewRow, ...]


def open_quiz(workspace: Workspace, lesson: str) -> Opening:
    """Read a quiz and where the person stands with it."""
    running = workspace.assessment.resume(lesson)
    past = tuple(workspace.assessment.attempts(lesson))
    document, left = _version(workspace, lesson, running.pack if running else "", past)
    found = document.lesson(lesson)
    quiz = running.assessment if running else found.assessment if found else None
    if quiz is None:
        raise NotFound("no_quiz")
    return Opening(
        course_id=document.course_id,
        course_title=document.title,
        title=found.title if found else "",
        quiz=quiz,
        running=running,
        past=past,
        left=left,
        time_left_ms=workspace.assessment.time_left_ms(running) if running else None,
        local=workspace.transport is None,
    )


def _version(
    workspace: Workspace, lesson: str, running: str, past: tuple[Attempt, ...]
) -> tuple[CourseDocument, int | None]:
    """The version to show a quiz from, and the attempts left; a quiz that left the course is seen, not begun."""
    try:
        here = workspace.installed.document(workspace.installed.course_of(lesson))
        left = workspace.assessment.attempts_left(lesson)
    except NotFound:
        pack = running or next((a.pack for a in past if workspace.media.has(a.pack)), "")
        if not pack:
            raise
        return workspace.installed.open(pack), 0
    # an exam may run in a version that is not here: it brought its questions along
    return (workspace.installed.open(running) if running and workspace.media.has(running) else here), left


def outcome(workspace: Workspace, attempt_id: str) -> Outcome:
    """Read a handed-in attempt, with right answers where the rule shows them."""
    attempt = workspace.assessment.attempt(attempt_id)
    if not workspace.media.has(attempt.pack):
        return Outcome(attempt, ())
    taken = workspace.installed.open(attempt.pack).lesson(attempt.lesson_id)
    quiz = taken.assessment if taken else None
    if quiz is None:
        return Outcome(attempt, ())
    key = workspace.assessment.key(attempt_id) if quiz.mode == "practice" else None
    results = {r.question_id: r for r in attempt.grade.results} if attempt.grade else {}
    rows = []
    for question in quiz.questions:
        got = results.get(question.id)
        rows.append(
            ReviewRow(
                question=question,
                chosen=attempt.answers.get(question.id, ()),
                right=key.correct.get(question.id, ()) if key else (),
                correct=got.correct if got else None,
                points=got.points if got else 0.0,
                explanation=_explanation(question, key),
            )
        )
    return Outcome(attempt, tuple(rows))


def _explanation(question: QuestionDoc, key: AnswerKey | None) -> str:
    return key.explanations.get(question.id, "") if key else ""


class QuizModel(QObject):
    """State of a quiz. The page shows `stage`; while asking, `attempt` and `index`."""

    changed = Signal()
    ticked = Signal()
    refused = Signal(object)
    """An answer or a hand-in was refused, with the error; nothing was lost."""

    def __init__(self, store: Store, lesson: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.lesson = lesson
        self.stage: Stage = "loading"
        self.opening: Opening | None = None
        self.attempt: OpenAttempt | None = None
        self.index = 0
        self.saved_at: datetime | None = None
        self._wanted: dict[str, tuple[str, ...]] = {}
        self.receipt: Receipt | None = None
        self.outcome: Outcome | None = None
        self.time_left_ms: int | None = None
        self.error: LmsError | None = None
        self._handing_in = False
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._on_tick)
        store.changed.connect(self._on_changed)

    # --- opening
    def refresh(self) -> None:
        """Read the quiz; an attempt that is open goes on."""
        lesson = self.lesson
        self._store.run(self, lambda workspace: open_quiz(workspace, lesson), self._on_opened, self._on_failed)

    def _on_opened(self, opening: Opening) -> None:
        self.opening, self.error = opening, None
        if opening.running:
            self._go_on(opening.running, opening.time_left_ms)
        elif self.stage in ("loading", "asking"):
            self.stage = "start"
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def _on_changed(self, changes: Changes) -> None:
        if Topic.ASSESSMENT in changes.topics and self.outcome and self.stage in ("receipt", "result"):
            self._read_outcome(self.outcome.attempt.id)

    def start(self) -> None:
        """Begin an attempt; the questions of an exam come from the server first."""
        lesson, opening = self.lesson, self.opening
        if opening is None or opening.quiz.mode != "exam" or opening.running:
            self._begin(lambda workspace: workspace.assessment.start(lesson))
            return
        workspace, exam = self._store.workspace, opening.quiz.id
        self._store.pool(self, lambda: workspace.fetch_exam(exam), self._on_paper, self._on_refused)

    def _on_paper(self, paper: Paper) -> None:
        self._begin(lambda workspace: workspace.assessment.begin(paper))

    def _begin(self, begin: Callable[[Workspace], OpenAttempt]) -> None:
        def work(workspace: Workspace) -> tuple[OpenAttempt, int | None]:
            attempt = begin(workspace)
            return attempt, workspace.assessment.time_left_ms(attempt)

        self._store.run(self, work, self._on_started, self._on_refused)

    def _on_started(self, started: tuple[OpenAttempt, int | None]) -> None:
        self.outcome = self.receipt = self.saved_at = None
        self._go_on(*started)
        self.changed.emit()

    def _go_on(self, attempt: OpenAttempt, time_left_ms: int | None) -> None:
        self.attempt, self.stage = attempt, "asking"
        self.index = min(max(attempt.at, 0), max(0, len(attempt.questions) - 1))
        self.time_left_ms = time_left_ms
        if time_left_ms is not None:
            self._clock.start()

    def _on_refused(self, error: LmsError) -> None:
        self._wanted, self._handing_in = {}, False
        self.refused.emit(error)
        self.refresh()

    # --- asking
    @property
    def question(self) -> QuestionDoc | None:
        """The question in view."""
        return self.attempt.questions[self.index] if self.attempt and self.attempt.questions else None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The answer to it so far."""
        question = self.question
        if self.attempt is None or question is None:
            return ()
        return self._wanted.get(question.id, tuple(self.attempt.answers.get(question.id, ())))

    @property
    def saving(self) -> bool:
        """Whether an answer is on its way to the disk."""
        return bool(self._wanted)

    @property
    def open_numbers(self) -> tuple[int, ...]:
        """Numbers of questions without an answer, from 1."""
        if not self.attempt:
            return ()
        return tuple(n for n, q in enumerate(self.attempt.questions, 1) if not self.attempt.answers.get(q.id))

    def pick(self, number: int) -> None:
        """Choose the option at a position from 0; with several right answers a second time takes it back."""
        question = self.question
        if question is None or not 0 <= number < len(question.options):
            return
        option = question.options[number].id
        if question.kind != "multiple":
            self._answer((option,))
        elif option in self.chosen:
            self._answer(tuple(o for o in self.chosen if o != option))
        else:
            self._answer((*self.chosen, option))

    def clear(self) -> None:
        """Take the answer back."""
        if self.chosen:
            self._answer(())

    def _answer(self, chosen: tuple[str, ...]) -> None:
        question, lesson = self.question, self.lesson
        if question is None or self._handing_in:
            return
        # a second key may come before the first answer is stored
        self._wanted[question.id] = chosen
        self.changed.emit()

        def work(workspace: Workspace) -> tuple[OpenAttempt, datetime]:
            attempt = workspace.assessment.answer(lesson, question.id, chosen)
            return attempt, workspace.clock.now().astimezone()

        self._store.run(self, work, self._on_answered, self._on_refused)

    def _on_answered(self, result: tuple[OpenAttempt, datetime]) -> None:
        if self.stage != "asking":
            return
        self.attempt, self.saved_at = result
        stored = self.attempt.answers
        self._wanted = {q: c for q, c in self._wanted.items() if tuple(stored.get(q, ())) != c}
        self.changed.emit()

    def flag(self) -> None:
        """Mark the question for later, or take the mark away."""
        question, lesson = self.question, self.lesson
        if question is None or self.attempt is None:
            return
        on = question.id not in self.attempt.flags
        self._store.run(self, lambda workspace: workspace.assessment.flag(lesson, question.id, on=on), self._on_flagged)

    def _on_flagged(self, attempt: OpenAttempt) -> None:
        if self.stage != "asking":
            return
        self.attempt = attempt
        self.changed.emit()

    def turn_to(self, index: int) -> None:
        """Show another question."""
        if self.attempt is None or not 0 <= index < len(self.attempt.questions) or index == self.index:
            return
        self.index, lesson = index, self.lesson
        self._store.run(self, lambda workspace: workspace.assessment.turn_to(lesson, index), self._on_turned)
        self.changed.emit()

    def _on_turned(self, _: object) -> None:
        """The place is kept; nothing on the screen depends on it."""

    # --- time
    def _on_tick(self) -> None:
        if self.time_left_ms is None or self.stage != "asking":
            self._clock.stop()
            return
        attempt = self.attempt
        if attempt is not None:
            self._store.run(self, lambda workspace: workspace.assessment.time_left_ms(attempt), self._on_time)

    def _on_time(self, left: int | None) -> None:
        self.time_left_ms = left
        self.ticked.emit()
        if left == 0 and self.stage == "asking":
            self.submit()

    def pause(self) -> None:
        """The page is out of sight; the deadline stays."""
        self._clock.stop()

    # --- handing in
    def submit(self) -> None:
        """Hand in; the receipt is made on this machine."""
        if self.stage != "asking" or self.attempt is None or self._handing_in:
            return
        self._clock.stop()
        self._handing_in = True
        lesson, attempt = self.lesson, self.attempt.id

        def work(workspace: Workspace) -> tuple[Receipt, Outcome]:
            taking = workspace.assessment
            # time may have run out meanwhile: then it is handed in already
            on = any(each == lesson for _, each, _ in taking.running())
            return taking.submit(lesson) if on else taking.receipt(attempt), outcome(workspace, attempt)

        self._store.run(self, work, self._on_submitted, self._on_refused)

    def _on_submitted(self, result: tuple[Receipt, Outcome]) -> None:
        self.receipt, self.outcome = result
        self._handing_in = False
        self.attempt, self.stage, self._wanted = None, "receipt", {}
        self.changed.emit()
        self.refresh()

    # --- results
    def show_result(self, attempt: str) -> None:
        """Show a handed-in attempt."""
        self.stage = "result"
        self._read_outcome(attempt)

    def _read_outcome(self, attempt: str) -> None:
        self._store.run(self, lambda workspace: outcome(workspace, attempt), self._on_outcome, self._on_failed)

    def _on_outcome(self, found: Outcome) -> None:
        self.outcome = found
        self.changed.emit()

    def back_to_start(self) -> None:
        """Show the quiz's first page again."""
        self.stage = "start"
        self.refresh()
