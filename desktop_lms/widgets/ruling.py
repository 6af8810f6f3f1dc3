"""Where the tables of a text stand, and the hairlines below their rows, which QTextDocument cannot draw."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen, QTextDocument, QTextTable

from desktop_lms.widgets.theme import current


def area(document: QTextDocument, table: QTextTable) -> QRectF:
    """Where a table stands; its layout names the corner of its first text instead of its own."""
    pad = table.format().cellPadding()
    whole = document.documentLayout().frameBoundingRect(table).translated(-pad, -pad)
    return whole.adjusted(0, 0, 0, -table.format().topMargin())


def rule(
    painter: QPainter, document: QTextDocument, table: QTextTable, *, begins: bool = True, ends: bool = True
) -> None:
    """Draw hairlines below the rows of a table, strong ones below the first where it `begins` and the last."""
    layout = document.documentLayout()
    first, end = table.cellAt(0, 0), table.cellAt(0, table.columns() - 1)
    left = layout.blockBoundingRect(first.firstCursorPosition().block()).left()
    right = layout.blockBoundingRect(end.firstCursorPosition().block()).right()
    for n in range(table.rows()):
        last = (table.cellAt(n, c).lastCursorPosition().block() for c in range(table.columns()))
        bottom = max(layout.blockBoundingRect(block).bottom() for block in last)
        strong = (begins and n == 0) or (ends and n == table.rows() - 1)
        painter.setPen(QPen(current().color("hairlineStrong" if strong else "hairline"), 1))
        y = round(bottom + table.format().cellPadding())
        painter.drawLine(round(left), y, round(right), y)
