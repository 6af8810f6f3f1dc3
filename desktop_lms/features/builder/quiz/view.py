"""The quiz editor: settings on top, each question a card with its options and the key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop_lms.features.builder.quiz.viewmodel import QuizModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import empty_state
from desktop_lms.widgets.inputs import Choice, Field, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.numbers import NumberField
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.surfaces import Card, Line
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import tr
from lms_core.courses.model import AssessmentDraft, QuestionDraft

ROW = 540
"""Room for the buttons that add questions, in px; they stand below each other when it is short."""


def kinds() -> list[tuple[str, str]]:
    """Kinds of questions."""
    return [("single", tr("One right answer")), ("multiple", tr("Several right answers")),
            ("true_false", tr("True or false"))]  # fmt: skip


class QuizEditor(Page):
    """The editor of one quiz. It is built anew when its shape changed, not while one types."""

    def __init__(self, model: QuizModel) -> None:
        super().__init__(pad=32, top=24)
        self._model = model
        self._shape: object = None
        self._focus = ""
        self._fields: dict[tuple[str, str], Field | Paper] = {}
        self.setAccessibleName(tr("Quiz editor"))
        model.changed.connect(self._show)
        model.closing.connect(self._tell)
        model.added.connect(self._on_added)
        look().changed.connect(self._show_again)
        self._show()

    def _on_added(self, row_id: str) -> None:
        self._focus = row_id

    def _show_again(self) -> None:
        self._shape = None
        self._show()

    def _show(self) -> None:
        shape = self._shape_now()
        if shape == self._shape and shape is not None:
            self._fill()
            return
        self._tell()
        self._shape = self._shape_now()
        here = next((place for place, field in self._fields.items() if field.hasFocus()), None)
        self._fields = {}
        self._build()
        if here in self._fields:
            self._fields[here].setFocus()

    def _tell(self) -> None:
        """Say what is being typed, which would go with its field."""
        for field in self._fields.values():
            field.tell()

    def _shape_now(self) -> object:
        quiz = self._model.quiz
        return quiz and (quiz.id, quiz.mode, tuple((q.id, q.kind, q.correct, [i for i, _ in q.options])
                                                   for q in quiz.questions))  # fmt: skip

    def _fill(self) -> None:
        """Show texts that changed elsewhere, by undo or by a sync; the field one types in is left alone."""
        for q in self._model.quiz.questions if self._model.quiz else ():
            texts = {"text": q.text, "why": q.explanation, **dict(q.options)}
            for place, text in texts.items():
                field = self._fields.get((q.id, place))
                if field is not None and not field.hasFocus():
                    field.show_text(text)

    def _build(self) -> None:
        quiz = self._model.quiz
        if quiz is None:
            self.show_items(Label("", "body"), "~")
            return
        cards: list[Item] = []
        for number, question in enumerate(quiz.questions, 1):
            cards += [self._question(question, number, len(quiz.questions)), 16]
        if not cards:
            text = tr("A few questions after each step show learners what has stayed with them.")
            cards = [empty_state("list-checks", tr("No questions yet"), text), 8]
        self.show_items(self._settings(quiz), 24, *cards, self._adders(), 24, "~")

    # --- settings
    def _settings(self, quiz: AssessmentDraft) -> QWidget:
        mode = Choice([("practice", tr("Practice: answers are shown at once")), ("graded", tr("Graded by the server"))],
                      name=tr("Mode"))  # fmt: skip
        mode.choose(quiz.mode)
        mode.chosen.connect(lambda value: self._model.change(mode=value))
        change = self._model.change
        free = tr("no limit")
        least = NumberField(quiz.pass_percent, 100, lambda n: change(pass_percent=n), none="0")
        tries = NumberField(quiz.attempts_allowed, 100, lambda n: change(attempts_allowed=n or None), none=free)
        time = NumberField(
            quiz.time_limit_minutes, 1440, lambda n: change(time_limit_minutes=n or None), none=free
        )  # fmt: skip
        pairs = ((tr("Pass mark in %"), least), (tr("Attempts"), tries), (tr("Minutes"), time))
        boxes = [labelled(words, box) for words, box in pairs]
        mix = QCheckBox(tr("Mix the order of options"))
        mix.setChecked(quiz.shuffle)
        mix.toggled.connect(lambda on: self._model.change(shuffle=on))
        wide = current().scale <= 1.2
        line = row(*((b, 1) for b in boxes), gap=16) if wide else column(*boxes, gap=8)
        return boxed(column(labelled(tr("Mode"), mode), 4, line, 4, mix, gap=8))

    def _adders(self) -> QWidget:
        def add(kind: str) -> Callable[[], None]:
            options = (tr("True"), tr("False")) if kind == "true_false" else ("", "")
            return lambda: self._model.add(kind, options)

        buttons = []
        for kind, words in kinds():
            button = Button(words, icon="plus", small=True)
            button.clicked.connect(add(kind))
            buttons.append(button)
        stacked = sum(button.sizeHint().width() + 8 for button in buttons) > ROW
        box = column(*buttons, gap=8) if stacked else row(*buttons, "~", gap=8)
        return boxed(column(Label(tr("Add a question"), "strong"), box, gap=8))

    # --- questions
    def _question(self, q: QuestionDraft, at: int, count: int) -> QWidget:
        model, row_id = self._model, q.id
        kind = Choice(kinds(), name=tr("Kind of question {number}", number=at))
        kind.choose(q.kind)
        kind.chosen.connect(lambda value: model.set_kind(row_id, value, (tr("True"), tr("False"))))
        points = NumberField(int(q.points), 1000, lambda n: model.edit(row_id, points=float(n)), none="0")
        points.setFixedWidth(current().px(64))
        points.setAccessibleName(tr("Points of question {number}", number=at))
        up = tool("chevron-up", tr("Move question {number} up", number=at), lambda: model.move(row_id, -1))
        down = tool("chevron-down", tr("Move question {number} down", number=at), lambda: model.move(row_id, 1))
        up.setEnabled(at > 1)
        down.setEnabled(at < count)
        away = tool("trash-2", tr("Put question {number} into the trash", number=at), lambda: model.trash(row_id))
        text = Paper(tr("What do you ask?"), name=tr("Text of question {number}", number=at), lines=2)
        text.show_text(q.text)
        text.settled.connect(lambda said: model.edit(row_id, text=said))
        why = Paper(tr("Shown after the answer"), name=tr("Explanation of question {number}", number=at), lines=2)
        why.show_text(q.explanation)
        why.settled.connect(lambda said: model.edit(row_id, explanation=said))
        self._fields |= {(row_id, "text"): text, (row_id, "why"): why}
        head = row(Label(tr("Question {number}", number=at), "heading"), "~", up, down, away, gap=2)
        what = row((kind, 1), points, Label(tr("points"), "small", "text2"), gap=12)
        parts = (head, what, text, 4, self._options(q, at), 4, Line(), 4, labelled(tr("Explanation"), why))
        made = Card(column(*parts, gap=8, margin=20))
        if self._focus == row_id:
            self._focus = ""
            text.setFocus()
        return made

    def _options(self, q: QuestionDraft, at: int) -> QWidget:
        group = QButtonGroup(self)
        group.setExclusive(q.kind != "multiple")
        lines: list[Item] = [Label(tr("Options; mark what is right"), "caption", "text2")]
        for place, (option, text) in enumerate(q.options, 1):
            mark = QCheckBox() if q.kind == "multiple" else QRadioButton()
            mark.setChecked(option in q.correct)
            mark.setMinimumSize(24, 24)
            mark.setAccessibleName(tr("Option {place} of question {number} is right", place=place, number=at))
            group.addButton(mark)
            mark.clicked.connect(lambda on, o=option: self._model.mark(q.id, o, right=on))
            field = Field(tr("Option {place}", place=place), name=tr("Option {place}", place=place))
            field.show_text(text)
            field.settled.connect(lambda said, o=option: self._model.edit_option(q.id, o, said))
            self._fields[q.id, option] = field
            tools: list[Item] = []
            if q.kind != "true_false":
                tools = [
                    tool("chevron-up", tr("Move option {place} up", place=place), self._stepper(q.id, option, -1)),
                    tool("chevron-down", tr("Move option {place} down", place=place), self._stepper(q.id, option, 1)),
                    tool("x", tr("Remove option {place}", place=place), self._remover(q.id, option)),
                ]
            lines.append(row(mark, (field, 1), *tools, gap=4))
        if q.kind != "true_false" and len(q.options) < 20:
            more = Button(tr("Add an option"), "link", "plus", small=True)
            more.clicked.connect(lambda: self._model.add_option(q.id))
            lines.append(row(more, "~"))
        return boxed(column(*lines, gap=6))

    def _stepper(self, question: str, option: str, step: int) -> Callable[[], None]:
        return lambda: self._model.move_option(question, option, step)

    def _remover(self, question: str, option: str) -> Callable[[], None]:
        return lambda: self._model.remove_option(question, option)


def tool(icon: str, name: str, run: Callable[[], object]) -> Button:
    """A small tool of a card."""
    button = Button(icon=icon, kind="ghost", name=name)
    button.clicked.connect(lambda: run())
    return button
