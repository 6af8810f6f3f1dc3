"""Content items, resources and prerequisites over the interface: the verbs of `ContentsService` in somebody's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from msgspec import to_builtins
from sqlalchemy import Table

from lms_core.catalogue import views as v
from lms_core.catalogue.checking import check_fields, is_there
from lms_core.catalogue.files import note_file
from lms_core.catalogue.reading import CatalogueService, course_of, lesson_with, must_manage
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.contents import PRIMARY, ContentsService
from lms_core.courses.naming import course_named
from lms_core.courses.service import CoursesService
from lms_core.errors import NotFound
from lms_core.learning.desk import Seen, blind
from lms_core.ops import Values
from lms_core.ports import BlobStore
from lms_core.schema import Actor
from lms_core.unit import Unit

Held = TypeVar("Held", v.ItemView, v.ResourceView)
NAMES = {"duration_seconds": "duration", "page_count": "pages", "duration_minutes": "minutes", "type": "kind"}
"""Fields that the interface calls otherwise."""


class ContentsDesk:
    """What lessons hold beside their texts, at the hub; `blobs` tells what a file is."""

    def __init__(
        self, work: Callable[[Actor], AbstractContextManager[Unit]], reading: CatalogueService, blobs: BlobStore
    ) -> None:
        self._work, self._reading, self._blobs = work, reading, blobs

    @contextmanager
    def _on(self, who: Actor, table: Table, row: str) -> Iterator[tuple[Unit, ContentsService]]:
        """The verbs over one transaction, for those who may edit the course of a row. Raises NotFound, Denied."""
        with self._work(who) as unit:
            must_manage(unit, who, course_of(unit, table, row))
            yield unit, ContentsService(lambda: nullcontext(unit), self._blobs)

    # --- content items
    def items(self, who: Actor | None, lesson: str) -> tuple[v.ItemView, ...]:
        """The content items of a lesson, none where it is not served in full (LES-09). Raises NotFound."""
        return self._reading.lesson(who, lesson).items

    def item(self, who: Actor | None, lesson: str, item: str) -> v.ItemView:
        """One of them. Raises NotFound."""
        return _one(self.items(who, lesson), item)

    def add_item(self, who: Actor, lesson: str, values: Values, row: str | None = None) -> v.ItemView:
        """Add a content item at the end; `media` is a file that the caller has given or that the course has."""
        with self._on(who, t.lesson, lesson) as (unit, contents):
            check_fields(e.CONTENT_ITEM, values := _own(values))
            if row is None or not is_there(unit, e.CONTENT_ITEM, row, course_id=course_of(unit, t.lesson, lesson)):
                self._files(unit, who, lesson, values)
                row = contents.add_item(lesson, row=row, **values)
            return self._item(unit, who, row)

    def set_primary(self, who: Actor, lesson: str, kind: str, values: Values) -> v.ItemView:
        """Set the video or the PDF that stands above the text, made when there is none."""
        with self._on(who, t.lesson, lesson) as (unit, contents):
            check_fields(e.CONTENT_ITEM, values := _own(values))
            self._files(unit, who, lesson, values)
            mine = [x for x in contents.items(lesson) if x.kind == kind]
            if mine and kind in PRIMARY:
                row = next((x.id for x in mine if x.is_primary), mine[0].id)
                contents.change_item(row, is_primary=True, **values)
            else:
                row = contents.add_item(lesson, kind, **values)
            return self._item(unit, who, row)

    def change_item(self, who: Actor, row: str, values: Values, seen: Seen = blind) -> v.ItemView:
        """Set a content item anew."""
        with self._on(who, t.content_item, row) as (unit, contents):
            seen(self._item(unit, who, row))
            check_fields(e.CONTENT_ITEM, values := _own(values))
            self._files(unit, who, lesson_with(unit, t.content_item, row), values)
            contents.change_item(row, **values)
            return self._item(unit, who, row)

    def trash_item(self, who: Actor, row: str, seen: Seen = blind) -> None:
        """Put a content item into the trash."""
        with self._on(who, t.content_item, row) as (unit, _):
            seen(self._item(unit, who, row))
            CoursesService(lambda: nullcontext(unit)).trash(row)

    def _item(self, unit: Unit, who: Actor, row: str) -> v.ItemView:
        return _one(self._reading.lesson_in(unit, who, lesson_with(unit, t.content_item, row)).items, row)

    # --- resources
    def resources(self, who: Actor | None, lesson: str) -> tuple[v.ResourceView, ...]:
        """The resources of a lesson that the caller gets (RES-04). Raises NotFound."""
        found = self._reading.lesson(who, lesson)
        return (*found.resources, *found.premium_resources)

    def resource(self, who: Actor | None, row: str) -> v.ResourceView:
        """A resource. Raises NotFound."""
        return _one(self.resources(who, self._reading.lesson_with(t.resource, row)), row)

    def add_resource(self, who: Actor, lesson: str, values: Values, row: str | None = None) -> v.ResourceView:
        """Add a resource at the end. Raises UserError `resource_empty` without a file or an address."""
        with self._on(who, t.lesson, lesson) as (unit, contents):
            check_fields(e.RESOURCE, values := _own(values))
            if row is None or not is_there(unit, e.RESOURCE, row, course_id=course_of(unit, t.lesson, lesson)):
                self._files(unit, who, lesson, values)
                row = contents.add_resource(lesson, row=row, **values)
            return self._resource(unit, who, row)

    def change_resource(self, who: Actor, row: str, values: Values, seen: Seen = blind) -> v.ResourceView:
        """Set a resource anew."""
        with self._on(who, t.resource, row) as (unit, contents):
            seen(self._resource(unit, who, row))
            check_fields(e.RESOURCE, values := _own(values))
            self._files(unit, who, lesson_with(unit, t.resource, row), values)
            contents.change_resource(row, **values)
            return self._resource(unit, who, row)

    def trash_resource(self, who: Actor, row: str, seen: Seen = blind) -> None:
        """Put a resource into the trash."""
        with self._on(who, t.resource, row) as (unit, _):
            seen(self._resource(unit, who, row))
            CoursesService(lambda: nullcontext(unit)).trash(row)

    def _resource(self, unit: Unit, who: Actor, row: str) -> v.ResourceView:
        found = self._reading.lesson_in(unit, who, lesson_with(unit, t.resource, row))
        return _one((*found.resources, *found.premium_resources), row)

    def _files(self, unit: Unit, who: Actor, lesson: str, values: Values) -> None:
        """Note the files that an author names for the course; raises as `note_file`."""
        for sha256 in e.files_of(values):
            note_file(unit, who, course_of(unit, t.lesson, lesson), sha256, self._blobs)

    # --- what comes before a course
    def prerequisites(self, who: Actor | None, name: str) -> tuple[v.PrerequisiteView, ...]:
        """The courses that come before one. Raises NotFound."""
        return self._reading.course(who, name).prerequisites

    def set_prerequisite(self, who: Actor, name: str, needed: str, *, mandatory: bool) -> v.PrerequisiteView:
        """Say that another published course comes before this one. Raises NotFound, UserError `prerequisite_cycle`."""
        with self._work(who) as unit:
            course, other = course_named(unit, name), course_named(unit, needed)
            must_manage(unit, who, course)
            contents = ContentsService(lambda: nullcontext(unit))
            contents.require(course, other, mandatory=mandatory)
            found = self._reading.course_in(unit, who, course).prerequisites
            shown = [each for each in found if each.course_id == other]
            if not shown:
                raise NotFound  # it was never published
            return shown[0]

    def drop_prerequisite(self, who: Actor, name: str, needed: str) -> None:
        """Take a course from those that come before. Raises NotFound."""
        with self._work(who) as unit:
            course = course_named(unit, name)
            must_manage(unit, who, course)
            ContentsService(lambda: nullcontext(unit)).release(course, course_named(unit, needed))


def _own(values: Values) -> Values:
    """Values under the names of the entity."""
    return {NAMES.get(name, name): to_builtins(value) for name, value in values.items()}


def _one(found: tuple[Held, ...], row: str) -> Held:
    for each in found:
        if each.id == row:
            return each
    raise NotFound
