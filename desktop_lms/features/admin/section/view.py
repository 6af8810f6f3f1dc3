"""What the pages of the server's sections share: a head, what is wrong, and what the server told below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.asking import Asking
from desktop_lms.features.admin.paging import Paging
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.layout import Item, boxed, clear, column, fill, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Card, IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, sentence, tr

Say = Callable[[str], object]
NAMES = 160
"""Room for the names of facts, in px."""


class SectionPage(Page):
    """A section: a head with `tools`, a summary, what narrows the list (`above` it), and the list."""

    def __init__(self, model: Asking, title: str, say: Say, *tools: Button, above: Item = None) -> None:
        super().__init__()
        self._asking, self._say, self._tools = model, say, tools
        self.sheet: Sheet | None = None
        self._key: object = None
        self.setAccessibleName(title)
        self._over, self._below = column(gap=0), column(gap=0)
        head = (heading(title, "", *tools), 20, boxed(self._over), above, 16 if above else None)
        self.show_items(*head, boxed(self._below), "~")
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._restyle)
        self._show()
        model.refresh()

    def summary(self) -> Sequence[Item]:
        """What is told before the list, whatever is looked for."""
        return ()

    def items(self) -> Sequence[Item] | None:
        """What the server told; None before it has."""
        raise NotImplementedError

    def key(self) -> object:
        """What a long list is made of: it is built anew when that is another; None for always."""
        return None

    def done_words(self, code: str, name: str) -> str:
        """What worked; nothing is said of what can be seen."""
        return ""

    def _on_done(self, code: str, name: str) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        if words := self.done_words(code, name):
            self._say(words)

    def _restyle(self) -> None:
        self._key = None
        self._show()

    def _show(self) -> None:
        clear(self._over)
        for tool in self._tools:
            tool.setEnabled(not self._asking.busy)
        fill(self._over, (*self._warnings(), *self.summary()), gap=0, margin=0)
        before, self._key = self._key, self.key()
        if self._key is not None and self._key == before:
            return
        clear(self._below)
        told = self.items()
        if told is None and self._asking.trouble is None:
            told = [Label(tr("Asking the server…"), "small", "text2")]
        fill(self._below, tuple(told or ()), gap=0, margin=0)

    def _warnings(self) -> list[Item]:
        model = self._asking
        if model.trouble:
            again = Button(tr("Try again"), small=True)
            again.clicked.connect(model.refresh)
            title = tr("The server must be reached for this") if model.away else tr("That did not work")
            about = tr("What it keeps is only there. Your own work goes on without it.")
            detail = about if model.away else sentence(model.trouble)
            icon = "wifi-off" if model.away else "circle-alert"
            return [Banner(title, detail, again, tone="warning", icon=icon), 16]
        if model.error and self.sheet is None:
            return [Banner(tr("That did not work"), sentence(model.error), tone="warning", icon="circle-alert"), 16]
        return []

    def ask(self, title: str, lines: Sequence[tuple[str, str]], verb: str, go: Callable[[], object]) -> None:
        """Say what happens, and ask; `lines` are an icon and a sentence each."""
        keep, act = Button(tr("Cancel")), Button(verb, "danger")
        body = (row(IconMark(icon, 18), (Label(words, "body", wrap=True), 1), gap=12) for icon, words in lines)
        sheet = Sheet(self.window(), title, *body, buttons=(act, keep))
        keep.clicked.connect(sheet.close_sheet)
        act.clicked.connect(sheet.close_sheet)
        act.clicked.connect(go)


def rows_card(rows: Sequence[Item]) -> Card:
    """Rows on a card."""
    return Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4)))


def more_button(model: Paging) -> list[Item]:
    """A button below a list for its next page, if there is one."""
    if len(model.rows or ()) >= model.count:
        return []
    more = Button(tr("Show more"))
    more.clicked.connect(model.more)
    return [16, row(more, "~")]


def facts_card(facts: Sequence[tuple[str, str]]) -> Card:
    """Names and values on a card; empty values are left out."""
    lines: list[Item] = [
        row(_named(name), (Label(value, "strong", wrap=True, weight=400), 1), gap=16) for name, value in facts if value
    ]
    return Card(column(*lines, gap=10, margin=(20, 16, 20, 16)))


def _named(name: str) -> Label:
    label = Label(name, "small", "text2", wrap=True)
    label.setFixedWidth(current().px(NAMES))
    return label


def command(text: str) -> QWidget:
    """What somebody types at the machine of the server; it can be marked and copied."""
    label = Label(text, "mono", wrap=True, selectable=True)
    label.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    return Card(column(label, gap=0, margin=(16, 10, 16, 10)), fill="canvas")


def span_words(seconds: float) -> str:
    """How long something takes, in the largest unit that says enough."""
    if seconds < 120:
        return counted("1 second", "{count} seconds", round(seconds))
    if seconds < 7200:
        return counted("1 minute", "{count} minutes", round(seconds / 60))
    if seconds < 172_800:
        return counted("1 hour", "{count} hours", round(seconds / 3600))
    return counted("1 day", "{count} days", round(seconds / 86_400))


def milliseconds(began: str, ended: str) -> int:
    """How long it is between two times of the server."""
    first, last = (QDateTime.fromString(at, Qt.DateFormat.ISODateWithMs) for at in (began, ended))
    return first.msecsTo(last)
