"""Buttons at the upper end of the boxes of a text: code is copied with one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextTable
from PySide6.QtWidgets import QToolTip
from shiboken6 import isValid

from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.ruling import area
from desktop_lms.words import tr

INSET, TOLD_MS = 8, 1600


class Corners(QObject):
    """Keeps a button at each block of code in view; Tab reaches it from the text."""

    def __init__(self, text: LessonText) -> None:
        super().__init__(text)
        self._text = text
        self._buttons: dict[int, Button] = {}
        self._later = once(self, 0, self.arrange)
        self._told = once(self, TOLD_MS, self._settle)
        text.viewport().installEventFilter(self)
        text.verticalScrollBar().valueChanged.connect(self.arrange)
        text.document().documentLayout().documentSizeChanged.connect(lambda _: self._later.start())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._later.start()
        return False

    def arrange(self) -> None:
        """Put a button to each block of code in view."""
        text = self._text
        if not isValid(text) or not text.isVisible():
            return
        document, view, top, seen = text.document(), text.viewport(), text.verticalScrollBar().value(), set()
        for n, table in enumerate(self._tables()):
            box = area(document, table).translated(0, -top)
            if box.top() > view.height():
                break
            if box.bottom() < 0 or not _is_code(table):
                continue
            seen.add(n)
            button = self._button(n)
            button.move(round(box.right()) - button.width() - INSET, round(box.top()) + INSET)
            button.show()
        for n, button in self._buttons.items():
            if n not in seen:
                button.hide()

    def places(self) -> list[tuple[int, Button]]:
        """Where in the text each block of code begins, and its button, which is shown once that is in view."""
        tables = enumerate(self._tables())
        return [(table.firstPosition(), self._button(n)) for n, table in tables if _is_code(table)]

    def _tables(self) -> list[QTextTable]:
        frames = self._text.document().rootFrame().childFrames()
        return [frame for frame in frames if isinstance(frame, QTextTable)]

    def _button(self, n: int) -> Button:
        if n not in self._buttons:
            made = self._buttons[n] = Button("", "", "copy", name=tr("Copy the code"))
            made.setParent(self._text.viewport())
            made.clicked.connect(lambda: self._copy(n))
            made.adjustSize()
        return self._buttons[n]

    def _copy(self, n: int) -> None:
        QGuiApplication.clipboard().setText(code_of(self._tables()[n]))
        button, said = self._buttons[n], tr("Copied")
        button.show_icon("check")
        button.setAccessibleName(said)
        QToolTip.showText(button.mapToGlobal(QPoint(0, button.height())), said, button)
        self._told.start()

    def _settle(self) -> None:
        for button in self._buttons.values():
            button.show_icon("copy")
            button.setAccessibleName(tr("Copy the code"))
        QToolTip.hideText()


def code_of(table: QTextTable) -> str:
    """The text of a box as it was written."""
    cell = table.cellAt(0, 0)
    cursor = cell.firstCursorPosition()
    cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().translate({0x2029: "\n", 0x2028: "\n", 0xA0: " "}).rstrip("\n")


def _is_code(table: QTextTable) -> bool:
    if table.rows() != 1 or table.columns() != 1:
        return False
    cursor = table.cellAt(0, 0).firstCursorPosition()
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    return "Mono" in "".join(cursor.charFormat().fontFamilies() or ())
