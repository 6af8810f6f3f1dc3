"""A long list of cards, painted and never a widget each: tens of thousands scroll like ten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.text import own_direction
from desktop_lms.widgets.theme import Theme, current, look, see_through

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
STEP = 400
"""How many rows more are laid out when the end comes into view."""
ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class CardRow:
    """A card: words of somebody else in the colour of `stripe`, own words, and a line of facts under them."""

    quote: str
    words: str
    facts: str
    stripe: str = ""
    icon: str = "sticky-note"
    tags: tuple[str, ...] = ()


Draw = Callable[[str], CardRow]
"""Makes the card of a key."""


class _Rows(QAbstractListModel):
    """Cards by their keys; what one says is asked for when it comes into view."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: Sequence[str] = ()
        self._draw: Draw | None = None
        self._drawn: dict[str, CardRow] = {}
        self._laid = 0

    def show(self, keys: Sequence[str], draw: Draw) -> None:
        """Show other rows; as many as were laid out are laid out again."""
        self.beginResetModel()
        self._laid = min(len(keys), max(STEP, self._laid if len(self.keys) else 0))
        self.keys, self._draw, self._drawn = keys, draw, {}
        self.endResetModel()

    def spots(self, keys: Collection[str]) -> list[int]:
        """Where some cards stand, from above; a few are found without looking at each."""
        if len(keys) > 20:
            wanted = set(keys)
            return [at for at, key in enumerate(self.keys) if key in wanted]
        return sorted(self.keys.index(key) for key in keys if key in self.keys)

    def row(self, at: int) -> CardRow:
        """What a card says."""
        key = self.keys[at]
        if key not in self._drawn and self._draw is not None:
            self._drawn[key] = self._draw(key)
        return self._drawn[key]

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._laid

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._laid < len(self.keys)

    def fetchMore(self, parent: Index, /) -> None:
        last = min(len(self.keys), self._laid + STEP) - 1
        self.beginInsertRows(QModelIndex(), self._laid, last)
        self._laid = last + 1
        self.endInsertRows()

    def lay(self, at: int) -> None:
        """Lay out at least so many rows."""
        while at >= self._laid and self.canFetchMore(NOWHERE):
            self.fetchMore(NOWHERE)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row())
        if role == ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " · ".join(filter(None, (row.quote, row.words, row.facts)))
        return None


@lru_cache(32)
def _font(theme: Theme, role: str) -> QFont:
    """A font that is only drawn with: making one costs more than a line of text."""
    return theme.font(role)


class _Paint(QStyledItemDelegate):
    """Draws a card: at most two lines of words, one of facts."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme = current()
        return QSize(200, theme.line("read") + theme.line("body") + theme.line("caption") + theme.px(36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: CardRow = index.data(ROLE)
        theme, box = current(), option.rect.adjusted(0, 1, 0, -7)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if chosen else "hairline"
        rounded(painter, box, fill="accentSoft" if chosen else "surface", edge=edge, radius=10, width=1 + chosen)
        area = box.adjusted(theme.px(16), theme.px(11), -theme.px(16), -theme.px(9))
        if row.stripe:
            at = area.right() - 4 if theme.rtl else area.left()
            bar = QRect(at, area.top() + 1, 4, area.height() - theme.line("caption") - theme.px(6))
            rounded(painter, bar, fill=row.stripe, radius=2)
            area.adjust(*((0, 0, -theme.px(14), 0) if theme.rtl else (theme.px(14), 0, 0, 0)))
        self._lines(painter, row, area)
        painter.restore()

    def _lines(self, painter: QPainter, row: CardRow, area: QRect) -> None:
        """Quote above words; one of them alone gets both lines."""
        theme, y = current(), area.top()
        if row.quote and row.words:
            parts = ((f"“{row.quote}”", "read", "text2", 1), (row.words, "body", "text", 1))
        elif row.quote:
            parts = ((f"“{row.quote}”", "read", "text", 2),)  # type: ignore[assignment]
        else:
            parts = ((row.words, "body", "text", 2),)  # type: ignore[assignment]
        for text, role, color, lines in parts:
            painter.setFont(_font(theme, role))
            painter.setPen(theme.color(color))
            for line in _broken(text, painter.fontMetrics(), area.width(), lines):
                self._line(painter, line, QRect(area.left(), y, area.width(), theme.line(role)))
                y += theme.line(role)
        foot = QRect(area.left(), area.bottom() - theme.line("caption") + 1, area.width(), theme.line("caption"))
        painter.setFont(_font(theme, "caption"))
        size = theme.px(14)
        x = foot.right() - size if theme.rtl else foot.left()
        painter.drawPixmap(x, foot.top() + (foot.height() - size) // 2, pixmap(row.icon, 14, "text3"))
        foot.adjust(*((0, 0, -size - 8, 0) if theme.rtl else (size + 8, 0, 0, 0)))
        painter.setPen(theme.color("text2"))
        tags = "  ".join(own_direction(f"#{tag}") for tag in row.tags)
        facts = painter.fontMetrics().elidedText(
            f"{row.facts}   {tags}" if tags else row.facts, Qt.TextElideMode.ElideRight, foot.width()
        )
        self._line(painter, facts, foot)

    def _line(self, painter: QPainter, text: str, box: QRect) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        flags |= Qt.TextFlag.TextSingleLine
        painter.drawText(box, int(flags), own_direction(text))


def _broken(text: str, metrics: QFontMetrics, width: int, most: int) -> list[str]:
    """The first lines of a text, the last one shortened; only as much of it is looked at as can be seen."""
    words = " ".join(text[: 220 * most].split())
    lines: list[str] = []
    while words and len(lines) < most - 1 and metrics.horizontalAdvance(words) > width:
        cut = len(metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)) - 1
        cut = words.rfind(" ", 0, cut + 1) if " " in words[: cut + 1] else cut
        lines.append(words[: max(1, cut)].strip())
        words = words[max(1, cut) :].strip()
    return [*lines, metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)] if words else lines


class CardList(QListView):
    """Cards with a key each; several can be chosen."""

    chosen = Signal()
    """Other cards are chosen."""
    opened = Signal(str)
    """A card was entered: Return, or a double click."""
    delete_asked = Signal()

    def __init__(self, *, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._model = _Rows()
        self._model.setParent(self)
        self._quiet = False
        self.setModel(self._model)
        self.setItemDelegate(_Paint(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        see_through(self)
        self.setMouseTracking(True)
        self.selectionModel().selectionChanged.connect(self._on_chosen)
        self.doubleClicked.connect(self._on_opened)
        look().changed.connect(self._restyle)

    def show_rows(self, keys: Sequence[str], draw: Draw) -> None:
        """Show cards; those that were chosen and are still there stay chosen, and the place stays."""
        kept, at, here = set(self.keys), self.verticalScrollBar().value(), self.current
        self._quiet = True
        self._model.show(keys, draw)
        if kept:
            self.choose(sorted(kept), here)
        self.verticalScrollBar().setValue(at)
        self._quiet = False
        if set(self.keys) != kept:
            self.chosen.emit()

    @property
    def keys(self) -> list[str]:
        """The chosen cards, from above."""
        return [self._model.keys[i.row()] for i in sorted(self.selectedIndexes(), key=lambda i: i.row())]

    @property
    def current(self) -> str:
        """The card that the keyboard is on; "" for none."""
        at = self.currentIndex()
        return self._model.keys[at.row()] if at.isValid() else ""

    def choose(self, keys: Sequence[str], current_key: str = "") -> None:
        """Choose some cards."""
        spots = self._model.spots(keys)
        if not spots:
            return
        self._model.lay(spots[-1])
        first = next((n for n in spots if self._model.keys[n] == current_key), spots[0])
        self.selectionModel().clearSelection()
        self.setCurrentIndex(self._model.index(first))
        flag = self.selectionModel().SelectionFlag.Select
        for n in spots:
            self.selectionModel().select(self._model.index(n), flag)

    def _on_chosen(self) -> None:
        if not self._quiet:
            self.chosen.emit()

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.keys[index.row()])

    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_End:
            self._model.lay(len(self._model.keys))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_opened(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.keys:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)
