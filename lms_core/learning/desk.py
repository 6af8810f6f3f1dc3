"""Learning at the hub: the verbs of `LearningService` in a caller's name, each with its right asked first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from lms_core.accounts.model import Caller
from lms_core.accounts.reading import rows_of
from lms_core.courses.naming import course_named
from lms_core.courses.plan import CoursePlan
from lms_core.courses.tables import course as drafts
from lms_core.courses.tables import course_card
from lms_core.courses.tables import lesson as written
from lms_core.db.paging import Paging
from lms_core.errors import NotFound, UserError
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.effects import PlanOf
from lms_core.learning.joining import joining_of
from lms_core.learning.model import Enrollment, LessonProgress, Studied, is_done, percent_watched
from lms_core.learning.rights import standing_of
from lms_core.learning.rules import Joining
from lms_core.learning.service import LearningService
from lms_core.permissions import can_manage_course, is_enrolled, is_owner
from lms_core.schema import Actor
from lms_core.unit import Reader, Rows, Unit

WorkAs = Callable[[Actor], AbstractContextManager[Unit]]
"""How a unit of work begins in somebody's name."""
Look = Callable[[], AbstractContextManager[Connection]]
Seen = Callable[[Any], None]
"""Looks at what is there before it is changed, in the same transaction; may raise."""


def blind(now: Any) -> None:
    """Change whatever is there."""


class Shelf:
    """Lessons of published versions (implements Lessons); `plan_of` tells those of a course."""

    def __init__(self, reader: Reader, who: Actor, plan_of: PlanOf) -> None:
        self._reader, self._who, self._plan_of = reader, who, plan_of

    def course_of(self, lesson: str) -> str:
        """The course that a published lesson belongs to; raises NotFound."""
        rows = self._reader.all(select(written.c.course_id).where(written.c.id == lesson))
        if not rows or lesson not in self._plan_of(self._reader, rows[0].course_id).ids:
            raise NotFound
        return str(rows[0].course_id)

    def kind_of(self, lesson: str) -> str:
        """Its kind in the published version; empty for one that is not in it."""
        rows = self._reader.all(select(written.c.course_id).where(written.c.id == lesson))
        planned = self.plan(rows[0].course_id).lessons if rows else ()
        return next((each.kind for each in planned if each.id == lesson), "")

    def plan(self, course: str) -> CoursePlan:
        """The lessons of its published version."""
        return self._plan_of(self._reader, course)

    def learned(self, lesson: str) -> str:
        """The same course for those who learn it. Raises NotFound, UserError `not_enrolled`."""
        course = self.course_of(lesson)
        standing = standing_of(self._reader, self._who, course)
        if not is_enrolled(self._who, standing.enrollment):
            raise UserError("not_enrolled") if standing.is_shown else NotFound
        return course


class LearningDesk:
    """Enrolments and progress at the hub."""

    def __init__(self, *, work: WorkAs, look: Look, plan_of: PlanOf) -> None:
        self._work, self._look, self._plan_of = work, look, plan_of

    @contextmanager
    def _at(self, caller: Caller) -> Iterator[tuple[Unit, LearningService, Shelf]]:
        with self._work(Actor(caller.account, caller.role)) as unit:
            shelf = Shelf(unit, unit.actor, self._plan_of)
            yield unit, LearningService(lambda: nullcontext(unit), shelf), shelf

    # --- enrolments
    def enroll(self, caller: Caller, name: str) -> Enrollment:
        """Enrol the caller in a course by id or slug; asked again it is the same enrolment (ENR-01).

        Raises:
            NotFound: for a course that they may not know of. UserError: `course_unavailable`, `payment_needed`,
                `prerequisites_missing`.
        """
        with self._at(caller) as (unit, learning, _):
            course = course_named(unit, name)
            if not standing_of(unit, unit.actor, course).is_shown:
                raise NotFound
            learning.enroll(course)
            return _enrollment(unit, e.ENROLLMENT.id_for(caller.account, course))

    def joining(self, caller: Caller, name: str) -> Joining:
        """What tells whether the caller can enrol in a course by id or slug. Raises NotFound."""
        who = Actor(caller.account, caller.role)
        with self._look() as conn:
            reader = Rows(conn)
            course = course_named(reader, name)
            if not standing_of(reader, who, course).is_shown:
                raise NotFound
            return joining_of(reader, caller.account, course)

    def unenroll(self, caller: Caller, name: str, seen: Seen = blind) -> Enrollment:
        """Leave a course; progress and notes stay. Raises NotFound, also for an enrolment of somebody else."""
        with self._at(caller) as (unit, learning, _):
            found = _enrollment(unit, name)
            if not is_owner(caller, found.user_id):
                raise NotFound
            seen(found)
            learning.drop(found.course_id)
            return _enrollment(unit, name)

    def enrollments(
        self, caller: Caller, *, status: str = "", course: str = "", offset: int = 0, limit: int
    ) -> tuple[int, Sequence[Enrollment]]:
        """How many enrolments the caller has, and a page of them, the last active first (ENR-10)."""
        wanted = {"me": caller.account} | ({"status": status} if status else {"but": "none"})
        wanted |= {"course": course} if course else {}
        with self._look() as conn:
            count, rows = _ENROLLMENTS.page(conn, wanted, offset=offset, limit=limit)
            return count, [_view(row) for row in rows]

    def enrollment(self, caller: Caller, name: str) -> Enrollment:
        """An enrolment, for its owner and for those who manage the students of its course. Raises NotFound."""
        with self._look() as conn:
            return readable_enrollment(conn, caller, name)

    # --- progress
    def progress(
        self, caller: Caller, *, lesson: str = "", course: str = "", enrollment: str = "", offset: int = 0, limit: int
    ) -> tuple[int, Sequence[LessonProgress]]:
        """How many lessons the caller has opened, and a page of them, the last opened first (PRG-01)."""
        wanted = {"lesson": lesson, "course": course, "enrollment": enrollment}
        wanted = {"me": caller.account} | {name: value for name, value in wanted.items() if value}
        with self._look() as conn:
            count, rows = _PROGRESS.page(conn, wanted, offset=offset, limit=limit)
            return count, [_lesson(row) for row in rows]

    def course_progress(self, caller: Caller, name: str) -> tuple[Enrollment, Sequence[LessonProgress]]:
        """An enrolment with every lesson of the published version in order, then those it no longer has (ENR-05).

        One that was never opened is `not_started`, under the id that its row will have. Raises NotFound.
        """
        with self._look() as conn:
            found = readable_enrollment(conn, caller, name)
            me, course = found.user_id, found.course_id
            rows = {r.lesson_id: _lesson(r) for r in conn.execute(_IN_COURSE, {"me": me, "course": course})}
            planned = self._plan_of(Rows(conn), course).lessons
            return found, [
                *(rows.pop(x.id) if x.id in rows else _untouched(me, course, x.id) for x in planned), *rows.values(),
            ]  # fmt: skip

    def lesson_progress(self, caller: Caller, lesson: str) -> LessonProgress:
        """The caller's progress in a lesson that they learn. Raises NotFound, UserError `not_enrolled`."""
        with self._look() as conn:
            reader = Rows(conn)
            course = Shelf(reader, Actor(caller.account, caller.role), self._plan_of).learned(lesson)
            return _progress(reader, caller.account, course, lesson)

    def study(
        self,
        caller: Caller,
        lesson: str,
        *,
        percent: float | None = None,
        position: Mapping[str, Any] | None = None,
        is_completed: bool | None = None,
        studied: Studied | None = None,
        watched: tuple[int, int] | None = None,
        notes: str | None = None,
        seen: Seen = blind,
    ) -> LessonProgress:
        """Note what the caller did in a lesson; a percentage never falls, time that is told twice counts once.

        `watched` is seconds of its video that were seen, of how many; `notes` the memo of the lesson.

        Raises:
            NotFound. UserError: `not_enrolled`, `quiz_not_passed`, `invalid_fields` for a time that is still to come.
        """
        with self._at(caller) as (unit, learning, shelf):
            course = shelf.learned(lesson)
            seen(_progress(unit, caller.account, course, lesson))
            learning.open_lesson(lesson)
            if studied:
                _check_time(studied, unit.now_ms)
                learning.record_session(lesson, start_ms=studied.start_ms, seconds=studied.seconds)
            if percent is not None or position:
                learning.record_position(lesson, percent=percent or 0, place=position or {})
            if watched:
                learning.record_watched(lesson, watched=watched[0], total=watched[1])
            if notes is not None:
                learning.write_memo(lesson, notes)
            if is_completed is not None:
                (learning.complete if is_completed else learning.reopen)(lesson)
            return _progress(unit, caller.account, course, lesson)

    def lesson_of(self, caller: Caller, name: str) -> str:
        """The lesson of a progress row of the caller's. Raises NotFound."""
        c = t.progress.c
        with self._look() as conn:
            found = conn.scalar(select(c.lesson_id).where(c.id == name, c.user_id == caller.account))
        if found is None:
            raise NotFound
        return str(found)


def readable_enrollment(source: Reader | Connection, caller: Caller, name: str) -> Enrollment:
    """An enrolment that a caller may see: their own, or in a course whose students they manage. Raises NotFound."""
    found = _enrollment(source, name)
    if is_owner(caller, found.user_id):
        return found
    who = Actor(caller.account, caller.role)
    if not can_manage_course(who, standing_of(source, who, found.course_id).membership, "can_manage_students"):
        raise NotFound
    return found


def _enrollment(source: Reader | Connection, name: str) -> Enrollment:
    found = rows_of(source, _ONE, {"row": name})
    if not found:
        raise NotFound
    return _view(found[0])


_c, _p, _done, _card, _draft = t.enrollment.c, t.course_progress.c, t.progress.c, course_card.c, drafts.c
_JOINED = (
    select(
        _c.id, _c.user_id, _c.course_id, _c.status, _c.payment_status, _c.enrolled_at, _c.completed_at,
        _p.percent, _p.lessons_done, _p.lessons_total,
        _p.seconds, _p.last_lesson, _p.last_active_at, _card.lessons,
        func.coalesce(_card.title, _draft.title).label("title"),
    )
    .outerjoin(t.course_progress, (_p.user_id == _c.user_id) & (_p.course_id == _c.course_id))
    .outerjoin(course_card, _card.course_id == _c.course_id)
    .outerjoin(drafts, _draft.id == _c.course_id)
)  # fmt: skip
_ONE = _JOINED.where(_c.id == bindparam("row"), _c.status != "none")
_ENROLLMENTS = Paging(
    _JOINED,
    t.enrollment,
    {
        "me": _c.user_id == bindparam("me"), "status": _c.status == bindparam("status"),
        "but": _c.status != bindparam("but"), "course": _c.course_id == bindparam("course"),
    },
    order=(func.coalesce(_p.last_active_at, 0).desc(), _c.enrolled_at.desc(), _c.id),
)  # fmt: skip
_PROGRESS = Paging(
    select(t.progress),
    t.progress,
    {
        "me": _done.user_id == bindparam("me"), "lesson": _done.lesson_id == bindparam("lesson"),
        "course": _done.course_id == bindparam("course"),
        "enrollment": _done.course_id.in_(
            select(_c.course_id).where(_c.id == bindparam("enrollment"), _c.user_id == bindparam("me"))
        ),
    },
    order=(func.coalesce(_done.opened_at, 0).desc(), _done.id),
)  # fmt: skip
_IN_COURSE = (
    select(t.progress)
    .where(_done.user_id == bindparam("me"), _done.course_id == bindparam("course"))
    .order_by(_done.opened_at, _done.id)
)


def _view(row: Any) -> Enrollment:
    return Enrollment(
        id=row.id, user_id=row.user_id, course_id=row.course_id, title=row.title or "", status=row.status,
        payment_status=row.payment_status or "free", enrolled_at=row.enrolled_at, completed_at=row.completed_at,
        percent=row.percent or 0.0, lessons_done=row.lessons_done or 0,
        lessons_total=row.lessons_total or row.lessons or 0, seconds=row.seconds or 0, last_lesson=row.last_lesson,
        last_active_at=row.last_active_at,
    )  # fmt: skip


def _progress(reader: Reader, account: str, course: str, lesson: str) -> LessonProgress:
    found = reader.all(select(t.progress).where(t.progress.c.id == e.PROGRESS.id_for(account, lesson)))
    return _lesson(found[0]) if found else _untouched(account, course, lesson)


def _untouched(account: str, course: str, lesson: str) -> LessonProgress:
    return LessonProgress(
        id=e.PROGRESS.id_for(account, lesson), user_id=account, course_id=course, lesson_id=lesson,
        status="not_started", percent=0.0, watched_seconds=0, total_seconds=0, completion_percentage=0.0, position={},
        notes="",
        opened_at=None, done_at=None,
    )  # fmt: skip


def _lesson(row: Any) -> LessonProgress:
    done = is_done(row.done_at, row.reopened_at)
    return LessonProgress(
        id=row.id, user_id=row.user_id, course_id=row.course_id, lesson_id=row.lesson_id,
        status="done" if done else "in_progress" if row.opened_at else "not_started",
        percent=row.percent or 0.0, watched_seconds=row.watched or 0, total_seconds=row.total or 0,
        completion_percentage=percent_watched(row.watched or 0, row.total or 0), position=row.position or {},
        notes=row.notes or "", opened_at=row.opened_at,
        done_at=row.done_at if done else None,
    )  # fmt: skip


def _check_time(studied: Studied, now_ms: int) -> None:
    if studied.start_ms < 0 or studied.start_ms + studied.seconds * 1000 > now_ms + e.AHEAD_MS:
        raise UserError("invalid_fields", fields={"studied": ["invalid"]}, names="studied")
