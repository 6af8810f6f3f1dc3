"""Arabic for programs that only put glyph after glyph, such as a PDF's: letters joined, and in the order of the eye.

Enough for names and titles: runs of one direction, without the rules for nested quotations and mirrored brackets.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import groupby

FORMS = range(0xFE80, 0xFEFD)
"""Where Unicode keeps the joined forms."""
LAM, TATWEEL = "\u0644", "\u0640"
RIGHT = frozenset({"R", "AL"})


def visual(text: str) -> str:
    """A line as its glyphs stand from left to right; what is written from left to right stays as it is."""
    if not any(unicodedata.bidirectional(each) in RIGHT for each in text):
        return text
    runs = [(right, "".join(run)) for right, run in groupby(shaped(text), key=_Sides())]
    first = next(each for each in map(unicodedata.bidirectional, text) if each in RIGHT or each == "L")
    ordered = reversed(runs) if first in RIGHT else runs
    return "".join(_mirrored(run) if right else run for right, run in ordered)


class _Sides:
    """Whether each character belongs to a run from right to left; spaces and marks go with what came before."""

    def __init__(self) -> None:
        self._right = False

    def __call__(self, each: str) -> bool:
        kind = unicodedata.bidirectional(each)
        if kind in RIGHT or kind in ("L", "EN"):
            self._right = kind in RIGHT
        return self._right


def _mirrored(run: str) -> str:
    """A run from its end to its beginning, marks still behind their letters."""
    clusters: list[str] = []
    for each in run:
        if unicodedata.combining(each) and clusters:
            clusters[-1] += each
        else:
            clusters.append(each)
    return "".join(reversed(clusters))


def shaped(text: str) -> str:
    """Letters in the form that their neighbours ask for; the order stays."""
    forms, out = _forms(), _joined(text)
    shown = []
    for at, letter in enumerate(out):
        before = _joins_on(_neighbour(out[:at][::-1]))
        after = (_neighbour(out[at + 1 :]) in forms or _neighbour(out[at + 1 :]) == TATWEEL) and _joins_on(letter)
        own = forms.get(letter, {})
        wanted = ("medial" if after else "final") if before and "final" in own else "initial" if after else "isolated"
        shown.append(own.get(wanted) or own.get("isolated") or letter)
    return "".join(shown)


def _neighbour(letters: Iterable[str]) -> str:
    return next((each for each in letters if not unicodedata.combining(each[0])), "")


def _joins_on(letter: str) -> bool:
    """Whether a letter is joined to the next one."""
    return letter == TATWEEL or "initial" in _forms().get(letter, {})


def _joined(text: str) -> list[str]:
    """Letters, lam with the alef behind it as one."""
    forms = _forms()
    out: list[str] = []
    for each in text:
        if out and out[-1] == LAM and LAM + each in forms:
            out[-1] += each
        else:
            out.append(each)
    return out


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Forms of each letter by their name, as Unicode itself says."""
    found: dict[str, dict[str, str]] = {}
    for code in FORMS:
        form, *letters = unicodedata.decomposition(chr(code)).split()
        found.setdefault("".join(chr(int(each, 16)) for each in letters), {})[form.strip("<>")] = chr(code)
    return found
