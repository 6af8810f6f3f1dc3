"""What follows from learning: how far each learner is with a course, and that it is completed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from lms_core import ops
from lms_core.courses import entities as courses
from lms_core.courses.installed import plan_here
from lms_core.courses.plan import CoursePlan
from lms_core.courses.tables import course_card, course_instructor
from lms_core.db.bulk import chunks
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.model import is_done, is_watched, percent_done, percent_watched, rough, union_seconds
from lms_core.learning.rules import percent_of
from lms_core.learning.watching import seconds_seen
from lms_core.notifications.notify import notify, notify_all
from lms_core.ops import Values
from lms_core.permissions import LEARNING
from lms_core.unit import Effect, Reader, Unit

Pair = tuple[str, str]
"""A user and a course."""

PlanOf = Callable[[Reader, str], CoursePlan]
"""The plan of a course in the version that counts on this side; without lessons where it is not known."""


def figures(unit: Unit, pairs: Iterable[Pair], plan_of: PlanOf) -> dict[Pair, Values]:
    """Recompute learners' progress in courses from its rows, course by course."""
    users: dict[str, list[str]] = {}
    for user, course in sorted(pairs):
        users.setdefault(course, []).append(user)
    out: dict[Pair, Values] = {}
    for course, learners in users.items():
        plan = plan_of(unit, course)
        total = len(plan.lessons) or _on_card(unit, course)
        for part in chunks(learners):
            rows = _by_user(unit, t.progress, course, part)
            sessions = _by_user(unit, t.study_session, course, part)
            for user in part:
                mine, times = rows.get(user, []), sessions.get(user, [])
                out[user, course] = {"user_id": user, "course_id": course, **_figure(mine, times, plan, total)}
    return out


def _by_user(unit: Unit, table: Any, course: str, users: list[str]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for row in unit.all(select(table).where(table.c.user_id.in_(users), table.c.course_id == course)):
        out.setdefault(row.user_id, []).append(row)
    return out


def _on_card(unit: Unit, course: str) -> int:
    card = unit.all(select(course_card.c.lessons).where(course_card.c.course_id == course))
    return int(card[0].lessons) if card else 0


def _figure(rows: list[Any], sessions: list[Any], plan: CoursePlan, total: int) -> Values:
    done = {r.lesson_id for r in rows if is_done(r.done_at, r.reopened_at)}
    count = len(done & plan.ids) if plan.ids else len(done)
    total, seconds = max(total, count), union_seconds((s.start, s.seconds) for s in sessions)
    seen = [(max(r.opened_at or 0, r.done_at or 0), r.lesson_id) for r in rows]
    active = max([at for at, _ in seen] + [s.start + s.seconds * 1000 for s in sessions], default=0)
    return {
        "percent": percent_of(plan, done, seconds) if plan.ids else percent_done(count, total),
        "lessons_done": count, "lessons_total": total, "seconds": seconds,
        "last_lesson": max(seen)[1] if seen else None, "last_active_at": active or None,
    }  # fmt: skip


def course_progress(plan_of: PlanOf) -> Effect:
    """Keep progress of courses; at the hub a new version moves everybody's figures and completion is said (ENR-08)."""

    def run(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        for (user, course), values in figures(unit, _pairs(unit, changed), plan_of).items():
            unit.derive(e.COURSE_PROGRESS, e.COURSE_PROGRESS.id_for(user, course), values)
            if unit.actor.is_hub:
                _complete(unit, user, course, values)

    return Effect(frozenset({"progress", "study_session", "enrollment", "course"}), run)


def watched_together(plan_of: PlanOf) -> Effect:
    """At the hub, count what several devices saw of a film as one; who saw 90 of 100 has done it (PRG-02, PRG-08)."""

    def run(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        c = t.progress.c
        for part in chunks(changed["progress"]):
            for row in unit.all(select(t.progress).where(c.id.in_(part), c.total > 0)):
                seconds = seconds_seen(row.position or {}, row.total)
                if seconds > (row.watched or 0):
                    _watched(unit, row, seconds, plan_of(unit, row.course_id))

    return Effect(frozenset({"progress"}), run)


def _watched(unit: Unit, row: Any, seconds: int, plan: CoursePlan) -> None:
    is_film = any(x.id == row.lesson_id and x.kind == "video" for x in plan.lessons)
    done = is_film and row.first_done_at is None and is_watched(seconds, row.total)
    percent = 100.0 if done else round(max(row.percent or 0.0, percent_watched(seconds, row.total)), 1)
    told = {"watched": seconds, "percent": percent}
    told |= {"done_at": unit.now_ms, "first_done_at": unit.now_ms} if done else {}
    unit.emit(*(ops.change(e.PROGRESS, row.id, name, value) for name, value in told.items()))


def reckon(unit: Unit, user: str, course: str) -> None:
    """Bring what a device shows of somebody's progress in a course to the version that is installed."""
    for values in figures(unit, [(user, course)], plan_here).values():
        unit.derive(e.COURSE_PROGRESS, e.COURSE_PROGRESS.id_for(user, course), values)


def _pairs(unit: Unit, changed: Mapping[str, frozenset[str]]) -> set[Pair]:
    """Whose progress in which course the changed rows concern."""
    pairs: set[Pair] = set()
    for name, table, key in (
        ("progress", t.progress, t.progress.c.id),
        ("study_session", t.study_session, t.study_session.c.id),
        ("enrollment", t.enrollment, t.enrollment.c.id),
        ("course", t.enrollment, t.enrollment.c.course_id),
    ):
        for part in chunks(changed.get(name, frozenset())):
            found = unit.all(select(table.c.user_id, table.c.course_id).where(key.in_(part)))
            pairs.update((r.user_id, r.course_id) for r in found if r.course_id)
    return pairs


def _complete(unit: Unit, user: str, course: str, values: Mapping[str, Any]) -> None:
    """A course is completed when all its lessons are done, and stays so; only the hub says it (ENR-08)."""
    if not values["lessons_total"] or values["lessons_done"] < values["lessons_total"]:
        return
    row = e.ENROLLMENT.id_for(user, course)
    now = unit.row(e.ENROLLMENT, row)
    if now and now["status"] == "active":
        unit.emit(
            ops.act(e.ENROLLMENT, row, "complete", expect="active"),
            ops.change(e.ENROLLMENT, row, "completed_at", unit.now_ms),
        )
        values = {"course": _title(unit, course)}
        notify(unit, user, "course_completed", subject=course, values=values, action_url=f"course/{course}")


def _title(unit: Unit, course: str) -> str:
    cards = unit.all(select(course_card.c.title).where(course_card.c.course_id == course))
    return str(cards[0].title) if cards else ""


def tell_version(unit: Unit, card: Values) -> None:
    """Tell those who learn or teach a course that a version of it (its card) was published; once a version."""
    course = card["course_id"]
    told: Any = {
        "subject": f"{course} {card['version']}", "action_url": f"course/{course}",
        "values": {"course": card["title"], "version": card["version"], "note": card["change_note"]},
    }  # fmt: skip
    learning, teaching = t.enrollment.c, course_instructor.c
    learners = select(learning.user_id).where(learning.course_id == course, learning.status == "active")
    notify_all(unit, [r.user_id for r in unit.all(learners)], "course_updated", **told)
    teachers = select(teaching.user_id).where(teaching.course_id == course, teaching.is_active)
    notify_all(unit, [r.user_id for r in unit.all(teachers)], "course_published", **told)


def _enrolled(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    """Count the learners of a course on its card, at the hub (ENR-05); roughly, for every device gets each change."""
    touched: set[str] = set()
    c = t.enrollment.c
    for part in chunks(changed["enrollment"]):
        touched |= {r.course_id for r in unit.all(select(c.course_id).where(c.id.in_(part)))}
    for course in sorted(touched):
        card = courses.COURSE_CARD.id_for(course)
        if unit.row(courses.COURSE_CARD, card):
            learning = c.status.in_(LEARNING)
            count = unit.all(select(func.count()).select_from(t.enrollment).where(c.course_id == course, learning))
            unit.derive(courses.COURSE_CARD, card, {"enrolled": rough(int(count[0][0]))})


COURSE_PROGRESS = course_progress(plan_here)
"""On a device, by the version that is installed."""

ENROLLED = Effect(frozenset({"enrollment"}), _enrolled)
