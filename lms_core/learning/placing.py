"""Where highlights stand in a text now, and which are words of a part in it; meant to run beside the window."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lms_core.learning.anchors import Anchor, Found, Page, around

_GAP = "\ufffc"
_ASTRAL = re.compile(r"[\U00010000-\U0010ffff]")


class Quote(NamedTuple):
    """A highlight by its words: in a part, `letters` that count (anchors.py) stand before them there."""

    note: str
    anchor: Anchor
    colour: str = ""
    letters: int | None = None


class Placed(NamedTuple):
    """Places in the text itself by note, None for the others, and of those by key of the part which of them it says."""

    own: Mapping[str, Found | None]
    within: Mapping[str, Sequence[Quote]]


class Stretch(NamedTuple):
    """A stretch of a text whose parts are read with it: where it begins there and ends, and where it stood before."""

    start: int
    end: int
    at: int
    key: str = ""
    """Of the part whose words these are; the text itself where it is empty."""


class Whole:
    """A text with the words of its parts in their places; places are those of a document (`units`)."""

    def __init__(self, text: str, parts: Sequence[tuple[str, int]], within: Mapping[str, str]) -> None:
        self._stretches: list[Stretch] = []
        text, pieces, last, long = units(text), [], 0, 0
        for key, at in sorted(parts, key=lambda part: part[1]):
            said = units(within.get(key, ""))
            if said and last <= at < len(text):
                begins = long + at - last + len(_GAP)
                self._stretches += [Stretch(long, begins, last), Stretch(begins, begins + len(said), at, key)]
                pieces += [text[last:at], _GAP, said]
                long, last = begins + len(said), at
        self._stretches.append(Stretch(long, long + len(text) - last + 1, last))
        self.page = Page("".join([*pieces, text[last:]]))
        self._alone = Page(text) if pieces else self.page

    def find(self, quote: Quote) -> tuple[str, Found] | None:
        """Find the words of a highlight.

        Returns the key of the part that says them and where among the words of all; no key and where in the text.
        """
        words, before, after, start = quote.anchor
        anchor = Anchor(units(words), units(before), units(after), start)
        found = self.page.find(anchor, [*self._nears(quote)])
        over = self._alone.find(anchor) if self._alone is not self.page else None
        if over is not None and (found is None or self._is_over(over, found, anchor)):
            return "", over
        if found is None:
            return None
        first, last = self._at(found.start), self._at(found.end - 1)
        if first.key:
            return first.key, found._replace(end=min(found.end, first.end))
        end = last.at if last.key else last.at + found.end - last.start
        return "", found._replace(start=first.at + found.start - first.start, end=end)

    def _is_over(self, over: Found, found: Found, anchor: Anchor) -> bool:
        """Whether words are rather those of the text alone, which may go over a part, than those found among all."""
        if "changed" in (over.how, found.how):
            return over.how != "changed"
        alone, among = self._alone.agreement(over, anchor), self.page.agreement(found, anchor)
        return alone > among or (alone == among and over.how == "exact")

    def _at(self, place: int) -> Stretch:
        return next(each for each in self._stretches if place < each.end)

    def _nears(self, quote: Quote) -> Iterator[int]:
        """Letters behind which a highlight may have begun: in the text, or in a part by what stands before it there."""
        if quote.letters is not None:
            yield quote.letters + self.page.first
        elif (start := quote.anchor.start) is not None:
            for each in self._stretches:
                if each.at <= start < each.at + each.end - each.start:
                    before = start - each.at
                    yield self.page.letters(each.start) + before if each.key else self.page.letters(each.start + before)

    def within(self, found: Found, quote: Quote) -> Quote:
        """A highlight as the part knows it that says its words: those that stand there now."""
        part = self._at(found.start)
        said, start, end = self.page.text[part.start : part.end], found.start - part.start, found.end - part.start
        before, after = around(said, start, end)
        letters = self.page.letters(found.start) - self.page.letters(part.start)
        return quote._replace(anchor=Anchor(joined(said[start:end]), joined(before), joined(after)), letters=letters)


def place(text: str, parts: Sequence[tuple[str, int]], within: Mapping[str, str], quotes: Sequence[Quote]) -> Placed:
    """Find highlights in a text; `parts` are key and position of what is embedded, `within` what each of them says."""
    whole = Whole(text, parts, within)
    own: dict[str, Found | None] = {}
    others: dict[str, list[Quote]] = {}
    for quote in quotes:
        key, found = whole.find(quote) or ("", None)
        own[quote.note] = None if key else found
        if key and found is not None:
            others.setdefault(key, []).append(whole.within(found, quote))
    return Placed(own, others)


def units(text: str) -> str:
    """The text with a character for each unit, so that its places are those of a document."""
    return _ASTRAL.sub(_pair, text)


def _pair(found: re.Match[str]) -> str:
    above = ord(found[0]) - 0x10000
    return chr(0xD800 + (above >> 10)) + chr(0xDC00 + (above & 0x3FF))


def joined(text: str) -> str:
    """The text again; half an emoji at an end is dropped."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
