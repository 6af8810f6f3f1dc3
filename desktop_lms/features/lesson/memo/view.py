"""The memo of a lesson: one short text of one's own below its notes, saved as it is typed (PRG-01, C-15)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.widgets.inputs import Paper
from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.text import Label
from desktop_lms.words import sentence, tr
from lms_core.errors import UserError
from lms_core.learning.entities import MEMO

LINES = 2


class MemoPart(QWidget):
    """What stands in the memo; what comes from another device waits until what is typed here is on the disk."""

    def __init__(self, model: LessonModel) -> None:
        super().__init__()
        self._model = model
        self._lesson = self._base = self._typed = ""
        self._writing = 0
        self.paper = Paper(tr("What to remember of this lesson"), lines=LINES, fixed=True)
        self.paper.setAccessibleName(tr("Memo of the lesson"))
        self.paper.setReadOnly(True)  # until it is known which lesson it is of
        self.said = Label("", "caption", "text2")
        self.limit = Label(sentence(UserError("memo_too_long", most=MEMO)), "caption", "danger", wrap=True)
        self.limit.hide()
        self.setLayout(column(row(Label(tr("Memo"), "smallStrong"), "~", self.said), self.paper, self.limit, gap=4))
        self.paper.textChanged.connect(self._on_typing)
        self.paper.settled.connect(self._write)

    def show_memo(self) -> None:
        """Show the memo of the open lesson."""
        reading = self._model.reading
        if reading is None:
            return
        lesson, memo = reading.lesson.id, reading.state.memo
        if lesson != self._lesson:
            self._lesson, self._writing = lesson, 0
            self.said.say("")
            self.limit.hide()
            self.paper.setReadOnly(False)
            self._show(memo)
        elif not self._writing and self._typed == self._base:
            self._show(memo)

    def _show(self, memo: str) -> None:
        if memo == self._base == self._typed:
            return
        self._base = self._typed = memo
        at = self.paper.textCursor().position()
        self.paper.show_text(memo)
        self._put_cursor(at)

    def _on_typing(self) -> None:
        text = self.paper.toPlainText()
        is_over = len(text) > max(MEMO, len(self._typed))
        self.limit.setVisible(is_over)
        if not is_over:
            self._typed = text
            self.said.say(tr("Saving…"))
            return
        at = self.paper.textCursor().position() - len(text) + len(self._typed)
        self.paper.blockSignals(True)  # what was typed before is still told
        self.paper.setPlainText(self._typed)
        self.paper.blockSignals(False)
        self._put_cursor(at)

    def _put_cursor(self, at: int) -> None:
        cursor = self.paper.textCursor()
        cursor.setPosition(max(0, min(at, len(self.paper.toPlainText()))))
        self.paper.setTextCursor(cursor)

    def _write(self, text: str) -> None:
        lesson, base, self._base = self._lesson, self._base, text
        self._writing += 1

        def over(memo: str | None) -> None:
            if lesson != self._lesson:
                return
            self._writing -= 1
            if memo is None and self._base == text:
                self._base = base  # it is written with what is typed next
            elif memo is not None and not self._writing and self._typed == self._base:
                self._show(memo)
                self.said.say(tr("Saved here"))

        self._model.write_memo(lesson, text, base=base, then=over)
