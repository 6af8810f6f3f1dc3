"""Read a course draft from its typed tables, in the order its authors gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Table, select

from lms_core.content.model import (
    AnswerKey,
    AssessmentDoc,
    Caption,
    ContentItem,
    CourseDocument,
    LessonDoc,
    MediaRef,
    ModuleDoc,
    OptionDoc,
    Prerequisite,
    QuestionDoc,
    ResourceDoc,
)
from lms_core.courses import tables as t
from lms_core.courses.categories import category_name
from lms_core.courses.model import AssessmentDraft, Outline, OutlineLesson, OutlineModule, QuestionDraft
from lms_core.errors import NotFound
from lms_core.ops import RECOVERED, Place, arrange
from lms_core.unit import Reader


def ordered(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Rows of a tree table by parent, siblings in order."""
    by_parent: dict[str, dict[str, Any]] = {}
    for row in rows:
        by_parent.setdefault(row.parent or RECOVERED, {})[row.id] = row
    out: dict[str, list[Any]] = {}
    for parent, kids in by_parent.items():
        places = {r.id: Place(parent, r.pos, tuple(r.after or ()), r.turn or 0) for r in kids.values()}
        out[parent] = [kids[row] for row in arrange(places)]
    return out


def rows_of(unit: Reader, table: Table, course: str, *, trashed: bool = False) -> list[Any]:
    """Rows of a course in one of its tree tables, trashed ones only when asked for."""
    query = select(table).where(table.c.course_id == course)
    found = unit.all(query if trashed else query.where(table.c.trashed_at.is_(None)))
    return list(found)


def course_row(unit: Reader, course: str) -> Any:
    """The draft's settings; raises NotFound."""
    found = unit.all(select(t.course).where(t.course.c.id == course))
    if not found:
        raise NotFound
    return found[0]


def read_outline(unit: Reader, course: str) -> Outline:
    """The tree of a draft without its trash; what lost its module stands at the end under `recovered`."""
    row = course_row(unit, course)
    modules = rows_of(unit, t.module, course)
    lessons = ordered(rows_of(unit, t.lesson, course))
    out = [
        OutlineModule(m.id, m.title, tuple(map(_outline_lesson, lessons.get(m.id, ()))))
        for kids in ordered(modules).values()
        for m in kids
    ]
    # lessons of a trashed module are in the trash with it
    lost = lessons.get(RECOVERED, [])
    if lost:
        out.append(OutlineModule(RECOVERED, "", tuple(map(_outline_lesson, lost))))
    return Outline(course, row.title, row.status, tuple(out))


def _outline_lesson(row: Any) -> OutlineLesson:
    return OutlineLesson(row.id, row.title, row.kind, row.minutes, bool(row.preview))


def read_assessments(unit: Reader, course: str) -> dict[str, AssessmentDraft]:
    """The quizzes of a draft by lesson."""
    questions = ordered(rows_of(unit, t.question, course))
    found = unit.all(select(t.assessment).where(t.assessment.c.course_id == course))
    return {
        a.lesson_id: AssessmentDraft(
            a.id, a.lesson_id, a.title, a.mode, a.pass_percent, a.attempts_allowed, a.time_limit_minutes,
            bool(a.shuffle), tuple(map(_question, questions.get(a.id, ()))),
        )
        for a in found
    }  # fmt: skip


def _question(row: Any) -> QuestionDraft:
    options = tuple((str(o["id"]), str(o["text"])) for o in row.options or ())
    return QuestionDraft(
        row.id, row.kind, row.text, row.points, options, tuple(row.correct or ()), row.explanation or ""
    )  # fmt: skip


def from_draft(unit: Reader, course: str, *, version: str = "draft") -> tuple[CourseDocument, dict[str, AnswerKey]]:
    """The draft as a document for previews and packs, and its answer keys by assessment."""
    row = course_row(unit, course)
    outline = read_outline(unit, course)
    bodies = {r.id: r for r in rows_of(unit, t.lesson, course)}
    descriptions = {r.id: r.description or "" for r in rows_of(unit, t.module, course)}
    quizzes = read_assessments(unit, course)
    keys = {a.id: _key(a, version) for a in quizzes.values()}
    make = partial(_lesson, quizzes=quizzes, contents=read_contents(unit, course))
    modules = tuple(
        ModuleDoc(m.id, m.title, descriptions.get(m.id, ""), tuple(make(bodies[x.id]) for x in m.lessons))
        for m in outline.modules
        if m.id != RECOVERED
    )
    files = unit.all(select(t.course_file).where(t.course_file.c.course_id == course).order_by(t.course_file.c.id))
    document = CourseDocument(
        course_id=course,
        version=version,
        title=row.title,
        subtitle=row.subtitle,
        description=row.description or "",
        language=row.language,
        level=row.level,
        category=category_name(unit, row.category),
        authors=tuple(row.authors or ()),
        license=row.license or "",
        objectives=tuple(row.learning_objectives or ()),
        requirements=tuple(row.requirements or ()),
        modules=modules,
        media=tuple(MediaRef(f.sha256, f.name, f.mime, f.size, f.alt) for f in files),
        tags=tuple(row.tags or ()),
        progress_method=row.progress_method or "lesson",
        progress_weights={name: value for name, value in (row.progress_weights or {}).items() if value is not None},
        sequential=bool(row.sequential_access),
        prerequisites=read_prerequisites(unit, course),
    )
    return document, keys


def read_prerequisites(unit: Reader, course: str) -> tuple[Prerequisite, ...]:
    """Courses that should come before this one; those that nobody knows any more are left out."""
    needed, card = t.course_prerequisite.c, t.course_card.c
    query = select(needed.required_course_id, needed.is_mandatory, card.title).where(
        needed.course_id == course, needed.is_active
    )
    rows = unit.all(query.join(t.course_card, card.course_id == needed.required_course_id).order_by(card.title))
    return tuple(Prerequisite(r.required_course_id, r.title, bool(r.is_mandatory)) for r in rows)


Contents = tuple[dict[str, list[Any]], dict[str, list[Any]]]
"""Content items and resources of a draft by lesson, in order."""


def read_contents(unit: Reader, course: str) -> Contents:
    """What the lessons of a draft hold beside their texts."""
    return ordered(rows_of(unit, t.content_item, course)), ordered(rows_of(unit, t.resource, course))


def _lesson(row: Any, quizzes: Mapping[str, AssessmentDraft], contents: Contents) -> LessonDoc:
    quiz = quizzes.get(row.id) if row.kind == "quiz" else None
    items, resources = contents
    return LessonDoc(
        id=row.id,
        title=row.title,
        kind=row.kind,
        body=row.body or "",
        minutes=row.minutes,
        preview=bool(row.preview),
        assessment=_assessment(quiz, row.title) if quiz else None,
        access=row.access_level or "registered",
        guest=row.guest_content or "",
        registered=row.registered_content or "",
        denied=row.access_denied_message or "",
        transcript=row.transcript or "",
        has_lab=bool(row.has_lab),
        weight=1.0 if row.weight is None else row.weight,
        items=tuple(map(item_of, items.get(row.id, ()))),
        resources=tuple(map(resource_of, resources.get(row.id, ()))),
    )


def item_of(row: Any) -> ContentItem:
    """A content item as readers get it."""
    return ContentItem(
        id=row.id, kind=row.kind, title=row.title or "", is_primary=bool(row.is_primary), media=row.media or "",
        url=row.url or "", duration=row.duration, pages=row.pages, downloadable=row.downloadable is not False,
        captions=tuple(Caption(str(c["language"]), str(c["media"])) for c in row.captions or ()), body=row.body or "",
        thumbnail=row.thumbnail or "", quality=row.quality or "",
    )  # fmt: skip


def resource_of(row: Any) -> ResourceDoc:
    """A resource as readers get it."""
    return ResourceDoc(
        id=row.id, title=row.title, kind=row.kind, description=row.description or "", media=row.media or "",
        url=row.url or "", premium=bool(row.premium), minutes=row.minutes,
    )  # fmt: skip


def _assessment(quiz: AssessmentDraft, title: str) -> AssessmentDoc:
    return AssessmentDoc(
        id=quiz.id,
        title=quiz.title or title,
        mode=quiz.mode,  # type: ignore[arg-type]
        pass_percent=quiz.pass_percent,
        attempts_allowed=quiz.attempts_allowed,
        time_limit_minutes=quiz.time_limit_minutes,
        shuffle=quiz.shuffle,
        questions=tuple(
            QuestionDoc(q.id, q.kind, q.text, q.points, tuple(OptionDoc(*o) for o in q.options))  # type: ignore[arg-type]
            for q in quiz.questions
        ),
    )


def _key(quiz: AssessmentDraft, version: str) -> AnswerKey:
    return AnswerKey(
        assessment_id=quiz.id,
        version=version,
        correct={q.id: q.correct for q in quiz.questions},
        explanations={q.id: q.explanation for q in quiz.questions if q.explanation},
    )
