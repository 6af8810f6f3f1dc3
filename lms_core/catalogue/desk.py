"""What authors do over the interface: the verbs of `CoursesService` in their name, each with its right asked first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Table, select

from lms_core import ops
from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.model import refuse
from lms_core.accounts.tables import account
from lms_core.catalogue import views as v
from lms_core.catalogue.checking import check_fields, is_there
from lms_core.catalogue.files import note_cover
from lms_core.catalogue.reading import CatalogueService, course_of, must_manage
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.categories import every_category
from lms_core.courses.naming import course_named, name_course
from lms_core.courses.rules import instructor_id
from lms_core.courses.service import CoursesService
from lms_core.errors import Conflict, Denied, NotFound, UserError
from lms_core.learning.rights import note_holder
from lms_core.media.tables import held_file
from lms_core.ops import Values
from lms_core.permissions import AUTHORS, is_admin, is_instructor_or_admin, is_lead_instructor
from lms_core.ports import BlobStore
from lms_core.schema import Actor
from lms_core.unit import Unit

Seen = Callable[[Any], None]
"""Looks at what is there before it is changed, in the same transaction; may raise."""


def blind(now: Any) -> None:
    """Change whatever is there."""


class CoursesDesk:
    """Write courses at the hub; `work` begins a unit in somebody's name, `blobs` has the files that they gave."""

    def __init__(
        self, work: Callable[[Actor], AbstractContextManager[Unit]], reading: CatalogueService, blobs: BlobStore
    ) -> None:
        self._work, self._reading, self._blobs = work, reading, blobs

    @contextmanager
    def _at(self, who: Actor, course: str) -> Iterator[tuple[Unit, CoursesService]]:
        """The verbs over one transaction, for those who may edit the course. Raises NotFound, Denied."""
        with self._work(who) as unit:
            must_manage(unit, who, course)
            yield unit, CoursesService(lambda: nullcontext(unit))

    @contextmanager
    def _on(self, who: Actor, table: Table, row: str) -> Iterator[tuple[Unit, CoursesService]]:
        """The same for the course of a row."""
        with self._work(who) as unit:
            must_manage(unit, who, course_of(unit, table, row))
            yield unit, CoursesService(lambda: nullcontext(unit))

    # --- courses
    def create_course(self, who: Actor, values: Values, row: str | None = None) -> v.CourseView:
        """Begin a course that the caller leads; with an id of the caller's it is made once (API-14).

        Raises:
            UserError: `invalid_fields`, and as `note_cover`. Conflict: `id_reused`. Denied.
        """
        if not is_instructor_or_admin(who):
            raise Denied
        with self._work(who) as unit:
            if row is None or not is_there(unit, e.COURSE, row, created_by=who.account):
                row = CoursesService(lambda: nullcontext(unit)).create_course(row=row, **_settings(unit, values))
                self._note_cover(unit, who, row, values)
                name_course(unit, row, values["title"])
            return self._reading.course_in(unit, who, row)

    def change_course(self, who: Actor, name: str, values: Values, seen: Seen = blind) -> v.CourseView:
        """Change settings of a course. Raises NotFound, Denied, UserError `invalid_fields`, and as `note_cover`."""
        with self._course(who, name, seen) as (unit, courses, course):
            self._note_cover(unit, who, course, values)
            courses.change_course(course, **_settings(unit, values))
            return self._reading.course_in(unit, who, course)

    def _note_cover(self, unit: Unit, who: Actor, course: str, values: Values) -> None:
        if values.get("thumbnail"):
            note_cover(unit, who, course, values["thumbnail"], self._blobs)

    @contextmanager
    def _course(self, who: Actor, name: str, seen: Seen) -> Iterator[tuple[Unit, CoursesService, str]]:
        with self._work(who) as unit:
            course = course_named(unit, name)
            must_manage(unit, who, course)
            seen(self._reading.course_in(unit, who, course))
            yield unit, CoursesService(lambda: nullcontext(unit)), course

    def put_away(self, who: Actor, name: str, seen: Seen = blind) -> None:
        """Take a course out of the catalogue for good; those who learn keep what they have (CRS-23, CRS-24)."""
        with self._course(who, name, seen) as (_, courses, course):
            if courses.draft(course).status != "archived":
                courses.archive(course)

    def publish(self, who: Actor, name: str, *, change_note: str = "", seen: Seen = blind) -> v.CourseView:
        """Publish the draft as it stands; the version follows at once behind the request.

        Raises:
            UserError: `not_ready` with the findings, `blob_missing`.
        """
        with self._course(who, name, seen) as (unit, courses, course):
            courses.publish(course, change_note=change_note)
            return self._reading.course_in(unit, who, course)

    def unpublish(self, who: Actor, name: str, seen: Seen = blind) -> v.CourseView:
        """Take a course out of the catalogue; enrolments stay (CRS-21)."""
        with self._course(who, name, seen) as (unit, courses, course):
            if courses.draft(course).status == "published":
                courses.unpublish(course)
            return self._reading.course_in(unit, who, course)

    def clone(self, who: Actor, name: str, wish: Values, *, draft: bool = True, row: str | None = None) -> v.CourseView:
        """Copy a course that the caller may edit, and publish the copy unless it shall be a `draft`.

        Raises:
            NotFound, Denied. UserError: `invalid_fields`, `not_ready`. Conflict: `id_reused`.
        """
        if not is_instructor_or_admin(who):
            raise Denied
        with self._work(who) as unit:
            course = course_named(unit, name)
            must_manage(unit, who, course)
            if row is None or not is_there(unit, e.COURSE, row, created_by=who.account, parent_version=course):
                courses = CoursesService(lambda: nullcontext(unit))
                row = courses.clone(course, row=row, **wish)
                _share_files(unit, course, who.account)
                name_course(unit, row, courses.draft(row).title)
                if not draft:
                    courses.publish(row)
            return self._reading.course_in(unit, who, row)

    def set_featured(self, who: Actor, name: str, *, featured: bool, by: By) -> v.CourseView:
        """Show a published course among the featured ones, or no more (CRS-12); for administrators.

        Raises:
            NotFound, Denied. UserError: `course_unavailable`, it is not published.
        """
        with self._work(who) as unit:
            check_admin(unit, by)
            course = course_named(unit, name)
            card = unit.row(e.COURSE_CARD, e.COURSE_CARD.id_for(course))
            if card is None or not card["is_published"]:
                raise UserError("course_unavailable")
            if bool(card["is_featured"]) != featured:
                unit.derive(e.COURSE_CARD, e.COURSE_CARD.id_for(course), {"is_featured": featured})
                note(unit, by, Action.COURSE_FEATURED, entity="course", row=course, after={"is_featured": featured})
            return self._reading.course_in(unit, who, course)

    # --- modules and lessons
    def add_module(self, who: Actor, name: str, values: Values, row: str | None = None) -> v.ModuleView:
        """Add a module behind `after`, or at the end."""
        with self._work(who) as unit:
            course = course_named(unit, name)
            must_manage(unit, who, course)
            check_fields(e.MODULE, values, but=("after",))
            if row is None or not is_there(unit, e.MODULE, row, course_id=course):
                courses, about = CoursesService(lambda: nullcontext(unit)), values.get("description", "")
                row = courses.add_module(course, values["title"], after=values.get("after"), row=row)
                courses.change_module(row, description=about)
            return self._reading.module_in(unit, who, row)

    def change_module(self, who: Actor, module: str, values: Values, seen: Seen = blind) -> v.ModuleView:
        """Change a module; `after` moves it behind another, null to the front."""
        with self._on(who, t.module, module) as (unit, courses):
            now = self._reading.module_in(unit, who, module)
            seen(now)
            check_fields(e.MODULE, values, but=("after",))
            courses.change_module(module, **_without(values, "after"))
            if "after" in values:
                courses.move(module, parent=now.course_id, after=values["after"])
            return self._reading.module_in(unit, who, module)

    def add_lesson(self, who: Actor, module: str, values: Values, row: str | None = None) -> v.LessonView:
        """Add a lesson behind `after`, or at the end of the module."""
        with self._on(who, t.module, module) as (unit, courses):
            check_fields(e.LESSON, values, but=("after",))
            if row is None or not is_there(unit, e.LESSON, row, course_id=course_of(unit, t.module, module)):
                named = {name: values[name] for name in ("kind", "body", "after") if name in values}
                row = courses.add_lesson(module, values["title"], row=row, **named)
                courses.change_lesson(row, **_without(values, "title", *named))
            return self._reading.lesson_in(unit, who, row)

    def change_lesson(self, who: Actor, lesson: str, values: Values, seen: Seen = blind) -> v.LessonView:
        """Change a lesson; `module_id` and `after` move it, within its course."""
        with self._on(who, t.lesson, lesson) as (unit, courses):
            now = self._reading.lesson_in(unit, who, lesson)
            seen(now)
            check_fields(e.LESSON, values, but=("after", "module_id"))
            courses.change_lesson(lesson, **_without(values, "after", "module_id"))
            if {"after", "module_id"} & values.keys():
                parent = values.get("module_id", now.module_id)
                if course_of(unit, t.module, parent) != now.course_id:
                    raise NotFound
                courses.move(lesson, parent=parent, after=values.get("after"))
            return self._reading.lesson_in(unit, who, lesson)

    def trash_module(self, who: Actor, module: str, seen: Seen = blind) -> None:
        """Put a module with its lessons into the trash."""
        with self._on(who, t.module, module) as (unit, courses):
            seen(self._reading.module_in(unit, who, module))
            courses.trash(module)

    def trash_lesson(self, who: Actor, lesson: str, seen: Seen = blind) -> None:
        """Put a lesson into the trash."""
        with self._on(who, t.lesson, lesson) as (unit, courses):
            seen(self._reading.lesson_in(unit, who, lesson))
            courses.trash(lesson)

    # --- quizzes
    def set_assessment(self, who: Actor, lesson: str, values: Values) -> v.AssessmentView:
        """Make a lesson a quiz with these settings; done again it changes nothing."""
        with self._on(who, t.lesson, lesson) as (unit, courses):
            check_fields(e.ASSESSMENT, values)
            courses.change_lesson(lesson, kind="quiz")
            row = courses.ensure_assessment(lesson)
            courses.change_assessment(row, **values)
            return self._reading.assessment_in(unit, who, row)

    def change_assessment(self, who: Actor, row: str, values: Values, seen: Seen = blind) -> v.AssessmentView:
        """Change settings of a quiz."""
        with self._on(who, t.assessment, row) as (unit, courses):
            seen(self._reading.assessment_in(unit, who, row))
            check_fields(e.ASSESSMENT, values)
            courses.change_assessment(row, **values)
            return self._reading.assessment_in(unit, who, row)

    def add_question(self, who: Actor, assessment: str, values: Values, row: str | None = None) -> v.QuestionView:
        """Add a question at the end of a quiz; `options` are texts, `correct` positions in them."""
        with self._on(who, t.assessment, assessment) as (unit, courses):
            check_fields(e.QUESTION, _without(values, "options", "correct"))
            if row is None or not is_there(unit, e.QUESTION, row, course_id=course_of(unit, t.assessment, assessment)):
                row = courses.add_question(assessment, **_positions(values), row=row)
            return self._question(unit, who, row)

    def change_question(self, who: Actor, row: str, values: Values, seen: Seen = blind) -> v.QuestionView:
        """Set a question anew."""
        with self._on(who, t.question, row) as (unit, courses):
            seen(self._question(unit, who, row))
            check_fields(e.QUESTION, _without(values, "options", "correct"))
            named = _positions(values)
            ids = [f"o{n}" for n, _ in enumerate(named["options"], 1)]
            options, correct = list(zip(ids, named["options"], strict=True)), [ids[n] for n in named["correct"]]
            courses.change_question(row, **{**named, "options": options, "correct": correct})
            return self._question(unit, who, row)

    def trash_question(self, who: Actor, row: str, seen: Seen = blind) -> None:
        """Put a question into the trash."""
        with self._on(who, t.question, row) as (unit, courses):
            seen(self._question(unit, who, row))
            courses.trash(row)

    def _question(self, unit: Unit, who: Actor, row: str) -> v.QuestionView:
        above = unit.all(select(t.question.c.parent).where(t.question.c.id == row, t.question.c.trashed_at.is_(None)))
        questions = self._reading.assessment_in(unit, who, above[0].parent).questions if above else ()
        found = next((q for q in questions if q.id == row), None)
        if found is None:
            raise NotFound
        return found

    # --- people
    def set_instructor(
        self, who: Actor, name: str, user: str, values: Values, *, new: bool = False
    ) -> v.InstructorView:
        """Let somebody teach a course, or change how; for its lead instructor and administrators.

        Raises:
            NotFound, Denied. Conflict: `last_lead`. UserError: `invalid_fields` for somebody who is no instructor.
        """
        with self._work(who) as unit:
            course, row = course_named(unit, name), ""
            standing = must_manage(unit, who, course)
            if not (is_admin(who) or is_lead_instructor(who, standing.membership)):
                raise Denied
            row = instructor_id(course, user)
            now = unit.row(e.COURSE_INSTRUCTOR, row)
            if now is None and not new:
                raise NotFound
            if now is None:
                _must_teach(unit, user)
                unit.emit(ops.create(e.COURSE_INSTRUCTOR, row, {"course_id": course, "user_id": user, **values}))
            else:
                changed = {field: value for field, value in values.items() if now[field] != value}
                unit.emit(*(ops.change(e.COURSE_INSTRUCTOR, row, field, value) for field, value in changed.items()))
            found = self._reading.instructors_in(unit, Actor("hub", "admin"), course)
            if not any(each.is_lead and each.is_active for each in found):
                raise Conflict("last_lead")
            return next(each for each in found if each.user_id == user)


def _share_files(unit: Unit, course: str, who: str) -> None:
    """Count the files of a course as the caller's too: readers of a copy get those of its instructors."""
    named = select(t.course_file.c.sha256).where(t.course_file.c.course_id == course)
    given = select(held_file.c.sha256, held_file.c.size).where(held_file.c.sha256.in_(named)).distinct()
    for file in unit.all(given):
        note_holder(unit, who, file.sha256, file.size)


def _must_teach(unit: Unit, user: str) -> None:
    """Only those whose role lets them write courses can be named (INS)."""
    able = select(account.c.id).where(account.c.id == user, account.c.role.in_(AUTHORS), account.c.is_active)
    refuse({} if unit.all(able) else {"user_id": ["invalid"]})


def _settings(unit: Unit, values: Mapping[str, Any]) -> Values:
    """Settings of a course that fit; its category by id or slug becomes the id."""
    named = dict(values)
    if "category" in named:
        found = next((c for c in every_category(unit) if named["category"] in (c.id, c.slug)), None)
        refuse({} if found else {"category": ["invalid"]})
        named["category"] = found.id if found else ""
    if "thumbnail" in named:
        named["thumbnail"] = named["thumbnail"] or None  # as a laptop writes a course without a picture
    check_fields(e.COURSE, named)
    return named


def _positions(values: Values) -> Values:
    """A question whose right answers are among its options."""
    wrong = [n for n in values.get("correct", ()) if not 0 <= n < len(values.get("options", ()))]
    refuse({"correct": ["invalid"]} if wrong else {})
    return {"kind": "single", "points": 1.0, "explanation": "", "options": [], "correct": [], **values}


def _without(values: Values, *names: str) -> Values:
    return {name: value for name, value in values.items() if name not in names}
