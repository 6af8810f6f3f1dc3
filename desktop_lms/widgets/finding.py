"""Words found on a page: in its text, and in what is embedded there, whether it is open or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit

from desktop_lms.widgets.theme import current, polish_again

if TYPE_CHECKING:
    from desktop_lms.widgets.reading import LessonText

MOST_FOUND = 2000


@runtime_checkable
class Searched(Protocol):
    """A widget in whose words one finds."""

    def words_within(self) -> str | None:
        """What it shows now; None where that is always the same."""

    def mark_within(self, words: str) -> None:
        """Mark every place of some words that can be seen; none marks nothing."""

    def show_within(self, words: str, nth: int) -> None:
        """Open, mark, and go to the place of that number, from nought."""


@dataclass(frozen=True)
class Hit:
    """A place: a position in the text, and what is embedded there with the number of the place in it."""

    at: int
    end: int
    key: str = ""
    nth: int = 0


class Finding:
    """What was found in one text, in the order of reading."""

    def __init__(self, text: LessonText) -> None:
        self._text, self._words, self._at = text, "", 0
        self._within: Mapping[str, str] = {}
        self._chose: tuple[int, int] | None = None
        self._gone_to = False
        self.hits: list[Hit] = []
        self.marks: list[QTextEdit.ExtraSelection] = []
        text.selectionChanged.connect(self._tell_present)

    def forget(self) -> None:
        """Another text comes."""
        self._words, self.hits, self.marks, self._gone_to = "", [], [], False
        self._tell_present()

    def chose(self, cursor: QTextCursor) -> bool:
        """Whether what is chosen is a place that was gone to."""
        return self._chose == (cursor.selectionStart(), cursor.selectionEnd())

    def leave(self) -> None:
        """Somebody chooses by hand from here on."""
        self._chose = None
        self._tell_present()

    def _tell_present(self) -> None:
        """Let the place that was gone to stand out from all others, as long as it is the one that is chosen."""
        found = self._gone_to and self.chose(self._text.textCursor())
        if found != bool(self._text.property("found")):
            self._text.setProperty("found", found)
            polish_again(self._text)

    def look_within(self, words: Mapping[str, str]) -> None:
        """Take what embedded parts say, by key."""
        self._within = words

    def find(self, words: str) -> int:
        """Find every place of some words, at most MOST_FOUND; returns how many there are."""
        text, self._words, self._gone_to = self._text, words, False
        text.filling.complete()
        hits: list[Hit] = []
        cursor = QTextCursor(text.document())
        while words and len(hits) < MOST_FOUND and not (cursor := text.document().find(words, cursor)).isNull():
            hits.append(Hit(cursor.selectionStart(), cursor.selectionEnd()))
        self.marks = [self._mark(hit) for hit in hits]
        self.hits = sorted([*hits, *self._find_within(words)], key=lambda hit: (hit.at, hit.nth))[:MOST_FOUND]
        here = text.place
        self._at = next((n for n, hit in enumerate(self.hits) if hit.at >= here), 0)
        self._tell_present()
        return len(self.hits)

    def _mark(self, hit: Hit) -> QTextEdit.ExtraSelection:
        made: Any = self._text.stretch(hit.at, hit.end, current().color("found"))
        form = made.format
        form.setForeground(current().color("text"))
        made.format = form
        return made

    def _find_within(self, words: str) -> list[Hit]:
        found, sought = [], re.compile(re.escape(words), re.IGNORECASE)
        for key, at, widget in self._text.embedding.parts():
            said = self._within.get(key, "")
            if isinstance(widget, Searched):
                widget.mark_within(words)
                said = said if (shown := widget.words_within()) is None else shown
            count = len(sought.findall(said)) if words else 0
            found += [Hit(at, at, key, nth) for nth in range(min(count, MOST_FOUND))]
        return found

    def go(self, step: int) -> int:
        """Go to the next place (1), the one before (-1) or the present one (0); returns its number, or nought."""
        if not self.hits:
            return 0
        left, self._at = self.hits[self._at].key, (self._at + step) % len(self.hits)
        if (
            left
            and left != self.hits[self._at].key
            and isinstance(widget := self._text.embedding.reach(left), Searched)
        ):
            widget.mark_within(self._words)
        self.show(self._at)
        return self._at + 1

    def show(self, nth: int) -> None:
        """Go to the place of a number, from nought."""
        hit, text = self.hits[nth], self._text
        self._chose, self._gone_to = (hit.at, hit.end), not hit.key
        cursor = QTextCursor(text.document())
        cursor.setPosition(hit.at)
        cursor.setPosition(hit.end, QTextCursor.MoveMode.KeepAnchor)
        text.setTextCursor(cursor)
        self._tell_present()
        text.ensureCursorVisible()
        if hit.key and isinstance(widget := text.embedding.reach(hit.key), Searched):
            widget.show_within(self._words, hit.nth)
