"""A course as somebody sees it, and what the interface tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import select

from lms_core.catalogue import views as v
from lms_core.catalogue.listing import moment, money
from lms_core.content.model import (
    AnswerKey,
    AssessmentDoc,
    ContentItem,
    CourseDocument,
    LessonDoc,
    MediaRef,
    ModuleDoc,
    ResourceDoc,
)
from lms_core.content.serving import NEEDS, Served, is_given, level_of, serve
from lms_core.content.text import lesson_minutes
from lms_core.courses.drafts import course_row
from lms_core.courses.naming import course_slug
from lms_core.errors import NotFound
from lms_core.learning.model import is_done
from lms_core.learning.rights import Standing
from lms_core.learning.tables import progress
from lms_core.permissions import is_admin, is_authenticated, is_course_instructor
from lms_core.schema import Row
from lms_core.unit import Reader


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

    def served(self, lesson: LessonDoc) -> Served:
        """What they get of a lesson (LES-09)."""
        standing = self.standing
        level = level_of(signed_in=is_authenticated(standing.who), premium=False)
        teaches = is_course_instructor(standing.who, standing.membership) or is_admin(standing.who)
        return serve(lesson, level, enrolled=standing.learns, manages=self.may_edit or teaches)


def missing(served: Served) -> v.Missing | None:
    """What somebody lacks who is not served all of a lesson, in words."""
    return None if served.need is None else v.Missing(served.need, served.denied or NEEDS[served.need])


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
        duration_minutes=sum(lesson_minutes(x) for x in lessons),
        enrolled_students_count=card["enrolled"] if card else 0, is_featured=bool(card and card["is_featured"]),
        parent_version=draft.parent_version if edits else None, is_enrolled=shown.standing.learns,
        can_edit=shown.may_edit, pack=card["pack"] if card else "", pack_size=card["pack_size"] if card else 0,
        modules=module_views(shown), tags=document.tags, thumbnail=facts["thumbnail"] or "",
        prerequisites=tuple(
            v.PrerequisiteView(course_id=p.course_id, title=p.title, mandatory=p.mandatory)
            for p in document.prerequisites
        ),
    )  # fmt: skip


def _facts(row: Any) -> Row:
    return {"short_description": row.short_description, "authors": row.authors, "price": row.price,
            "currency": row.currency, "thumbnail": row.thumbnail}  # fmt: skip


def module_views(shown: Shown) -> tuple[v.ModuleView, ...]:
    """Its modules in order."""
    return tuple(_module(shown.course, n, module) for n, module in enumerate(shown.document.modules, 1))


def _module(course: str, number: int, module: ModuleDoc) -> v.ModuleView:
    lessons = tuple(
        v.LessonOutline(
            id=x.id, module_id=module.id, title=x.title, kind=x.kind, minutes=x.minutes, preview=x.preview,
            order_index=n, access_level=x.access,
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


def lesson_view(reader: Reader, shown: Shown, outline: v.LessonOutline) -> v.LessonView:
    """A lesson as far as the one who asks may read it; its tiers only for those who edit it (LES-09, LES-13)."""
    found = shown.document.lesson(outline.id)
    if found is None:
        return v.LessonView(**msgspec.structs.asdict(outline), course_id=shown.course, body=None)
    served, files = shown.served(found), {m.sha256: m for m in shown.document.media}
    own, level, joined = shown.may_edit, level_of(signed_in=True, premium=shown.may_edit), shown.standing.enrollment
    paid = bool(joined and joined["payment_status"] == "paid")
    given = [r for r in found.resources if is_given(r, served, level, paid=paid)]
    return v.LessonView(
        **msgspec.structs.asdict(outline), course_id=shown.course, body=served.body, missing=missing(served),
        is_preview=served.is_preview, assessment_id=found.assessment.id if found.assessment else None,
        transcript=found.transcript if served.is_full else None, has_lab=found.has_lab,
        guest_content=found.guest if own else None, registered_content=found.registered if own else None,
        access_denied_message=found.denied if own else None, weight=found.weight if own else None,
        items=tuple(_item(x) for x in found.items) if served.is_full else (),
        resources=tuple(_resource(x, files) for x in given if not x.premium),
        premium_resources=tuple(_resource(x, files) for x in given if x.premium),
        duration_display=duration_words(outline.minutes),
        course_title=shown.document.title if own else None,
        module_title=next(m.title for m in shown.document.modules if found in m.lessons) if own else None,
        **_how_far(reader, shown.standing, outline.id),
    )  # fmt: skip


def _how_far(reader: Reader, standing: Standing, lesson: str) -> dict[str, Any]:
    """How far the one who asks is with a lesson."""
    if standing.who is None:
        return {"is_completed": False, "progress_percentage": 0.0}
    c = progress.c
    rows = reader.all(select(progress).where(c.user_id == standing.who.account, c.lesson_id == lesson))
    done = bool(rows) and is_done(rows[0].done_at, rows[0].reopened_at)
    return {"is_completed": done, "progress_percentage": 100.0 if done else rows[0].percent or 0.0 if rows else 0.0}


def duration_words(minutes: int | None) -> str:
    """Minutes as `1 h 5 min`; empty where nobody said any."""
    hours, rest = divmod(minutes or 0, 60)
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0))


def _item(item: ContentItem) -> v.ItemView:
    return v.ItemView(
        id=item.id, kind=item.kind, title=item.title, is_primary=item.is_primary, media=item.media, url=item.url,
        duration_seconds=item.duration, page_count=item.pages, downloadable=item.downloadable, body=item.body,
        captions=tuple(v.CaptionView(language=c.language, media=c.media) for c in item.captions),
        thumbnail=item.thumbnail, quality=item.quality,
    )  # fmt: skip


def _resource(resource: ResourceDoc, files: Mapping[str, MediaRef]) -> v.ResourceView:
    file = files.get(resource.media)
    return v.ResourceView(
        id=resource.id, title=resource.title, type=resource.kind, description=resource.description,
        media=resource.media, url=resource.url, premium=resource.premium, duration_minutes=resource.minutes,
        file_size=file.size if file else None, mime_type=file.mime if file else "", uploaded=file is not None,
        storage_key=f"media/{file.sha256}" if file else "",
    )  # fmt: skip
