"""What reports tell (ANA-14): for each kind its columns and a query for its rows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from lms_core.accounts.tables import account, credential
from lms_core.analytics.tables import platform_day
from lms_core.classes.tables import cohort_course, cohort_member
from lms_core.courses.tables import course_card
from lms_core.formats.sheets import Cell
from lms_core.learning.tables import course_progress, enrollment
from lms_core.media.tables import held_file

Parameters = Mapping[str, str]
Rows = Generator[Sequence[Cell]]
NAMED = ("course", "cohort")
"""What a report may be narrowed to."""


@dataclass(frozen=True)
class Kind:
    """A kind of report: its title and headings, the query, and what becomes of each of its rows."""

    title: str
    headings: tuple[str, ...]
    query: Callable[[Parameters], Select[Any]]
    row: Callable[[Any], Sequence[Cell]]
    takes: tuple[str, ...] = ()

    def rows(self, conn: Connection, parameters: Parameters) -> Rows:
        """The rows, from the database piece by piece."""
        with conn.execute(self.query(parameters).execution_options(yield_per=500)) as found:
            for each in found:
                yield self.row(each)


def _users(parameters: Parameters) -> Select[Any]:
    a, m = account.c, cohort_member.c
    query = (
        select(
            a.last_name, a.first_name, a.email, a.username, a.role, a.cohort, a.is_active, a.joined_at,
            credential.c.last_login_at,
        )
        .outerjoin(credential, credential.c.account == a.id)
        .where(a.deleted_at.is_(None))
        .order_by(a.last_name, a.first_name, a.id)
    )  # fmt: skip
    if "cohort" in parameters:
        members = select(m.user_id).where(m.cohort_id == parameters["cohort"], m.is_active)
        query = query.where(a.id.in_(members))
    return query


def _user(r: Any) -> Sequence[Cell]:
    open_ = "yes" if r.is_active else "no"
    return (
        r.last_name, r.first_name, r.email, r.username, r.role, r.cohort, open_, _day(r.joined_at),
        _day(r.last_login_at),
    )  # fmt: skip


def _progress(parameters: Parameters) -> Select[Any]:
    c, p, a, card = enrollment.c, course_progress.c, account.c, course_card.c
    query = (
        select(
            card.title, a.last_name, a.first_name, a.email, c.status, p.percent, p.lessons_done, p.lessons_total,
            p.seconds, p.last_active_at, c.enrolled_at,
        )
        .select_from(enrollment)
        .join(account, a.id == c.user_id)
        .outerjoin(course_card, card.course_id == c.course_id)
        .outerjoin(course_progress, (p.user_id == c.user_id) & (p.course_id == c.course_id))
        .where(c.status != "none")
        .order_by(card.title, a.last_name, a.first_name, c.id)
    )  # fmt: skip
    if "course" in parameters:
        query = query.where(c.course_id == parameters["course"])
    if "cohort" in parameters:
        m, k, cohort = cohort_member.c, cohort_course.c, parameters["cohort"]
        query = query.where(
            c.user_id.in_(select(m.user_id).where(m.cohort_id == cohort, m.is_active, m.kind == "student")),
            c.course_id.in_(select(k.course_id).where(k.cohort_id == cohort, k.is_active)),
        )
    return query


def _learner(r: Any) -> Sequence[Cell]:
    hours = round((r.seconds or 0) / 3600, 1)
    return (
        r.title or "", r.last_name, r.first_name, r.email, r.status, r.percent or 0.0, r.lessons_done or 0,
        r.lessons_total or 0, hours, _day(r.last_active_at), _day(r.enrolled_at),
    )  # fmt: skip


def _months(parameters: Parameters) -> Select[Any]:
    c = platform_day.c
    month = func.substr(c.day, 1, 7).label("month")
    return (
        select(
            month, func.max(c.total_accounts).label("accounts"), func.max(c.learners).label("learners"),
            func.sum(c.seconds).label("seconds"), func.sum(c.attempts).label("attempts"),
            func.max(c.total_lessons_completed).label("lessons"), func.max(c.total_completions).label("completions"),
        )
        .group_by(month)
        .order_by(month)
    )  # fmt: skip


def _month(r: Any) -> Sequence[Cell]:
    hours = round(int(r.seconds or 0) / 3600, 1)
    counted = (r.accounts, r.learners, r.attempts, r.lessons, r.completions)
    accounts, learners, attempts, lessons, completions = (int(each or 0) for each in counted)
    return r.month, accounts, learners, hours, attempts, lessons, completions


def _storage(parameters: Parameters) -> Select[Any]:
    a, f = account.c, held_file.c
    size = func.sum(f.size)
    return (
        select(a.last_name, a.first_name, a.email, a.role, func.count().label("files"), size.label("bytes"))
        .select_from(held_file)
        .join(account, a.id == f.account)
        .group_by(a.id, a.last_name, a.first_name, a.email, a.role)
        .order_by(size.desc(), a.id)
    )


def _holder(r: Any) -> Sequence[Cell]:
    return r.last_name, r.first_name, r.email, r.role, int(r.files), round(int(r.bytes or 0) / 1_000_000, 2)


def _day(ms: int | None) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat() if ms else ""


WHO = ("Last name", "First name", "E-mail")
KINDS: Mapping[str, Kind] = {
    "users": Kind(
        "Users", (*WHO, "Username", "Role", "Class", "Active", "Joined", "Last sign-in"), _users, _user, ("cohort",)
    ),
    "progress": Kind(
        "Enrolments and progress",
        ("Course", *WHO, "Status", "Percent", "Lessons done", "Lessons", "Hours", "Last active", "Enrolled"),
        _progress, _learner, NAMED,
    ),
    "activity": Kind(
        "Activity by month",
        ("Month", "Accounts", "Most learners on a day", "Hours", "Attempts", "Lessons completed so far",
         "Courses completed so far"),
        _months, _month,
    ),
    "storage": Kind("Storage", (*WHO, "Role", "Files", "Megabytes"), _storage, _holder),
}  # fmt: skip
"""By name."""
