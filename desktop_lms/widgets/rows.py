"""Rows that lead somewhere: a tile, a title over details, and what stands at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.layout import Item, column, row
from desktop_lms.widgets.surfaces import Line, Painted, rounded
from desktop_lms.widgets.text import Elided


class Clickable(Painted):
    """A widget that is a button as a whole: click, Enter or Space."""

    clicked = Signal()

    def __init__(self, *, name: str = "", radius: int = 8, selected: bool = False) -> None:
        super().__init__()
        self._over, self._radius, self._selected = False, radius, selected
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_selected(self) -> bool:
        """Whether it is the chosen one."""
        return self._selected

    def select(self, on: bool) -> None:
        """Show it as the chosen one."""
        self._selected = on
        self.update()

    def enterEvent(self, event: object) -> None:
        self._over = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._over = False
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._selected or self._over:
            fill = "accentSoft" if self._selected else "hover"
            rounded(self.painter(), self.rect(), fill=fill, radius=self._radius)


class ListRow(Clickable):
    """A row of a list: `lead` (a Tile), title, details, and widgets at the end."""

    def __init__(
        self, title: str, detail: str = "", *end: QWidget, lead: QWidget | None = None, compact: bool = False
    ) -> None:
        super().__init__(name=f"{title}. {detail}" if detail else title)
        self.title = Elided(title, "small" if compact else "strong", weight=500 if compact else None)
        words = column(self.title, Elided(detail, "small", "text2") if detail else None, gap=0)
        pad = 4 if compact else 12
        self.setLayout(row(lead, (words, 1), *end, gap=16, margin=(8, pad, 8, pad)))


def listed(*rows: Item) -> list[Item]:
    """Rows with hairlines between them, to be put into a column with gap 0."""
    out: list[Item] = []
    for n, item in enumerate(rows):
        if n:
            out.append(Line())
        out.append(item)
    return out
