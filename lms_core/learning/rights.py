"""Who may read which file of the hub (SYNC.md section 7): what nothing here allows is refused."""

from __future__ import annotations

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, union_all

from lms_core.accounts.tables import account as people
from lms_core.courses import tables as c
from lms_core.courses.entities import AUTHORS
from lms_core.courses.publishing import answer_key
from lms_core.errors import Denied, UserError
from lms_core.learning.tables import enrollment
from lms_core.media.tables import held_file, unused_file
from lms_core.unit import Unit

MB = 1 << 20


def reads_course(conn: Connection, account: str, course: str) -> bool:
    """Whether somebody may read what readers of a course get.

    Administrators, those who teach it, who learn or have learned it, and everybody while it is published for free.
    """
    ways: tuple[Select[tuple[str]], ...] = (
        select(c.course_card.c.id).where(
            c.course_card.c.course_id == course, c.course_card.c.is_published, c.course_card.c.price == 0
        ),
        select(enrollment.c.id).where(
            enrollment.c.course_id == course, enrollment.c.user_id == account, enrollment.c.status != "none"
        ),
        select(c.course_instructor.c.id).where(
            c.course_instructor.c.course_id == course,
            c.course_instructor.c.user_id == account,
            c.course_instructor.c.is_active,
        ),
        select(people.c.id).where(people.c.id == account, people.c.role == "admin"),
    )
    return any(conn.scalar(way.limit(1)) is not None for way in ways)


def may_read_pack(conn: Connection, account: str, sha256: str) -> bool:
    """Whether somebody may read a published version or its practice keys; other keys are no files at all."""
    card, key = c.course_card.c, answer_key.c
    courses = {*conn.scalars(select(card.course_id).where(or_(card.pack == sha256, card.key_pack == sha256)))}
    courses |= {*conn.scalars(select(key.course_id).where(key.pack == sha256))}
    return any(reads_course(conn, account, course) for course in courses)


def may_read_blob(conn: Connection, account: str, sha256: str) -> bool:
    """Whether somebody may read a media file: as one who has it, or through a course that names it.

    The course must be taught by somebody who has the file: to name a hash gives its bytes to nobody.
    """
    holders = set(conn.scalars(select(held_file.c.account).where(held_file.c.sha256 == sha256)))
    if account in holders:
        return True
    files, lead = c.course_file.c, c.course_instructor.c
    named = select(files.course_id).where(files.sha256 == sha256)
    admins = select(people.c.id).where(people.c.id.in_(holders), people.c.role == "admin")
    if conn.scalar(admins.limit(1)) is None:
        named = named.where(
            select(lead.id).where(lead.course_id == files.course_id, lead.user_id.in_(holders)).exists()
        )
    return any(reads_course(conn, account, course) for course in conn.scalars(named).all())


def check_author(conn: Connection, account: str) -> None:
    """Raise Denied for somebody who writes no course: neither by role nor as a co-author."""
    own = select(people.c.id).where(people.c.id == account, people.c.role.in_(AUTHORS))
    lead = c.course_instructor.c
    named = select(lead.id).where(lead.user_id == account, lead.is_active, lead.can_edit_content)
    if conn.scalar(union_all(own, named).limit(1)) is None:
        raise Denied("forbidden")


def check_quota(conn: Connection, account: str, size: int, *, most: int) -> None:
    """Raise UserError `out_of_quota` when what somebody gave and has in courses, and `size`, would be over `most`."""
    files = c.course_file.c
    named = (
        select(files.sha256, files.size)
        .join(c.course, c.course.c.id == files.course_id)
        .where(c.course.c.created_by == account)
    )
    given = select(held_file.c.sha256, held_file.c.size).where(held_file.c.account == account)
    every = union_all(named, given).subquery()
    mine = select(func.max(every.c.size).label("size")).group_by(every.c.sha256).subquery()
    used = int(conn.scalar(select(func.coalesce(func.sum(mine.c.size), 0))) or 0)
    if used + size > most:
        raise UserError("out_of_quota", used_mb=used // MB, most_mb=most // MB)


def note_holder(unit: Unit, account: str, sha256: str, size: int) -> None:
    """Keep that somebody has proved to have a file; it counts as used from now on, for its grace at least."""
    held = held_file.c
    unit.local(delete(unused_file).where(unused_file.c.sha256 == sha256))
    unit.local(delete(held_file).where(held.sha256 == sha256, held.account == account))
    unit.local(insert(held_file), [{"sha256": sha256, "account": account, "size": size, "at": unit.now_ms}])
