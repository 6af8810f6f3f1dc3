"""Lessons of a course that everybody may read, before they join it: asked of the hub (LES-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lms_core.catalogue.views import ItemView, LessonView
from lms_core.content.model import Caption, ContentItem, LessonDoc, ResourceDoc
from lms_core.errors import Denied

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class FreeLesson(msgspec.Struct, frozen=True):
    """A lesson in the list; `minutes` is None where nobody said any."""

    id: str
    title: str
    kind: str
    minutes: int | None = None


class _Found(msgspec.Struct, frozen=True):
    results: tuple[FreeLesson, ...]


class PreviewsApi:
    """Free previews. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def find(self, course: str) -> tuple[FreeLesson, ...]:
        """The free previews of a course in order, quizzes left out: they count for those who learn it."""
        wanted = {"course": course, "free_preview": "true", "page_size": "100"}
        found = msgspec.convert(self._line.ask("GET", "/lessons", params=wanted), _Found)
        return tuple(each for each in found.results if each.kind != "quiz")

    def lesson(self, lesson: str) -> LessonDoc:
        """A lesson with its items and what it hands out. Raises Denied for one that is not served in full."""
        found = msgspec.convert(self._line.ask("GET", f"/lessons/{lesson}"), LessonView, strict=False)
        if found.body is None or found.missing is not None:
            raise Denied("not_enrolled")
        resources = tuple(
            ResourceDoc(id=r.id, title=r.title, kind=r.type, description=r.description, media=r.media, url=r.url)
            for r in found.resources
        )
        return LessonDoc(
            found.id, found.title, found.kind, found.body, found.minutes, preview=True,
            transcript=found.transcript or "", items=tuple(map(_item, found.items)), resources=resources,
        )  # fmt: skip


def _item(item: ItemView) -> ContentItem:
    return ContentItem(
        id=item.id, kind=item.kind, title=item.title, is_primary=item.is_primary, media=item.media, url=item.url,
        duration=item.duration_seconds, pages=item.page_count, downloadable=item.downloadable, body=item.body,
        captions=tuple(Caption(each.language, each.media) for each in item.captions),
    )  # fmt: skip
