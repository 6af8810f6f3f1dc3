"""Administration: a list of sections beside the page of one of them; in a narrow window the list is a choice above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop_lms.features.admin.asking import Asking
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.nav import NavItem
from desktop_lms.widgets.surfaces import Panel
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr

LIST, LIST_BELOW = 200, 960


@dataclass(frozen=True)
class Entry:
    """A section as the list shows it; `group` is the heading it stands under."""

    name: str
    title: str
    icon: str
    group: str


class AdminPage(Panel):
    """The page of one section with the list of all; `go` follows a route such as `admin/accounts`."""

    def __init__(self, entries: Sequence[Entry], here: str, page: QWidget, *, go: Callable[[str], object]) -> None:
        self._list = _list_of(entries, here, go)
        self._choice = Choice([(entry.name, entry.title) for entry in entries], name=tr("Section"))
        self._choice.choose(here)
        self._choice.chosen.connect(lambda name: go(f"admin/{name}"))
        self._above = boxed(row(self._choice, "~", margin=(40, 20, 40, 0)))
        super().__init__(row(self._list, (boxed(column(self._above, (page, 1), gap=0)), 1), gap=0), fill="page")
        self.page = page
        title = next(entry.title for entry in entries if entry.name == here)
        self.crumbs = [(tr("Administration"), "admin"), (title, "")]
        self.setAccessibleName(tr("Administration"))
        self._arrange()
        look().changed.connect(self._arrange)

    def leave(self) -> None:
        """Let the section keep what was typed."""
        leave = getattr(self.page, "leave", None)
        if leave is not None:
            leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= LIST_BELOW * current().scale
        self._list.setFixedWidth(current().px(LIST))
        self._list.setVisible(wide)
        self._above.setVisible(not wide)


def banner(model: Asking, kept: str) -> QWidget | None:
    """What stands above a section when something did not work; `kept` says what still holds without the server."""
    if model.trouble is None:
        if model.error is None:
            return None
        return Banner(tr("That did not work"), sentence(model.error), tone="warning", icon="circle-alert")
    again = Button(tr("Try again"), small=True)
    again.clicked.connect(model.refresh)
    detail = kept if model.away else sentence(model.trouble)
    return Banner(tr("The server must be reached for this"), detail, again, tone="warning", icon="wifi-off")


def _list_of(entries: Sequence[Entry], here: str, go: Callable[[str], object]) -> QWidget:
    items: list[Item] = []
    group = ""
    for entry in entries:
        if entry.group != group:
            items += [16 if group else 0, Label(entry.group, "caption", "text3"), 6]
            group = entry.group
        item = NavItem(entry.icon, entry.title)
        item.setChecked(entry.name == here)
        item.clicked.connect(lambda _=False, name=entry.name: go(f"admin/{name}"))
        items.append(item)
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(Panel(column(*items, "~", gap=2, margin=(12, 28, 12, 12)), fill="page"))
    return Panel(column(area, gap=0), fill="page", edge="end")
