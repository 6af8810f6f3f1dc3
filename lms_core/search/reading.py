"""Words of files with where they stand: captions by second, PDFs by page."""

from __future__ import annotations

from lms_core.media.captions import parse, plain
from lms_core.media.pdf_text import pdf_pages

STRETCH_S = 30


def words_of(kind: str, data: bytes) -> list[tuple[int, str]]:
    """Words of a file of the kind `page` or `video`; none of one that is locked or damaged."""
    return spoken(data) if kind == "video" else list(pdf_pages(data))


def spoken(data: bytes) -> list[tuple[int, str]]:
    """What captions say, in stretches of half a minute: the second where each begins, and its words."""
    found: dict[int, list[str]] = {}
    begins: dict[int, int] = {}
    for cue in parse(data).cues:
        stretch = int(cue.start) // STRETCH_S
        begins.setdefault(stretch, int(cue.start))
        found.setdefault(stretch, []).append(" ".join(plain(cue.text).split()))
    return [(begins[stretch], " ".join(words)) for stretch, words in sorted(found.items())]
