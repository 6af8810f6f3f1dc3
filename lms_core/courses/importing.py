"""Bring a document from elsewhere into a draft: every row as a create, parents first, under ids of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import to_builtins

from lms_core import ops
from lms_core.content.model import LESSON_KINDS, AnswerKey, CourseDocument, LessonDoc, MediaRef
from lms_core.courses import entities as e
from lms_core.ops import Draft, Values
from lms_core.schema import PART_TITLE
from lms_core.unit import Unit

_LINK = re.compile(r"\blesson:([\w.-]*\w)")


def settings_of(document: CourseDocument) -> Values:
    """The settings of a new course, cut to what its fields take."""
    return {
        "creation_method": "import",
        "title": document.title[:160],
        "subtitle": document.subtitle[:255],
        "description": document.description,
        "category": document.category[:100] or "General",
        "language": document.language[:35] or "en",
        "level": document.level if document.level in e.LEVELS else "all_levels",
        "authors": list(document.authors)[:50],
        "license": document.license[:200],
        "learning_objectives": list(document.objectives)[:15],
        "requirements": list(document.requirements)[:20],
        "tags": list(document.tags)[:30],
        "progress_method": document.progress_method,
        "progress_weights": document.progress_weights,
        "sequential_access": document.sequential,
    }


def file_draft(course: str, ref: MediaRef) -> Draft:
    """Note that a course uses a file of the media store."""
    values = {
        "course_id": course, "sha256": ref.sha256, "name": ref.name[:255], "mime": ref.mime[:100], "size": ref.size,
        "alt": ref.alt[:500],
    }  # fmt: skip
    return ops.create(e.COURSE_FILE, e.COURSE_FILE.id_for(course, ref.sha256), values)


def relinked(text: str, fresh: Mapping[str, str]) -> str:
    """Markdown with its links to lessons changed to other ids; links to what is not among them stay."""
    return _LINK.sub(lambda found: f"lesson:{fresh.get(found[1], found[1])}", text)


def drafts_of(unit: Unit, course: str, document: CourseDocument, keys: Mapping[str, AnswerKey]) -> Iterable[Draft]:
    """Every row of a document as creates, parents first; links between lessons lead to the new ids."""
    fresh = {lesson.id: unit.new_id() for lesson in document.lessons()}
    for ref in document.media:
        yield file_draft(course, ref)
    modules: list[str] = []
    for module in document.modules:
        row = unit.new_id()
        place = behind(course, modules)
        words = relinked(module.description, fresh)
        values = {"course_id": course, "title": module.title[: PART_TITLE[1]], "description": words, "place": place}
        yield ops.create(e.MODULE, row, values)
        modules.append(row)
        lessons: list[str] = []
        for lesson in module.lessons:
            yield from _lesson_drafts(unit, course, lesson, keys, fresh=fresh, place=behind(row, lessons))
            lessons.append(fresh[lesson.id])


def _settings_of(lesson: LessonDoc, fresh: Mapping[str, str]) -> Values:
    return {
        "title": lesson.title[: PART_TITLE[1]], "kind": lesson.kind if lesson.kind in LESSON_KINDS else "reading",
        "body": relinked(lesson.body, fresh), "minutes": lesson.minutes, "preview": lesson.preview,
        "access_level": lesson.access, "guest_content": relinked(lesson.guest, fresh), "has_lab": lesson.has_lab,
        "registered_content": relinked(lesson.registered, fresh), "access_denied_message": lesson.denied[:1000],
        "transcript": lesson.transcript, "weight": lesson.weight,
    }  # fmt: skip


def _contents(unit: Unit, course: str, row: str, lesson: LessonDoc) -> Iterable[Draft]:
    """Content items and resources of a lesson, each behind the other."""
    before: list[str] = []
    for item in lesson.items:
        values = to_builtins(item) | {"course_id": course, "place": behind(row, before)}
        values["captions"] = [*values["captions"]]
        before.append(unit.new_id())
        yield ops.create(e.CONTENT_ITEM, before[-1], {k: v for k, v in values.items() if k != "id" and v is not None})
    before = []
    for resource in lesson.resources:
        values = to_builtins(resource) | {"course_id": course, "place": behind(row, before)}
        before.append(unit.new_id())
        yield ops.create(e.RESOURCE, before[-1], {k: v for k, v in values.items() if k != "id" and v is not None})


def behind(parent: str, line: list[str]) -> Values:
    """The place behind the last of those that stand there, with anchors nearest first."""
    return {"parent": parent, "after": line[::-1][: ops.MAX_ANCHORS]}


def _lesson_drafts(
    unit: Unit,
    course: str,
    lesson: LessonDoc,
    keys: Mapping[str, AnswerKey],
    *,
    fresh: Mapping[str, str],
    place: Values,
) -> Iterable[Draft]:
    row = fresh[lesson.id]
    yield ops.create(e.LESSON, row, {**_settings_of(lesson, fresh), "course_id": course, "place": place})
    yield from _contents(unit, course, row, lesson)
    quiz = lesson.assessment
    if quiz is None:
        return
    key = keys.get(quiz.id)
    quiz_row = e.ASSESSMENT.id_for(row)
    yield ops.create(e.ASSESSMENT, quiz_row, {
        "course_id": course, "lesson_id": row, "title": quiz.title[: PART_TITLE[1]], "mode": quiz.mode,
        "pass_percent": quiz.pass_percent, "attempts_allowed": quiz.attempts_allowed,
        "time_limit_minutes": quiz.time_limit_minutes, "shuffle": quiz.shuffle,
    })  # fmt: skip
    earlier: list[str] = []
    for question in quiz.questions:
        new = unit.new_id()
        yield ops.create(e.QUESTION, new, {
            "course_id": course, "kind": question.kind, "text": question.text, "points": question.points,
            "options": [{"id": o.id, "text": o.text} for o in question.options],
            "correct": list(key.correct.get(question.id, ())) if key else [],
            "explanation": key.explanations.get(question.id, "") if key else question.explanation,
            "place": behind(quiz_row, earlier),
        })  # fmt: skip
        earlier.append(new)
