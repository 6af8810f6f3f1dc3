"""What can be done with words that are chosen: highlight them in a colour, or write a note about them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import row
from desktop_lms.widgets.notes import mark_buttons
from desktop_lms.widgets.text import Elided
from desktop_lms.words import tr


class MarkBar(QWidget):
    """Below the text while words are chosen."""

    colour_chosen = Signal(str)
    note_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = Elided("", "caption", "text2")
        self.hide()

    def _build(self) -> None:
        """Make the buttons once words are chosen: most lessons are read without."""
        note = Button(tr("Note"), "", "notebook-pen", small=True)
        note.clicked.connect(self.note_asked)
        self.setLayout(
            row((self._words, 1), *mark_buttons(self.colour_chosen.emit), note, gap=6, margin=(24, 6, 24, 6))
        )

    def show_quote(self, quote: str) -> None:
        """Show what is chosen; nothing hides the bar."""
        if quote and self.layout() is None:
            self._build()
        self.setVisible(bool(quote))
        self._words.say(f"“{quote}”" if quote else "")
