"""What follows from learning: progress of a course and, at the hub, the roster of its instructors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms_core import ops
from lms_core.courses.tables import course_card, installed
from lms_core.db.bulk import chunks
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.model import is_done, percent_done, union_seconds
from lms_core.unit import Effect, Unit

Pair = tuple[str, str]
"""A user and a course."""


def _pairs(unit: Unit, changed: Mapping[str, frozenset[str]]) -> set[Pair]:
    """Whose progress in which course the changed rows concern."""
    tables = {"progress": t.progress, "study_session": t.study_session, "enrollment": t.enrollment}
    pairs: set[Pair] = set()
    for name, rows in changed.items():
        table = tables[name]
        for part in chunks(rows):
            found = unit.all(select(table.c.user_id, table.c.course_id).where(table.c.id.in_(part)))
            pairs.update((r.user_id, r.course_id) for r in found if r.course_id)
    return pairs


def _total(unit: Unit, course: str) -> int:
    here = unit.all(select(installed.c.lessons).where(installed.c.course_id == course)) if not unit.actor.is_hub else []
    if here:
        return int(here[0].lessons)
    card = unit.all(select(course_card.c.lessons).where(course_card.c.course_id == course))
    return int(card[0].lessons) if card else 0


def figures(unit: Unit, user: str, course: str) -> dict[str, Any]:
    """Recompute a learner's progress in a course from its rows."""
    p, s = t.progress.c, t.study_session.c
    lessons = unit.all(select(t.progress).where(p.user_id == user, p.course_id == course))
    sessions = unit.all(select(s.start, s.seconds).where(s.user_id == user, s.course_id == course))
    done = sum(is_done(r.done_at, r.reopened_at) for r in lessons)
    total = max(_total(unit, course), done)
    last = max(lessons, key=lambda r: max(r.opened_at or 0, r.done_at or 0), default=None)
    ends = [r.start + r.seconds * 1000 for r in sessions]
    active = max([max(r.opened_at or 0, r.done_at or 0) for r in lessons] + ends, default=0)
    return {
        "user_id": user, "course_id": course, "percent": percent_done(done, total), "lessons_done": done,
        "lessons_total": total, "seconds": union_seconds((r.start, r.seconds) for r in sessions),
        "last_lesson": last.lesson_id if last else None, "last_active_at": active or None,
    }  # fmt: skip


def _course_progress(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    for user, course in sorted(_pairs(unit, changed)):
        values = figures(unit, user, course)
        unit.derive(e.COURSE_PROGRESS, e.COURSE_PROGRESS.id_for(user, course), values)
        if unit.actor.is_hub:
            _complete(unit, user, course, values)


def _complete(unit: Unit, user: str, course: str, values: Mapping[str, Any]) -> None:
    """A course is completed when all its lessons are done (ENR); only the hub says so."""
    row = e.ENROLLMENT.id_for(user, course)
    now = unit.row(e.ENROLLMENT, row)
    if (
        now
        and now["status"] == "active"
        and values["lessons_total"]
        and values["lessons_done"] >= values["lessons_total"]
    ):
        unit.emit(ops.act(e.ENROLLMENT, row, "complete", expect="active"))


COURSE_PROGRESS = Effect(frozenset({"progress", "study_session", "enrollment"}), _course_progress)
EFFECTS = (COURSE_PROGRESS,)
