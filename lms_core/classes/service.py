"""Classes at the hub: made by the desk, filled by code or by list, taught by their instructors, carried over a term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select

from lms_core.accounts.model import Caller, key_of, refuse
from lms_core.accounts.reading import rows_of
from lms_core.accounts.service import Look
from lms_core.accounts.tables import account, credential
from lms_core.classes import entities as e
from lms_core.classes import tables as t
from lms_core.classes.joining import join_class
from lms_core.classes.model import (
    CODE_DAYS,
    CODE_USES,
    MOST_AT_ONCE,
    MOST_DAYS,
    MOST_USES,
    Code,
    Cohort,
    Member,
    Wish,
    new_code,
)
from lms_core.courses.rules import instructor_id
from lms_core.courses.tables import course as drafts
from lms_core.courses.tables import course_card, course_instructor
from lms_core.errors import Conflict, Denied, NotFound, UserError
from lms_core.notifications.notify import notify
from lms_core.permissions import AUTHORS, can_manage_cohort, is_cohort_member, is_course_instructor, is_moderator_or_up
from lms_core.ports import Clock
from lms_core.unit import Unit, Work

DAY_MS = 86_400_000


class ClassesService:
    """Classes over the hub's units of work; each verb asks who the caller is there."""

    def __init__(self, *, work: Work, look: Look, clock: Clock) -> None:
        self._work, self._look, self._clock = work, look, clock

    # --- read
    def list(
        self, caller: Caller, *, search: str = "", term: str = "", archived: bool = False, offset: int = 0, limit: int
    ) -> tuple[int, Sequence[Cohort]]:
        """How many classes the caller may see, and a page of them, the newest term first; the desk sees all."""
        where: Any = [t.cohort.c.archived_at.is_not(None) if archived else t.cohort.c.archived_at.is_(None)]
        if search:
            where.append(t.cohort.c.name.icontains(search, autoescape=True))
        if term:
            where.append(t.cohort.c.term == term)
        if not is_moderator_or_up(caller):
            mine = t.cohort_member.c
            own = select(mine.cohort_id).where(mine.user_id == caller.account, mine.is_active)
            where.append(t.cohort.c.id.in_(own))
        with self._look() as conn:
            count = conn.scalar(select(func.count()).select_from(t.cohort).where(*where)) or 0
            order = (t.cohort.c.starts_on.desc(), t.cohort.c.name, t.cohort.c.id)
            rows = conn.execute(_counted(caller.account).where(*where).order_by(*order).offset(offset).limit(limit))
            return count, [_cohort(row) for row in rows]

    def get(self, caller: Caller, name: str) -> Cohort:
        """A class that the caller is in or runs. Raises NotFound."""
        with self._look() as conn:
            row = conn.execute(_counted(caller.account).where(t.cohort.c.id == name)).first()
            if row is None or not (is_moderator_or_up(caller) or row.mine):
                raise NotFound
            return _cohort(row)

    def members(self, caller: Caller, name: str, *, offset: int = 0, limit: int) -> tuple[int, Sequence[Member]]:
        """Who is in a class, instructors first. Raises NotFound, Denied for who does not run it."""
        member = t.cohort_member.c
        where = (member.cohort_id == name, member.is_active)
        with self._look() as conn:
            self._running(conn, caller, name)
            count = conn.scalar(select(func.count()).select_from(t.cohort_member).where(*where)) or 0
            query = (
                select(member.user_id, member.name, member.kind, member.joined_at, account.c.email)
                .outerjoin(account, account.c.id == member.user_id)
                .where(*where)
                .order_by(member.kind, member.name, member.user_id)
            )
            rows = conn.execute(query.offset(offset).limit(limit)).mappings()
            return count, [Member(**{**row, "email": row["email"] or ""}) for row in rows]

    def courses(self, caller: Caller, name: str) -> Sequence[tuple[str, str]]:
        """The courses of a class as (id, title). Raises NotFound."""
        course = t.cohort_course.c
        self.get(caller, name)
        with self._look() as conn:
            query = select(course.course_id, course.title).where(course.cohort_id == name, course.is_active)
            return [(row.course_id, row.title) for row in conn.execute(query.order_by(course.title, course.course_id))]

    # --- the class itself
    def create(self, caller: Caller, wish: Wish, *, name: str | None = None) -> str:
        """Make a class; asked again with the same id it is the same one. Raises Denied, UserError `invalid_fields`."""
        if not is_moderator_or_up(caller):
            raise Denied
        wish.check()
        with self._work() as unit:
            return self._made(unit, caller, wish, name)

    def _made(self, unit: Unit, caller: Caller, wish: Wish, name: str | None, came_from: str | None = None) -> str:
        new = name or unit.new_id()
        there = unit.row(e.COHORT, new)
        if there is not None:
            if there["created_by"] != caller.account:
                raise Conflict
            return new
        more = {"came_from": came_from, "archived_at": None, "created_by": caller.account, "created_at": unit.now_ms}
        unit.derive(e.COHORT, new, _values(wish) | more)
        return new

    def change(self, caller: Caller, name: str, changes: Mapping[str, str]) -> None:
        """Change name, term or dates. Raises NotFound, Denied, UserError `invalid_fields`."""
        with self._work() as unit:
            row = self._running(unit, caller, name)
            known = {n: row[n] or "" for n in ("name", "term", "starts_on", "ends_on")}
            wish = Wish(**{**known, **changes})
            wish.check()
            unit.derive(e.COHORT, name, _values(wish))

    def archive(self, caller: Caller, name: str, *, archived: bool = True) -> None:
        """Close a class, or open it again: nobody can join, nothing follows from it; what was learned stays."""
        with self._work() as unit:
            self._running(unit, caller, name)
            self._archive(unit, name, archived)

    def _archive(self, unit: Unit, name: str, archived: bool) -> None:
        unit.derive(e.COHORT, name, {"archived_at": unit.now_ms if archived else None})
        if archived:
            unit.local(delete(t.class_code).where(t.class_code.c.cohort_id == name))

    def roll_over(
        self, caller: Caller, name: str, wish: Wish, *, students: bool, courses: bool = True, new: str | None = None
    ) -> str:
        """Make the class of the next term from this one and close this one; returns the new id.

        Instructors go along, courses and students as asked. Raises NotFound, Denied, UserError `invalid_fields`.
        """
        if not is_moderator_or_up(caller):
            raise Denied
        wish.check()
        with self._work() as unit:
            self._running(unit, caller, name)
            made = self._made(unit, caller, wish, new, name)
            for row in unit.all(select(t.cohort_member).where(t.cohort_member.c.cohort_id == name)):
                if row.is_active and (students or row.kind == "instructor"):
                    join_class(unit, made, row.user_id, row.name, row.kind)
                    _tell(unit, made, row.user_id)
            for row in unit.all(select(t.cohort_course).where(t.cohort_course.c.cohort_id == name)) if courses else ():
                if row.is_active:
                    self._offer(unit, made, row.course_id, row.title)
            self._archive(unit, name, True)
            return made

    # --- people
    def add_members(self, caller: Caller, name: str, people: Sequence[str], *, kind: str = "student") -> int:
        """Add accounts by id or e-mail address; returns how many are new. Instructors are named by the desk alone.

        Raises:
            NotFound, Denied.
            UserError: `invalid_fields` with those whom nobody knows, or who may not teach.
        """
        refuse({} if 0 < len(people) <= MOST_AT_ONCE else {"people": ["bad_length"]})
        with self._work() as unit:
            self._open(unit, caller, name)
            if kind == "instructor" and not is_moderator_or_up(caller):
                raise Denied
            found = self._accounts(unit, people)
            wrong = [said for said in people if key_of(said) not in found]
            if wrong:
                raise UserError("unknown_people", people=wrong, names=", ".join(wrong[:5]))
            added = 0
            for row in {r.id: r for r in found.values()}.values():
                if kind == "instructor" and row.role not in AUTHORS:
                    raise UserError("no_instructor", name=row.email)
                if join_class(unit, name, row.id, f"{row.first_name} {row.last_name}", kind):
                    added += 1
                    _tell(unit, name, row.id)
            return added

    def _accounts(self, unit: Unit, people: Sequence[str]) -> dict[str, Any]:
        keys = [key_of(said) for said in people]
        query = select(account, credential.c.email_key).join(credential, credential.c.account == account.c.id)
        rows = unit.all(query.where(or_(credential.c.email_key.in_(keys), account.c.id.in_(keys)), account.c.is_active))
        return {key: row for row in rows for key in (row.id, row.email_key)}

    def remove_member(self, caller: Caller, name: str, user: str) -> None:
        """Take somebody out, or leave; courses that were begun go on. Raises NotFound, Denied."""
        with self._work() as unit:
            member = e.COHORT_MEMBER.id_for(name, user)
            if user != caller.account:
                self._running(unit, caller, name)
            row = unit.row(e.COHORT_MEMBER, member)
            if row is None or not row["is_active"]:
                raise NotFound
            if row["kind"] == "instructor" and user != caller.account and not is_moderator_or_up(caller):
                raise Denied
            unit.derive(e.COHORT_MEMBER, member, {"is_active": False})

    # --- courses
    def add_course(self, caller: Caller, name: str, course: str) -> None:
        """Let the class learn a course: one that is published for free, that the caller teaches, or the desk's choice.

        Raises:
            NotFound, Denied. UserError: `course_unavailable`, it is not published.
        """
        with self._work() as unit:
            self._open(unit, caller, name)
            rows = unit.all(select(course_card).where(course_card.c.course_id == course))
            if not rows and not unit.all(select(drafts.c.id).where(drafts.c.id == course)):
                raise NotFound
            if not rows or not rows[0].is_published:
                raise UserError("course_unavailable")
            teaches = course_instructor.c.id == instructor_id(course, caller.account)
            lead = unit.all(select(course_instructor).where(teaches))
            mine = is_course_instructor(caller, lead[0]._mapping if lead else None)
            if rows[0].price and not (mine or is_moderator_or_up(caller)):
                raise Denied
            self._offer(unit, name, course, rows[0].title)

    def remove_course(self, caller: Caller, name: str, course: str) -> None:
        """Offer a course to the class no longer; who learns it goes on. Raises NotFound, Denied."""
        with self._work() as unit:
            self._running(unit, caller, name)
            row = e.COHORT_COURSE.id_for(name, course)
            there = unit.row(e.COHORT_COURSE, row)
            if there is None or not there["is_active"]:
                raise NotFound
            unit.derive(e.COHORT_COURSE, row, {"is_active": False})

    def _offer(self, unit: Unit, name: str, course: str, title: str) -> None:
        values = {"cohort_id": name, "course_id": course, "title": title, "is_active": True}
        unit.derive(e.COHORT_COURSE, e.COHORT_COURSE.id_for(name, course), values)

    # --- codes
    def code(self, caller: Caller, name: str) -> Code | None:
        """The code of a class, if there is one that works. Raises NotFound, Denied."""
        with self._look() as conn:
            self._running(conn, caller, name)
            row = conn.execute(select(t.class_code).where(t.class_code.c.cohort_id == name)).first()
        usable = row is not None and row.expires_at > self._clock.ms() and row.uses_left > 0
        return Code(code=row.code, expires_at=row.expires_at, uses_left=row.uses_left) if row and usable else None

    def renew_code(self, caller: Caller, name: str, *, days: int = CODE_DAYS, uses: int = CODE_USES) -> Code:
        """A fresh code in the place of a former one. Raises NotFound, Denied, UserError `invalid_fields`."""
        faults = {} if 1 <= days <= MOST_DAYS else {"days": ["bad_value"]}
        refuse(faults | ({} if 1 <= uses <= MOST_USES else {"uses": ["bad_value"]}))
        with self._work() as unit:
            self._open(unit, caller, name)
            made = Code(code=new_code(), expires_at=unit.now_ms + days * DAY_MS, uses_left=uses)
            unit.local(delete(t.class_code).where(t.class_code.c.cohort_id == name))
            about = {"cohort_id": name, "made_by": caller.account, "made_at": unit.now_ms}
            unit.local(insert(t.class_code).values(about | asdict(made)))
            return made

    def end_code(self, caller: Caller, name: str) -> None:
        """Let nobody join by the code any more. Raises NotFound, Denied."""
        with self._work() as unit:
            self._running(unit, caller, name)
            unit.local(delete(t.class_code).where(t.class_code.c.cohort_id == name))

    # --- rights
    def _running(self, source: Unit | Connection, caller: Caller, name: str) -> Mapping[str, Any]:
        """The class, for those who run it; raises NotFound to strangers, Denied to its students."""
        rows = rows_of(source, select(t.cohort).where(t.cohort.c.id == name))
        member = t.cohort_member.c
        mine = rows_of(source, select(t.cohort_member).where(member.id == e.COHORT_MEMBER.id_for(name, caller.account)))
        membership = mine[0]._mapping if mine else None
        if not rows:
            raise NotFound
        if not can_manage_cohort(caller, membership):
            raise Denied if is_cohort_member(caller, membership) else NotFound
        found: Mapping[str, Any] = rows[0]._mapping
        return found

    def _open(self, unit: Unit, caller: Caller, name: str) -> None:
        if self._running(unit, caller, name)["archived_at"] is not None:
            raise Conflict("class_archived")


def _tell(unit: Unit, name: str, user: str) -> None:
    row = unit.row(e.COHORT, name)
    notify(unit, user, "class_joined", values={"class": row["name"] if row else ""}, action_url="courses")


def _values(wish: Wish) -> dict[str, Any]:
    dates = {"starts_on": wish.starts_on or None, "ends_on": wish.ends_on or None}
    return {"name": wish.name.strip(), "term": wish.term.strip(), **dates}


def _counted(viewer: str) -> Any:
    """Classes with how many are in them, in one statement."""
    member, course = t.cohort_member.c, t.cohort_course.c

    def people(kind: str) -> Any:
        where = (member.cohort_id == t.cohort.c.id, member.is_active, member.kind == kind)
        return select(func.count()).select_from(t.cohort_member).where(*where).scalar_subquery().label(f"{kind}s")

    where = (course.cohort_id == t.cohort.c.id, course.is_active)
    offered = select(func.count()).select_from(t.cohort_course).where(*where).scalar_subquery().label("courses")
    own = (member.cohort_id == t.cohort.c.id, member.is_active, member.user_id == viewer)
    mine = select(func.max(member.kind)).where(*own).scalar_subquery().label("mine")
    return select(t.cohort, people("student"), people("instructor"), offered, mine)


def _cohort(row: Any) -> Cohort:
    names = Cohort.__dataclass_fields__
    return Cohort(**{name: value for name, value in row._mapping.items() if name in names})
