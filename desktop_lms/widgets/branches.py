"""A tree of any depth whose rows are dragged: it says what shall move; whoever owns the rows shows it anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
)

from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import end_aligned
from desktop_lms.widgets.outline import OwnDirection
from desktop_lms.widgets.theme import current, look, see_through

ROW = Qt.ItemDataRole.UserRole
Spots = QAbstractItemView.DropIndicatorPosition


@dataclass(frozen=True)
class Branch:
    """A row: id, words, icon, what stands at its end, whether it is faint, and its children."""

    row: str
    title: str
    icon: str
    end: str
    faint: bool
    children: tuple[Branch, ...]


class BranchTree(QTreeWidget):
    """Any row may hold any other; `moved` says which row, its new parent ("" at the top) and the sibling before it."""

    chosen = Signal(str)
    moved = Signal(str, str, str)
    stepped = Signal(str, int)
    deleted = Signal(str)

    def __init__(self, *, name: str) -> None:
        super().__init__()
        see_through(self)
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setItemDelegate(OwnDirection(self))
        self.setUniformRowHeights(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.currentItemChanged.connect(self._on_current)
        self._shown: tuple[Branch, ...] = ()
        self._closed: set[str] = set()
        self._quiet = False
        self.itemCollapsed.connect(lambda item: self._closed.add(str(item.data(0, ROW))))
        self.itemExpanded.connect(lambda item: self._closed.discard(str(item.data(0, ROW))))
        look().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.show_branches(self._shown, self.current)

    @property
    def current(self) -> str:
        """The chosen row."""
        item = self.currentItem()
        return str(item.data(0, ROW)) if item is not None else ""

    def show_branches(self, branches: Sequence[Branch], chosen: str) -> None:
        """Show a tree; what was closed stays so."""
        self._shown, self._quiet = tuple(branches), True
        self.clear()
        self.setFont(current().font("body"))
        self.setIndentation(current().px(22))
        for branch in branches:
            self.addTopLevelItem(self._item(branch))
        self._open(self.invisibleRootItem())
        item = self._find(self.invisibleRootItem(), chosen)
        if item is not None:
            self.setCurrentItem(item)
        self._quiet = False

    def _item(self, branch: Branch) -> QTreeWidgetItem:
        item = QTreeWidgetItem([branch.title, branch.end])
        item.setData(0, ROW, branch.row)
        item.setIcon(0, icon(branch.icon, 18, "text3" if branch.faint else "accentText"))
        item.setForeground(0, current().color("text3" if branch.faint else "text"))
        item.setForeground(1, current().color("text3"))
        item.setFont(1, current().font("small"))
        item.setTextAlignment(1, end_aligned())
        item.setSizeHint(0, QSize(0, current().px(36)))
        item.setToolTip(0, branch.title)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{branch.title}, {branch.end}")
        for child in branch.children:
            item.addChild(self._item(child))
        return item

    def _open(self, item: QTreeWidgetItem) -> None:
        for n in range(item.childCount()):
            child = item.child(n)
            if child is not None:
                child.setExpanded(str(child.data(0, ROW)) not in self._closed)
                self._open(child)

    def _find(self, item: QTreeWidgetItem, row: str) -> QTreeWidgetItem | None:
        for n in range(item.childCount()):
            child = item.child(n)
            if child is not None:
                found = child if child.data(0, ROW) == row else self._find(child, row)
                if found is not None:
                    return found
        return None

    def _on_current(self, item: QTreeWidgetItem | None, _: object) -> None:
        if item is not None and not self._quiet:
            self.chosen.emit(str(item.data(0, ROW)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.current:
            self.stepped.emit(self.current, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete and self.current:
            self.deleted.emit(self.current)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where the row was dropped; the tree itself changes only when it is shown anew."""
        target, row = self.itemAt(event.position().toPoint()), self.current
        where = self.dropIndicatorPosition()
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if not row:
            return
        parent = target if where == Spots.OnItem else target.parent() if target is not None else None
        above = parent if parent is not None else self.invisibleRootItem()
        line = [str(child.data(0, ROW)) for n in range(above.childCount()) if (child := above.child(n))]
        at = len(line)
        if target is not None and where in (Spots.AboveItem, Spots.BelowItem):
            at = above.indexOfChild(target) + (where == Spots.BelowItem)
        before = [each for each in line[:at] if each != row]
        self.moved.emit(row, str(parent.data(0, ROW)) if parent is not None else "", before[-1] if before else "")
