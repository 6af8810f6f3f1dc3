"""Lines of several scripts for a typesetter that joins no letters: Arabic in its forms, both directions in order.

The forms are those of Unicode's Arabic Presentation Forms, which the shipped font has. Vowel marks are left out.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby
from typing import Literal, NamedTuple

FORMS = ("isolated", "final", "initial", "medial")
LAM, TATWEEL = "\u0644", "\u0640"
BRACKETS = str.maketrans("()[]{}«»‹›", ")(][}{»«›‹")
Direction = Literal["ltr", "rtl"]


class Run(NamedTuple):
    """A part of a line in the order in which it is drawn, from left to right."""

    text: str
    is_arabic: bool


@cache
def _forms() -> dict[str, dict[str, str]]:
    """By letter (or lam with alef) its forms."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD)):
        kind, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        plain = "".join(chr(int(each, 16)) for each in letters.split())
        if kind.strip("<>") in FORMS and (len(plain) == 1 or plain[0] == LAM):
            found.setdefault(plain, {}).setdefault(kind.strip("<>"), chr(code))
    return found


def shaped(text: str) -> str:
    """Arabic letters in the forms that their neighbours ask for, in the order of reading."""
    letters = _joined([each for each in text if unicodedata.category(each) != "Mn"])
    forms, out = _forms(), []
    for at, letter in enumerate(letters):
        before = at > 0 and _reaches(letters[at - 1])
        own = forms.get(letter, {})
        after = at + 1 < len(letters) and _reaches(letter) and _takes(letters[at + 1])
        joins = before and _takes(letter)
        kind = ("medial" if after else "final") if joins else ("initial" if after else "isolated")
        out.append(own.get(kind) or own.get("isolated") or letter)
    return "".join(out)


def _joined(letters: list[str]) -> list[str]:
    """Lam and alef as one."""
    out: list[str] = []
    for each in letters:
        if out and out[-1] == LAM and LAM + each in _forms():
            out[-1] += each
        else:
            out.append(each)
    return out


def _reaches(letter: str) -> bool:
    """Whether a letter joins the one after it."""
    return letter == TATWEEL or "initial" in _forms().get(letter, {})


def _takes(letter: str) -> bool:
    """Whether a letter joins the one before it."""
    return letter == TATWEEL or "final" in _forms().get(letter, {})


def direction_of(text: str) -> Direction:
    """The direction of a line: that of its first letter which has one; figures have none of their own."""
    kinds = map(unicodedata.bidirectional, text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def runs(text: str) -> list[Run]:
    """A line as it is drawn from left to right."""
    base = direction_of(text)
    sides = _settled([_side(each) for each in text], base)
    parts = [
        (side, "".join(letter for letter, _ in some))
        for side, some in groupby(zip(text, sides, strict=True), key=lambda pair: pair[1])
    ]
    done = [
        Run(shaped(part).translate(BRACKETS)[::-1], is_arabic=True) if side == "rtl" else Run(part, is_arabic=False)
        for side, part in parts
    ]
    return done[::-1] if base == "rtl" else done


def _side(letter: str) -> Direction | None:
    kind = unicodedata.bidirectional(letter)
    return "rtl" if kind in ("R", "AL") else "ltr" if kind in ("L", "EN", "AN") else None


def _settled(sides: list[Direction | None], base: Direction) -> list[Direction]:
    """Spaces and signs go with their neighbours where these agree, else with the line."""
    out: list[Direction] = []
    for at, side in enumerate(sides):
        before = out[-1] if out else base
        after = next((each for each in sides[at + 1 :] if each), base)
        out.append(side or (before if before == after else base))
    return out
