"""What stands in a lesson's text beside words and pictures: the reader lays a widget over each (EXPERIENCE.md, Lesson).

Written in Markdown as
- `![words](media:<sha256>)` for a video, sound, PDF or any other file of the course, told by its MIME type,
- `<details>` or `??? note "Title"` for what is folded,
- a fenced block `cards` for flashcards, each `front :: back` on a line,
- a fenced block `check` for a question to check oneself: its words, then `- [x]` and `- [ ]` answers, then why.
"""

from __future__ import annotations

from typing import Literal

import msgspec

EmbedKind = Literal["video", "audio", "pdf", "slides", "interactive", "file", "details", "cards", "check"]


class Embed(msgspec.Struct, frozen=True):
    """One of them; `key` is its own within the lesson and stays while its source does."""

    key: str
    kind: EmbedKind
    title: str = ""
    media: str = ""
    """SHA-256 of a file of the course."""
    source: str = ""
    """Markdown of `details`, `cards` and `check`."""


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
