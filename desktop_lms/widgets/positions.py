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
