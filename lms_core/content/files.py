"""Which files of a version somebody gets, by the rule that serves its texts (RES-04, LES-09): pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from lms_core.content.embeds import embed_key
from lms_core.content.model import CourseDocument, LessonDoc
from lms_core.content.serving import GUEST, REGISTERED, is_given, serve

_NAME = re.compile(rb"[0-9a-f]{64}")
_SOURCE = re.compile(r"media:[0-9a-f]{64}")


def named_in(*pieces: Any) -> frozenset[str]:
    """The SHA-256 of every file that a document, a lesson or a text names anywhere."""
    return frozenset(name.decode() for piece in pieces for name in _NAME.findall(msgspec.json.encode(piece)))


def parts_of(lesson: LessonDoc) -> dict[str, str]:
    """The parts of a lesson by the keys of their embeds, with the SHA-256 of the file that each shows, if any."""
    parts = {item.id: item.media for item in lesson.items} | {given.id: given.media for given in lesson.resources}
    for text in (lesson.body, *(item.body for item in lesson.items)):
        within: dict[str, str] = {}
        for source in _SOURCE.findall(text):
            within[embed_key(source, within)] = source.removeprefix("media:")
        parts |= within
    return parts


def files_of(document: CourseDocument, lesson: LessonDoc) -> frozenset[str]:
    """Files that a lesson names anywhere: in its texts, its items and what it hands out."""
    return named_in(lesson) & {media.sha256 for media in document.media}


def given_files(
    document: CourseDocument, level: int, *, enrolled: bool = False, manages: bool = False, paid: bool = False
) -> frozenset[str]:
    """The files of a version that somebody gets: those that something names which they are served.

    What no lesson names (pictures of an exam that is still withheld, of explanations) goes with the course.
    `level`, `enrolled` and `manages` are those of `serve`, `paid` that of `is_given`.
    """
    files = frozenset(media.sha256 for media in document.media)
    if manages:
        return files
    named, given = frozenset[str](), frozenset[str]()
    for lesson in document.lessons():
        named |= named_in(lesson)
        given |= named_in(*_served(lesson, level, enrolled=enrolled, paid=paid))
    return files & (given | files - named) if enrolled else files & given


def premium_files(document: CourseDocument) -> frozenset[str]:
    """The files of a version that learners get who have paid, and no others."""
    if not any(given.premium and given.media for lesson in document.lessons() for given in lesson.resources):
        return frozenset()
    return frozenset(m.sha256 for m in document.media) - given_files(document, REGISTERED, enrolled=True)


def _served(lesson: LessonDoc, level: int, *, enrolled: bool, paid: bool) -> Iterator[Any]:
    """What of a lesson somebody is served who may also look at it as those of a lower level do."""
    for each in range(GUEST, level + 1):
        served = serve(lesson, each, enrolled=enrolled)
        yield served.body or served.denied
        if served.is_full:
            given = tuple(r for r in lesson.resources if is_given(r, served, level, paid=paid))
            yield replace(lesson, resources=given)
