"""The list of all cards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.review.browse.viewmodel import BrowseModel, Listed
from desktop_lms.features.review.phrases import source_words, when_words
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import cannot_read, empty_state
from desktop_lms.widgets.flashcard import ask_card
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Chip
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import dotted, sentence, tr
from lms_core.errors import LmsError
from lms_core.learning.notes_file import plain_words
from lms_core.review.model import Card

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
SLOT = 150


class BrowsePage(Page):
    """The page; `go` follows a route, `say` shows a toast with a way back."""

    def __init__(self, model: BrowseModel, *, go: Go, say: Say) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self.search = Field(tr("Search in cards"), icon="search", quiet=True)
        self.search.setMinimumWidth(240)
        self.search.show_text(model.by["words"])
        self.courses = Choice(name=tr("Course"))
        self.states = Choice(name=tr("State"))
        self.tags = Choice(name=tr("Tag"))
        self._tools = boxed(Flow(self.states, self.courses, self.tags))
        self._list = column(gap=0)
        new = Button(tr("New card"), "", "plus")
        new.clicked.connect(self.ask_card)
        self.show_items(heading(tr("All cards"), "", self.search, new), 20, self._tools, 12, (boxed(self._list), 1))
        self.search.textChanged.connect(self._on_words)
        self.courses.chosen.connect(self._on_course)
        self.states.chosen.connect(self._on_state)
        self.tags.chosen.connect(self._on_tag)
        model.changed.connect(self._render)
        model.deleted.connect(self._on_deleted)
        model.refused.connect(self._on_refused)
        look().changed.connect(self._render)
        shortcut(self, "Ctrl+F", self.search.setFocus)
        self._render()
        model.refresh()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        return [(tr("Review"), "review"), (tr("All cards"), "")]

    def ask_card(self) -> None:
        """Ask for a card of one's own."""
        ask_card(self.window(), self._model.add)

    # --- narrowing
    def _on_words(self, words: str) -> None:
        self._model.narrow(words=words)

    def _on_course(self, course: str) -> None:
        self._model.narrow(course=course)

    def _on_state(self, state: str) -> None:
        self._model.narrow(state=state)

    def _on_tag(self, tag: str) -> None:
        self._model.narrow(tag=tag)

    def _show_tools(self, content: Listed) -> None:
        by = self._model.by
        states = [
            ("", tr("All states")), ("new", tr("New")), ("learning", tr("Being learned")), ("review", tr("Known")),
            ("suspended", tr("At rest")), ("leech", tr("Often forgotten")),
        ]  # fmt: skip
        self.states.show_entries(states)
        self.courses.show_entries([("", tr("All courses")), *content.courses])
        self.tags.show_entries([("", tr("All tags")), *((tag, tag) for tag in content.tags)])
        for choice, value in ((self.states, by["state"]), (self.courses, by["course"]), (self.tags, by["tag"])):
            choice.choose(value)
        self.tags.setVisible(bool(content.tags))
        self._tools.setVisible(bool(content.whole))

    # --- the list
    def _render(self) -> None:
        content, error = self._model.content, self._model.error
        clear(self._list)
        if content is None:
            self._tools.hide()
            fault = cannot_read(tr("The cards cannot be read"), error, self._model.refresh) if error else None
            self._list.addWidget(fault or Label(tr("Reading your cards…"), "body", "text2"))
            self._list.addStretch(1)
            return
        self._show_tools(content)
        for item in self._items(content):
            if isinstance(item, QWidget):
                self._list.addWidget(item)
        if content.cards:
            self._list.addStretch(1)

    def _items(self, content: Listed) -> list[Item]:
        if not content.whole:
            return [self._empty()]
        if not content.cards:
            return [empty_state("search", tr("Nothing fits"), tr("No card has all of these words and filters."))]
        items = listed(*(self._card(content, card) for card in content.cards))
        if len(content.cards) < content.count:
            more = Button(tr("Show more"), "link")
            more.clicked.connect(self._model.more)
            items.append(boxed(row("~", more, "~", margin=(0, 12, 0, 0))))
        return items

    def _empty(self) -> QWidget:
        new = Button(tr("Write a card"), "primary", "plus")
        new.clicked.connect(self.ask_card)
        text = tr("Cards of missed questions, of highlights, of your courses and your own will stand here.")
        return empty_state("layers", tr("No cards yet"), text, new)

    def _card(self, content: Listed, card: Card) -> QWidget:
        places = (source_words(card), content.titles.get(card.course_id or "", ""))
        below = dotted(plain_words(card.back), *places)
        words = column(Elided(plain_words(card.front), "strong"), Elided(below, "small", "text2"), gap=0)
        slot = boxed(row("~", *self._chips(content, card), gap=8))
        slot.setMinimumWidth(current().px(SLOT))
        resting = card.suspended
        tools = (
            self._tool("pencil", tr("Change the card"), lambda: self._ask_edit(card)),
            self._tool(
                "sun" if resting else "moon",
                tr("Wake the card") if resting else tr("Put the card to rest"),
                lambda: self._model.change(card.id, suspended=not resting),
            ),
            self._tool("trash-2", tr("Delete the card"), lambda: self._model.delete(card.id)),
        )
        made = boxed(row((words, 1), slot, *tools, gap=8, margin=(8, 10, 8, 10)))
        made.setAccessibleName(plain_words(card.front))
        return made

    def _chips(self, content: Listed, card: Card) -> list[QWidget]:
        chips: list[QWidget] = [Chip(tr("Often forgotten"), "warning")] if card.is_leech else []
        if card.suspended:
            return [*chips, Chip(tr("At rest"), "neutral", "moon")]
        if card.paused:
            return [*chips, Chip(tr("Course left"), "neutral")]
        due = card.memory.state != "new" and card.memory.due <= content.now_ms
        return [*chips, Chip(when_words(card, content.now_ms), "info" if due else "neutral")]

    def _tool(self, icon: str, name: str, then: Callable[[], object]) -> Button:
        button = Button("", "ghost", icon, name=name)
        button.clicked.connect(lambda: then())
        return button

    def _ask_edit(self, card: Card) -> None:
        def save(front: str, back: str) -> None:
            self._model.edit(card.id, front, back)

        ask_card(self.window(), save, front=card.front, back=card.back)

    def _on_deleted(self, card: str) -> None:
        self._say(tr("Card deleted"), lambda: self._model.bring_back(card))

    def _on_refused(self, error: LmsError) -> None:
        self._say(sentence(error), None)
