"""Sets the text of a lesson: direction and lead of paragraphs, tables, and the boxes of callouts and code."""

from __future__ import annotations

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
    QTextTableCell,
)

from desktop_lms.widgets.theme import current


def set_paragraphs(document: QTextDocument) -> None:
    """Give paragraphs their own direction, whatever the window's, and the line height of the reading role."""
    theme = current()
    block = document.begin()
    cursor = QTextCursor(document)
    while block.isValid():
        form = QTextBlockFormat()
        form.setLayoutDirection(_direction(block.text()))
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(form)
        in_table = QTextCursor(block).currentTable() is not None
        picture = block.text().strip() == "\ufffc"  # a line of its height and a half would gape
        if not in_table and not picture and block.blockFormat().headingLevel() == 0:
            cursor.mergeBlockFormat(_lines(theme.line("read")))
        block = block.next()
    document.setIndentWidth(theme.px(24))


def set_table(table: QTextTable) -> QColor | None:
    """Set a table flush with the text; one of a single cell is a box: returns the colour to paint it round with."""
    shape = table.format()
    shape.setTopMargin(current().px(8))
    table.setFormat(shape)
    if table.rows() == table.columns() == 1:
        cell = table.cellAt(0, 0)
        form = cell.format()
        color = form.background().color()
        form.clearBackground()
        cell.setFormat(form)
        if color != current().color("sunken"):
            _speak(table.document(), cell)
        return color
    for row in range(table.rows()):
        for column, side in ((0, "setLeftPadding"), (table.columns() - 1, "setRightPadding")):
            cell = table.cellAt(row, column)
            form = cell.format().toTableCellFormat()
            getattr(form, side)(0.01)  # nought would mean the padding of the table
            cell.setFormat(form)
    return None


def _speak(document: QTextDocument, cell: QTextTableCell) -> None:
    """Give a callout the voice of the lesson; code in it stays code."""
    theme = current()
    families = theme.font("read").families()
    block, last = cell.firstCursorPosition().block(), cell.lastCursorPosition().block()
    cursor = QTextCursor(document)
    while block.isValid():
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(_lines(theme.line("read")))
        for each in list(block):
            fragment = each.fragment()
            form = QTextCharFormat()
            form.setFontFamilies(families)
            form.setProperty(QTextFormat.Property.FontPixelSize, theme.px(16))
            if "Mono" not in "".join(fragment.charFormat().fontFamilies() or ()):
                cursor.setPosition(fragment.position())
                cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(form)
        if block == last:
            return
        block = block.next()


def _lines(height: int) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    return form


def _direction(text: str) -> Qt.LayoutDirection:
    """As the first letter that has one says (UAX 9, P2)."""
    for letter in text:
        if (kind := bidirectional(letter)) in ("L", "R", "AL"):
            return Qt.LayoutDirection.LeftToRight if kind == "L" else Qt.LayoutDirection.RightToLeft
    return Qt.LayoutDirection.LayoutDirectionAuto
