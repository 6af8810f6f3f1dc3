"""What of a video was really played: stretches of seconds, each counted once, however often it was seen (PRG-02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Stretch = tuple[float, float]

MOST = 100
"""Stretches that are kept; with more, those are joined that have the least between them."""


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order that neither meet nor overlap."""
    joined: list[Stretch] = []
    for start, end in sorted((a, b) for a, b in stretches if b > a):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def seconds_of(stretches: Iterable[Stretch]) -> float:
    """Seconds that they cover."""
    return sum(end - start for start, end in union(stretches))


def packed(stretches: Iterable[Stretch]) -> list[list[float]]:
    """The form in which stretches are kept: tenths of a second, at most `MOST`."""
    kept = union((round(a, 1), round(b, 1)) for a, b in stretches)
    while len(kept) > MOST:
        at = min(range(len(kept) - 1), key=lambda n: kept[n + 1][0] - kept[n][1])
        kept[at : at + 2] = [(kept[at][0], kept[at + 1][1])]
    return [[a, b] for a, b in kept]


def unpacked(kept: Any) -> list[Stretch]:
    """Stretches as they were kept; what makes no sense is left out."""
    found = kept if isinstance(kept, Sequence) and not isinstance(kept, str) else ()
    pairs = (each for each in found if isinstance(each, Sequence) and len(each) == 2)
    return union((float(a), float(b)) for a, b in pairs if _is_time(a) and _is_time(b))


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e7
