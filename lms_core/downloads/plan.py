"""What a choice of a course takes: which files, how many bytes, and in which order they come. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from lms_core.content.files import files_of
from lms_core.content.model import CourseDocument, MediaRef

Keep = Literal["all", "no_video", "text", "lessons"]
KEEPS: tuple[Keep, ...] = ("all", "no_video", "text", "lessons")
Kind = Literal["text", "image", "document", "audio", "video"]
KINDS: tuple[Kind, ...] = ("text", "image", "document", "audio", "video")
"""In the order in which they come."""


class Choice(msgspec.Struct, frozen=True):
    """What of a course lies on this machine; `lessons` are those whose files come along where `keep` is "lessons"."""

    keep: Keep = "all"
    lessons: tuple[str, ...] = ()


class Transfer(msgspec.Struct, frozen=True):
    """A file on its way to this machine; `size` in bytes, `urgent` for one that somebody looks for now."""

    course: str
    sha256: str
    size: int
    kind: Kind
    urgent: bool = False

    @property
    def rank(self) -> tuple[bool, int]:
        """The smaller, the sooner."""
        return not self.urgent, KINDS.index(self.kind)


def kind_of(media: MediaRef) -> Kind:
    """What a file counts as."""
    kind = media.mime.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "document"  # type: ignore[return-value]


def chosen(document: CourseDocument, choice: Choice) -> tuple[MediaRef, ...]:
    """The files that a choice takes, each once: of single lessons also those that no lesson names, as a cover."""
    files = tuple({media.sha256: media for media in document.media}.values())
    if choice.keep == "text":
        return ()
    if choice.keep == "no_video":
        return tuple(media for media in files if kind_of(media) != "video")
    if choice.keep == "lessons":
        others: set[str] = set()
        for lesson in document.lessons():
            if lesson.id not in choice.lessons:
                others |= files_of(document, lesson)
        wanted: set[str] = set()
        for lesson in document.lessons():
            if lesson.id in choice.lessons:
                wanted |= files_of(document, lesson)
        return tuple(media for media in files if media.sha256 in wanted or media.sha256 not in others)
    return files


def transfers(course: str, files: Iterable[MediaRef], urgent: Collection[str] = ()) -> tuple[Transfer, ...]:
    """Files as they come: those that somebody looks for, then pictures, documents, sound, and videos last."""
    made = (Transfer(course, m.sha256, m.size, kind_of(m), m.sha256 in urgent) for m in files)
    return tuple(sorted(made, key=lambda t: t.rank))


def sizes(files: Iterable[MediaRef]) -> dict[Kind, int]:
    """Bytes by kind."""
    found = dict.fromkeys(KINDS, 0)
    for media in {m.sha256: m for m in files}.values():
        found[kind_of(media)] += media.size
    return found
