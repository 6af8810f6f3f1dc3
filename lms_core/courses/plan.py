"""The lessons of a version of a course as rules of progress look at them: no texts, no files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from lms_core.content.model import CourseDocument
from lms_core.content.text import lesson_minutes


class PlannedLesson(msgspec.Struct, frozen=True):
    """A lesson: its kind, the minutes it takes, what it counts where that is weighted, and whether it is a preview."""

    id: str
    title: str
    kind: str
    minutes: int = 0
    weight: float = 1.0
    preview: bool = False


class CoursePlan(msgspec.Struct, frozen=True, dict=True):
    """Lessons in their order, how progress is reckoned (PRG-04), and whether one opens after the other."""

    lessons: tuple[PlannedLesson, ...] = ()
    method: str = "lesson"
    weights: Mapping[str, float] = {}
    sequential: bool = False

    @cached_property
    def ids(self) -> frozenset[str]:
        """The lessons by id."""
        return frozenset(lesson.id for lesson in self.lessons)


def plan_of(document: CourseDocument) -> CoursePlan:
    """The plan of a version."""
    lessons = tuple(
        PlannedLesson(x.id, x.title, x.kind, lesson_minutes(x), x.weight, x.preview) for x in document.lessons()
    )
    return CoursePlan(lessons, document.progress_method, document.progress_weights, document.sequential)
