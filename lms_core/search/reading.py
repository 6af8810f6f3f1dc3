"""Words of files that Qt is not needed for: captions, in stretches that a hit can lead to."""

from __future__ import annotations

from lms_core.media.captions import parse, plain

STRETCH_S = 30


def spoken(data: bytes) -> list[tuple[int, str]]:
    """What captions say, in stretches of half a minute: the second where each begins, and its words."""
    found: dict[int, list[str]] = {}
    begins: dict[int, int] = {}
    for cue in parse(data).cues:
        stretch = int(cue.start) // STRETCH_S
        begins.setdefault(stretch, int(cue.start))
        found.setdefault(stretch, []).append(" ".join(plain(cue.text).split()))
    return [(begins[stretch], " ".join(words)) for stretch, words in sorted(found.items())]
