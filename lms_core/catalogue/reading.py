"""What somebody may read of a course: its draft those who edit it, else what is published and as far as rights go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache, partial
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Select, Table, bindparam, func, select

from lms_core.cache import Cache, Look, Memory, remembering
from lms_core.catalogue import views as v
from lms_core.catalogue.listing import Wish, find_cards, moment, money
from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.text import reading_minutes
from lms_core.courses import tables as t
from lms_core.courses.drafts import course_row, from_draft
from lms_core.courses.entities import ASSESSMENT
from lms_core.courses.naming import course_named, course_slug
from lms_core.courses.publishing import Documents, answer_key
from lms_core.db.rows import VISIBLE
from lms_core.errors import Denied, NotFound, UserError
from lms_core.learning.mine import mine
from lms_core.learning.rights import Standing, standing_of
from lms_core.permissions import can_manage_course, is_authenticated
from lms_core.ports import BlobStore
from lms_core.schema import Actor, Row
from lms_core.unit import Reader

SIGN_IN = v.Missing("sign_in", "Sign in to read this lesson.")
POPULAR = 20
CATALOG = ("catalog",)
"""What everybody sees of published courses ends when the catalogue's feed grows."""
CARD_BYTES, LESSON_BYTES, UNPACKED = 1_500, 500, 4
"""What memory a card takes, a lesson in an outline, and each byte of a pack."""

ENROLL = v.Missing("enroll", "Enrol in the course to read this lesson.")


class Shown(msgspec.Struct, frozen=True):
    """A course as somebody sees it: the draft with its keys when `keys` is there, else what is published."""

    course: str
    standing: Standing
    document: CourseDocument
    keys: dict[str, AnswerKey] | None

    @property
    def may_edit(self) -> bool:
        """Whether they may change it."""
        return self.keys is not None

    @property
    def is_public(self) -> bool:
        """Whether it stands in the catalogue."""
        return bool(self.standing.card and self.standing.card["is_published"])

    def as_guest(self) -> Shown:
        """The same as a guest sees it."""
        return replace(self, standing=Standing(None, self.standing.card, None, None))

    def missing(self, lesson: LessonDoc) -> v.Missing | None:
        """What they lack to read a lesson (LES-09); None when they may."""
        if lesson.preview or self.may_edit or self.standing.reads:
            return None
        return ENROLL if is_authenticated(self.standing.who) else SIGN_IN


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
            return list(_modules(self.shown(reader, who, _named(reader, course))))

    def module(self, who: Actor | None, module: str) -> v.ModuleView:
        """A module. Raises NotFound."""
        with self._reading() as reader:
            return self.module_in(reader, who, module)

    def module_in(self, reader: Reader, who: Actor | None, module: str) -> v.ModuleView:
        """The same within a transaction."""
        shown = self.shown(reader, who, course_of(reader, t.module, module))
        found: v.ModuleView = _first(each for each in _modules(shown) if each.id == module)
        return found

    def lessons(self, who: Actor | None, *, course: str = "", module: str = "") -> list[v.LessonOutline]:
        """The lessons of a course or of a module in order, without their texts (LES-11). Raises NotFound."""
        if module:
            return list(self.module(who, module).lessons)
        return [lesson for each in self.modules(who, course) for lesson in each.lessons]

    def lesson(self, who: Actor | None, lesson: str) -> v.LessonView:
        """A lesson, with its text where the caller may read it (LES-09). Raises NotFound."""
        with self._reading() as reader:
            return self.lesson_in(reader, who, lesson)

    def lesson_in(self, reader: Reader, who: Actor | None, lesson: str) -> v.LessonView:
        """The same within a transaction."""
        shown = self.shown(reader, who, course_of(reader, t.lesson, lesson))
        outline = _first(each for module in _modules(shown) for each in module.lessons if each.id == lesson)
        found = shown.document.lesson(lesson)
        missing = shown.missing(found) if found else None
        tiers = reader.all(select(t.lesson.c.tiers).where(t.lesson.c.id == lesson)) if shown.may_edit else ()
        return v.LessonView(
            **msgspec.structs.asdict(outline), course_id=shown.course, missing=missing,
            body=found.body if found and missing is None else None,
            tiers=tuple(tiers[0].tiers or ()) if tiers else None,
            assessment_id=found.assessment.id if found and found.assessment else None,
        )  # fmt: skip

    def assessment(self, who: Actor, assessment: str) -> v.AssessmentView:
        """A quiz, with keys for those who edit it, without for those who read the course. Raises NotFound, Denied."""
        with self._reading() as reader:
            return self.assessment_in(reader, who, assessment)

    def assessment_in(self, reader: Reader, who: Actor, assessment: str) -> v.AssessmentView:
        """The same within a transaction."""
        shown = self.shown(reader, who, course_of(reader, t.assessment, assessment))
        lesson = _first(x for x in shown.document.lessons() if x.assessment and x.assessment.id == assessment)
        if shown.missing(lesson):
            raise Denied("not_enrolled")
        return _assessment(shown, lesson)

    def assessment_of(self, who: Actor, lesson: str) -> v.AssessmentView:
        """The quiz of a lesson. Raises as `assessment`."""
        return self.assessment(who, ASSESSMENT.id_for(lesson))

    # --- people
    def taught(self, who: Actor, *, offset: int, most: int) -> tuple[int, list[v.TaughtCourse]]:
        """How many courses somebody teaches, and some of them, drafts too, the newest first."""
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
        with self._reading() as reader:
            conn = reader.conn
            count = conn.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = conn.execute(query.order_by(t.course.c.id.desc()).offset(offset).limit(most))
            return int(count), [
                v.TaughtCourse(
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
        return [_instructor(row, manages=manages) for row in rows]


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


def must_manage(reader: Reader, who: Actor, course: str) -> Standing:
    """Raise NotFound for a course that somebody may not know of, Denied for one that they may not change (ROL-08)."""
    standing = standing_of(reader, who, course)
    if not can_manage_course(who, standing.membership):
        raise Denied if standing.is_shown else NotFound
    return standing


def course_view(reader: Reader, shown: Shown) -> v.CourseView:
    """All of a course as somebody sees it."""
    draft, card, document = course_row(reader, shown.course), shown.standing.card, shown.document
    slugs = reader.all(select(course_slug.c.slug).where(course_slug.c.course_id == shown.course))
    lessons = document.lessons()
    edits = shown.may_edit
    facts = _facts(draft) if edits or card is None else dict(card)
    status, published = draft.status, bool(card and card["is_published"])
    return v.CourseView(
        id=shown.course, slug=slugs[0].slug if slugs else "", title=document.title, subtitle=document.subtitle,
        description=document.description, short_description=facts["short_description"], category=document.category,
        level=document.level, language=document.language, authors=tuple(facts["authors"] or ()),
        license=document.license, price=money(facts["price"]), currency=facts["currency"],
        learning_objectives=document.objectives, requirements=document.requirements,
        skills=tuple(draft.skills or ()) if edits else None, target_audience=draft.target_audience if edits else None,
        has_certificate=bool(draft.has_certificate if edits else card and card["has_certificate"]),
        certificate_template=draft.certificate_template if edits else None,
        progress_method=draft.progress_method if edits else None,
        sequential_access=bool(draft.sequential_access) if edits else None,
        status=status if shown.may_edit else "published" if published else "archived", is_published=published,
        version=card["version"] if card else "", published_date=moment(card["published_at"]) if card else None,
        module_count=len(document.modules), lesson_count=len(lessons),
        duration_minutes=sum(x.minutes or reading_minutes(x.body) for x in lessons),
        enrolled_students_count=card["enrolled"] if card else 0, is_featured=bool(card and card["is_featured"]),
        parent_version=draft.parent_version if edits else None, is_enrolled=shown.standing.learns,
        can_edit=shown.may_edit, pack=card["pack"] if card else "", pack_size=card["pack_size"] if card else 0,
        modules=_modules(shown),
    )  # fmt: skip


def _facts(row: Any) -> Row:
    return {"short_description": row.short_description, "authors": row.authors, "price": row.price,
            "currency": row.currency}  # fmt: skip


def _modules(shown: Shown) -> tuple[v.ModuleView, ...]:
    return tuple(_module(shown.course, n, module) for n, module in enumerate(shown.document.modules, 1))


def _module(course: str, number: int, module: ModuleDoc) -> v.ModuleView:
    lessons = tuple(
        v.LessonOutline(
            id=x.id, module_id=module.id, title=x.title, kind=x.kind, minutes=x.minutes, preview=x.preview,
            order_index=n,
        )
        for n, x in enumerate(module.lessons, 1)
    )  # fmt: skip
    return v.ModuleView(
        id=module.id, course_id=course, title=module.title, description=module.description, order_index=number,
        lessons=lessons,
    )  # fmt: skip


def _assessment(shown: Shown, lesson: LessonDoc) -> v.AssessmentView:
    quiz = lesson.assessment
    if quiz is None:
        raise NotFound
    return v.AssessmentView(
        id=quiz.id, course_id=shown.course, lesson_id=lesson.id, title=quiz.title, mode=quiz.mode,
        pass_percent=quiz.pass_percent, attempts_allowed=quiz.attempts_allowed,
        time_limit_minutes=quiz.time_limit_minutes, shuffle=quiz.shuffle, question_count=quiz.count,
        questions=_questions(quiz, (shown.keys or {}).get(quiz.id)),
    )  # fmt: skip


def _questions(quiz: AssessmentDoc, key: AnswerKey | None) -> tuple[v.QuestionView, ...]:
    return tuple(
        v.QuestionView(
            id=q.id, assessment_id=quiz.id, kind=q.kind, text=q.text, points=q.points,
            options=tuple(v.OptionView(id=o.id, text=o.text) for o in q.options),
            correct=key.correct.get(q.id, ()) if key else None,
            explanation=key.explanations.get(q.id, "") if key else None,
        )
        for q in quiz.questions
    )  # fmt: skip


def _instructor(row: Any, *, manages: bool) -> v.InstructorView:
    rights = ("can_edit_content", "can_manage_students", "can_view_analytics")
    return v.InstructorView(
        user_id=row.user_id, name=f"{row.first_name or ''} {row.last_name or ''}".strip(), title=row.title,
        is_lead=bool(row.is_lead), is_active=bool(row.is_active),
        **{name: bool(getattr(row, name)) for name in rights if manages},
    )  # fmt: skip


def _first(found: Iterator[Any]) -> Any:
    one = next(found, None)
    if one is None:
        raise NotFound
    return one


def wanted_course(course: str, module: str) -> None:
    """Raise UserError when a list names neither a course nor a module."""
    if not course and not module:
        raise UserError("invalid_fields", fields={"course": ["field_required"]}, names="course")
