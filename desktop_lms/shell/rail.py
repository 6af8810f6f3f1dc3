"""The rail: the places one always can go to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from desktop_lms.shell.places import Place
from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.surfaces import Line, Mark, Panel, rounded
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import PRODUCT, tr

WIDE, NARROW, WIDEST = 208, 64, 272


class RailItem(QAbstractButton):
    """One place: icon and name, or the icon alone."""

    def __init__(self, icon: str, text: str, *, compact: bool) -> None:
        super().__init__()
        self._icon, self._compact, self.count = icon, compact, 0
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setToolTip(text if compact else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(current().px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, size, on = QRectF(self.rect()), theme.px(20), self.isChecked()
        if on:
            rounded(
                painter, area, fill="surface", edge="hairline" if theme.mode == "light" else "hairlineStrong", radius=8
            )
        elif self.underMouse():
            rounded(painter, area, fill="hover", radius=8)
        x = (area.width() - size) / 2 if self._compact else 12.0
        at = area.width() - x - size if theme.rtl and not self._compact else x
        painter.drawPixmap(
            QPointF(at, (area.height() - size) / 2), pixmap(self._icon, 20, "accentText" if on else "text2")
        )
        if self._compact:
            if self.count:
                painter.setBrush(theme.color("accent"))
                painter.setPen(QPen(theme.color("canvas"), 2))
                painter.drawEllipse(QPointF(x + size, area.height() / 2 - size / 2 + 2), 5, 5)
            return
        painter.setFont(theme.font("body", weight=600 if on else 500))
        painter.setPen(theme.color("text" if on else "text2"))
        lead = size + 24
        words = area.adjusted(8, 0, -lead, 0) if theme.rtl else area.adjusted(lead, 0, -8, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.count:
            painter.setFont(theme.font("caption", weight=600))
            painter.setPen(theme.color("text3"))
            end = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(area.adjusted(12, 0, -12, 0), end, str(self.count))


class Rail(Panel):
    """All places a role may see, the settings at the bottom."""

    def __init__(self, go: Callable[[str], object]) -> None:
        self._box = column(gap=0)
        super().__init__(self._box, fill="canvas", edge="end")
        self._go = go
        self._places: list[Place] = []
        self._here, self._compact = "", False
        self.items: dict[str, RailItem] = {}
        look().changed.connect(self._build)

    def show_places(self, places: Sequence[Place]) -> None:
        """Show these places."""
        self._places = [p for p in places if p.icon]
        self._build()

    def show_here(self, name: str, *, compact: bool) -> None:
        """Mark where one is, in the wide or the narrow form."""
        if compact != self._compact:
            self._compact = compact
            self._build()
        self._here = name
        for key, item in self.items.items():
            item.setChecked(key == name)

    def show_count(self, name: str, count: int) -> None:
        """Show how much waits at a place."""
        if name in self.items:
            self.items[name].count = count
            self.items[name].update()

    def _build(self) -> None:
        box = self._box
        clear(box)
        self.items = {}
        compact = self._compact
        head = row(
            Mark(),
            None if compact else Label(PRODUCT, "heading", size=15),
            "~",
            gap=10,
            margin=(6 if compact else 2, 0, 0, 0),
        )
        content = column(boxed(head), 16, gap=2, margin=(12, 14, 12, 12))
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
        box.addWidget(boxed(content))
        self.setFixedWidth(NARROW if compact else min(current().px(WIDE), WIDEST))
        self.setAccessibleName(tr("Places"))

    def _item(self, place: Place) -> RailItem:
        item = RailItem(place.icon, place.title, compact=self._compact)
        item.setChecked(place.name == self._here)
        item.clicked.connect(lambda _=False, name=place.name: self._go(name))
        self.items[place.name] = item
        return item
