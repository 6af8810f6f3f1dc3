"""The rail: the places one always can go to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from desktop_lms.shell.places import Place
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.nav import ICON, NavItem
from desktop_lms.widgets.surfaces import Line, Mark, Panel
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import PRODUCT, counted, tr

WIDE, AROUND, WIDEST = 208, 44, 272
"""Width of the rail, the room around its icons when it is folded, and the most that it takes at large text, in px."""


class Rail(Panel):
    """All places a role may see, the settings at the bottom."""

    def __init__(self, go: Callable[[str], object]) -> None:
        self._area = QScrollArea()
        super().__init__(column(self._area, gap=0), fill="canvas", edge="end")
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._go = go
        self._places: list[Place] = []
        self._here, self._compact = "", False
        self._counts: dict[str, int] = {}
        self.items: dict[str, NavItem] = {}
        look().changed.connect(self._build)

    def show_places(self, places: Sequence[Place]) -> None:
        """Show these places."""
        self._places = [p for p in places if p.icon]
        self._build()

    def show_here(self, name: str, *, compact: bool) -> None:
        """Mark where one is, in the wide or the narrow form."""
        if compact != self._compact:
            self._compact = compact
            self._fold()
        self._here = name
        for key, item in self.items.items():
            item.setChecked(key == name)
            if key == name:
                self._area.ensureWidgetVisible(item)

    def show_count(self, name: str, count: int) -> None:
        """Show how much waits at a place."""
        self._counts[name] = count
        if name in self.items:
            self._count(self.items[name], count)

    def _count(self, item: NavItem, count: int) -> None:
        item.count = count
        item.setAccessibleDescription(counted("1 is not read", "{count} are not read", count) if count else "")
        item.update()

    def _build(self) -> None:
        self.items = {}
        self._name = Label(PRODUCT, "heading", size=15)
        self._head = row(Mark(), self._name, "~", gap=10)
        content = column(boxed(self._head), 16, gap=2, margin=(12, 14, 12, 12))
        group = 0
        for place in self._places:
            if place.group < 0:
                continue
            if place.group != group:
                group = place.group
                content.addSpacing(10)
                content.addWidget(Line())
                content.addSpacing(10)
            content.addWidget(self._item(place))
        content.addStretch(1)
        for place in self._places:
            if place.group < 0:
                content.addWidget(self._item(place))
        self._area.setWidget(Panel(content, fill="canvas", edge="end"))
        self._fold()
        self.setAccessibleName(tr("Places"))

    def _fold(self) -> None:
        """Take the narrow or the wide form: the same entries, with icons alone or with their names."""
        compact, narrow = self._compact, current().px(ICON) + AROUND
        self._name.setVisible(not compact)
        self._head.setContentsMargins((narrow - 24 - 28) // 2 if compact else 2, 0, 0, 0)
        for item in self.items.values():
            item.fold(compact)
        self.setFixedWidth(narrow if compact else min(current().px(WIDE), WIDEST))

    def _item(self, place: Place) -> NavItem:
        item = NavItem(place.icon, place.title)
        item.setChecked(place.name == self._here)
        item.clicked.connect(lambda _=False, name=place.name: self._go(name))
        self.items[place.name] = item
        self._count(item, self._counts.get(place.name, 0))
        return item
