"""What somebody has learned (ANA-01, ANA-10, ANA-11): the same function on a laptop and at the hub."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, func, select

from lms_core.accounts.model import Caller
from lms_core.analytics.charts import Chart, chart
from lms_core.assessment import tables as a
from lms_core.certificates.tables import certificate
from lms_core.courses.tables import course_card, course_instructor, installed, installed_lesson
from lms_core.learning import tables as t
from lms_core.learning.days import days_studied, figures_of, sessions_of
from lms_core.learning.model import by_day, is_done, longest_streak, streak
from lms_core.permissions import LEARNING
from lms_core.unit import Reader, Rows

Look = Callable[[], AbstractContextManager[Connection]]
DAYS = 30
COURSES = 5


class LearningStatistics(Struct, frozen=True, kw_only=True):
    """What somebody has learned so far; times in seconds but for `hours_spent`, percentages from 0 to 100.

    `average_score` is the mean of what attempts that count have reached, null before the first. Courses that were left
    count nowhere but in the time.
    """

    total_courses: int
    courses_completed: int
    courses_in_progress: int
    lessons_completed: int
    total_time_spent: int
    hours_spent: int
    average_progress: float
    average_score: float | None
    certificates_earned: int
    current_streak: int
    longest_streak: int
    last_active_day: str | None
    last_updated: int


class Graded(Struct, frozen=True, kw_only=True):
    """An attempt that counts: what it was, what it reached, and whether the hub has said so."""

    attempt_id: str
    course_id: str
    lesson_id: str
    title: str
    course_title: str
    percent: float
    passed: bool
    is_final: bool
    submitted_at: int


class Totals(Struct, frozen=True, kw_only=True):
    """What somebody has learned so far (PRG-10): courses by state, seconds, certificates, the mean percentage."""

    total_courses: int
    courses_completed: int
    courses_in_progress: int
    total_time_spent: int
    certificates_earned: int
    average_progress: float


class TaughtCourse(Struct, frozen=True, kw_only=True):
    """A course that somebody teaches: who learns it, since when the last, who has completed it, and their progress."""

    course_id: str
    title: str
    learners: int
    completed: int
    completion_rate: float
    average_progress: float
    active_learners: int
    last_enrollment_date: datetime | None


class LearnerService:
    """Figures of one person at the hub, for that person."""

    def __init__(self, look: Look, now_ms: Callable[[], int]) -> None:
        self._look, self._now_ms = look, now_ms

    def statistics(self, caller: Caller, zone: tzinfo = UTC) -> LearningStatistics:
        """What the caller has learned."""
        with self._look() as conn:
            return statistics_of(Rows(conn), caller.account, zone=zone, now_ms=self._now_ms())

    def totals(self, caller: Caller) -> Totals:
        """The caller's courses, time and certificates in sums (PRG-10); courses that were left do not count."""
        me = {"me": caller.account}
        with self._look() as conn:
            found = conn.execute(_TOTALS, me).one()
            seconds, earned = conn.scalar(_SECONDS, me) or 0, conn.scalar(_EARNED, me) or 0
        return Totals(
            total_courses=found.courses, courses_completed=found.completed,
            courses_in_progress=found.courses - found.completed, total_time_spent=int(seconds),
            certificates_earned=int(earned), average_progress=round(found.mean or 0.0, 1),
        )  # fmt: skip

    def charts(self, caller: Caller, zone: tzinfo = UTC) -> dict[str, Chart]:
        """Study time day by day, progress by course, and scores in the order of the attempts."""
        with self._look() as conn:
            return charts_of(Rows(conn), caller.account, zone=zone, now_ms=self._now_ms())

    def teaching(self, caller: Caller) -> list[TaughtCourse]:
        """Courses whose figures the caller may see as one of their instructors, the most learned first."""
        with self._look() as conn:
            return taught_by(conn, caller.account, self._now_ms())


_c, _p = t.enrollment.c, t.course_progress.c
_TOTALS = (
    select(
        func.count().label("courses"), func.count(_c.id).filter(_c.status == "completed").label("completed"),
        func.avg(func.coalesce(_p.percent, 0.0)).label("mean"),
    )
    .select_from(t.enrollment)
    .outerjoin(t.course_progress, (_p.user_id == _c.user_id) & (_p.course_id == _c.course_id))
    .where(_c.user_id == bindparam("me"), _c.status.in_(sorted(LEARNING)))
)  # fmt: skip
_SECONDS = select(func.sum(_p.seconds)).where(_p.user_id == bindparam("me"))
_got = certificate.c
_HELD = (_got.user_id == bindparam("me"), _got.is_valid, _got.is_released)
_EARNED = select(func.count()).select_from(certificate).where(*_HELD)


def statistics_of(reader: Reader, account: str, *, zone: tzinfo, now_ms: int) -> LearningStatistics:
    """What somebody has learned, from the rows that are here; days are those of `zone`."""
    c, p = t.enrollment.c, t.progress.c
    joined = reader.all(select(c.course_id, c.status).where(c.user_id == account, c.status.in_(LEARNING)))
    figures = figures_of(reader, account)
    lessons = reader.all(select(p.done_at, p.reopened_at).where(p.user_id == account))
    percents = [figures[r.course_id].percent or 0 if r.course_id in figures else 0 for r in joined]
    seconds = int(sum(each.seconds or 0 for each in figures.values()))
    scores = [row.percent for row in _scores(reader, account)]
    days = days_studied(reader, account, zone)
    completed = sum(r.status == "completed" for r in joined)
    earned = reader.all(_EARNED, {"me": account})[0][0]
    return LearningStatistics(
        total_courses=len(joined), courses_completed=completed, courses_in_progress=len(joined) - completed,
        lessons_completed=sum(is_done(r.done_at, r.reopened_at) for r in lessons),
        total_time_spent=seconds, hours_spent=seconds // 3600,
        average_progress=_mean(percents) or 0.0, average_score=_mean(scores), certificates_earned=int(earned),
        current_streak=streak(days, _today(now_ms, zone)), longest_streak=longest_streak(days),
        last_active_day=max(days).isoformat() if days else None, last_updated=now_ms,
    )  # fmt: skip


def charts_of(reader: Reader, account: str, *, zone: tzinfo, now_ms: int) -> dict[str, Chart]:
    """The same as charts: `study_time` in minutes of thirty days, `course_progress` of the latest, `quiz_scores`."""
    today = _today(now_ms, zone)
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    spent = by_day(sessions_of(reader, account, since=now_ms - (DAYS + 2) * 86_400_000), zone)
    courses = latest_courses(reader, account)
    scores = _scores(reader, account)[-DAYS:]
    return {
        "study_time": chart("bar", [d.isoformat() for d in days], minutes=[spent.get(d, 0) // 60 for d in days]),
        "course_progress": chart("bar", [title for title, _ in courses], percent=[percent for _, percent in courses]),
        "quiz_scores": chart(
            "line",
            [datetime.fromtimestamp((r.submitted_at or 0) / 1000, zone).date().isoformat() for r in scores],
            percent=[round(r.percent, 1) for r in scores],
        ),
    }


def grades_of(reader: Reader, account: str) -> list[Graded]:
    """What somebody's attempts that count have reached on this device, in their order."""
    lesson, here, card = installed_lesson.c, installed.c, course_card.c
    titles = {r.id: r.title for r in reader.all(select(lesson.id, lesson.title).where(lesson.kind == "quiz"))}
    courses = {r.course_id: r.title for r in reader.all(select(card.course_id, card.title))}
    courses |= {r.course_id: r.title for r in reader.all(select(here.course_id, here.title))}
    return [
        Graded(
            attempt_id=r.attempt_id, course_id=r.course_id, lesson_id=r.lesson_id, title=titles.get(r.lesson_id, ""),
            course_title=courses.get(r.course_id, ""), percent=r.percent, passed=bool(r.passed),
            is_final=r.status == "final", submitted_at=r.submitted_at or 0,
        )
        for r in _scores(reader, account)
    ]  # fmt: skip


def latest_courses(reader: Reader, account: str, most: int = COURSES) -> list[tuple[str, float]]:
    """Title and progress of the courses that somebody learns, the last active first."""
    c, card = t.enrollment.c, course_card.c
    query = select(c.course_id, card.title).outerjoin(course_card, card.course_id == c.course_id)
    joined = reader.all(query.where(c.user_id == account, c.status.in_(LEARNING)))
    figures = figures_of(reader, account)
    active = sorted(joined, key=lambda r: -(getattr(figures.get(r.course_id), "last_active_at", 0) or 0))
    return [(r.title or "", float(getattr(figures.get(r.course_id), "percent", 0) or 0)) for r in active[:most]]


def taught_by(conn: Connection, account: str, now_ms: int) -> list[TaughtCourse]:
    """Figures of the courses that somebody teaches and may see the figures of; one statement for all."""
    c, i, p, card = t.enrollment.c, course_instructor.c, t.course_progress.c, course_card.c
    mine = i.user_id == account, i.is_active, i.can_view_analytics, card.is_published
    completed = func.count().filter(c.status == "completed")
    active = func.count().filter(p.last_active_at >= now_ms - 7 * 86_400_000)
    query = (
        select(
            card.course_id, card.title, func.count(c.id).label("learners"), completed.label("completed"),
            func.avg(func.coalesce(p.percent, 0.0)).filter(c.id.is_not(None)).label("percent"), active.label("active"),
            func.max(c.enrolled_at).label("last"),
        )
        .select_from(course_card)
        .join(course_instructor, i.course_id == card.course_id)
        .outerjoin(t.enrollment, (c.course_id == card.course_id) & c.status.in_(LEARNING))
        .outerjoin(t.course_progress, (p.course_id == c.course_id) & (p.user_id == c.user_id))
        .where(*mine)
        .group_by(card.course_id, card.title)
        .order_by(func.count(c.id).desc(), card.title)
    )  # fmt: skip
    return [
        TaughtCourse(
            course_id=r.course_id, title=r.title, learners=r.learners, completed=r.completed,
            completion_rate=round(100 * r.completed / r.learners, 1) if r.learners else 0.0,
            average_progress=round(r.percent or 0.0, 1), active_learners=r.active,
            last_enrollment_date=datetime.fromtimestamp(r.last / 1000, UTC) if r.last else None,
        )
        for r in conn.execute(query)
    ]  # fmt: skip


def _scores(reader: Reader, account: str) -> list[Any]:
    """What attempts that count have reached, in their order; the hub's word goes before the device's own."""
    found: dict[str, Any] = {}
    for table in (a.derived_grade, a.grade):
        g = table.c
        query = select(
            g.attempt_id,
            g.course_id,
            g.lesson_id,
            g.percent,
            g.passed,
            g.status,
            g.over_limit,
            a.attempt.c.submitted_at,
        ).outerjoin(a.attempt, a.attempt.c.id == g.attempt_id)
        found |= {r.attempt_id: r for r in reader.all(query.where(g.user_id == account))}
    counted = [row for row in found.values() if not row.over_limit and row.percent is not None]
    return sorted(counted, key=lambda row: (row.submitted_at or 0, row.attempt_id))


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


def _today(now_ms: int, zone: tzinfo) -> Any:
    return datetime.fromtimestamp(now_ms / 1000, zone).date()
