"""Where the tables of a text stand, and what lies below the words, which QTextDocument cannot draw."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTextDocument, QTextTable
from PySide6.QtWidgets import QTextEdit

from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.theme import current

NEAR = QPoint(0, 80)
"""A box stands so far around its words, in px."""


def area(document: QTextDocument, table: QTextTable) -> QRectF:
    """Where a table stands; its layout names the corner of its first text, and the size with the margins."""
    pad = table.format().cellPadding()
    whole = document.documentLayout().frameBoundingRect(table).translated(-pad, -pad)
    return whole.adjusted(0, 0, -table.format().leftMargin(), -table.format().topMargin())


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


def paint_below(painter: QPainter, text: QTextEdit, boxes: Sequence[tuple[QTextTable, QColor]]) -> None:
    """Paint what lies below the words in view, in the places of the document; what is not in view is not laid out."""
    contrast, document, view = current().mode == "contrast", text.document(), text.viewport().rect()
    first = text.cursorForPosition(view.topLeft() - NEAR).position()
    last = text.cursorForPosition(view.bottomRight() + NEAR).position()
    for table, color in boxes:
        if table.lastPosition() >= first and table.firstPosition() <= last:
            code = color == current().color("sunken")
            edge = "hairline" if code or contrast else None
            rounded(painter, area(document, table), fill=color, edge=edge, radius=8)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for frame in document.rootFrame().childFrames():
        if frame.firstPosition() > last:
            break
        if frame.lastPosition() >= first and isinstance(frame, QTextTable) and frame.rows() > 1:
            rule(painter, document, frame)
