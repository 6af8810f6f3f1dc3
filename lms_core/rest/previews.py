"""What of a course somebody reads before they join it: previews, and the texts of their tier, of the hub (LES-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lms_core.catalogue.views import ItemView, LessonView
from lms_core.content.model import Caption, ContentItem, LessonDoc, ResourceDoc
from lms_core.content.serving import NEEDS

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class FreeLesson(msgspec.Struct, frozen=True):
    """A lesson in the list, read in part at most unless it is a `preview`; `minutes` is None where nobody said any."""

    id: str
    title: str
    kind: str
    minutes: int | None = None
    preview: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether it stands in the list: a quiz is for those who learn the course, unless it is a preview."""
        return self.preview or self.kind != "quiz"


class Offered(msgspec.Struct, frozen=True):
    """A lesson as far as somebody is served it; `need` says what would give all of it, `denied` why in its own words.

    Its `body` is empty where nothing of it is for them.
    """

    lesson: LessonDoc
    need: str = ""
    denied: str = ""


class _Found(msgspec.Struct, frozen=True):
    results: tuple[FreeLesson, ...]


class PreviewsApi:
    """Free previews. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def find(self, course: str) -> tuple[FreeLesson, ...]:
        """Those of the first hundred lessons of a course that are shown, in order."""
        wanted = {"course": course, "page_size": "100"}
        found = msgspec.convert(self._line.ask("GET", "/lessons", params=wanted), _Found)
        return tuple(each for each in found.results if each.is_shown)

    def lesson(self, lesson: str) -> Offered:
        """A lesson, with its items and what it hands out where it is served in full. Raises NotFound."""
        found = msgspec.convert(self._line.ask("GET", f"/lessons/{lesson}"), LessonView, strict=False)
        if found.missing is not None:
            said = found.missing.message
            part = LessonDoc(found.id, found.title, found.kind, found.body or "", found.minutes)
            return Offered(part, found.missing.code, "" if said in NEEDS.values() else said)
        resources = tuple(
            ResourceDoc(id=r.id, title=r.title, kind=r.type, description=r.description, media=r.media, url=r.url)
            for r in found.resources
        )
        return Offered(LessonDoc(
            found.id, found.title, found.kind, found.body or "", found.minutes, preview=True,
            transcript=found.transcript or "", items=tuple(map(_item, found.items)), resources=resources,
        ))  # fmt: skip


def _item(item: ItemView) -> ContentItem:
    return ContentItem(
        id=item.id, kind=item.kind, title=item.title, is_primary=item.is_primary, media=item.media, url=item.url,
        duration=item.duration_seconds, pages=item.page_count, downloadable=item.downloadable, body=item.body,
        captions=tuple(Caption(each.language, each.media) for each in item.captions),
        thumbnail=item.thumbnail, quality=item.quality,
    )  # fmt: skip
