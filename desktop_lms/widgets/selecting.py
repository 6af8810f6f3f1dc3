"""Words of a text chosen by keyboard alone, while other keys scroll it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit

_TO = QTextCursor.MoveOperation
STEPS = {
    Qt.Key.Key_Left: (_TO.Left, _TO.WordLeft), Qt.Key.Key_Right: (_TO.Right, _TO.WordRight),
    Qt.Key.Key_Up: (_TO.Up, _TO.PreviousBlock), Qt.Key.Key_Down: (_TO.Down, _TO.NextBlock),
    Qt.Key.Key_Home: (_TO.StartOfLine, _TO.Start), Qt.Key.Key_End: (_TO.EndOfLine, _TO.End),
}  # fmt: skip
"""How far a key chooses with Shift, and with Ctrl and Shift."""


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


def unselect(text: QTextEdit) -> None:
    """Choose nothing; the cursor stays."""
    cursor = text.textCursor()
    cursor.clearSelection()
    text.setTextCursor(cursor)
