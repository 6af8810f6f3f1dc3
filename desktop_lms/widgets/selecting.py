"""Words of a text chosen by keyboard alone, while other keys scroll it."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit

from lms_core.learning.placing import joined, units

_TO = QTextCursor.MoveOperation
STEPS = {
    Qt.Key.Key_Left: (_TO.Left, _TO.WordLeft), Qt.Key.Key_Right: (_TO.Right, _TO.WordRight),
    Qt.Key.Key_Up: (_TO.Up, _TO.PreviousBlock), Qt.Key.Key_Down: (_TO.Down, _TO.NextBlock),
    Qt.Key.Key_Home: (_TO.StartOfLine, _TO.Start), Qt.Key.Key_End: (_TO.EndOfLine, _TO.End),
}  # fmt: skip
"""How far a key chooses with Shift, and with Ctrl and Shift."""
BREAKS = dict.fromkeys((0x2028, 0x2029, 0xFDD0, 0xFDD1), "\n")
"""What ends lines, paragraphs and cells in a document."""


def choose_more(text: QTextEdit, event: QKeyEvent, begin: int) -> bool:
    """Choose as far as a key says, from the caret, or from `begin` when that is out of sight; False for other keys."""
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    steps = STEPS.get(Qt.Key(event.key()))
    if steps is None or pressed not in (shift, shift | control):
        return False
    cursor = text.textCursor()
    if not cursor.hasSelection() and not text.viewport().rect().intersects(text.cursorRect(cursor)):
        cursor.setPosition(begin)
    cursor.movePosition(steps[bool(pressed & control)], QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    return True


def chosen(cursor: QTextCursor) -> tuple[str, int, int]:
    """Tell what a cursor chose: the words, and the positions of their start and end; of cells of a table all."""
    start, end, table = cursor.selectionStart(), cursor.selectionEnd(), cursor.currentTable()
    if table is None or not cursor.hasComplexSelection():
        return cursor.selectedText().translate(BREAKS).strip(), start, end
    row, rows, column, columns = cast("tuple[int, int, int, int]", cursor.selectedTableCells())
    start = table.cellAt(row, column).firstCursorPosition().position()
    end = table.cellAt(row + rows - 1, column + columns - 1).lastCursorPosition().position()
    return joined(units(cursor.document().toPlainText())[start:end]).strip(), start, end


def unselect(text: QTextEdit) -> None:
    """Choose nothing; the cursor stays."""
    cursor = text.textCursor()
    cursor.clearSelection()
    text.setTextCursor(cursor)
