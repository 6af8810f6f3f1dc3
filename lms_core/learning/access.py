"""Who may fetch which file of a course, and how much an author may give (SYNC.md section 7): closed by default."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select, union

from lms_core.accounts.model import Caller
from lms_core.courses.entities import AUTHORS
from lms_core.courses.publishing import answer_key
from lms_core.courses.tables import course, course_card, course_file, course_instructor
from lms_core.errors import Denied, UserError
from lms_core.learning.tables import enrollment

READERS = ("active", "completed")
MB = 1 << 20


@dataclass(frozen=True)
class FileRights:
    """The rights of callers at the hub, read from its rows. `most_mb` is the space of one author, 0 without a limit."""

    look: Callable[[], AbstractContextManager[Connection]]
    most_mb: int = 0

    def may_read_pack(self, caller: Caller, sha256: str) -> bool:
        """A version, or the keys of its practice quizzes, for those who may read the course; keys of others never."""
        card, key = course_card.c, answer_key.c
        with self.look() as conn:
            now = select(card.course_id).where(or_(card.pack == sha256, card.key_pack == sha256))
            earlier = select(key.course_id).where(key.pack == sha256)
            return _may_read(conn, caller, conn.scalars(union(now, earlier)).all())

    def may_read_blob(self, caller: Caller, sha256: str) -> bool:
        """A picture of a course for those who may read the course."""
        with self.look() as conn:
            named = select(course_file.c.course_id).where(course_file.c.sha256 == sha256)
            return caller.role == "admin" or _may_read(conn, caller, conn.scalars(named).all())

    def check_quota(self, caller: Caller, size: int) -> None:
        """Take `size` bytes more from an author.

        Raises:
            Denied: the caller writes no course.
            UserError: `out_of_quota`.
        """
        with self.look() as conn:
            if not _writes(conn, caller):
                raise Denied("forbidden")
            if not self.most_mb:
                return
            mine = select(course_file.c.sha256, course_file.c.size).join(course, course.c.id == course_file.c.course_id)
            own = mine.where(course.c.created_by == caller.account).distinct().subquery()
            used = int(conn.scalar(select(func.coalesce(func.sum(own.c.size), 0))) or 0)
        if used + size > self.most_mb * MB:
            raise UserError("out_of_quota", used_mb=used // MB, most_mb=self.most_mb)


def _writes(conn: Connection, caller: Caller) -> bool:
    c = course_instructor.c
    named = select(c.id).where(c.user_id == caller.account, c.is_active, c.can_edit_content)
    return caller.role in AUTHORS or conn.execute(named.limit(1)).first() is not None


def _may_read(conn: Connection, caller: Caller, courses: Iterable[str]) -> bool:
    """Whether one of the courses is free for all, or the caller teaches or learns it, or keeps the server."""
    ids = list(courses)
    if caller.role == "admin":
        return bool(ids)
    card, lead, joined = course_card.c, course_instructor.c, enrollment.c
    ways = union(
        select(card.course_id).where(card.course_id.in_(ids), card.is_published, card.price == 0),
        select(lead.course_id).where(lead.course_id.in_(ids), lead.user_id == caller.account, lead.is_active),
        select(joined.course_id).where(
            joined.course_id.in_(ids), joined.user_id == caller.account, joined.status.in_(READERS)
        ),
    )
    return conn.execute(ways).first() is not None
