"""Widgets beside each other that go on in the next line where there is no more room, mirrored with the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget
from shiboken6 import delete

from desktop_lms.widgets.theme import current


class Flow(QLayout):
    """A layout of one or more lines, at whose `end` they may stand; hidden widgets take no room."""

    def __init__(self, *widgets: QWidget, gap: int = 8, end: bool = False) -> None:
        super().__init__()
        self._items = items = list[QLayoutItem]()
        self._gap, self._end = gap, end
        self.destroyed.connect(lambda: [delete(item) for item in items])  # Qt leaves them to the layout
        self.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """As narrow as it gets; where things stand at its end, as wide as they are beside each other."""
        least = self.minimumSize()
        if self._end:
            wide = sum(item.sizeHint().width() + self._gap for item in self._items if not item.isEmpty()) - self._gap
            least.setWidth(max(least.width(), wide))
        return least

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def _lay(self, rect: QRect, *, move: bool) -> int:
        y = 0
        for line in self._lines(rect.width()):
            high = max(item.sizeHint().height() for item in line)
            wide = sum(item.sizeHint().width() + self._gap for item in line) - self._gap
            x = max(0, rect.width() - wide) if self._end else 0
            for item in line if move else ():
                size = item.sizeHint()
                if size.width() > rect.width():
                    size.setWidth(max(rect.width(), item.minimumSize().width()))
                left = rect.right() + 1 - x - size.width() if current().rtl else rect.left() + x
                item.setGeometry(QRect(QPoint(left, rect.top() + y + (high - size.height()) // 2), size))
                x += size.width() + self._gap
            y += high + self._gap
        return max(0, y - self._gap)

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """What stands beside each other, each in the middle of its line."""
        lines: list[list[QLayoutItem]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wide = item.sizeHint().width()
            if not lines or x + wide > width:
                lines.append([])
                x = 0
            lines[-1].append(item)
            x += wide + self._gap
        return lines
