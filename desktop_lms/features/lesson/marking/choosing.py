"""Words that are chosen in a lesson: in its text, in a window of their own, or in a fold; in one of them at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.selecting import unselect
from lms_core.learning.anchors import count_letters
from lms_core.learning.placing import units


class Choosing(QObject):
    """Knows which text of a page has the words that are chosen, and what a highlight keeps of them."""

    changed = Signal(str)
    """Words were chosen; an empty quote when they are no more."""

    def __init__(self, text: LessonText) -> None:
        super().__init__(text)
        self._main = self._text = text
        self._chosen: tuple[str, int, int] = ("", 0, 0)
        text.selected.connect(lambda *chosen: self.take(text, *chosen))

    def take(self, text: LessonText, quote: str, start: int, end: int) -> None:
        """Words were chosen in a text of the page, with an empty quote by find: those in another are no longer."""
        if text is not self._text and not text.textCursor().hasSelection():
            return
        before, self._text, self._chosen = self._text, text, (quote, start, end)
        if before is not text and isValid(before):
            unselect(before)
        self.changed.emit(quote)

    def settle(self) -> bool:
        """See what is chosen now; returns whether anything is."""
        if not isValid(self._text):
            self._text = self._main
        for text in (self._main.window().focusWidget(), self._text):  # what was chosen by keys just now is not told yet
            if isinstance(text, LessonText):
                text.tell_selection()
        return bool(self._chosen[0])

    def clear(self) -> None:
        """Choose nothing."""
        unselect(self._text)

    def anchor(self, colour: str) -> dict[str, object]:
        """What a highlight of the words in a colour keeps."""
        quote, start, end = self._chosen
        before, after = self._text.around(start, end)
        begins = start if self._text is self._main else self._begins(self._text, start)
        return {"quote": quote[:4000], "before": before, "after": after, "start": begins, "colour": colour}

    def _begins(self, text: LessonText, at: int) -> int:
        """Where words of a part begin: the place of the part in the text, and the letters before them in the part."""
        letters = count_letters(units(text.toPlainText())[:at])
        while (found := _around(text)) is not None:
            text, at = found
            if text is self._main:
                return at + letters
            letters += count_letters(units(text.toPlainText())[:at] + " ")
        return letters


def _around(text: LessonText) -> tuple[LessonText, int] | None:
    """The text that a part stands in, and its place there."""
    above = text.parentWidget()
    while above is not None and not isinstance(above, LessonText):
        above = above.parentWidget()
    parts = above.embedding.parts() if above is not None else []
    at = next((at for _, at, widget in parts if widget is not None and widget.isAncestorOf(text)), 0)
    return (above, at) if above is not None else None
