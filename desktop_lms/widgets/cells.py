"""Thousands of cards or rows in a page that scrolls: only those in view are widgets, and they are used again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget
from shiboken6 import isValid

from desktop_lms.timers import once
from desktop_lms.widgets.theme import current

Item = TypeVar("Item")
W = TypeVar("W", bound=QWidget)
AT_ONCE = 4
"""So many cells are made in a turn of the window."""
MOST_HIGH = 16_000_000
"""Qt draws no taller widget."""


class Cells(QWidget, Generic[Item, W]):
    """A grid of `items`, each at least `width` wide (0: one column) and as high as its first cell says.

    `make` makes a cell, `fill` shows an item in it. Arrows, Home and End move; the page must be a QScrollArea above.
    """

    def __init__(self, make: Callable[[], W], fill: Callable[[W, Item], None], *, width: int = 0, gap: int = 0) -> None:
        super().__init__()
        self._make, self._fill, self._width, self._gap = make, fill, width, gap
        self._items: Sequence[Item] = ()
        self._cells: dict[int, W] = {}
        self._spare: list[W] = []
        self._height = 0
        self._area: QScrollArea | None = None
        self._rest = once(self, 0, self.place)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # --- what is shown
    def show_items(self, items: Sequence[Item]) -> None:
        """Show other items; the cells in view are filled anew."""
        self._items = items
        for at in [at for at in self._cells if at >= len(items)]:
            self._put_by(self._cells.pop(at))
        for at, cell in self._cells.items():  # where it is: to hide and to show one costs more than to fill it
            self._fill(cell, items[at])
        self._measure()
        self.place()

    def renew(self) -> None:
        """Make all cells anew, for the look has changed."""
        for cell in [*self._cells.values(), *self._spare]:
            cell.hide()
            cell.deleteLater()
        self._cells, self._spare, self._height = {}, [], 0
        self.show_items(self._items)

    def cells(self) -> dict[int, W]:
        """The cells in view by the place of their item."""
        return dict(self._cells)

    # --- where
    @property
    def columns(self) -> int:
        """How many stand beside each other."""
        if not self._width:
            return 1
        return max(1, (self.width() + self._gap) // (current().px(self._width) + self._gap))

    def _measure(self) -> None:
        if not self._height and self._items:
            cell = self._take()
            self._fill(cell, self._items[0])
            cell.ensurePolished()
            self._height = cell.sizeHint().height()
            self._put_by(cell)
        rows = -(-len(self._items) // self.columns)
        self.setFixedHeight(min(MOST_HIGH, max(0, rows * (self._height + self._gap) - self._gap)))

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def place(self) -> None:
        """Have cells where they are seen, and one row above and below for the keyboard; new ones a few at a turn."""
        self._place(whole=False)

    def _place(self, *, whole: bool) -> None:
        if self._items and self._height:
            self._fill_view(whole=whole)
        for cell in self._spare:
            cell.hide()

    def _fill_view(self, *, whole: bool) -> None:
        columns, step = self.columns, self._height + self._gap
        top, bottom = self._seen()
        first = max(0, top // step - 1) * columns
        last = min(len(self._items), (bottom // step + 2) * columns)
        for at in [at for at in self._cells if not first <= at < last]:
            self._put_by(self._cells.pop(at))
        each = (self.width() - (columns - 1) * self._gap) // columns
        made = AT_ONCE if self._rest.isActive() else 0  # what is left of this turn
        for at in range(first, last):
            cell = self._cells.get(at)
            if cell is None:
                made += not self._spare
                if made > AT_ONCE and not whole:
                    self._rest.start()
                    break
                cell = self._cells[at] = self._take()
                self._fill(cell, self._items[at])
            across = at % columns
            if current().rtl:
                across = columns - 1 - across
            cell.setGeometry(across * (each + self._gap), at // columns * step, each, self._height)
            if cell.isHidden():
                cell.show()

    def _seen(self) -> tuple[int, int]:
        area = self._area
        if area is None or not isValid(area):
            return 0, 2 * self._height
        top = self.mapFrom(area.viewport(), area.viewport().rect().topLeft()).y()
        return max(0, top), max(0, top + area.viewport().height())

    def _take(self) -> W:
        if self._spare:
            return self._spare.pop()
        cell = self._make()
        cell.setParent(self)
        cell.installEventFilter(self)
        return cell

    def _put_by(self, cell: W) -> None:
        """Keep a cell for another item; it is hidden by `_place` unless it is taken again, for that costs less."""
        if cell.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if cell.underMouse():
            cell.hide()  # so it learns that nothing points at it any more
        self._spare.append(cell)

    def focus(self, at: int) -> None:
        """Bring an item into view and give it the focus."""
        at = max(0, min(at, len(self._items) - 1))
        area = self._area
        body = area.widget() if area is not None else None
        if area is not None and body is not None and self._items:
            top = at // self.columns * (self._height + self._gap)
            y = self.mapTo(body, self.rect().topLeft()).y() + top
            area.ensureVisible(0, y + self._height // 2, 0, self._height // 2 + 24)
        self._place(whole=True)
        if at in self._cells:
            self._cells[at].setFocus(Qt.FocusReason.TabFocusReason)

    # --- events
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None and above is not self._area:
            self._area = above
            above.verticalScrollBar().valueChanged.connect(self.place)
            above.verticalScrollBar().rangeChanged.connect(self.place)
        self.place()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.stop()  # who left the page does not wait for what would still be made in it

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        at = next((at for at, cell in self._cells.items() if cell is watched), None)
        ahead = -1 if current().rtl else 1
        steps = {
            Qt.Key.Key_Down: self.columns, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Right: ahead,
            Qt.Key.Key_Left: -ahead, Qt.Key.Key_Home: -len(self._items), Qt.Key.Key_End: len(self._items),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if at is None or step is None or (at == 0 and event.key() == Qt.Key.Key_Up):
            return False
        self.focus(at + step)
        return True
