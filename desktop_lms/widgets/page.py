"""The scaffold of a page: it scrolls, keeps its padding, and puts the side column below when there is no room."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QScrollArea, QWidget
from shiboken6 import delete

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.surfaces import Panel
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look

SIDE = 320
NARROW = 900


class Page(QScrollArea):
    """A scrolling page. Fill it with `show_items`; later calls replace what was there and keep the place."""

    def __init__(self, *items: Item, pad: int = 40, top: int = 28, fill: str = "page") -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pad, self._top = pad, top
        self._box = column(gap=0, margin=(pad, top, pad, pad))
        self.body = Panel(self._box, fill=fill)
        self.setWidget(self.body)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if items:
            self.show_items(*items)

    def show_items(self, *items: Item) -> None:
        """Show other content."""
        at = self.verticalScrollBar().value()
        clear(self._box)
        inner = boxed(column(*items, gap=0))
        self._box.addWidget(inner, 1)
        self._fit()
        self.verticalScrollBar().setValue(at)

    def _fit(self) -> None:
        """Have the height that the items need before they are painted, not squeezed into that of the former ones."""
        if self.isVisible():
            QCoreApplication.sendEvent(self.body, QEvent(QEvent.Type.LayoutRequest))


class Columns(QWidget):
    """A main column and a side column; the side goes below when there is less room than `below` or the text large."""

    def __init__(self, main: QWidget, side: QWidget, *, below: int = NARROW) -> None:
        super().__init__()
        self._main, self._side, self._below = main, side, below
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(main, 1)
        self._box.addWidget(side)
        self.setLayout(self._box)
        self._arrange()
        look().changed.connect(self._arrange)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        stacked = current().scale > 1.2 or self.width() < self._below * current().scale
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._box.direction() != way or self._box.spacing() != (32 if stacked else 40):
            self._box.setDirection(way)
            self._box.setSpacing(32 if stacked else 40)
        if stacked:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(16_777_215)
        else:
            self._side.setFixedWidth(SIDE)


class Grid(QWidget):
    """Widgets in columns of one width, as many as there is room for; `least` px for each at text of 100 %."""

    def __init__(self, *cells: QWidget, least: int = 280, most: int = 3) -> None:
        super().__init__()
        self._cells, self._least, self._most, self._columns = cells, least, most, 0
        self._box = QGridLayout()
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(24)
        self.setLayout(self._box)
        self._arrange()
        look().changed.connect(self._arrange)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = int((self.width() + 24) // (self._least * current().scale + 24))
        columns = max(1, min(self._most, len(self._cells), room))
        if columns == self._columns:
            return
        self._columns = columns
        while (item := self._box.takeAt(0)) is not None:
            delete(item)
        for n, cell in enumerate(self._cells):
            self._box.addWidget(cell, n // columns, n % columns)
        for n in range(self._most):
            self._box.setColumnStretch(n, 1 if n < columns else 0)


def heading(title: str, over: str = "", *end: QWidget) -> QWidget:
    """The head of a page: a small line over the display title, and what stands at its end."""
    words = column(Label(over, "small", "text3") if over else None, Label(title, "display", wrap=True), gap=0)
    return boxed(row((words, 1), boxed(Flow(*end, gap=12, end=True)) if end else None, gap=12))


def section(title: str, *items: Item, more: Button | None = None, gap: int = 0) -> QWidget:
    """A section with its heading and a link at the end of it."""
    head = row(Label(title, "heading"), "~", more, gap=8)
    return boxed(column(boxed(head), 8, *items, gap=gap))
