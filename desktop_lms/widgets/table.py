"""A data table: frozen header, rows of 44 px, numbers at the end, sorted by a click, copied with Ctrl+C."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop_lms.widgets.theme import current, look, see_through

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class Column:
    """A column: its head and whether it holds numbers."""

    title: str
    number: bool = False
    stretch: bool = False


@dataclass(frozen=True)
class Cell:
    """What a cell says and what it sorts by."""

    words: str
    value: Any = None


class _Rows(QAbstractTableModel):
    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns, self.rows, self.keys = list(columns), [], []

    columns: list[Column]
    rows: list[Sequence[Cell]]
    keys: list[str]

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell, column = self.rows[index.row()][index.column()], self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell.words
        if role == Qt.ItemDataRole.UserRole:
            return cell.words.casefold() if cell.value is None else cell.value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class DataTable(QTableView):
    """Rows of cells with a key each; `opened` tells which row was entered. Ctrl+Enter sorts by the column."""

    opened = Signal(str)

    def __init__(self, columns: Sequence[Column], *, name: str = "") -> None:
        super().__init__()
        see_through(self)
        self.setAccessibleName(name)
        self._model = _Rows(columns)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(Qt.ItemDataRole.UserRole)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.doubleClicked.connect(self._on_opened)
        head = self.horizontalHeader()
        for n, column in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.ResizeToContents
            head.setSectionResizeMode(n, mode)
        self._restyle()
        look().changed.connect(self._restyle)

    def show_rows(self, rows: Sequence[tuple[str, Sequence[Cell]]]) -> None:
        """Show rows as (key, cells)."""
        self._model.beginResetModel()
        self._model.keys = [key for key, _ in rows]
        self._model.rows = [cells for _, cells in rows]
        self._model.endResetModel()

    def key(self) -> str:
        """The key of the row that is entered, "" for none."""
        at = self._sorted.mapToSource(self.currentIndex())
        return self._model.keys[at.row()] if at.isValid() else ""

    def _restyle(self) -> None:
        theme = current()
        self.setFont(theme.font("small"))
        self.horizontalHeader().setFont(theme.font("caption"))
        self.horizontalHeader().setFixedHeight(theme.px(40))
        self.verticalHeader().setDefaultSectionSize(theme.px(44))

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.keys[self._sorted.mapToSource(index).row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({i.row() for i in self.selectedIndexes()}) or range(self._sorted.rowCount())
            lines = [
                "\t".join(str(self._sorted.index(r, c).data()) for c in range(len(self._model.columns))) for r in rows
            ]
            QGuiApplication.clipboard().setText("\n".join(lines))
        elif event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._sort_by_key()
        elif event.key() in ENTER and self.currentIndex().isValid():
            self._on_opened(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _sort_by_key(self) -> None:
        """Sort by the column that one is in, and the other way when it is sorted so: what a press on its head does."""
        head, at = self.horizontalHeader(), max(0, self.currentIndex().column())
        up = head.sortIndicatorSection() != at or head.sortIndicatorOrder() != Qt.SortOrder.AscendingOrder
        self.sortByColumn(at, Qt.SortOrder.AscendingOrder if up else Qt.SortOrder.DescendingOrder)
