"""The quiz of a lesson as its author edits it: settings, questions, options, the key; each edit durable at once."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from desktop_lms.features.builder.steps import Steps
from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.courses.model import AssessmentDraft, QuestionDraft
from lms_core.errors import LmsError
from lms_core.workspace import Workspace


class QuizModel(QObject):
    """State of the quiz editor; `quiz` is None while nothing is open."""

    changed = Signal()
    closing = Signal()
    """Another quiz comes: what is being typed is to be told now."""
    added = Signal(str)
    """A question was made by the person: its id."""
    failed = Signal(LmsError)

    def __init__(self, store: Store, steps: Steps, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._steps = steps
        self.lesson = ""
        self.quiz: AssessmentDraft | None = None
        self._edits = 0
        store.changed.connect(self._on_changed)
        steps.failed.connect(self.refresh)

    # --- reading
    def open(self, lesson: str) -> None:
        """Show the quiz of a lesson; an empty id closes it. The one that is open stays as it is."""
        if lesson == self.lesson:
            return
        self.closing.emit()
        self.lesson, self.quiz = lesson, None
        self.changed.emit()
        if lesson:
            self.refresh()

    def refresh(self) -> None:
        """Read again."""
        lesson, edits = self.lesson, self._edits

        def show(quiz: AssessmentDraft | None) -> None:
            if edits == self._edits:  # else it was read before the last edit, whose own reading follows
                self._on_loaded(quiz)

        if lesson:
            self._store.run(self, lambda w: w.courses.assessment_draft(lesson), show, self.failed.emit)
        else:
            self.changed.emit()

    def _on_changed(self, changes: Changes) -> None:
        if self.lesson and Topic.DRAFTS in changes.topics:
            self.refresh()

    def _on_loaded(self, quiz: AssessmentDraft | None) -> None:
        if quiz is None or quiz.lesson_id == self.lesson:
            self.quiz = quiz
            self.changed.emit()

    def question(self, row: str) -> QuestionDraft | None:
        """A question by id."""
        return next((q for q in self.quiz.questions if q.id == row), None) if self.quiz else None

    @property
    def points(self) -> float:
        """Points that can be reached."""
        return sum(q.points for q in self.quiz.questions) if self.quiz else 0.0

    # --- settings
    def change(self, **settings: Any) -> None:
        """Change settings of the quiz."""
        if self.quiz is None:
            return
        row, old = self.quiz.id, {name: getattr(self.quiz, name) for name in settings}
        if old != settings:
            self._steps.push(
                "settings",
                do=lambda w: w.courses.change_assessment(row, **settings),
                undo=lambda w: w.courses.change_assessment(row, **old),
            )

    # --- questions
    def add(self, kind: str, options: tuple[str, ...], correct: tuple[int, ...] = (0,)) -> None:
        """Add a question at the end with these options."""
        if self.quiz is None:
            return
        quiz, made = self.quiz.id, list[str]()

        def do(workspace: Workspace) -> str:
            if made:
                workspace.courses.restore(made[0])
            else:
                made.append(workspace.courses.add_question(quiz, "", kind=kind, options=options, correct=correct))
            return made[0]

        self._steps.push("question", do=do, undo=lambda w: w.courses.trash(made[0]), then=self.added.emit)

    def trash(self, row: str) -> None:
        """Put a question into the trash."""
        self._steps.push("trash", do=lambda w: w.courses.trash(row), undo=lambda w: w.courses.restore(row))

    def move(self, row: str, step: int) -> None:
        """Move a question up (-1) or down (+1)."""
        if self.quiz is None:
            return
        line, parent = [q.id for q in self.quiz.questions], self.quiz.id
        at = line.index(row)
        to = at + step
        if not 0 <= to < len(line):
            return
        before = line[at - 1] if at else None
        rest = [q for q in line if q != row]
        after = rest[to - 1] if to else None
        self._steps.push(
            "move",
            do=lambda w: w.courses.move(row, parent=parent, after=after),
            undo=lambda w: w.courses.move(row, parent=parent, after=before),
        )

    def edit(self, row: str, **settings: Any) -> None:
        """Change a question: text, points, explanation, kind, options as (id, text) pairs, correct ids."""
        now = self.question(row)
        if now is None:
            return
        old = {name: getattr(now, name) for name in settings}
        if old != settings:
            self._expect(replace(now, **settings))
            self._steps.push(
                "question",
                do=lambda w: w.courses.change_question(row, **settings),
                undo=lambda w: w.courses.change_question(row, **old),
            )

    def _expect(self, question: QuestionDraft) -> None:
        """Let the next edit build on this one before it was read again."""
        if self.quiz:
            questions = tuple(question if q.id == question.id else q for q in self.quiz.questions)
            self.quiz, self._edits = replace(self.quiz, questions=questions), self._edits + 1

    def set_kind(self, row: str, kind: str, true_false: tuple[str, str]) -> None:
        """Turn a question into another kind; what does not fit the kind is dropped, undo brings it back."""
        now = self.question(row)
        if now is None or now.kind == kind:
            return
        options, correct = now.options, now.correct
        if kind == "true_false":
            options, correct = (("true", true_false[0]), ("false", true_false[1])), ("true",)
        elif kind == "single":
            correct = correct[:1]
        self.edit(row, kind=kind, options=options, correct=correct)

    def add_option(self, row: str) -> None:
        """Add an empty option."""
        now = self.question(row)
        if now:
            used = {option for option, _ in now.options}
            fresh = next(f"o{n}" for n in range(1, len(used) + 2) if f"o{n}" not in used)
            self.edit(row, options=(*now.options, (fresh, "")))

    def edit_option(self, row: str, option: str, text: str) -> None:
        """Change the words of an option."""
        now = self.question(row)
        if now:
            self.edit(row, options=tuple((i, text if i == option else old) for i, old in now.options))

    def remove_option(self, row: str, option: str) -> None:
        """Take an option away, from the key too."""
        now = self.question(row)
        if now:
            self.edit(
                row,
                options=tuple(pair for pair in now.options if pair[0] != option),
                correct=tuple(i for i in now.correct if i != option),
            )

    def move_option(self, row: str, option: str, step: int) -> None:
        """Move an option up (-1) or down (+1)."""
        now = self.question(row)
        if now:
            line = list(now.options)
            at = next(n for n, pair in enumerate(line) if pair[0] == option)
            if 0 <= at + step < len(line):
                line.insert(at + step, line.pop(at))
                self.edit(row, options=tuple(line))

    def mark(self, row: str, option: str, *, right: bool) -> None:
        """Say that an option is right or wrong; with one right answer another one ceases to be it."""
        now = self.question(row)
        if now is None:
            return
        if now.kind != "multiple":
            self.edit(row, correct=(option,) if right else ())
        else:
            chosen = {*now.correct, option} if right else {*now.correct} - {option}
            self.edit(row, correct=tuple(i for i, _ in now.options if i in chosen))
