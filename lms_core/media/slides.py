"""Slides that are pictures: one, or many in a zip file in the order of their names."""

from __future__ import annotations

import re
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg")
MOST_SLIDES, MOST_BYTES = 500, 200 << 20


def slide_pictures(file: BinaryIO) -> list[bytes]:
    """The pictures of a deck; at most MOST_SLIDES and MOST_BYTES, the rest is left away. Never fails on a bad file."""
    head = file.read(4)
    file.seek(0)
    if head != b"PK\x03\x04":
        return [file.read(MOST_BYTES)] if head else []
    left, found = MOST_BYTES, []
    try:
        with ZipFile(file) as packed:
            entries = [e for e in packed.infolist() if is_picture(e.filename)]
            for entry in sorted(entries, key=lambda e: _in_order(e.filename))[:MOST_SLIDES]:
                left -= entry.file_size
                if left < 0:
                    break
                found.append(packed.read(entry))
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        pass
    return found


def is_picture(name: str) -> bool:
    """Whether a part of an archive is a slide."""
    return name.casefold().endswith(PICTURES) and not name.startswith("__MACOSX/")


def _in_order(name: str) -> list[tuple[int, str]]:
    """Slide 2 before slide 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name.casefold())]
