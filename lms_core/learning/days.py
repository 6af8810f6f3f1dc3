"""When somebody has learned: the days of a week, days in a row, and what they have set themselves (PRG-06, PRG-14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Select, func, select

from lms_core.accounts.personal import USER_SETTINGS
from lms_core.learning import tables as t
from lms_core.learning.model import Calendar, Day, Goal, by_day, streak
from lms_core.unit import Reader, Unit, Work

MIN_DAY_S, HOUR_MS = 60, 3_600_000


class StudyDays:
    """Days of study of the actor, by the calendar of the place where they are."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def week(self, zone: tzinfo = UTC, *, first_weekday: int = 0) -> list[Day]:
        """The seven days of this week with the time studied; `first_weekday` 0 is Monday."""
        with self._work() as unit:
            today = self._today(unit, zone)
            first = _first_of_week(today, first_weekday)
            spent = by_day(sessions_of(unit, unit.actor.account, since=unit.now_ms - 9 * 86_400_000), zone)
        return [Day(first + timedelta(days=n), spent.get(first + timedelta(days=n), 0)) for n in range(7)]

    def goals(self, zone: tzinfo = UTC, *, first_weekday: int = 0) -> tuple[Goal, ...]:
        """What the person has set themselves (`goal_minutes`, `goal_days` of their settings) and has reached of it."""
        with self._work() as unit:
            me, today = unit.actor.account, self._today(unit, zone)
            wanted = unit.row(USER_SETTINGS, USER_SETTINGS.id_for(me)) or {}
            minutes, days = wanted.get("goal_minutes") or 0, wanted.get("goal_days") or 0
            if not minutes and not days:
                return ()
            first = _first_of_week(today, first_weekday)
            spent = by_day(sessions_of(unit, me, since=unit.now_ms - 2 * 86_400_000), zone).get(today, 0)
            studied = {day for day in days_studied(unit, me, zone) if first <= day <= today}
        goals = (Goal("minutes", minutes, spent // 60), Goal("days", days, len(studied)))
        return tuple(goal for goal in goals if goal.target)

    @staticmethod
    def _today(unit: Unit, zone: tzinfo) -> date:
        return datetime.fromtimestamp(unit.now_ms / 1000, UTC).astimezone(zone).date()

    def streak(self, zone: tzinfo = UTC) -> int:
        """Days in a row that count: a minute of study or a finished lesson (PRG-14)."""
        with self._work() as unit:
            return streak(days_studied(unit, unit.actor.account, zone), self._today(unit, zone))


def _first_of_week(today: date, first_weekday: int) -> date:
    return today - timedelta(days=(today.weekday() - first_weekday) % 7)


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
    calendar = Calendar(zone)
    return [*days, *(calendar.at(at)[0] for row in reader.all(_hours_of(account)) for at in row)]


def _hours_of(account: str) -> Select[Any]:
    """The first and the last lesson finished in each hour: all of one hour are done on the day of one of them.

    Found by the index, one look an hour, however many lessons somebody has finished.
    """
    done = t.progress.c.first_done_at
    mine = t.progress.c.user_id == account
    first = select(select(func.min(done)).where(mine, done.is_not(None)).scalar_subquery().label("at"))
    found = first.cte("found", recursive=True)
    end = (found.c.at // HOUR_MS + 1) * HOUR_MS
    after = select(func.min(done)).where(mine, done >= end).scalar_subquery()
    hours = found.union_all(select(after).where(found.c.at.is_not(None)))
    end = (hours.c.at // HOUR_MS + 1) * HOUR_MS
    last = select(func.max(done)).where(mine, done < end).scalar_subquery()
    return select(hours.c.at, last).where(hours.c.at.is_not(None)).order_by(hours.c.at)
