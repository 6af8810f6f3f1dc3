"""How far somebody is with a course, and what is open to them: the same on a laptop and at the hub (PRG, ENR)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Literal

import msgspec

from lms_core.courses.plan import CoursePlan, PlannedLesson
from lms_core.learning.model import percent_done

Reason = Literal["enrolled", "suspended", "course_unavailable", "payment_needed", "prerequisites_missing"]

ASSESSMENTS = frozenset({"quiz", "assignment"})
_PARTS = {
    "quiz": ("assessments",), "assignment": ("assessments",), "reading": ("reading", "lessons"),
    "video": ("video", "lessons"), "interactive": ("lab", "activities", "lessons"),
    "lab_exercise": ("lab", "activities", "lessons"), "discussion": ("activities", "lessons"),
}  # fmt: skip
WEIGHTS = ("lessons", "assessments", "activities", "reading", "video", "lab")
"""What `progress_weights` of a course may name; a kind counts by the nearest of its names that is there, else once."""


# --- how far
def percent_of(plan: CoursePlan, done: Collection[str], seconds: int) -> float:
    """Progress by the course's own method, 0 to 100, rounded down to one decimal (PRG-03, PRG-04, PRG-07).

    A method that has nothing to go by (no expected time, no quiz, no weight) falls back on the lessons.
    """
    reckon = _METHODS.get(plan.method, _by_lessons)
    got, most = reckon(plan, done, max(0, seconds))
    if not most:
        got, most = _by_lessons(plan, done, seconds)
    return percent_done(min(got, most), most)


def _by_lessons(plan: CoursePlan, done: Collection[str], seconds: int) -> tuple[int, int]:
    return sum(lesson.id in done for lesson in plan.lessons), len(plan.lessons)


def _by_time(plan: CoursePlan, done: Collection[str], seconds: int) -> tuple[int, int]:
    return seconds, 60 * sum(max(0, lesson.minutes) for lesson in plan.lessons)


def _by_assessments(plan: CoursePlan, done: Collection[str], seconds: int) -> tuple[int, int]:
    asked = [lesson.id for lesson in plan.lessons if lesson.kind == "quiz"]
    return sum(lesson in done for lesson in asked), len(asked)


def _by_weights(plan: CoursePlan, done: Collection[str], seconds: int) -> tuple[int, int]:
    counts = {lesson.id: _weight(lesson, plan.weights) for lesson in plan.lessons}
    return sum(count for lesson, count in counts.items() if lesson in done), sum(counts.values())


def _weight(lesson: PlannedLesson, weights: Mapping[str, float]) -> int:
    """What a lesson counts, in ten thousandths, so that sums do not depend on their order."""
    named = next((weights[name] for name in _PARTS.get(lesson.kind, ("lessons",)) if name in weights), 1.0)
    return max(0, round(named * 100)) * max(0, round(lesson.weight * 100))


_METHODS: Mapping[str, Callable[[CoursePlan, Collection[str], int], tuple[int, int]]] = {
    "time": _by_time,
    "assessment": _by_assessments,
    "weighted": _by_weights,
}


# --- what is open
def locked(plan: CoursePlan, done: Collection[str]) -> dict[str, PlannedLesson]:
    """Lessons that are not open yet, each with the one that must be done first; previews and done ones stay open."""
    if not plan.sequential:
        return {}
    first = next((at for at, lesson in enumerate(plan.lessons) if lesson.id not in done), len(plan.lessons))
    behind = plan.lessons[first + 1 :]
    return {each.id: plan.lessons[first] for each in behind if each.id not in done and not each.preview}


# --- who may join
class Needed(msgspec.Struct, frozen=True):
    """A course that should be completed before; one that is not mandatory is advice."""

    course_id: str
    title: str
    mandatory: bool
    met: bool


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """What tells whether somebody may enrol: facts as this side knows them."""

    status: str = "none"
    is_published: bool = True
    price: float = 0.0
    paid: bool = False
    teaches: bool = False
    needed: tuple[Needed, ...] = ()


def can_user_enroll(joining: Joining) -> tuple[Reason, ...]:
    """Why somebody cannot enrol in a course, what weighs most first; nothing when they can (ENR-06, CRS-34).

    Those who teach it join at any time; who has paid or learned it before pays no second time.
    """
    if joining.status in ("active", "completed"):
        return ("enrolled",)
    if joining.status == "suspended":
        return ("suspended",)
    if joining.teaches:
        return ()
    facts: dict[Reason, bool] = {
        "course_unavailable": not joining.is_published,
        "payment_needed": joining.price > 0 and not joining.paid,
        "prerequisites_missing": any(each.mandatory and not each.met for each in joining.needed),
    }
    return tuple(reason for reason, holds in facts.items() if holds)
