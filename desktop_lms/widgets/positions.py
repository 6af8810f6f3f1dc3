"""Places in a text as QTextDocument counts them: in units of UTF-16, of which an emoji has two."""

from __future__ import annotations

from lms_core.learning.placing import joined, units


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
