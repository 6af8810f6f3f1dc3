"""What stands in a lesson's text beside words and pictures: the reader lays a widget over each (EXPERIENCE.md, Lesson).

Written in Markdown as
- `![words](media:<sha256>)` for a video, sound, PDF or any other file of the course, told by its MIME type,
- `<details>` or `??? note "Title"` for what is folded,
- a fenced block `cards` for flashcards, each `front :: back` on a line,
- a fenced block `check` for a question to check oneself: its words, then `- [x]` and `- [ ]` answers, then why.
Tables and code that are too large for the text stand there as well.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from typing import Literal

import msgspec

MOST = 500
"""How many a text may have; the others are shown as callouts, code and links."""

EmbedKind = Literal[
    "video", "audio", "pdf", "slides", "interactive", "file", "details", "cards", "check", "table", "code"
]


class Embed(msgspec.Struct, frozen=True):
    """One of them; `key` is its own within the lesson and stays while its source does."""

    key: str
    kind: EmbedKind
    title: str = ""
    media: str = ""
    """SHA-256 of a file of the course."""
    source: str = ""
    """Markdown of `details`, `cards` and `check`; dressed HTML of `table` and `code` (see `large`)."""


def kind_of(mime: str) -> EmbedKind:
    """How a file of the course is shown in a text, by its MIME type."""
    top = mime.partition("/")[0]
    if top == "video":
        return "video"
    if top == "audio":
        return "audio"
    if mime == "application/pdf":
        return "pdf"
    return "file"


def embed_key(source: str, others: Collection[str] = ()) -> str:
    """A key made of what is embedded, apart from `others`: one that stands in the text twice gets a number."""
    key = blake2b(source.encode(), digest_size=8).hexdigest()
    return next(name for n in range(1, len(others) + 2) if (name := key if n == 1 else f"{key}-{n}") not in others)
