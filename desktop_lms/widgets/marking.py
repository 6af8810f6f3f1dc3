"""Highlights: in a text, and in what is embedded there, whether that is open or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QTextEdit, QWidget

from desktop_lms.widgets.finding import Searched
from desktop_lms.widgets.notes import COLOURS
from desktop_lms.widgets.theme import current
from lms_core.learning.placing import Placed, Quote

if TYPE_CHECKING:
    from desktop_lms.widgets.reading import LessonText


@dataclass(frozen=True)
class Mark:
    """A highlight: a stretch of the text by position, with its colour and the note it belongs to."""

    start: int
    end: int
    colour: str
    note: str = ""


@runtime_checkable
class Highlighted(Protocol):
    """A widget in whose words one highlights."""

    def show_quotes(self, quotes: Sequence[Quote]) -> None:
        """Show these highlights, at once or when it is opened."""

    def show_quote(self, note: str) -> None:
        """Open, and go to a highlight."""


class Marking:
    """The highlights of one text, and those that the parts in it say, by key."""

    def __init__(self, text: LessonText) -> None:
        self._text = text
        self._marks: Sequence[Mark] = ()
        self._within: Mapping[str, Sequence[Quote]] = {}
        text.embedding.made.connect(self._on_made)

    def forget(self) -> None:
        """Another text comes."""
        self._marks, self._within = (), {}

    def take(self, marks: Sequence[Mark], within: Mapping[str, Sequence[Quote]]) -> None:
        """Take the highlights, and hand the parts theirs."""
        self._marks, self._within = tuple(marks), within
        for key, _, widget in self._text.embedding.parts():
            if widget is not None:
                self._on_made(key, widget)

    def _on_made(self, key: str, widget: QWidget) -> None:
        if isinstance(widget, Highlighted):
            widget.show_quotes(self._within.get(key, ()))

    @property
    def notes(self) -> set[str]:
        """The notes whose highlights are shown here."""
        return {m.note for m in self._marks} | {each.note for quotes in self._within.values() for each in quotes}

    def selections(self) -> list[QTextEdit.ExtraSelection]:
        """The highlights of the text itself as they are painted."""
        theme = current()
        paint = self._text.stretch
        return [paint(m.start, m.end, theme.color("hl" + m.colour.capitalize())) for m in self._marks]

    def go_to(self, note: str) -> bool:
        """Go to a highlight; False where there is none of that note."""
        text = self._text
        for mark in self._marks:
            if mark.note == note:
                text.show_mark(mark)
                return True
        found = ((key, each) for key, quotes in self._within.items() for each in quotes if each.note == note)
        for key, quote in found:
            text.once_whole(partial(self._go_within, key, quote))
            return True
        return False

    def _go_within(self, key: str, quote: Quote) -> None:
        widget = self.go_to_part(key)
        if isinstance(widget, Highlighted):
            widget.show_quote(quote.note)
        elif isinstance(widget, Searched):
            widget.show_within(quote.anchor.quote.strip().split("\n")[0], 0)

    def go_to_part(self, key: str) -> QWidget | None:
        """Go to what is embedded under a key, and make it if it was not; None where there is none."""
        at = next((at for name, at, _ in self._text.embedding.parts() if name == key), None)
        if at is not None:
            self._text.go_to(at)
        return self._text.embedding.reach(key)


def marks_of(placed: Placed, colours: Mapping[str, str]) -> tuple[list[Mark], dict[str, list[Quote]]]:
    """Highlights as a text shows them; `colours` by note."""
    own = [
        Mark(spot.start, spot.end, colours.get(note) or COLOURS[0], note) for note, spot in placed.own.items() if spot
    ]
    dyed = {key: [each._replace(colour=colours.get(each.note, "")) for each in quotes]
            for key, quotes in placed.within.items()}  # fmt: skip
    return own, dyed
