"""Places in a text as QTextDocument counts them: in units of UTF-16, of which an emoji has two."""

from __future__ import annotations

import re

_ASTRAL = re.compile(r"[\U00010000-\U0010ffff]")


def units(text: str) -> str:
    """The text with a character for each unit, so that its places are those of a document."""
    return _ASTRAL.sub(_pair, text)


def _pair(found: re.Match[str]) -> str:
    above = ord(found[0]) - 0x10000
    return chr(0xD800 + (above >> 10)) + chr(0xDC00 + (above & 0x3FF))


def joined(text: str) -> str:
    """The text again; half an emoji at an end is dropped."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def locate(text: str, quote: str, before: str = "", near: int | None = None) -> tuple[int, int] | None:
    """Where a quote stands in a text: with the words before it, else nearest to `near`, else nowhere."""
    text, before, quote = units(text), units(before), units(quote)
    whole = before + quote
    if before and (at := text.find(whole)) >= 0:
        return at + len(before), at + len(whole)
    spots = []
    at = text.find(quote)
    while quote and at >= 0:
        spots.append(at)
        at = text.find(quote, at + 1)
    if not spots:
        return None
    best = min(spots, key=lambda s: abs(s - (near or 0)))
    return best, best + len(quote)


def words_at(text: str, position: int, most: int) -> str:
    """The words from a position on, to the end of the paragraph; of the next one where this is empty."""
    lines = joined(units(text)[position:]).replace("\ufffc", "").split("\n")
    found = next((line.strip() for line in lines if line.strip()), "")
    return found if len(found) <= most else found[:most].rsplit(" ", 1)[0] + "…"
