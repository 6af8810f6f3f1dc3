"""Figures of the whole platform (ANA-03, ANA-09): counted in SQL once a day, kept as a row a day, told from those."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Table, case, func, select

from lms_core.accounts.model import Caller
from lms_core.accounts.tables import account
from lms_core.analytics.charts import Chart, chart
from lms_core.analytics.searches import searched
from lms_core.analytics.tables import platform_day
from lms_core.assessment.tables import attempt
from lms_core.certificates.tables import certificate
from lms_core.courses.tables import category, course_card
from lms_core.db.bulk import upsert
from lms_core.errors import Denied, UserError
from lms_core.learning.activity import counted
from lms_core.learning.tables import done, enrollment, progress, study_session
from lms_core.permissions import INSTRUCTOR, LEARNING, STUDENT, is_moderator_or_up
from lms_core.unit import Work

Look = Callable[[], AbstractContextManager[Connection]]
DAY_MS = 86_400_000
LATE_DAYS = 31
"""A laptop may bring what was done on it so many days ago and is still counted."""
FEWEST_DAYS, MOST_DAYS = 7, 366


class PlatformStatistics(Struct, frozen=True, kw_only=True):
    """What everybody may know of the platform, as it was `last_updated` (ms)."""

    total_courses: int
    total_students: int
    total_instructors: int
    total_lessons_completed: int
    total_certificates_issued: int
    last_updated: int


class PlatformTotals(PlatformStatistics, frozen=True, kw_only=True):
    """The same with what only those who look after it see; the last two are of the last thirty days."""

    total_accounts: int
    total_enrolments: int
    total_completions: int
    learners: int
    seconds: int


class PlatformService:
    """Count the platform, and tell how it grew."""

    def __init__(self, *, work: Work, look: Look, now_ms: Callable[[], int]) -> None:
        self._work, self._look, self._now_ms = work, look, now_ms

    def snapshot(self) -> dict[str, int]:
        """Count everything and keep it as today's row; again on the same day it is the same row. For the daily job."""
        now = self._now_ms()
        with self._look() as conn:  # counting takes long on a large platform, writing does not
            found = totals(conn, now) | {"taken_at": now}
            days = usage(conn, day_of(now) - timedelta(days=LATE_DAYS), now)
        rows = {each: {"day": each.isoformat(), **used} for each, used in days.items()}
        today = rows.setdefault(day_of(now), {"day": day_of(now).isoformat()})
        today |= found
        with self._work() as unit:
            for row in rows.values():
                change = upsert(unit.conn, platform_day).values(row)
                rest = {name: value for name, value in row.items() if name != "day"}
                kept = change.on_conflict_do_update(index_elements=["day"], set_=rest)
                unit.local(kept.execution_options(journal=False))
        return found

    def statistics(self) -> PlatformStatistics:
        """What everybody may know."""
        with self._look() as conn:
            return PlatformStatistics(**_named(self._last(conn), PlatformStatistics))

    def figures(self, caller: Caller) -> PlatformTotals:
        """What managers and administrators see. Raises Denied."""
        _check_staff(caller)
        with self._look() as conn:
            c, since = platform_day.c, day_of(self._now_ms()) - timedelta(days=30)
            used = conn.execute(select(func.sum(c.seconds)).where(c.day > since.isoformat())).scalar()
            last = self._last(conn)
            told = last | {"seconds": int(used or 0), "learners": last["active_learners"]}
            return PlatformTotals(**_named(told, PlatformTotals))

    def charts(self, caller: Caller, *, days: int = 30) -> dict[str, Chart]:
        """User growth, courses per category, use of the platform day by day, and how often what was done.

        Raises:
            Denied. UserError: `invalid_fields` for less than 7 or more than 366 days.
        """
        _check_staff(caller)
        if not FEWEST_DAYS <= days <= MOST_DAYS:
            raise UserError("invalid_fields", fields={"days": ["invalid"]}, names="days")
        last = day_of(self._now_ms())
        every = [last - timedelta(days=n) for n in range(days - 1, -1, -1)]
        with self._look() as conn:
            return {
                "user_growth": _growth(conn, every),
                "courses_per_category": _by_category(conn),
                "system_usage": _usage_chart(conn, every),
                "activity": _activity(conn, every[0]),
                **searched(conn, start_of(every[0])),
            }

    def _last(self, conn: Connection) -> dict[str, int]:
        """The totals counted last; before the first job came round they are counted now."""
        c = platform_day.c
        newest = select(platform_day).where(c.taken_at.is_not(None)).order_by(c.day.desc()).limit(1)
        row = conn.execute(newest).first()
        last = dict(row._mapping) if row else totals(conn, now := self._now_ms()) | {"taken_at": now}
        return last | {"last_updated": last["taken_at"]}


def day_of(ms: int) -> date:
    """The day, in UTC, of a moment."""
    return datetime.fromtimestamp(ms / 1000, UTC).date()


def start_of(day: date) -> int:
    """When a day begins, in ms."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def totals(conn: Connection, now: int) -> dict[str, int]:
    """Count accounts, courses and learning as they are now: one statement a table."""
    a, c, s = account.c, enrollment.c, study_session.c
    found: dict[str, int] = {}
    every: list[tuple[Table, ColumnElement[bool], dict[str, ColumnElement[bool] | None]]] = [
        (account, a.is_active & a.deleted_at.is_(None),
         {"accounts": None, "students": a.role == STUDENT, "instructors": a.role == INSTRUCTOR}),
        (course_card, course_card.c.is_published, {"courses": None}),
        (enrollment, c.status.in_(LEARNING), {"enrolments": None, "completions": c.status == "completed"}),
        (progress, done, {"lessons_completed": None}),
        (certificate, certificate.c.is_valid, {"certificates_issued": None}),
    ]  # fmt: skip
    for table, where, wanted in every:
        found |= _counts(conn, table, where, wanted)
    recent = s.start.between(start_of(day_of(now) - timedelta(days=29)), now)
    active = conn.scalar(select(func.count(s.user_id.distinct())).where(recent))
    return found | {"active_learners": int(active or 0)}


def _counts(
    conn: Connection, table: Table, where: ColumnElement[bool], wanted: dict[str, ColumnElement[bool] | None]
) -> dict[str, int]:
    parts = [func.count() if which is None else func.sum(case((which, 1), else_=0)) for which in wanted.values()]
    found = conn.execute(select(*parts).select_from(table).where(where)).one()
    return {f"total_{name}": int(count or 0) for name, count in zip(wanted, found, strict=True)}


def usage(conn: Connection, since: date, until: int) -> dict[date, dict[str, int]]:
    """What was done by day, in UTC, from a day on: learners, seconds, attempts, lessons. The future counts nowhere."""
    s, a, p = study_session.c, attempt.c, progress.c
    out: dict[date, dict[str, int]] = {}
    studied = (func.count(s.user_id.distinct()).label("learners"), func.sum(s.seconds).label("seconds"))
    for at, *told in (
        (s.start, *studied),
        (a.submitted_at, func.count().label("attempts")),
        (p.first_done_at, func.count().label("lessons")),
    ):
        start = start_of(since)
        number = _day_number(at, start)
        query = select(number, *told).where(at >= start, at <= until).group_by(number)
        for row in conn.execute(query).mappings():
            day = since + timedelta(days=int(row["number"]))
            out.setdefault(day, {}).update({n: int(row[n] or 0) for n in row if n != "number"})
    return out


def _day_number(at: Any, start: int) -> Any:
    """Whole days since a moment, as databases divide integers."""
    return ((at - start) // DAY_MS).label("number")


def _growth(conn: Connection, days: Sequence[date]) -> Chart:
    """Accounts at the end of each day: as counted then, and where nobody counted by when today's accounts joined."""
    c, a, start = platform_day.c, account.c, start_of(days[0])
    known = dict(
        conn.execute(select(c.day, c.total_accounts).where(c.day >= days[0].isoformat(), c.taken_at.is_not(None)))
        .tuples()
        .all()
    )
    here = a.is_active & a.deleted_at.is_(None)
    before = int(conn.scalar(select(func.count()).select_from(account).where(here, a.joined_at < start)) or 0)
    number = _day_number(a.joined_at, start)
    joined = dict(
        conn.execute(select(number, func.count()).where(here, a.joined_at >= start).group_by(number)).tuples().all()
    )
    total, new, every = before, [], []
    for place, day in enumerate(days):
        new.append(int(joined.get(place, 0)))
        total += new[-1]
        every.append(int(known.get(day.isoformat(), total)))
    return chart("line", [day.isoformat() for day in days], accounts=every, joined=new)


def _by_category(conn: Connection) -> Chart:
    c = course_card.c
    name = func.coalesce(category.c.name, c.category)
    query = (
        select(name, func.count())
        .select_from(course_card.outerjoin(category, category.c.id == c.category_id))
        .where(c.is_published)
        .group_by(name)
        .order_by(func.count().desc(), name)
    )
    rows = conn.execute(query).tuples().all()
    return chart("bar", [str(name or "") for name, _ in rows], courses=[int(count) for _, count in rows])


def _usage_chart(conn: Connection, days: Sequence[date]) -> Chart:
    c = platform_day.c
    query = select(c.day, c.learners, c.seconds, c.attempts).where(c.day >= days[0].isoformat())
    used = {row.day: row for row in conn.execute(query)}
    told = [used.get(day.isoformat()) for day in days]
    return chart(
        "bar",
        [day.isoformat() for day in days],
        learners=[row.learners if row else 0 for row in told],
        hours=[round(row.seconds / 3600, 1) if row else 0 for row in told],
        attempts=[row.attempts if row else 0 for row in told],
    )


def _activity(conn: Connection, since: date) -> Chart:
    """How often what was done: as people's laptops tell it, and by the days' counts of lessons and attempts."""
    c, done = platform_day.c, dict(counted(conn, start_of(since)))
    counts = select(func.sum(c.lessons), func.sum(c.attempts)).where(c.day >= since.isoformat())
    lessons, attempts = conn.execute(counts).one()
    done |= {"lesson_complete": int(lessons or 0), "attempt": int(attempts or 0)}
    return chart("bar", sorted(done), count=[done[kind] for kind in sorted(done)])


def _check_staff(caller: Caller) -> None:
    if not is_moderator_or_up(caller):
        raise Denied


def _named(told: dict[str, Any], kind: type[Struct]) -> dict[str, int]:
    return {name: int(told[name] or 0) for name in kind.__struct_fields__}
