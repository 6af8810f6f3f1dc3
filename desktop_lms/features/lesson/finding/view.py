"""Find on the page: words, how many there are, the next and the one before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import row
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr


class FindBar(QWidget):
    """Above the text while one looks for words in it."""

    opened = Signal()

    def __init__(self, text: LessonText) -> None:
        super().__init__()
        self._text = text
        self.field = Field(tr("Find on this page"), icon="search", quiet=True)
        self.hits = Label("", "caption", "text2")
        before = Button("", "ghost", "chevron-up", name=tr("The one before"))
        after = Button("", "ghost", "chevron-down", name=tr("The next one"))
        shut = Button("", "ghost", "x", name=tr("Close"))
        self.setLayout(row((self.field, 1), self.hits, before, after, shut, margin=(24, 8, 24, 8)))
        self.hide()
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self.next)
        before.clicked.connect(self.previous)
        after.clicked.connect(self.next)
        shut.clicked.connect(self.close_bar)

    def open_bar(self) -> None:
        """Begin to find."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._on_typed(self.field.text())
        self.opened.emit()

    def look_within(self, words: Mapping[str, str]) -> None:
        """Look into what is embedded too: what each part says, by key."""
        self._text.finding.look_within(words)
        if self.isVisible():
            self._on_typed(self.field.text())

    def look_for(self, words: str, within: Mapping[str, str]) -> None:
        """Look for words that an embedded part says; nothing where none does."""
        if any(words.casefold() in said.casefold() for said in within.values()):
            self._text.finding.look_within(within)
            self.show()
            self.field.setText(words)

    def mark(self, words: str, at: int) -> None:
        """Mark words that somebody looked for elsewhere and go to one of them; the keyboard stays where it is."""
        self.show()
        self.field.setText(words)
        self._text.go_to(at)

    def close_bar(self) -> None:
        """Go back to the text; also from what stands in it."""
        if self.isHidden():
            self._text.stops.step_back()
        else:
            self.put_away()
            self._text.setFocus()

    def put_away(self) -> None:
        """Mark nothing any more."""
        if not self.isHidden():
            self.hide()
            self._text.find_all("")

    def next(self) -> None:
        """Go to the next place."""
        self._say(self._text.go_to_found(1))

    def previous(self) -> None:
        """Go to the place before."""
        self._say(self._text.go_to_found(-1))

    def _on_typed(self, words: str) -> None:
        self._text.once_whole(partial(self._find, words))

    def _find(self, words: str) -> None:
        count = self._text.find_all(words)
        self._say(self._text.go_to_found(0) if count else 0)

    def _say(self, at: int) -> None:
        if not self.field.text():
            self.hits.say("")
        elif at:
            self.hits.say(tr("{at} of {count}", at=at, count=len(self._text.finding.hits)))
        else:
            self.hits.say(tr("{count} found", count=0))
