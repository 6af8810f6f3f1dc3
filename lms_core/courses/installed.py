"""Courses on this machine: a pack is fetched once and opened from then on without a network."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from json import dumps, loads
from typing import Any

from sqlalchemy import delete, insert, select

from lms_core.changes import Topic
from lms_core.content.files import premium_files
from lms_core.content.model import AnswerKey, CourseDocument
from lms_core.content.pack import read_key_pack, read_pack
from lms_core.courses import tables as t
from lms_core.courses.differences import differences
from lms_core.courses.model import Facts, Installed
from lms_core.courses.plan import CoursePlan, PlannedLesson, plan_of
from lms_core.db.bulk import put
from lms_core.errors import LmsError, NotFound, UserError
from lms_core.unit import Reader, Unit, Work

CACHED = 8

Fetch = Callable[[str], bytes]
"""The bytes of a pack by name: from this machine's files, else from the hub (raises Offline)."""

Indexed = Callable[[Unit, str, CourseDocument | None], None]
"""Told when a course came or went, inside the transaction, so that search follows."""


class InstallService:
    """Install, open and remove courses."""

    def __init__(self, work: Work, fetch: Fetch, indexed: Indexed | None = None) -> None:
        self._work = work
        self._fetch = fetch
        self._indexed = indexed
        self.busy: Callable[[str], str | None] = lambda course: None
        """The version that an attempt of a course goes on in, set by the workspace; others wait for its end."""
        self._open: OrderedDict[str, CourseDocument] = OrderedDict()
        self._facts: dict[str, tuple[str, Facts]] = {}

    def install(self, course: str) -> Installed:
        """Install the published version of a course, or update to it.

        Raises:
            NotFound: the catalogue does not have it.
            Offline: the pack is not here and the hub cannot be reached.
        """
        with self._work() as unit:
            found = unit.all(select(t.course_card).where(t.course_card.c.course_id == course))
        if not found or not found[0].pack:
            raise NotFound
        card = found[0]
        body = self._fetch(card.pack)
        if card.key_pack:
            self._fetch(card.key_pack)
        return self.install_pack(card.pack, body, key_pack=card.key_pack)

    def install_pack(self, name: str, body: bytes, *, key_pack: str = "") -> Installed:
        """Install a pack that is here already; raises UserError `attempt_open` while a quiz goes on in another."""
        document = read_pack(body)
        with self._work() as unit:
            course = document.course_id
            if self.busy(course) not in (None, name):
                raise UserError("attempt_open")
            entry: dict[str, Any] = {
                "course_id": course, "pack": name, "key_pack": key_pack, "version": document.version,
                "title": document.title, "lessons": len(document.lessons()), "size": len(body),
                "installed_at": unit.now_ms, "progress_method": document.progress_method,
                "progress_weights": dumps(document.progress_weights), "sequential": document.sequential,
            }  # fmt: skip
            self._note_changes(unit, document)
            self._forget(unit, course)
            unit.local(insert(t.installed), [entry], topic=Topic.COURSES)
            unit.local(insert(t.installed_lesson), list(_lessons(document)))
            put(unit.conn, t.known_pack, [{"pack": name, "course_id": course, "key_pack": key_pack}], ["pack"])
            if self._indexed:
                self._indexed(unit, course, document)
            return Installed(**{name: entry[name] for name in Installed.__struct_fields__})

    def _note_changes(self, unit: Unit, document: CourseDocument) -> None:
        """Keep which lessons are others than in the version that was here."""
        here = self.find(document.course_id)
        if here is None or here.version == document.version:
            return
        try:
            found = differences(self.open(here.pack), document)
        except LmsError:
            return  # the old version is damaged or gone: nobody can say
        rows = [{"lesson_id": x.id, "course_id": document.course_id, "at": unit.now_ms} for x in found.changed]
        put(unit.conn, t.lesson_change, rows, ["lesson_id"])

    def remove(self, course: str) -> None:
        """Take a course off this machine; progress and notes stay."""
        with self._work() as unit:
            self._forget(unit, course)
            if self._indexed:
                self._indexed(unit, course, None)

    def _forget(self, unit: Unit, course: str) -> None:
        self._facts.pop(course, None)
        unit.local(delete(t.installed).where(t.installed.c.course_id == course), topic=Topic.COURSES)
        unit.local(delete(t.installed_lesson).where(t.installed_lesson.c.course_id == course))

    def installed(self) -> list[Installed]:
        """Courses on this machine, by title."""
        with self._work() as unit:
            return [Installed(*row) for row in unit.all(_INSTALLED.order_by(t.installed.c.title))]

    def find(self, course: str) -> Installed | None:
        """The installed version of a course, or None."""
        with self._work() as unit:
            rows = unit.all(_INSTALLED.where(t.installed.c.course_id == course))
        return Installed(*rows[0]) if rows else None

    def course_of(self, lesson: str) -> str:
        """The installed course that a lesson belongs to; raises NotFound."""
        return self.version_with(lesson).course_id

    def kind_of(self, lesson: str) -> str:
        """The kind of an installed lesson; empty for one that is not here."""
        lessons = t.installed_lesson.c
        with self._work() as unit:
            rows = unit.all(select(lessons.kind).where(lessons.id == lesson))
        return str(rows[0].kind) if rows else ""

    def plan(self, course: str) -> CoursePlan:
        """The lessons of the installed version; none where it is not here."""
        with self._work() as unit:
            return plan_here(unit, course)

    def version_with(self, lesson: str) -> Installed:
        """The installed version that a lesson belongs to; raises NotFound."""
        lessons = t.installed_lesson.c
        query = _INSTALLED.join(t.installed_lesson, lessons.course_id == t.installed.c.course_id)
        with self._work() as unit:
            rows = unit.all(query.where(lessons.id == lesson))
        if not rows:
            raise NotFound
        return Installed(*rows[0])

    def document(self, course: str) -> CourseDocument:
        """An installed course, opened; raises NotFound with `not_installed`."""
        here = self.find(course)
        if here is None:
            raise NotFound("not_installed")
        return self.open(here.pack)

    def open(self, pack: str) -> CourseDocument:
        """A pack by name, from a small cache or the file store."""
        if pack in self._open:
            self._open.move_to_end(pack)
            return self._open[pack]
        document = read_pack(self._fetch(pack))
        self._open[pack] = document
        while len(self._open) > CACHED:
            self._open.popitem(last=False)
        return document

    def knows(self, here: Installed) -> bool:
        """Whether the facts of an installed version are at hand."""
        return self._facts.get(here.course_id, ("",))[0] == here.pack

    def facts(self, here: Installed) -> Facts:
        """What a list says of an installed version; each is opened for it once."""
        if not self.knows(here):
            d = self._open.get(here.pack) or read_pack(self._fetch(here.pack))
            media = tuple((each.sha256, each.size) for each in d.media)
            found = Facts(
                d.title, d.subtitle, d.description, d.authors, d.category, d.level, d.language, d.version, d.tags,
                media, premium_files(d),
            )  # fmt: skip
            self._facts[here.course_id] = here.pack, found
        return self._facts[here.course_id][1]

    def key(self, pack: str, assessment: str) -> AnswerKey | None:
        """The answer key of a practice quiz of a version that is or was installed; None where the hub keeps it."""
        with self._work() as unit:
            rows = unit.all(select(t.known_pack.c.key_pack).where(t.known_pack.c.pack == pack))
        if not rows or not rows[0].key_pack:
            return None
        try:
            return read_key_pack(self._fetch(rows[0].key_pack)).get(assessment)
        except LmsError:
            # damaged, or gone and no network: the hub grades
            return None


_INSTALLED = select(*(t.installed.c[name] for name in Installed.__struct_fields__))


def plan_here(unit: Reader, course: str) -> CoursePlan:
    """The plan of the version that is installed on this device."""
    found, lesson = unit.all(select(t.installed).where(t.installed.c.course_id == course)), t.installed_lesson.c
    if not found:
        return CoursePlan()
    rows = unit.all(
        select(lesson.id, lesson.title, lesson.kind, lesson.minutes, lesson.weight, lesson.preview)
        .where(lesson.course_id == course)
        .order_by(lesson.ord)
    )
    lessons = tuple(PlannedLesson(*row) for row in rows)
    return CoursePlan(lessons, found[0].progress_method, loads(found[0].progress_weights), bool(found[0].sequential))


def _lessons(document: CourseDocument) -> Iterable[dict[str, object]]:
    order, planned = 0, {lesson.id: lesson for lesson in plan_of(document).lessons}
    for module in document.modules:
        for lesson in module.lessons:
            plan = planned[lesson.id]
            yield {
                "id": lesson.id, "course_id": document.course_id, "module_id": module.id, "ord": order,
                "title": lesson.title, "kind": lesson.kind, "minutes": plan.minutes, "weight": plan.weight,
                "preview": plan.preview,
                "assessment_id": lesson.assessment.id if lesson.assessment else None,
            }  # fmt: skip
            order += 1
