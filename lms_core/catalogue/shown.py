"""A course as somebody sees it, and what the interface tells of it."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import select

from lms_core.catalogue import views as v
from lms_core.catalogue.listing import moment, money
from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.text import reading_minutes
from lms_core.courses.drafts import course_row
from lms_core.courses.naming import course_slug
from lms_core.errors import NotFound
from lms_core.learning.rights import Standing
from lms_core.permissions import is_authenticated
from lms_core.schema import Row
from lms_core.unit import Reader

SIGN_IN = v.Missing("sign_in", "Sign in to read this lesson.")
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
        modules=module_views(shown),
    )  # fmt: skip


def _facts(row: Any) -> Row:
    return {"short_description": row.short_description, "authors": row.authors, "price": row.price,
            "currency": row.currency}  # fmt: skip


def module_views(shown: Shown) -> tuple[v.ModuleView, ...]:
    """Its modules in order."""
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


def assessment_view(shown: Shown, lesson: LessonDoc) -> v.AssessmentView:
    """The quiz of a lesson. Raises NotFound."""
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


def instructor_view(row: Any, *, manages: bool) -> v.InstructorView:
    """Somebody who teaches it; `manages` tells their rights, too."""
    rights = ("can_edit_content", "can_manage_students", "can_view_analytics")
    return v.InstructorView(
        user_id=row.user_id, name=f"{row.first_name or ''} {row.last_name or ''}".strip(), title=row.title,
        is_lead=bool(row.is_lead), is_active=bool(row.is_active),
        **{name: bool(getattr(row, name)) for name in rights if manages},
    )  # fmt: skip
