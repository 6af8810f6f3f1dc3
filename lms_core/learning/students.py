"""Who learns the courses that somebody teaches, and suspending them there (ENR-12)."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Select, and_, func, or_, select

from lms_core import ops
from lms_core.accounts.model import Caller
from lms_core.accounts.reading import rows_of
from lms_core.courses.rules import instructor_id
from lms_core.courses.tables import course, course_instructor
from lms_core.errors import Conflict, NotFound
from lms_core.learning.desk import Look, WorkAs
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.tables import roster_entry
from lms_core.permissions import can_manage_course
from lms_core.schema import Actor

r = roster_entry.c


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who learns a course of the caller's; `last_active_at` in ms since 1970."""

    id: str
    user_id: str
    name: str
    email: str
    course_id: str
    course: str
    status: str
    percent: float
    seconds: int
    last_active_at: int | None
    best_score: float | None


class StudentsDesk:
    """The rosters of the courses in which the caller may manage students."""

    def __init__(self, *, work: WorkAs, look: Look) -> None:
        self._work, self._look = work, look

    def all(
        self, caller: Caller, *, course: str = "", search: str = "", status: str = "", offset: int, most: int
    ) -> tuple[int, list[Student]]:
        """How many learn the caller's courses, and some of them by name; once for each course."""
        mine = and_(
            course_instructor.c.course_id == r.course_id, course_instructor.c.user_id == caller.account,
            course_instructor.c.is_active, course_instructor.c.can_manage_students,
        )  # fmt: skip
        query = _rows().join(course_instructor, mine)
        for column, value in ((r.course_id, course), (r.status, status)):
            query = query.where(column == value) if value else query
        for word in search.split()[:8]:
            query = query.where(or_(*(c.icontains(word, autoescape=True) for c in (r.name, r.email))))
        with self._look() as conn:
            count = conn.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = conn.execute(query.order_by(r.name, r.id).offset(offset).limit(most))
            return int(count), [_student(row) for row in rows]

    def get(self, caller: Caller, name: str) -> Student:
        """One of them. Raises NotFound, also for those of courses in which the caller manages no students."""
        with self._look() as conn:
            return _found(conn, caller, name)

    def set_suspended(self, caller: Caller, name: str, *, suspended: bool) -> Student:
        """Keep somebody from learning the course, or let them go on; what they have learned stays.

        Raises:
            NotFound. Conflict: `bad_transition` for who has left or completed it.
        """
        with self._work(Actor(caller.account, caller.role)) as unit:
            found = _found(unit, caller, name)
            row = ENROLLMENT.id_for(found.user_id, found.course_id)
            now = (unit.row(ENROLLMENT, row) or {"status": "none"})["status"]
            wanted = "suspended" if suspended else "active"
            if now == wanted:
                return found
            if now != ("active" if suspended else "suspended"):
                raise Conflict("bad_transition")
            unit.emit(ops.act(ENROLLMENT, row, "suspend" if suspended else "reinstate", expect=now))
            return msgspec.structs.replace(found, status=wanted)


def _rows() -> Select[Any]:
    names = [r[name] for name in Student.__struct_fields__ if name in r]
    return select(*names, course.c.title.label("course")).join(course, course.c.id == r.course_id)


def _found(source: Any, caller: Caller, name: str) -> Student:
    rows = rows_of(source, _rows().where(r.id == name))
    if rows:
        teaches = course_instructor.c.id == instructor_id(rows[0].course_id, caller.account)
        mine = rows_of(source, select(course_instructor).where(teaches))
        who, membership = Actor(caller.account, caller.role), mine[0]._mapping if mine else None
        if can_manage_course(who, membership, "can_manage_students"):
            return _student(rows[0])
    raise NotFound


def _student(row: Any) -> Student:
    return Student(**{name: getattr(row, name) for name in Student.__struct_fields__})
