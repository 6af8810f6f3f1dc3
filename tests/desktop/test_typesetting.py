"""A text runs its own way, whatever the window's language."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from desktop_lms.widgets.typesetting import set_paragraphs


def test_each_paragraph_runs_as_its_first_letter_says(qapp: object) -> None:
    document = QTextDocument()
    document.setHtml("<p>12 limpets</p><p>درس عن limpets</p><h2>שלום</h2><p>123</p>")
    set_paragraphs(document)
    ways = []
    block = document.begin()
    while block.isValid():
        ways.append(block.blockFormat().layoutDirection())
        block = block.next()
    way = Qt.LayoutDirection
    assert ways == [way.LeftToRight, way.RightToLeft, way.RightToLeft, way.LayoutDirectionAuto]
