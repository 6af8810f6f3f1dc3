"""When somebody has learned: the days of a week, days in a row, and what they have set themselves (PRG-06, PRG-14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import select

from lms_core.learning import tables as t
from lms_core.learning.model import Day, by_day, streak
from lms_core.unit import Reader, Work

MIN_DAY_S = 60


class StudyDays:
    """Days of study of the actor, by the calendar of the place where they are."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def week(self, zone: tzinfo = UTC, *, first_weekday: int = 0) -> list[Day]:
        """The seven days of this week with the time studied; `first_weekday` 0 is Monday."""
        with self._work() as unit:
            today = datetime.fromtimestamp(unit.now_ms / 1000, UTC).astimezone(zone).date()
            first = today - timedelta(days=(today.weekday() - first_weekday) % 7)
            spent = by_day(sessions_of(unit, unit.actor.account, since=unit.now_ms - 9 * 86_400_000), zone)
        return [Day(first + timedelta(days=n), spent.get(first + timedelta(days=n), 0)) for n in range(7)]

    def streak(self, zone: tzinfo = UTC) -> int:
        """Days in a row that count: a minute of study or a finished lesson (PRG-14)."""
        with self._work() as unit:
            today = datetime.fromtimestamp(unit.now_ms / 1000, UTC).astimezone(zone).date()
            return streak(days_studied(unit, unit.actor.account, zone), today)


def figures_of(reader: Reader, account: str) -> dict[str, Any]:
    """Somebody's progress by course: as this device reckons it, else as the hub last told."""
    figures: dict[str, Any] = {}
    for c in (t.course_progress.c, t.derived_course_progress.c):
        told = select(
            c.course_id, c.lessons_done, c.lessons_total, c.percent, c.seconds, c.last_lesson, c.last_active_at
        )
        figures.update({r.course_id: r for r in reader.all(told.where(c.user_id == account))})
    return figures


def sessions_of(reader: Reader, account: str, *, since: int = 0) -> list[tuple[int, int]]:
    """Somebody's study as (start in ms, seconds)."""
    c = t.study_session.c
    rows = reader.all(select(c.start, c.seconds).where(c.user_id == account, c.start >= since))
    return [(r.start, r.seconds) for r in rows]


def days_studied(reader: Reader, account: str, zone: tzinfo) -> list[date]:
    """Days that count for a streak: a minute of study or a finished lesson (PRG-14)."""
    days = [day for day, spent in by_day(sessions_of(reader, account), zone).items() if spent >= MIN_DAY_S]
    p = t.progress.c
    done = reader.all(select(p.first_done_at).where(p.user_id == account, p.first_done_at.is_not(None)))
    return [*days, *(datetime.fromtimestamp(r.first_done_at / 1000, UTC).astimezone(zone).date() for r in done)]
