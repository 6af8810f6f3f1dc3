"""What is asked of a search, and what it answers."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

import msgspec

Kind = Literal["course", "lesson", "video", "page", "resource", "note", "bookmark", "question", "answer", "card"]
KINDS: tuple[Kind, ...] = (
    "course", "lesson", "video", "page", "resource", "note", "bookmark", "question", "answer", "card",
)  # fmt: skip
MEMO = "memo"
"""The place of a memo in its lesson."""
FACETS = ("kind", "type", "course", "category", "level", "language", "tag")
"""Names of facets; with others the index is made anew. Resources alone have a `type`, one of RESOURCE_KINDS."""
Sort = Literal["relevance", "newest", "title"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "title")


class Question(msgspec.Struct, frozen=True):
    """What is looked for: words, and of each facet in `wanted` any of the values."""

    typed: str
    wanted: dict[str, tuple[str, ...]] = {}
    sort: Sort = "relevance"
    limit: int = 30


class Found(msgspec.Struct, frozen=True):
    """A hit: where it leads, and an excerpt as (text, marked) parts.

    `place` is where in its lesson it stands: a page of a PDF, a second of a video, the anchor of a bookmark.
    """

    kind: Kind
    title: str
    course_id: str | None
    lesson_id: str | None
    key: str
    course_title: str
    excerpt: tuple[tuple[str, bool], ...]
    place: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The best hits, best first.

    `meant` is what was probably meant, words that occur here; with `is_corrected` the hits are of that, for what was
    typed has none. `waiting` rows are not indexed yet, so that there may be more.
    """

    hits: tuple[Found, ...] = ()
    meant: str = ""
    is_corrected: bool = False
    waiting: int = 0


class Counts(msgspec.Struct, frozen=True):
    """How many documents fit, and of each facet its values with how many there would be, the most first.

    A facet is counted as if it were open, so that another of its values can be taken. With `is_more` only the newest
    were counted.
    """

    total: int = 0
    values: dict[str, tuple[tuple[str, int], ...]] = {}
    is_more: bool = False


class Suggestion(msgspec.Struct, frozen=True):
    """What somebody may want to type: searched before, a title, or a word that occurs here."""

    text: str
    source: Literal["past", "title", "word"]


def token(facet: str, value: str) -> str:
    """How a facet's value stands in the index: with a letter that nobody can type, so no search for words meets it."""
    return "\ue000" + blake2b(f"{facet}\0{value}".encode(), digest_size=8).hexdigest()
