"""Places in a text as QTextDocument counts them: in units of UTF-16, of which an emoji has two."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextDocument

from lms_core.content.targets import find_target
from lms_core.learning.placing import joined, units


def find_anchor(document: QTextDocument, wanted: str) -> str:
    """The anchor of a text that a link means; nothing where there is none."""
    return find_target(_anchors(document), wanted)


def _anchors(document: QTextDocument) -> Iterator[str]:
    block = document.begin()
    while block.isValid():
        part = block.begin()
        while not part.atEnd():
            yield from part.fragment().charFormat().anchorNames()
            part += 1
        block = block.next()


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
