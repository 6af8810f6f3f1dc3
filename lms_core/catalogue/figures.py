"""What those who teach a course are told of its learners beside its contents: counts alone, nobody by name."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select

from lms_core.catalogue.shown import Shown
from lms_core.content.model import LessonDoc
from lms_core.content.text import lesson_minutes, plain_text
from lms_core.errors import Denied, NotFound
from lms_core.learning.tables import done, enrollment, progress
from lms_core.permissions import LEARNING, can_manage_course
from lms_core.unit import Reader


class ProgressFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How far those who learn the course are with a lesson: how many opened and completed it, the mean in percent."""

    started: int
    completed: int
    average_percent: float


class ContentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How much a lesson holds: words of its text, items beside it, files and links, and the minutes it takes."""

    words: int
    items: int
    resources: int
    minutes: int


class LessonFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson in figures, for those who may see the figures of its course (LES-13)."""

    lesson_id: str
    title: str
    module_title: str
    course_id: str
    course_title: str
    progress_analytics: ProgressFigures
    content_analytics: ContentFigures


def lesson_figures(reader: Reader, shown: Shown, lesson: str) -> LessonFigures:
    """Raises NotFound for a lesson that is not there, Denied without the right to figures."""
    found = shown.document.lesson(lesson)
    if found is None:
        raise NotFound
    if not can_manage_course(shown.standing.who, shown.standing.membership, "can_view_analytics"):
        raise Denied("forbidden")
    return LessonFigures(
        lesson_id=lesson, title=found.title, course_id=shown.course, course_title=shown.document.title,
        module_title=next(m.title for m in shown.document.modules if found in m.lessons),
        progress_analytics=_progress_of(reader, shown.course, lesson), content_analytics=_content_of(found),
    )  # fmt: skip


def _progress_of(reader: Reader, course: str, lesson: str) -> ProgressFigures:
    """Of those who learn the course now or have completed it."""
    c, joined = progress.c, enrollment.c
    learners = select(joined.user_id).where(joined.course_id == course, joined.status.in_(sorted(LEARNING)))
    (found,) = reader.all(
        select(
            func.count(c.opened_at).label("started"), func.count(c.id).filter(done).label("completed"),
            func.avg(func.coalesce(c.percent, 0.0)).label("mean"),
        ).where(c.user_id.in_(learners), c.course_id == course, c.lesson_id == lesson)
    )  # fmt: skip
    return ProgressFigures(
        started=found.started, completed=found.completed, average_percent=round(float(found.mean or 0), 1)
    )


def _content_of(lesson: LessonDoc) -> ContentFigures:
    """Of a lesson as it is written."""
    return ContentFigures(
        words=len(plain_text(lesson.body).split()), items=len(lesson.items), resources=len(lesson.resources),
        minutes=lesson_minutes(lesson),
    )  # fmt: skip
