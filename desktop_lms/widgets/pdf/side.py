"""Beside the pages: all of them small, and the outline. Only what is in view is drawn, also of five thousand pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_lms.widgets.pdf.document import PdfDocument
from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.theme import current, look, see_through
from desktop_lms.words import tr

THUMB = 104
Index = QModelIndex | QPersistentModelIndex
Row = tuple[str, int, int]
"""Words, the page and the level."""


class _Rows(QAbstractListModel):
    """Words of rows, and the page that each leads to."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.rows[index.row()][0]
        return None


class _Numbers(Sequence[Row]):
    """A row for each page; its words are made when somebody reads them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:
        page = range(self._count)[at]
        return tr("Page {number}", number=page + 1), page, 0


class _List(QListView):
    """Rows that lead to pages."""

    chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        see_through(self)
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows = _Rows([])
        self.setModel(self.rows)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)
        look().changed.connect(self._restyle)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show words, the page and the level of each row."""
        self.rows = _Rows(rows)
        self.setModel(self.rows)

    def show_page(self, page: int) -> None:
        """Mark the row that the page belongs to."""
        at = self._row_of(page) if page >= 0 else -1
        if at != self.currentIndex().row() and not self.hasFocus():
            index = self.rows.index(at, 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _row_of(self, page: int) -> int:
        return max((n for n, row in enumerate(self.rows.rows) if row[1] <= page), default=-1)

    def _on_chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(self.rows.rows[index.row()][1])

    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()


class _ThumbDelegate(QStyledItemDelegate):
    def __init__(self, thumbs: Thumbs) -> None:
        super().__init__(thumbs)
        self._thumbs = thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(current().px(THUMB), self._thumbs.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, row = current(), index.row()
        rect: QRect = option.rect
        foot = theme.line("caption") + 10
        room = QRectF(rect).adjusted(8, 10, -8, -foot)
        size = self._thumbs.page_size(row).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(room.center().x() - size.width() / 2, room.bottom() - size.height(), size.width(), size.height())
        here = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(area, Qt.GlobalColor.white)
        picture = self._thumbs.document.thumb(row)
        if picture is not None:
            painter.drawImage(area, picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, wide = ("accent", 2) if here else ("hairlineStrong", 1)
        rounded(painter, area.adjusted(-wide, -wide, wide, wide), edge=edge, radius=3, width=wide)
        painter.setFont(theme.font("caption", weight=600 if here else None))
        painter.setPen(theme.color("text" if here else "text2"))
        below = QRectF(rect.left(), rect.bottom() - foot + 4, rect.width(), foot - 4)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), str(row + 1))
        painter.restore()


class Thumbs(_List):
    """Every page small, with its number."""

    def __init__(self, document: PdfDocument) -> None:
        super().__init__(tr("Pages"))
        self.document = document
        self.row_height = current().px(160)
        self.setItemDelegate(_ThumbDelegate(self))
        self.setSelectionRectVisible(False)
        document.thumbed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._want)

    def show_pages(self) -> None:
        """Show the pages of the open document."""
        self.show_rows(_Numbers(len(self.document.sizes)))
        self._want()

    def _row_of(self, page: int) -> int:
        return min(page, len(self.rows.rows) - 1)

    def page_size(self, page: int) -> Any:
        """The size of a page in points."""
        return self.document.sizes[page]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._want()

    def _want(self) -> None:
        if not self.isVisible() or not self.document.sizes:
            return
        first = self.verticalScrollBar().value() // self.row_height
        last = min(len(self.document.sizes), first + self.viewport().height() // self.row_height + 2)
        width = current().px(THUMB) * self.devicePixelRatioF()
        sizes = ((n, self.document.sizes[n]) for n in range(first, last))
        self.document.want_thumbs([(n, (size * (width / size.width())).toSize()) for n, size in sizes])


class _EntryDelegate(QStyledItemDelegate):
    def __init__(self, entries: Entries) -> None:
        super().__init__(entries)
        self._entries = entries

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, current().line("small") + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = current()
        words, page, level = self._entries.rows.rows[index.row()]
        rect: QRect = option.rect
        here = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if here:
            rounded(painter, QRectF(rect).adjusted(4, 1, -4, -1), fill="accentSoft", radius=6)
        number = str(page + 1)
        painter.setFont(theme.font("caption"))
        wide = painter.fontMetrics().horizontalAdvance(number) + 8
        lead = 12 + 14 * level
        area = rect.adjusted(12 + wide, 0, -lead, 0) if theme.rtl else rect.adjusted(lead, 0, -12 - wide, 0)
        edge = rect.adjusted(12, 0, -lead, 0) if theme.rtl else rect.adjusted(lead, 0, -12, 0)
        painter.setPen(theme.color("text3"))
        right = Qt.AlignmentFlag.AlignLeft if theme.rtl else Qt.AlignmentFlag.AlignRight
        painter.drawText(edge, int(right | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute), number)
        painter.setFont(theme.font("small", weight=500 if level == 0 else None))
        painter.setPen(theme.color("accentText" if here else "text"))
        left = Qt.AlignmentFlag.AlignRight if theme.rtl else Qt.AlignmentFlag.AlignLeft
        said = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(left | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute), said)
        painter.restore()


class Entries(_List):
    """The outline."""

    def __init__(self, document: PdfDocument) -> None:
        super().__init__(tr("Outline"))
        self._document = document
        self.setItemDelegate(_EntryDelegate(self))

    def show_outline(self) -> None:
        """Show the outline of the open document."""
        self.show_rows([(entry.title, entry.page, entry.level) for entry in self._document.outline])
