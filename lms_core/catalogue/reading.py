"""What somebody may read of a course: its draft those who edit it, else what is published and as far as rights go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache, partial
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Select, Table, bindparam, func, select

from lms_core.cache import Cache, Look, Memory, remembering
from lms_core.catalogue import views as v
from lms_core.catalogue.figures import LessonFigures, lesson_figures
from lms_core.catalogue.listing import count_facets, find_cards, moment
from lms_core.catalogue.shown import Shown, assessment_view, course_view, instructor_view, lesson_view, module_views
from lms_core.courses import tables as t
from lms_core.courses.drafts import from_draft
from lms_core.courses.entities import ASSESSMENT
from lms_core.courses.naming import course_named, course_slug
from lms_core.courses.publishing import Documents, answer_key
from lms_core.courses.wish import Wish
from lms_core.db.rows import VISIBLE
from lms_core.errors import Denied, NotFound, UserError
from lms_core.learning.mine import mine
from lms_core.learning.rights import Standing, standing_of
from lms_core.permissions import can_manage_course
from lms_core.ports import BlobStore
from lms_core.schema import Actor
from lms_core.unit import Reader

POPULAR = 20
CATALOG = ("catalog",)
"""What everybody sees of published courses ends when the catalogue's feed grows."""
CARD_BYTES, LESSON_BYTES, UNPACKED = 1_500, 500, 4
"""What memory a card takes, a lesson in an outline, and each byte of a pack."""


class CatalogueService:
    """Courses, modules, lessons and quizzes for those who ask over the interface."""

    def __init__(self, look: Look, packs: BlobStore, cache: Cache) -> None:
        self._reading = partial(remembering, look, cache)
        self.document = Documents(packs)

    # --- courses
    def find(self, who: Actor | None, wish: Wish) -> tuple[int, list[v.CourseCard]]:
        """How many published courses fit, and a page of them."""
        with self._reading() as reader:
            count, cards = _page(reader, wish)
            own = mine(reader, who)
        return count, [replace(card, is_enrolled=True) if own.learns(card.id) else card for card in cards]

    def facets(self, wish: Wish) -> v.FacetCounts:
        """How many published courses fit, and how many with another value of each facet."""
        with self._reading() as reader:
            return count_facets(reader, wish)

    def warm_up(self) -> None:
        """Have the first page of the catalogue at hand, and the courses that most people learn (PRF-08)."""
        self.find(None, Wish())
        for card in self.find(None, Wish(order=("-enrolled",), limit=POPULAR))[1]:
            with suppress(NotFound):
                self.course(None, card.id)

    def course(self, who: Actor | None, name: str) -> v.CourseView:
        """A course by id or slug. Raises NotFound."""
        with self._reading() as reader:
            shown = self.shown(reader, who, _named(reader, name))
            if shown.may_edit or not shown.is_public:
                return course_view(reader, shown)
            key, weigh = f"course:{shown.course}:detail", _weigh_view
            view = reader.get(key, lambda: course_view(reader, shown.as_guest()), of=CATALOG, weigh=weigh)
        return replace(view, is_enrolled=shown.standing.learns)

    def course_in(self, reader: Reader, who: Actor | None, name: str) -> v.CourseView:
        """The same within a transaction."""
        return course_view(reader, self.shown(reader, who, course_named(reader, name)))

    def shown(self, reader: Reader, who: Actor | None, course: str) -> Shown:
        """A course as somebody sees it. Raises NotFound for what they may not know of (CRS-19).

        Where nothing is being written, what everybody sees alike comes from memory.
        """
        if isinstance(reader, Memory):
            own = mine(reader, who)
            key, weigh = f"course:{course}:public", _weigh_shown
            if not can_manage_course(who, own.memberships.get(course)):
                public = reader.get(key, lambda: self._public(reader, course), of=CATALOG, weigh=weigh)
                if public:
                    return replace(public, standing=own.standing(public.standing.card, course))
        return self._looked_up(reader, who, course)

    def _public(self, reader: Reader, course: str) -> Shown | None:
        """A course as a guest sees it; None where there is nothing to see."""
        try:
            return self._looked_up(reader, None, course)
        except NotFound:
            return None

    def _looked_up(self, reader: Reader, who: Actor | None, course: str) -> Shown:
        standing = standing_of(reader, who, course)
        if can_manage_course(who, standing.membership):
            document, keys = from_draft(reader, course)
            return Shown(course, standing, document, keys)
        card = standing.card
        if card is None or not (card["is_published"] or standing.reads):
            raise NotFound
        published = self.document(card["pack"])
        if published is None:
            raise NotFound
        return Shown(course, standing, published, None)

    def package(self, who: Actor | None, name: str) -> str:
        """The pack of the published version, for those who read the course. Raises NotFound, Denied."""
        with self._reading() as reader:
            standing = standing_of(reader, who, course_named(reader, name))
        if standing.card is None or not standing.is_shown:
            raise NotFound
        if not standing.reads:
            raise Denied
        return str(standing.card["pack"])

    def versions(self, who: Actor, name: str) -> list[v.VersionView]:
        """The versions that are kept, the newest first, for those who may edit the course. Raises NotFound, Denied."""
        with self._reading() as reader:
            course = course_named(reader, name)
            card = must_manage(reader, who, course).card
            kept = select(answer_key.c.pack, answer_key.c.published_at).where(answer_key.c.course_id == course)
            rows = reader.all(kept)
        found = [
            v.VersionView(
                version=document.version, pack=row.pack, published_date=moment(row.published_at),
                is_current=card is not None and row.pack == card["pack"],
            )
            for row in rows if (document := self.document(row.pack))
        ]  # fmt: skip
        return sorted(found, key=lambda each: -float(each.version))

    # --- what is in a course
    def modules(self, who: Actor | None, course: str) -> list[v.ModuleView]:
        """The modules of a course in order. Raises NotFound."""
        with self._reading() as reader:
            return list(module_views(self.shown(reader, who, _named(reader, course))))

    def module(self, who: Actor | None, module: str) -> v.ModuleView:
        """A module. Raises NotFound."""
        with self._reading() as reader:
            return self.module_in(reader, who, module)

    def module_in(self, reader: Reader, who: Actor | None, module: str) -> v.ModuleView:
        """The same within a transaction."""
        shown = self.shown(reader, who, course_of(reader, t.module, module))
        found: v.ModuleView = _first(each for each in module_views(shown) if each.id == module)
        return found

    def lessons(
        self,
        who: Actor | None,
        *,
        course: str = "",
        module: str = "",
        access: str = "",
        kind: str = "",
        preview: bool | None = None,
    ) -> list[v.LessonOutline]:
        """The lessons of a course or of a module in order, without their texts (LES-11, LES-12). Raises NotFound."""
        modules = [self.module(who, module)] if module else self.modules(who, course)
        found = [lesson for each in modules for lesson in each.lessons]
        return [
            x for x in found if access in ("", x.access_level) and kind in ("", x.kind) and preview in (None, x.preview)
        ]

    def lesson(self, who: Actor | None, lesson: str) -> v.LessonView:
        """A lesson, with its text where the caller may read it (LES-09). Raises NotFound."""
        with self._reading() as reader:
            return self.lesson_in(reader, who, lesson)

    def lesson_figures(self, who: Actor, lesson: str) -> LessonFigures:
        """How far learners are with a lesson, and how much it holds (LES-13). Raises NotFound, Denied."""
        with self._reading() as reader:
            return lesson_figures(reader, self.shown(reader, who, course_of(reader, t.lesson, lesson)), lesson)

    def lesson_in(self, reader: Reader, who: Actor | None, lesson: str) -> v.LessonView:
        """The same within a transaction."""
        shown = self.shown(reader, who, course_of(reader, t.lesson, lesson))
        outline = _first(each for module in module_views(shown) for each in module.lessons if each.id == lesson)
        return lesson_view(reader, shown, outline)

    def lesson_with(self, table: Table, row: str) -> str:
        """The lesson that holds a content item or resource. Raises NotFound."""
        with self._reading() as reader:
            return lesson_with(reader, table, row)

    def assessment(self, who: Actor, assessment: str) -> v.AssessmentView:
        """A quiz, with keys for those who edit it, without for those who read the course. Raises NotFound, Denied."""
        with self._reading() as reader:
            return self.assessment_in(reader, who, assessment)

    def assessment_in(self, reader: Reader, who: Actor, assessment: str) -> v.AssessmentView:
        """The same within a transaction."""
        shown = self.shown(reader, who, course_of(reader, t.assessment, assessment))
        lesson = _first(x for x in shown.document.lessons() if x.assessment and x.assessment.id == assessment)
        if not shown.served(lesson).is_full:
            raise Denied("not_enrolled")
        return assessment_view(shown, lesson)

    def assessment_of(self, who: Actor, lesson: str) -> v.AssessmentView:
        """The quiz of a lesson. Raises as `assessment`."""
        return self.assessment(who, ASSESSMENT.id_for(lesson))

    # --- people
    def taught(
        self, who: Actor, *, offset: int, most: int, is_draft: bool | None = None
    ) -> tuple[int, list[v.OwnCourse]]:
        """How many courses somebody teaches, and some of them, newest first: all, drafts alone, or none of these."""
        mine, card = t.course_instructor.c, t.course_card.c
        query = (
            select(
                t.course.c.id,
                course_slug.c.slug,
                t.course.c.title,
                t.course.c.status,
                mine.is_lead,
                card.version,
                card.is_published,
                card.lessons,
                card.enrolled,
            )
            .join(t.course_instructor, mine.course_id == t.course.c.id)
            .outerjoin(t.course_card, card.course_id == t.course.c.id)
            .outerjoin(course_slug, course_slug.c.course_id == t.course.c.id)
            .where(mine.user_id == who.account, mine.is_active)
        )
        if is_draft is not None:
            query = query.where((t.course.c.status == "draft") == is_draft)
        with self._reading() as reader:
            conn = reader.conn
            count = conn.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = conn.execute(query.order_by(t.course.c.id.desc()).offset(offset).limit(most))
            return int(count), [
                v.OwnCourse(
                    id=row.id, slug=row.slug or "", title=row.title, status=row.status, version=row.version or "",
                    is_published=bool(row.is_published), is_lead=bool(row.is_lead), lesson_count=row.lessons or 0,
                    enrolled_students_count=row.enrolled or 0,
                )
                for row in rows
            ]  # fmt: skip

    def instructors(self, who: Actor | None, name: str) -> list[v.InstructorView]:
        """Who teaches a course, the lead first. Raises NotFound."""
        with self._reading() as reader:
            return self.instructors_in(reader, who, course_named(reader, name))

    def instructors_in(self, reader: Reader, who: Actor | None, course: str) -> list[v.InstructorView]:
        """The same within a transaction."""
        standing = standing_of(reader, who, course)
        manages = can_manage_course(who, standing.membership)
        if not manages and not standing.is_shown:
            raise NotFound
        person, lead = VISIBLE.tables["account"].c, t.course_instructor.c
        query = select(t.course_instructor, person.first_name, person.last_name).where(lead.course_id == course)
        query = query.join(VISIBLE.tables["account"], person.id == lead.user_id, isouter=True)
        rows = reader.all(query if manages else query.where(lead.is_active))
        rows = sorted(rows, key=lambda row: (not row.is_lead, row.user_id))
        return [instructor_view(row, manages=manages) for row in rows]


def _page(reader: Memory, wish: Wish) -> tuple[int, list[v.CourseCard]]:
    """A page of the catalogue for guests; who teaches a course its feed does not tell, so that is asked anew."""
    make = partial(find_cards, reader, wish)
    return make() if wish.instructor else reader.get(wish, make, of=CATALOG, weigh=_weigh_page)


def _weigh_page(found: tuple[int, list[v.CourseCard]]) -> int:
    return CARD_BYTES * (1 + len(found[1]))


def _weigh_view(view: v.CourseView) -> int:
    return CARD_BYTES + LESSON_BYTES * view.lesson_count


def _weigh_shown(shown: Shown | None) -> int:
    return CARD_BYTES + UNPACKED * int(shown.standing.card["pack_size"]) if shown and shown.standing.card else 0


def _named(reader: Memory, name: str) -> str:
    return reader.get(f"course:{name.lower()}:id", partial(course_named, reader, name), of=CATALOG)


def course_of(reader: Reader, table: Table, row: str) -> str:
    """The course of a module, lesson, quiz or question. Raises NotFound."""
    if isinstance(reader, Memory):
        return reader.get(f"{table.name}:{row}:course", lambda: _course_of(reader, table, row), of=CATALOG)
    return _course_of(reader, table, row)


def _course_of(reader: Reader, table: Table, row: str) -> str:
    found = reader.all(_above(table), {"row": row})
    if not found:
        raise NotFound
    return str(found[0].course_id)


@cache
def _above(table: Table) -> Select[Any]:
    return select(table.c.course_id).where(table.c.id == bindparam("row"))


def lesson_with(reader: Reader, table: Table, row: str) -> str:
    """The lesson that holds a content item or resource, unless that is in the trash. Raises NotFound."""
    found = reader.all(select(table.c.parent).where(table.c.id == row, table.c.trashed_at.is_(None)))
    if not found:
        raise NotFound
    return str(found[0].parent)


def must_manage(reader: Reader, who: Actor, course: str) -> Standing:
    """Raise NotFound for a course that somebody may not know of, Denied for one that they may not change (ROL-08)."""
    standing = standing_of(reader, who, course)
    if not can_manage_course(who, standing.membership):
        raise Denied if standing.is_shown else NotFound
    return standing


def _first(found: Iterator[Any]) -> Any:
    one = next(found, None)
    if one is None:
        raise NotFound
    return one


def wanted_course(course: str, module: str) -> None:
    """Raise UserError when a list names neither a course nor a module."""
    if not course and not module:
        raise UserError("invalid_fields", fields={"course": ["field_required"]}, names="course")
