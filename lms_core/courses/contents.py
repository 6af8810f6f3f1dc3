"""What lessons hold beside their text, and what a course needs before it: verbs of authors (LES-03, RES, CRS)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil
from typing import Any

from sqlalchemy import Table, select

from lms_core import ops
from lms_core.content.model import ContentItem, MediaRef, Prerequisite, ResourceDoc
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.drafts import item_of, ordered, read_prerequisites, resource_of
from lms_core.courses.importing import behind, file_draft
from lms_core.errors import NotFound, UserError
from lms_core.media.duration import duration_of, minutes_of
from lms_core.ports import BlobStore
from lms_core.schema import Entity
from lms_core.unit import Reader, Unit, Work

PRIMARY = frozenset({"video", "pdf"})
"""Kinds of which a lesson has one that stands above its text."""
CANDIDATES = 500


class ContentsService:
    """Content items and resources of draft lessons; `media` tells how long a file lasts (RES-05)."""

    def __init__(self, work: Work, media: BlobStore | None = None) -> None:
        self._work, self._media = work, media

    def items(self, lesson: str) -> list[ContentItem]:
        """The content items of a draft lesson, in order."""
        with self._work() as unit:
            return [item_of(row) for row in self._of(unit, t.content_item, lesson)]

    def resources(self, lesson: str) -> list[ResourceDoc]:
        """The resources of a draft lesson, in order."""
        with self._work() as unit:
            return [resource_of(row) for row in self._of(unit, t.resource, lesson)]

    def files(self, course: str) -> list[MediaRef]:
        """The files of a draft, by name."""
        c = t.course_file.c
        with self._work() as unit:
            rows = unit.all(select(t.course_file).where(c.course_id == course).order_by(c.name, c.id))
            return [MediaRef(r.sha256, r.name, r.mime, r.size, r.alt) for r in rows]

    def add_item(
        self, lesson: str, kind: str, *, file: MediaRef | None = None, row: str | None = None, **values: Any
    ) -> str:
        """Add a content item at the end; the first video and the first PDF stand above the text (LES-03).

        `file` is one of the media store; `values` are fields of the entity. Raises NotFound, UserError.
        """
        with self._work() as unit:
            first = kind in PRIMARY and all(each.kind != kind for each in self._of(unit, t.content_item, lesson))
            values = {"kind": kind, "is_primary": first, **values}
            seconds = self._lasts(file.sha256 if file else values.get("media")) if kind == "video" else None
            if seconds and values.get("duration") is None:
                values["duration"] = seconds
            return self._add(unit, e.CONTENT_ITEM, t.content_item, lesson, values, file=file, row=row)

    def add_resource(
        self, lesson: str, title: str, *, file: MediaRef | None = None, row: str | None = None, **values: Any
    ) -> str:
        """Add a resource at the end; a link needs an address, everything else a file or an address (RES-03).

        Raises:
            NotFound. UserError: `resource_empty`.
        """
        if not file and not values.get("media") and not values.get("url"):
            raise UserError("resource_empty")
        with self._work() as unit:
            values = {"title": title, **({"kind": "link"} if not file and not values.get("media") else {}), **values}
            minutes = minutes_of(self._lasts(file.sha256 if file else values.get("media")))
            if minutes and values.get("minutes") is None:
                values["minutes"] = minutes
            return self._add(unit, e.RESOURCE, t.resource, lesson, values, file=file, row=row)

    def _lasts(self, sha256: str | None) -> int | None:
        """Seconds that an attached file lasts, rounded up; None where its headers do not tell."""
        media = self._media
        if media is None or not sha256 or not media.has(sha256):
            return None
        seconds = duration_of(partial(media.read, sha256), media.size(sha256))
        return ceil(seconds) if seconds else None

    def _add(
        self,
        unit: Unit,
        entity: Entity,
        table: Table,
        lesson: str,
        values: Mapping[str, Any],
        *,
        file: MediaRef | None,
        row: str | None,
    ) -> str:
        parent = unit.row(e.LESSON, lesson)
        if parent is None:
            raise NotFound
        course, row = parent["course_id"], row or unit.new_id()
        if file:
            unit.emit(file_draft(course, file))
            values = {**values, "media": file.sha256}
        place = behind(lesson, [each.id for each in self._of(unit, table, lesson, trashed=True)])
        unit.emit(ops.create(entity, row, {**values, "course_id": course, "place": place}))
        return row

    def _of(self, unit: Unit, table: Table, lesson: str, *, trashed: bool = False) -> list[Any]:
        query = select(table).where(table.c.parent == lesson)
        rows = ordered(unit.all(query if trashed else query.where(table.c.trashed_at.is_(None))))
        return rows.get(lesson, [])

    def change_item(self, item: str, **values: Any) -> None:
        """Change a content item; one that becomes primary takes the place of the other of its kind (LES-03)."""
        with self._work() as unit:
            now = unit.row(e.CONTENT_ITEM, item)
            if now is None:
                raise NotFound
            if values.get("is_primary"):
                for other in self._of(unit, t.content_item, now["place"].parent):
                    if other.id != item and other.kind == now["kind"] and other.is_primary:
                        unit.emit(ops.change(e.CONTENT_ITEM, other.id, "is_primary", False))
            change(unit, e.CONTENT_ITEM, item, values)

    def change_resource(self, resource: str, **values: Any) -> None:
        """Change a resource; it keeps a file or an address (RES-03). Raises NotFound, UserError `resource_empty`."""
        with self._work() as unit:
            now = unit.row(e.RESOURCE, resource)
            if now is None:
                raise NotFound
            if not values.get("media", now["media"]) and not values.get("url", now["url"]):
                raise UserError("resource_empty")
            change(unit, e.RESOURCE, resource, values)

    # --- before a course
    def prerequisites(self, course: str) -> list[Prerequisite]:
        """What a course needs before it, by title."""
        with self._work() as unit:
            return list(read_prerequisites(unit, course))

    def candidates(self, course: str) -> list[tuple[str, str]]:
        """Published courses that could come before a draft: id and title, by title, at most CANDIDATES."""
        c = t.course_card.c
        query = select(c.course_id, c.title).where(c.is_published, c.course_id != course)
        with self._work() as unit:
            return [(r.course_id, r.title) for r in unit.all(query.order_by(c.title, c.id).limit(CANDIDATES))]

    def require(self, course: str, needed: str, *, mandatory: bool = True) -> None:
        """Say that another course comes before this one; said again it changes whether it must.

        Raises:
            UserError: `prerequisite_cycle` where the other needs this one first.
        """
        with self._work() as unit:
            if course in courses_before(unit, needed):
                raise UserError("prerequisite_cycle")
            row = e.COURSE_PREREQUISITE.id_for(course, needed)
            values = {"course_id": course, "required_course_id": needed, "is_mandatory": mandatory}
            if unit.row(e.COURSE_PREREQUISITE, row):
                change(unit, e.COURSE_PREREQUISITE, row, {"is_mandatory": mandatory, "is_active": True})
            else:
                unit.emit(ops.create(e.COURSE_PREREQUISITE, row, values))

    def release(self, course: str, needed: str) -> None:
        """Take a course from those that come before. Raises NotFound."""
        with self._work() as unit:
            row = e.COURSE_PREREQUISITE.id_for(course, needed)
            now = unit.row(e.COURSE_PREREQUISITE, row)
            if now is None or not now["is_active"]:
                raise NotFound
            change(unit, e.COURSE_PREREQUISITE, row, {"is_active": False})


def courses_before(source: Reader, course: str) -> set[str]:
    """A course and all that come before it, as far as this side knows: drafts and published cards."""
    c, found, wave = t.course_prerequisite.c, set[str](), {course}
    while wave:
        found |= wave
        drafts = source.all(select(c.required_course_id).where(c.course_id.in_(wave), c.is_active))
        cards = source.all(select(t.course_card.c.prerequisites).where(t.course_card.c.course_id.in_(wave)))
        named = {str(p["course_id"]) for card in cards for p in card.prerequisites or ()}
        wave = ({row.required_course_id for row in drafts} | named) - found
    return found


def change(unit: Unit, entity: Entity, row: str, values: Mapping[str, Any]) -> None:
    """Change fields of a row: texts are merged, maps by their keys, the rest is set.

    Raises:
        NotFound. UserError: `unknown_field`.
    """
    now = unit.row(entity, row)
    if now is None:
        raise NotFound
    for name, value in values.items():
        if name not in entity.fields:
            raise UserError("unknown_field", field=name)
        if now[name] == value:
            continue
        if entity.fields[name].kind == "text":
            unit.emit(ops.edit_text(entity, row, field=name, base=now[name] or "", text=value))
        elif name in entity.maps:
            old = now[name] or {}
            keys = [key for key in {**old, **value} if old.get(key) != value.get(key)]
            unit.emit(*(ops.change(entity, row, f"{name}/{key}", value.get(key)) for key in keys))
        else:
            unit.emit(ops.change(entity, row, name, value))
