"""A quiz on the screen: its first page, one question at a time, the receipt, and the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_lms.features.quiz.items import Clock, Number
from desktop_lms.features.quiz.outcome import (
    grade_chip,
    opening_facts,
    promise,
    question_facts,
    receipt_facts,
    review_card,
    submit_facts,
)
from desktop_lms.features.quiz.viewmodel import QuizModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.options import LETTERS, Option
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.pile import Pile
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Card, IconMark, Line, Panel, Tile
from desktop_lms.widgets.text import Elided, Label, Marked
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.times import when_words
from desktop_lms.words import dotted, formats, sentence, tr
from lms_core.assessment.model import Attempt
from lms_core.errors import LmsError

Go = Callable[[str], None]
PANEL, SLIM, NARROW, TEXT, MOST = 320, 224, 820, 640, 16_777_215


class QuizPage(QWidget):
    """The page; `go` follows a route."""

    crumbs_changed = Signal()
    compact = True

    def __init__(self, model: QuizModel, *, go: Go) -> None:
        super().__init__()
        self._model, self._go = model, go
        self._shown: object = None
        self._options: list[Option] = []
        self._numbers: list[Number] = []
        self._clock: Clock | None = None
        self._sheet: Sheet | None = None
        self._panel: QWidget | None = None
        self._problem: LmsError | None = None
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Quiz"))
        model.changed.connect(self._render)
        model.ticked.connect(self._on_ticked)
        model.refused.connect(self._on_refused)
        look().changed.connect(self._restyle)
        self._render()
        model.refresh()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        opening = self._model.opening
        if opening is None:
            return [(tr("Quiz"), "")]
        return [(opening.course_title, f"course/{opening.course_id}"), (opening.title, "")]

    def leave(self) -> None:
        """The page goes; answers are stored already."""
        self._close_sheet()
        self._model.pause()

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._model.pause()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._arrange()

    def _arrange(self) -> None:
        """The panel stands beside the question, or below it where that would have no room."""
        if self._panel is None:
            return
        slim = current().px(SLIM if self.width() < NARROW * current().scale else PANEL)
        beside = slim * 3 <= self.width()
        self._box.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._panel.setMinimumWidth(slim if beside else 0)
        self._panel.setMaximumSize(slim if beside else MOST, MOST if beside else self.height() // 4)

    def _on_refused(self, error: LmsError) -> None:
        self._problem, self._shown = error, None
        self._render()

    # --- which page
    def _render(self) -> None:
        model = self._model
        question = model.question.id if model.question else ""
        now = (
            model.stage,
            question,
            bool(model.error),
            model.outcome if model.stage != "asking" else None,
            model.opening if model.stage == "start" else None,
        )
        if now == self._shown:
            self._update()
            return
        self._shown = now
        self.crumbs_changed.emit()
        clear(self._box)
        self._options, self._numbers, self._clock, self._panel = [], [], None, None
        page = {"start": self._start, "asking": self._asking, "receipt": self._receipt, "result": self._result}
        if model.error:
            self._box.addWidget(
                Page(Banner(tr("This quiz cannot be opened"), sentence(model.error), tone="warning"), "~")
            )
        elif model.stage in page:
            page[model.stage]()
        else:
            self._box.addWidget(Page(Label(tr("Opening the quiz…"), "body", "text2"), "~"))
        self._update()

    def _button(
        self, text: str, then: Callable[[], object], kind: str = "", icon: str = "", *, after: bool = False
    ) -> Button:
        button = Button(text, kind, icon, icon_after=after)  # type: ignore[arg-type]
        button.clicked.connect(lambda: then())
        return button

    def _complaint(self) -> Item:
        problem, self._problem = self._problem, None
        if problem is None:
            return None
        return Banner(problem.message, tr("Everything you answered is kept."), tone="warning", icon="triangle-alert")

    # --- before
    def _start(self) -> None:
        opening = self._model.opening
        if opening is None:
            return
        begin = self._button(tr("Start the quiz"), self._model.start, "primary", "play")
        begin.setEnabled(opening.left != 0)
        card = Card(column(*opening_facts(opening), 8, row(begin, "~"), gap=12, margin=24))
        card.setMaximumWidth(current().px(TEXT))
        self._box.addWidget(
            Page(
                heading(opening.title, opening.course_title),
                20,
                self._complaint(),
                card,
                32,
                self._past(opening.past),
                "~",
            )
        )

    def _past(self, past: tuple[Attempt, ...]) -> QWidget | None:
        if not past:
            return None
        pile = Pile()
        pile.show_all([(attempt.id, partial(self._row, attempt, n > 0)) for n, attempt in enumerate(past)])
        made = section(tr("Your attempts"), pile)
        made.setMaximumWidth(current().px(TEXT))
        return made

    def _row(self, attempt: Attempt, follows: bool) -> QWidget:
        entry = ListRow(
            tr("Attempt {number}", number=attempt.number),
            when_words(attempt.submitted_at),
            grade_chip(attempt),
            lead=Tile("clipboard-check"),
        )
        entry.clicked.connect(lambda: self._model.show_result(attempt.id))
        return boxed(column(Line() if follows else None, entry, gap=0))

    # --- asking
    def _asking(self) -> None:
        model = self._model
        question, attempt = model.question, model.attempt
        if question is None or attempt is None:
            return
        several = question.kind == "multiple"
        self._flag = self._button(tr("Flag for later"), model.flag, "ghost", "flag")
        self._flag.setCheckable(True)
        over = row(
            Label(
                tr("Question {number} of {count}", number=model.index + 1, count=len(attempt.questions)),
                "caption",
                "accentText",
            ),
            (Elided(question_facts(question), "caption", "text2"), 1), self._flag, gap=12,
        )  # fmt: skip
        for number, option in enumerate(question.options):
            made = Option(number, option.text, several=several)
            made.clicked.connect(lambda number=number: model.pick(number))
            self._options.append(made)
        self._saved = Elided("", "caption", "text2")
        last = LETTERS[min(len(question.options), len(LETTERS)) - 1]
        hint = Label(
            tr("Press A to {last}, or 1 to {count}", last=last, count=len(question.options)), "caption", "text3"
        )
        body = boxed(column(
            over, 4, Marked(question.text, "title", wrap=True), 12, *self._options, 4,
            row(IconMark("hard-drive", 14), (self._saved, 1), hint, gap=6), gap=12,
        ))  # fmt: skip
        body.setMaximumWidth(current().px(TEXT))
        page = Page(self._complaint(), row("~", (body, 8), "~"), "~", top=44)
        at_end = model.index + 1 >= len(attempt.questions)
        foot = self._turning(at_end=at_end)
        left = boxed(column((page, 1), row("~", (foot, 8), "~", margin=(40, 0, 40, 0)), gap=0))
        self._panel = self._beside(at_end=at_end)
        self._box.addWidget(left, 1)
        self._box.addWidget(self._panel)
        self._arrange()
        self.setFocus()

    def _turning(self, *, at_end: bool) -> QWidget:
        model = self._model
        forward = (
            self._button(tr("Submit quiz…"), self.ask_to_submit, "primary")
            if at_end
            else self._button(tr("Next"), lambda: model.turn_to(model.index + 1), "primary", "arrow-right", after=True)
        )
        back = self._button(tr("Previous"), lambda: model.turn_to(model.index - 1), "", "arrow-left")
        back.setEnabled(model.index > 0)
        foot = boxed(
            row(back, "~", self._button(tr("Clear answer"), model.clear, "ghost"), forward, margin=(0, 16, 0, 24))
        )
        foot.setMaximumWidth(current().px(TEXT))
        return foot

    def _beside(self, *, at_end: bool) -> QWidget:
        model, attempt = self._model, self._model.attempt
        items: list[Item] = []
        if attempt is not None and attempt.deadline_at is not None:
            self._clock = Clock()
            items += [
                row("~", self._clock, "~"),
                Label(tr("The clock keeps running if the app restarts"), "caption", "text2", wrap=True),
                16,
            ]
        items.append(Label(tr("Questions"), "heading"))
        count = len(attempt.questions) if attempt else 0
        for number in range(count):
            made = Number(number + 1)
            made.clicked.connect(lambda number=number: model.turn_to(number))
            self._numbers.append(made)
        items.append(boxed(Flow(*self._numbers, gap=6)))
        self._figures = Label("", "caption", "text2", wrap=True)
        items += [self._figures, "~", promise(self._model.opening)]
        if not at_end:
            submit = self._button(tr("Submit quiz…"), self.ask_to_submit)
            items.append(row("~", submit, "~"))
        return Panel(
            column((Page((boxed(column(*items, gap=10)), 1), pad=24, top=32), 1), margin=(1, 0, 0, 0)), edge="start"
        )

    def _update(self) -> None:
        """Show what changed without building anew, so that the keyboard keeps its place."""
        model = self._model
        attempt, question = model.attempt, model.question
        if model.stage != "asking" or attempt is None or question is None or not self._options:
            return
        for made, option in zip(self._options, question.options, strict=True):
            made.select(option.id in model.chosen)
        for number, (spot, each) in enumerate(zip(self._numbers, attempt.questions, strict=True)):
            spot.show_state(
                answered=bool(attempt.answers.get(each.id)),
                flagged=each.id in attempt.flags,
                here=number == model.index,
            )
        self._flag.setChecked(question.id in attempt.flags)
        saved = model.saved_at
        self._saved.say(
            tr("Saving…") if model.saving
            else tr("Answer saved here · {time}", time=saved.strftime("%H:%M:%S")) if saved
            else tr("Answers are saved here as you choose")
        )  # fmt: skip
        flagged = sum(q.id in attempt.flags for q in attempt.questions)
        self._figures.say(tr(
            "{answered} answered · {flagged} flagged · {open} open",
            answered=attempt.answered, flagged=flagged, open=len(model.open_numbers),
        ))  # fmt: skip
        self._on_ticked()

    def _on_ticked(self) -> None:
        attempt, left = self._model.attempt, self._model.time_left_ms
        if self._clock is not None and attempt is not None and attempt.deadline_at is not None and left is not None:
            self._clock.show_left(left, attempt.deadline_at - attempt.started_at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 9 and A to I choose, arrows turn."""
        key, letter = event.key(), event.text().upper()
        if self._model.stage != "asking":
            super().keyPressEvent(event)
        elif letter and letter in "123456789":
            self._model.pick(int(letter) - 1)
        elif letter and letter in LETTERS:
            self._model.pick(LETTERS.index(letter))
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self._model.turn_to(self._model.index + (-1 if current().rtl and key == Qt.Key.Key_Right else 1))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self._model.turn_to(self._model.index - (-1 if current().rtl and key == Qt.Key.Key_Left else 1))
        else:
            super().keyPressEvent(event)

    # --- handing in
    def ask_to_submit(self) -> None:
        """Ask once before handing in."""
        model = self._model
        opened = model.open_numbers
        title = tr("Submit this quiz?")
        if opened:
            title = tr("Submit with {count} open?", count=len(opened))
        keep = self._button(tr("Keep working"), self._close_sheet)
        send = self._button(tr("Submit now"), self._submit, "primary", "send")
        self._sheet = Sheet(self.window(), title, *submit_facts(opened, model.time_left_ms), buttons=(keep, send))

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
            self._sheet = None

    def _submit(self) -> None:
        self._close_sheet()
        self._model.submit()

    def _receipt(self) -> None:
        model, receipt = self._model, self._model.receipt
        if receipt is None or model.outcome is None:
            return
        opening = model.opening
        rows = receipt_facts(receipt, local=opening is None or opening.local)
        see = self._button(tr("See the result"), lambda: model.show_result(receipt.attempt_id), "primary")
        on = self._button(
            tr("Back to the course"), lambda: self._go(f"course/{opening.course_id}" if opening else "courses")
        )
        card = Card(column(*rows, 8, row(see, on, "~"), gap=12, margin=24))
        card.setMaximumWidth(current().px(TEXT))
        title = opening.title if opening else ""
        self._box.addWidget(Page(heading(tr("Handed in"), title, grade_chip(model.outcome.attempt)), 20, card, "~"))
        see.setFocus()

    # --- afterwards
    def _result(self) -> None:
        outcome, opening = self._model.outcome, self._model.opening
        if outcome is None or opening is None:
            return
        grade = outcome.attempt.grade
        percent = formats().toString(float(grade.percent)) if grade else ""
        items: list[Item] = [heading(
            tr("{percent} %", percent=percent) if grade else tr("Waiting for the result"),
            dotted(opening.title, when_words(outcome.attempt.submitted_at)), grade_chip(outcome.attempt),
        ), 12]  # fmt: skip
        waiting = tr("The server marks this quiz at the next sync. Nothing is lost meanwhile.")
        if grade:
            score, most = (formats().toString(float(each)) for each in (grade.score, grade.max_score))
            waiting = tr("{score} of {most} points", score=score, most=most)
        items.append(Label(waiting, "body", "text2", wrap=True))
        items.append(20)
        if not outcome.rows:
            gone = tr("The questions of this version are not on this device any more.")
            items += [Label(gone, "body", "text2", wrap=True), 20]
        for number, each in enumerate(outcome.rows, 1):
            items += [review_card(number, each), 16]
        again = self._button(tr("Try again"), self._model.start, "primary", "refresh-cw") if opening.left != 0 else None
        items += [
            row(
                again,
                self._button(tr("All attempts"), self._model.back_to_start),
                self._button(tr("Back to the course"), lambda: self._go(f"course/{opening.course_id}"), "ghost"),
                "~",
            ),
            "~",
        ]
        page = Page(*items)
        page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # its keys scroll
        page.setAccessibleName(tr("Result"))
        self._box.addWidget(page)
        page.setFocus()
