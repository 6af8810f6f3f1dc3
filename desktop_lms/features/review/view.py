"""The review: what is due today, what is to come, how well it is remembered, and how much a day may bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QWidget

from desktop_lms.features.review.phrases import due_words
from desktop_lms.features.review.viewmodel import Overview, ReviewModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.chart import Plot
from desktop_lms.widgets.feedback import cannot_read, empty_state
from desktop_lms.widgets.flashcard import ask_card
from desktop_lms.widgets.inputs import Choice, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Columns, Page, heading, section
from desktop_lms.widgets.surfaces import Card, Chip, Tile
from desktop_lms.widgets.table import Cell, Column, DataTable
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, formats, sentence, tr
from lms_core.errors import LmsError

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
NEW_A_DAY, REVIEWS_A_DAY = (0, 5, 10, 20, 30, 50), (20, 50, 100, 200, 500)
RETENTION = (0.8, 0.85, 0.9, 0.95)
TABLE = 320


class ReviewPage(Page):
    """The page; `go` follows a route, `say` shows a toast."""

    def __init__(self, model: ReviewModel, *, go: Go, say: Say, open_example: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._model, self._go, self._say, self._open_example = model, go, say, open_example
        self._as_table = False
        self.setAccessibleName(tr("Review"))
        model.changed.connect(self._render)
        model.refused.connect(self._on_refused)
        look().changed.connect(self._render)
        self._render()
        model.refresh()

    def ask_card(self) -> None:
        """Ask for a card of one's own."""
        ask_card(self.window(), self._model.add)

    def _on_refused(self, error: LmsError) -> None:
        self._say(sentence(error), None)

    def _render(self) -> None:
        content, error = self._model.content, self._model.error
        if content is None:
            fault = cannot_read(tr("The cards cannot be read"), error, self._model.refresh) if error else None
            self.show_items(heading(tr("Review")), 20, fault or Label(tr("Reading your cards…"), "body", "text2"), "~")
        elif content.is_empty:
            self.show_items(heading(tr("Review")), (self._empty(), 1))
        else:
            main = boxed(column(self._start(content), self._forecast(content), "~", gap=32))
            side = boxed(column(self._figures(content), self._limits(content), "~", gap=24))
            cards = self._button(tr("All cards"), self._to_cards, icon="layers")
            new = self._button(tr("New card"), self.ask_card, icon="plus")
            self.show_items(heading(tr("Review"), "", cards, new), 20, Columns(main, side), "~")

    def _button(self, text: str, then: Callable[[], object], kind: str = "", icon: str = "") -> Button:
        button = Button(text, kind, icon)  # type: ignore[arg-type]
        button.clicked.connect(then)
        return button

    def _to_cards(self) -> None:
        self._go("review/cards")

    def _to_session(self) -> None:
        self._go("review/session")

    def _empty(self) -> QWidget:
        text = tr(
            "Cards come by themselves from questions you miss and from your courses; you make them of highlights, or "
            "write your own. Each comes back just before you would forget it, without a network too."
        )
        buttons = [self._button(tr("Write a card"), self.ask_card, "primary", "plus")]
        if self._open_example:
            buttons.append(self._button(tr("Open an example"), self._open_example))
        return empty_state("layers", tr("Remember what you learn"), text, *buttons)

    # --- today
    def _start(self, content: Overview) -> QWidget:
        due = content.due
        if not due.count:
            return self._done(content)
        chips = [
            Chip(counted("1 to repeat", "{count} to repeat", due.review), "info") if due.review else None,
            Chip(counted("1 being learned", "{count} being learned", due.learning), "warning")
            if due.learning
            else None,
            Chip(counted("1 new", "{count} new", due.new), "neutral") if due.new else None,
        ]
        words = column(
            Label(tr("Today"), "caption", "accentText"),
            Label(due_words(due.count, due.minutes), "title", wrap=True),
            4,
            row(*(chip for chip in chips if chip), "~", gap=8),
            12,
            row(self._button(tr("Start review"), self._to_session, "primary", "play"), "~"),
            gap=4,
        )
        return Card(row(Tile("layers", size=64, icon_size=28), (words, 1), gap=20, margin=20))

    def _done(self, content: Overview) -> QWidget:
        later = content.due.later
        words = column(
            Label(tr("Done for today"), "title", wrap=True),
            Label(
                counted("1 card comes back in a few minutes.", "{count} cards come back in a few minutes.", later)
                if later
                else tr("What you know comes back when it is time."),
                "body", "text2", wrap=True,
            ),
            8 if later else None,
            row(self._button(tr("Go on now"), self._to_session, icon="play"), "~") if later else None,
            gap=4,
        )  # fmt: skip
        return Card(row(Tile("circle-check", "success", size=64, icon_size=28), (words, 1), gap=20, margin=20))

    # --- to come
    def _forecast(self, content: Overview) -> QWidget:
        turn = Button(tr("Show as chart") if self._as_table else tr("Show as table"), "link", small=True)
        turn.clicked.connect(self._turn)
        shown = self._table(content) if self._as_table else self._chart(content)
        return section(tr("The next 30 days"), shown, more=turn)

    def _turn(self) -> None:
        self._as_table = not self._as_table
        self._render()

    def _chart(self, content: Overview) -> QWidget:
        plot = Plot(
            [self._day(content, n, "d MMM") for n in range(len(content.forecast))],
            content.forecast,
            name=tr("Cards that become due"),
            say=lambda value: counted("1 card", "{count} cards", round(value)),
            bars=True,
        )
        return Card(column(plot, margin=16))

    def _table(self, content: Overview) -> QWidget:
        columns = [Column(tr("Day"), stretch=True), Column(tr("Cards"), number=True)]
        table = DataTable(columns, name=tr("Cards that become due"))
        table.show_rows(
            [
                (str(n), (Cell(self._day(content, n, "dddd, d MMMM"), n), Cell(str(count), count)))
                for n, count in enumerate(content.forecast)
            ]
        )
        table.setFixedHeight(current().px(TABLE))
        return table

    def _day(self, content: Overview, days: int, form: str) -> str:
        day = content.today + timedelta(days=days)
        return formats().toString(QDate(day.year, day.month, day.day), form)

    # --- the side column
    def _figures(self, content: Overview) -> QWidget:
        told = content.told
        share = f"{round(100 * told.retention)} %" if told.retention is not None else "–"
        facts = [
            (tr("Remembered"), share), (tr("Reviews today"), str(told.days[-1])),
            (tr("Reviews in 30 days"), str(sum(told.days))), (tr("Cards"), str(told.cards)),
        ]  # fmt: skip
        lines: list[Item] = [row(Label(name, "small", "text2"), "~", Label(value, "strong")) for name, value in facts]
        return Card(column(Label(tr("The last 30 days"), "heading"), 4, *lines, gap=8, margin=20))

    def _limits(self, content: Overview) -> QWidget:
        now = content.settings
        new = self._choice(tr("New cards a day"), NEW_A_DAY, now.new_a_day, str)
        reviews = self._choice(tr("Repetitions a day"), REVIEWS_A_DAY, now.reviews_a_day, str)
        share = self._choice(tr("Remember"), RETENTION, now.retention, lambda value: f"{round(100 * value)} %")
        new.chosen.connect(lambda value: self._model.choose(new_a_day=int(value)))
        reviews.chosen.connect(lambda value: self._model.choose(reviews_a_day=int(value)))
        share.chosen.connect(lambda value: self._model.choose(retention=float(value)))
        hint = tr("More to remember means cards come more often.")
        return Card(
            column(
                Label(tr("Each day"), "heading"), 4, labelled(tr("New cards a day"), new),
                labelled(tr("Repetitions a day"), reviews), labelled(tr("Remember"), share, hint=hint),
                gap=12, margin=20,
            )
        )  # fmt: skip

    def _choice(self, name: str, offered: tuple[float, ...], now: float, say: Callable[[float], str]) -> Choice:
        made = Choice([(str(value), say(value)) for value in sorted({*offered, now})], name=name)
        made.choose(str(now))
        return made
