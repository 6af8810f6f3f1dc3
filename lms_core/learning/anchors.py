"""Where a highlight stands in a text that may have changed since: a pure search by quote, context and place.

The exact words in their context, else the same words where most of the context agrees and nearest to where they were,
else words that are nearly the same, else nowhere. White space and what a document holds between its letters (pictures,
players: U+FFFC) count for nothing, so a quote is found across paragraphs and embeds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta
from rapidfuzz import fuzz

REACH = 60
"""How many letters before and behind a quote are kept."""
LEAST_FUZZY = 8
"""Shorter quotes are found word for word or not at all: nearly every text has something like four letters."""
ALONE, SUPPORTED = 84.0, 70.0
"""How alike (0 to 100) words must be to be taken for the quote: alone, and where the words around agree.

Sentences of one text that have nothing to do with each other are alike by 45 to 65; one changed word in eight leaves 85
to 95, three 70 to 80. Below 84 the context must say that it is the place.
"""
CONTEXT = 75.0
"""How alike what stands before or behind must be to agree."""
MOST_SPOTS = 2_000
"""Of a quote that stands more often only so many places, those around the old one, are compared."""
WINDOW = 4
"""A long text is searched for likeness in pieces of this many quotes."""
_SPACE = re.compile("[\\s\ufffc]+")

How = Literal["exact", "moved", "changed"]


class Anchor(NamedTuple):
    """What a highlight remembers: its words, those around them, and where they began."""

    quote: str
    before: str = ""
    after: str = ""
    start: int | None = None


class Found(NamedTuple):
    """Where the words stand now: positions in the text, and whether they are the old ones."""

    start: int
    end: int
    how: How


class Spot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place that is not words: seconds of a video or sound, or a page from 1 on; `start` is a place in a text."""

    start: Annotated[int, Meta(ge=0, le=1 << 53)] | None = None
    at_s: Annotated[float, Meta(ge=0, le=1 << 31)] | None = None
    page: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    quote: str = ""
    item: str = ""
    """Which part of the lesson it is in; empty for its first."""
    file: str = ""
    """The SHA-256 of what the part showed then."""


def read_spot(anchor: str | None) -> Spot:
    """The place that a row keeps; a bare number is a place in the text, as it was written at first. Never fails."""
    text = (anchor or "").strip()
    if text.isdecimal() and text.isascii() and len(text) < 16:
        return Spot(start=int(text))
    try:
        return msgspec.json.decode(text, type=Spot)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Spot()


def write_spot(spot: Spot) -> str:
    """A place as rows keep it; "" for none."""
    return msgspec.json.encode(spot).decode() if spot != Spot() else ""


class Page:
    """A text in which many highlights are looked for; it is looked through once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._flat, self._at = _flatten(text)

    def find(self, anchor: Anchor, nears: Sequence[int] | None = None) -> Found | None:
        """Where the words of an anchor stand; None when they are gone.

        `nears` are letters (`letters`) behind which they may have begun; without them it is the `start` of the anchor.
        """
        quote = _flatten(anchor.quote)[0].strip()
        if not quote:
            return None
        before, after = _flatten(anchor.before)[0], _flatten(anchor.after)[0]
        if nears is None:
            nears = () if anchor.start is None else (self.letters(anchor.start),)

        def far(at: int) -> int:
            return min((abs(at - near) for near in nears), default=at)

        spots = self._spots(quote, far)
        if spots:
            best = max(spots, key=lambda at: (self._agrees(at, at + len(quote), before, after), -far(at)))
            found = self._found(best, best + len(quote), "moved")
            return found._replace(how="exact") if found.start == anchor.start else found
        return self._like(quote, before, after)

    def agreement(self, found: Found, anchor: Anchor) -> int:
        """How many letters around a place are those that an anchor remembers."""
        start, end = self.letters(found.start), self.letters(found.end - 1) + 1
        return self._agrees(start, end, _flatten(anchor.before)[0], _flatten(anchor.after)[0])

    def letters(self, at: int) -> int:
        """How many letters that count stand before a place."""
        return bisect_left(self._at, at)

    @property
    def first(self) -> int:
        """The first of them that is not a space."""
        return int(self._flat.startswith(" "))

    def _spots(self, quote: str, far: Callable[[int], int]) -> list[int]:
        """Where the quote stands word for word."""
        spots = [*islice(_every(self._flat, quote), 10 * MOST_SPOTS)]
        return sorted(sorted(spots, key=far)[:MOST_SPOTS]) if len(spots) > MOST_SPOTS else spots

    def _agrees(self, start: int, end: int, before: str, after: str) -> int:
        """How many letters around a place are the old ones."""
        return _common(self._flat[max(0, start - len(before)) : start][::-1], before[::-1]) + _common(
            self._flat[end : end + len(after)], after
        )

    # --- words that were changed
    def _like(self, quote: str, before: str, after: str) -> Found | None:
        """The place that is most like the quote, if it is like enough."""
        if len(quote) < LEAST_FUZZY:
            return None
        best: tuple[float, int, int] | None = None
        for low, high in self._windows(quote, before, after):
            piece = self._flat[low:high]
            hit = fuzz.partial_ratio_alignment(quote, piece, score_cutoff=SUPPORTED)
            if hit is None or hit.dest_end - hit.dest_start < len(quote) // 2:
                continue
            start, end = self._whole(low + hit.dest_start, low + hit.dest_end, quote)
            support = max(self._support(start, end, before, after))
            if (hit.score >= ALONE or support >= CONTEXT) and (best is None or hit.score + support / 4 > best[0]):
                best = hit.score + support / 4, start, end
        return self._found(best[1], best[2], "changed") if best else None

    def _windows(self, quote: str, before: str, after: str) -> Iterator[tuple[int, int]]:
        """Pieces of the text that may hold a changed quote: first where its context stands, then all of it."""
        size = len(quote)
        for at in _every(self._flat, before[-20:].strip()) if len(before.strip()) >= LEAST_FUZZY else ():
            yield at, min(len(self._flat), at + 20 + 2 * size)
        for at in _every(self._flat, after[:20].strip()) if len(after.strip()) >= LEAST_FUZZY else ():
            yield max(0, at - 2 * size), at
        step = max(WINDOW * size, 400)
        for low in range(0, max(1, len(self._flat)), step):
            if _shares_words(quote, self._flat[low : low + step + size]):
                yield low, min(len(self._flat), low + step + size)

    def _support(self, start: int, end: int, before: str, after: str) -> tuple[float, float]:
        """How alike what stands before and behind a place is to what stood there."""
        left, right = self._flat[max(0, start - len(before) - 8) : start], self._flat[end : end + len(after) + 8]
        return (
            fuzz.partial_ratio(before.strip(), left) if len(before.strip()) >= LEAST_FUZZY and len(left) > 3 else 0.0,
            fuzz.partial_ratio(after.strip(), right) if len(after.strip()) >= LEAST_FUZZY and len(right) > 3 else 0.0,
        )

    def _whole(self, start: int, end: int, quote: str) -> tuple[int, int]:
        """A stretch from the beginning of a word to the end of one, with the sign that the quote ends with."""
        flat = self._flat
        while start < end and flat[start] == " ":
            start += 1
        while end > start and flat[end - 1] == " ":
            end -= 1
        while start > 0 and flat[start].isalnum() and flat[start - 1].isalnum() and flat[start].isascii():
            start -= 1
        while end < len(flat) and flat[end - 1].isalnum() and flat[end].isalnum() and flat[end].isascii():
            end += 1
        return start, end + (flat[end : end + 1] == quote[-1] and not quote[-1].isalnum())

    def _found(self, start: int, end: int, how: How) -> Found:
        return Found(self._at[start], self._at[end - 1] + 1, how)


def find_all(text: str, anchors: Iterable[Anchor]) -> list[Found | None]:
    """Where each of some highlights stands in a text; None for those whose words are gone."""
    page = Page(text)
    return [page.find(anchor) for anchor in anchors]


def count_letters(text: str) -> int:
    """How many letters of a text count, without the space that it begins with."""
    return len(_SPACE.sub(" ", text).lstrip())


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The letters before and behind a stretch, to find it again."""
    return text[max(0, start - REACH) : start], text[end : end + REACH]


def anchor_at(text: str, start: int, end: int, most: int = 4000) -> Anchor:
    """The anchor of a stretch of a text, without the space at its ends; of a long one that of its first `most`."""
    words = text[start : min(end, start + most)]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    return Anchor(" ".join(words.split()), *around(text, start, start + len(words)), start)


def context(anchor: Anchor) -> int:
    """How many letters around its words an anchor remembers."""
    return len(_flatten(anchor.before)[0]) + len(_flatten(anchor.after)[0])


def _flatten(text: str) -> tuple[str, list[int]]:
    """The text with one space for each stretch of white space, and where each of its letters stood."""
    out: list[str] = []
    at: list[int] = []
    last = 0
    for space in _SPACE.finditer(text):
        out += text[last : space.start()]
        at += range(last, space.start())
        out.append(" ")
        at.append(space.start())
        last = space.end()
    out += text[last:]
    at += range(last, len(text))
    return "".join(out), at


def _every(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _common(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _shares_words(quote: str, piece: str) -> bool:
    """Whether a piece has some of the longer words of a quote; what has none is not worth a closer look."""
    if quote.count(" ") * 16 < len(quote):
        return True  # a script that sets no spaces
    words = sorted({w for w in quote.split() if len(w) > 3}, key=len, reverse=True)[:12]
    return not words or any(word in piece for word in words)
