"""What of a video was really played: stretches of seconds, each counted once, however often it was seen (PRG-02).

They are kept among the places of a lesson, under `KEY:seen:DEVICE`: each device writes its own and reads all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Stretch = tuple[float, float]

_STRETCH = re.compile(r"(?<!\S)(\d{1,7}(?:\.\d)?)-(\d{1,7}(?:\.\d)?)(?!\S)")
LONGEST = 4000
SEEN = ":seen"
FILM = ":film"
"""Among the places of a lesson, the key of the film that is its progress."""

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


def packed(stretches: Iterable[Stretch]) -> str:
    """The form in which stretches are kept, a short text: tenths of a second, `0-83.5 120-300`, at most `MOST`."""
    kept = union((round(a, 1), round(b, 1)) for a, b in stretches)
    widest = sorted(range(1, len(kept)), key=lambda n: kept[n - 1][1] - kept[n][0])[: MOST - 1]
    heads = [0, *sorted(widest)]
    kept = [(kept[a][0], kept[b - 1][1]) for a, b in zip(heads, [*heads[1:], len(kept)], strict=True) if kept]
    return " ".join(f"{a:.7g}-{b:.7g}" for a, b in kept)


def unpacked(kept: object) -> list[Stretch]:
    """Stretches as they were kept; what makes no sense is left out."""
    found = _STRETCH.findall(kept[:LONGEST]) if isinstance(kept, str) else ()
    return union((float(a), float(b)) for a, b in found)


def seen_of(places: Mapping[str, Any], key: str) -> list[Stretch]:
    """What was seen of a film on all devices together, from the places of its lesson."""
    name = key + SEEN
    return union(s for each, kept in places.items() if f"{each}:".startswith(f"{name}:") for s in unpacked(kept))


def seconds_seen(places: Mapping[str, Any], total: int) -> int:
    """Different seconds of the film that is the progress of a lesson that were seen on all devices, at most `total`."""
    film = places.get(FILM)
    return min(round(seconds_of(seen_of(places, film))), total) if isinstance(film, str) else 0


def under_device(places: Mapping[str, Any], device: str) -> dict[str, Any]:
    """Places as one device keeps them: what was seen under a key of its own, the others under theirs."""
    return {f"{key}:{device}" if device and key.endswith(SEEN) else key: value for key, value in places.items()}
