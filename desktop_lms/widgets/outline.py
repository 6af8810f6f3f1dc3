"""A tree of modules and lessons: drag, Alt+arrows, F2, Delete. It asks; whoever owns the data shows it anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.text import own_direction
from desktop_lms.widgets.theme import current, look, see_through

ROW = Qt.ItemDataRole.UserRole
ROOT = ""
SIGN = 22


@dataclass(frozen=True)
class Node:
    """A row: id, words, icon, its children, and a second icon at the end with its meaning."""

    row: str
    title: str
    icon: str = "file-text"
    children: tuple[Node, ...] = ()
    branch: bool = False
    sign: str = ""
    sign_color: str = "warning"
    hint: str = ""


class OwnDirection(QStyledItemDelegate):
    """Draws each text in the direction of its own letters."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = own_direction(option.text)


class OutlineTree(QTreeWidget):
    """Two levels: branches hold leaves."""

    chosen = Signal(str)
    moved = Signal(list, str, str)
    """Rows, the new parent ("" for the root), and the row they go behind ("" for first)."""
    stepped = Signal(str, int)
    renamed = Signal(str, str)
    deleted = Signal(list)
    menu_asked = Signal(str, QPoint)

    def __init__(self, *, name: str = "") -> None:
        super().__init__()
        see_through(self)
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(SIGN)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.setIndentation(20)
        self.setItemDelegate(OwnDirection(self))
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.currentItemChanged.connect(self._on_current)
        self.itemChanged.connect(self._on_edited)
        self._nodes: tuple[Node, ...] = ()
        self._quiet = False
        self._closed: set[str] = set()
        self.itemCollapsed.connect(lambda item: self._closed.add(item.data(0, ROW)))
        self.itemExpanded.connect(lambda item: self._closed.discard(item.data(0, ROW)))
        look().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.show_nodes(self._nodes)

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show a tree; what was open and chosen stays so."""
        here = self.current
        self._nodes, self._quiet = tuple(nodes), True
        self.clear()
        self.setFont(current().font("small"))
        self.header().resizeSection(1, current().px(SIGN))
        for node in nodes:
            self.addTopLevelItem(self._item(node))
        self.expandAll()
        for n in range(self.topLevelItemCount()):
            item = self.topLevelItem(n)
            if item is not None and item.data(0, ROW) in self._closed:
                item.setExpanded(False)
        self._quiet = False
        if here:
            self.choose(here, quiet=True)

    def _item(self, node: Node) -> QTreeWidgetItem:
        item = QTreeWidgetItem([node.title])
        item.setData(0, ROW, node.row)
        item.setIcon(0, icon(node.icon, 16, "text3"))
        if node.sign:
            item.setIcon(1, icon(node.sign, 16, node.sign_color))
            item.setToolTip(1, node.hint)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, node.hint or node.title)
        item.setToolTip(0, node.hint or node.title)
        item.setFont(0, current().font("smallStrong" if node.branch else "small"))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        flags |= Qt.ItemFlag.ItemIsDragEnabled
        item.setFlags(flags | Qt.ItemFlag.ItemIsDropEnabled if node.branch else flags)
        for child in node.children:
            item.addChild(self._item(child))
        return item

    @property
    def current(self) -> str:
        """The chosen row."""
        item = self.currentItem()
        return str(item.data(0, ROW)) if item is not None else ""

    @property
    def selected(self) -> list[str]:
        """All selected rows, in order."""
        rows = []
        for n in range(self.topLevelItemCount()):
            top = self.topLevelItem(n)
            if top is None:
                continue
            family: list[Any] = [top, *(top.child(k) for k in range(top.childCount()))]
            rows += [str(i.data(0, ROW)) for i in family if i.isSelected()]
        return rows

    def choose(self, row: str, *, quiet: bool = False) -> None:
        """Choose a row."""
        for n in range(self.topLevelItemCount()):
            top: Any = self.topLevelItem(n)
            for item in (top, *(top.child(k) for k in range(top.childCount()))):
                if item.data(0, ROW) == row:
                    self._quiet = quiet
                    self.setCurrentItem(item)
                    self._quiet = False
                    return

    def rename(self, row: str) -> None:
        """Begin to rename a row in place."""
        self.choose(row, quiet=True)
        item = self.currentItem()
        if item is not None:
            self.editItem(item, 0)

    def _on_current(self, item: QTreeWidgetItem | None, _: object) -> None:
        if item is not None and not self._quiet:
            self.chosen.emit(str(item.data(0, ROW)))

    def _on_edited(self, item: QTreeWidgetItem, column: int) -> None:
        if not self._quiet and column == 0 and item.text(0).strip():
            self.renamed.emit(str(item.data(0, ROW)), item.text(0).strip())

    def _on_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is not None:
            self.menu_asked.emit(str(item.data(0, ROW)), self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.current:
            self.stepped.emit(self.current, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_F2 and self.current:
            self.rename(self.current)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected:
            self.deleted.emit(self.selected)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where the rows were dropped; the tree itself changes only when it is shown anew."""
        target = self.itemAt(event.position().toPoint())
        where = self.dropIndicatorPosition()
        rows = [row for row in self.selected if target is None or row != target.data(0, ROW)]
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if not rows:
            return
        spot = QAbstractItemView.DropIndicatorPosition
        if target is None:
            last = self.topLevelItem(self.topLevelItemCount() - 1)
            self.moved.emit(rows, ROOT, str(last.data(0, ROW)) if last is not None else "")
            return
        parent = target.parent()
        if where == spot.OnItem and parent is None:
            last_child = target.child(target.childCount() - 1) if target.childCount() else None
            self.moved.emit(
                rows, str(target.data(0, ROW)), str(last_child.data(0, ROW)) if last_child is not None else ""
            )
            return
        above = parent if parent is not None else self.invisibleRootItem()
        index = above.indexOfChild(target) - (1 if where == spot.AboveItem else 0)
        before = above.child(index) if index >= 0 else None
        self.moved.emit(
            rows,
            str(parent.data(0, ROW)) if parent is not None else ROOT,
            str(before.data(0, ROW)) if before is not None else "",
        )
