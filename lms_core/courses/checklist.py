"""What stands between a draft and its readers (CRS-11): errors block publishing, warnings are advice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from lms_core.content.accessibility import accessibility_faults
from lms_core.courses import tables as t
from lms_core.courses.drafts import course_row, read_assessments, read_outline, rows_of
from lms_core.courses.model import AssessmentDraft, Finding
from lms_core.unit import Reader

MIN_DESCRIPTION, MIN_TITLE, MIN_TEXT = 50, 2, 10
"""Letters; fewer is advised against, not refused: courses that people wrote number their lessons (LES-01)."""


def check_draft(unit: Reader, course: str) -> tuple[Finding, ...]:
    """All findings of a draft, errors first, each with the row it concerns."""
    findings = [*_course(unit, course), *_lessons(unit, course)]
    return tuple(sorted(findings, key=lambda f: f.severity != "error"))


def _finding(
    code: str, row: str, title: str, *, severity: Literal["error", "warning"] = "error", **values: object
) -> Finding:
    return Finding(code, severity, row, title, dict(values))


def _course(unit: Reader, course: str) -> Iterator[Finding]:
    row = course_row(unit, course)
    outline = read_outline(unit, course)
    if len(row.description or "") < MIN_DESCRIPTION:
        yield _finding("description_short", course, row.title, severity="warning", least=MIN_DESCRIPTION)
    if not row.learning_objectives:
        yield _finding("no_objectives", course, row.title, severity="warning")
    if not outline.lesson_count:
        yield _finding("no_lessons", course, row.title)
    for module in outline.modules:
        if not module.lessons:
            yield _finding("module_empty", module.id, module.title, severity="warning")


def _lessons(unit: Reader, course: str) -> Iterator[Finding]:
    outline = read_outline(unit, course)
    rows = {r.id: r for r in rows_of(unit, t.lesson, course)}
    bodies = {name: r.body or "" for name, r in rows.items()}
    held = {r.parent for table in (t.content_item, t.resource) for r in rows_of(unit, table, course)}
    quizzes = read_assessments(unit, course)
    for module in outline.modules:
        for lesson in module.lessons:
            quiz = quizzes.get(lesson.id)
            if lesson.kind == "quiz":
                yield from _quiz(lesson.id, lesson.title, quiz)
            elif lesson.id not in held:
                yield from _text(lesson.id, lesson.title, bodies[lesson.id].strip())
            if len(lesson.title) < MIN_TITLE:
                yield _finding("title_short", lesson.id, lesson.title, severity="warning", least=MIN_TITLE)
            yield from _tiers(rows[lesson.id])
            for code in accessibility_faults(bodies[lesson.id]):
                yield _finding(code, lesson.id, lesson.title, severity="warning")


def _text(lesson: str, title: str, body: str) -> Iterator[Finding]:
    if not body:
        yield _finding("lesson_empty", lesson, title, severity="warning")
    elif len(body) < MIN_TEXT:
        yield _finding("text_short", lesson, title, severity="warning", least=MIN_TEXT)


def _tiers(row: Any) -> Iterator[Finding]:
    """Texts of tiers that nobody would be served, or that lack where the level asks for them (LES-10)."""
    guest, registered = (row.guest_content or "").strip(), (row.registered_content or "").strip()
    if row.access_level == "guest" and not guest and not row.preview:
        yield _finding("guest_text_missing", row.id, row.title)
    if row.preview and (guest or registered):
        yield _finding("tier_text_unused", row.id, row.title, severity="warning")
    if row.access_level == "premium" and not (guest or registered or row.access_denied_message or row.preview):
        yield _finding("premium_unsaid", row.id, row.title, severity="warning")


def _quiz(lesson: str, title: str, quiz: AssessmentDraft | None) -> Iterator[Finding]:
    if quiz is None or not quiz.questions:
        yield _finding("quiz_empty", lesson, title)
        return
    for number, question in enumerate(quiz.questions, 1):
        ids = {option for option, _ in question.options}
        if not question.text.strip():
            yield _finding("question_empty", lesson, title, number=number)
        if len(ids) < 2 or any(not text.strip() for _, text in question.options):
            yield _finding("question_options", lesson, title, number=number)
        if not question.correct or not ids >= set(question.correct):
            yield _finding("question_no_key", lesson, title, number=number)
        elif question.kind != "multiple" and len(question.correct) != 1:
            yield _finding("question_one_key", lesson, title, number=number)
