"""Who may read which file of the hub (SYNC.md section 7): what nothing here allows is refused."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete, func, insert, or_, select, union_all

from lms_core.accounts.personal import PHOTO_BYTES
from lms_core.accounts.reading import rows_of
from lms_core.accounts.tables import account as people
from lms_core.accounts.tables import profile
from lms_core.courses import tables as c
from lms_core.courses.entities import COURSE_CARD
from lms_core.courses.publishing import answer_key
from lms_core.courses.rules import instructor_id
from lms_core.db.bulk import chunks
from lms_core.db.rows import by_id
from lms_core.errors import Denied, UserError
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.tables import enrollment
from lms_core.media.tables import held_file, unused_file
from lms_core.permissions import AUTHORS, STUDENT, can_read_course, is_enrolled
from lms_core.schema import Actor, Row
from lms_core.unit import Reader, Unit

MB = 1 << 20


class Standing(NamedTuple):
    """What somebody has to do with a course: rows by name, None where there is none."""

    who: Actor | None
    card: Row | None
    enrollment: Row | None
    membership: Row | None

    @property
    def reads(self) -> bool:
        """Whether they may have what readers of the course get."""
        return can_read_course(self.who, card=self.card, enrollment=self.enrollment, membership=self.membership)

    @property
    def is_shown(self) -> bool:
        """Whether they may know that the course is there."""
        return self.reads or bool(self.card and self.card["is_published"])

    @property
    def learns(self) -> bool:
        """Whether they are enrolled."""
        return is_enrolled(self.who, self.enrollment)


def standing_of(source: Reader | Connection, who: Actor | None, course: str) -> Standing:
    """What somebody, or a guest, has to do with a course."""
    account = who.account if who else ""

    def row(table: Table, name: str) -> Row | None:
        found = rows_of(source, by_id(table), {"row": name})
        return dict(found[0]._mapping) if found else None

    card = row(c.course_card, COURSE_CARD.id_for(course))
    joined = row(enrollment, ENROLLMENT.id_for(account, course)) if who else None
    return Standing(who, card, joined, row(c.course_instructor, instructor_id(course, account)) if who else None)


def reads_course(conn: Connection, account: str, course: str) -> bool:
    """Whether an account may have what readers of a course get."""
    role = conn.scalar(select(people.c.role).where(people.c.id == account))
    return standing_of(conn, Actor(account, role or STUDENT), course).reads


def may_read_pack(conn: Connection, account: str, sha256: str) -> bool:
    """Whether somebody may read a published version or its practice keys; other keys are no files at all."""
    card, key = c.course_card.c, answer_key.c
    courses = {*conn.scalars(select(card.course_id).where(or_(card.pack == sha256, card.key_pack == sha256)))}
    courses |= {*conn.scalars(select(key.course_id).where(key.pack == sha256))}
    return any(reads_course(conn, account, course) for course in courses)


def named_files(conn: Connection, account: str, names: Collection[str]) -> set[str]:
    """Those of the files that somebody has given or that a course names which he reads."""
    held, files = held_file.c, c.course_file.c
    found: set[str] = set()
    named: dict[str, set[str]] = {}
    for part in chunks(sorted(names)):
        found.update(conn.scalars(select(held.sha256).where(held.account == account, held.sha256.in_(part))))
        for row in conn.execute(select(files.sha256, files.course_id).where(files.sha256.in_(part))):
            named.setdefault(row.course_id, set()).add(row.sha256)
    return found.union(*(files for course, files in named.items() if reads_course(conn, account, course)))


def may_return(conn: Connection, account: str, sha256: str, size: int) -> bool:
    """Whether somebody may bring a file back that was given once and is gone: one that he gave or reads."""
    held = held_file.c
    given = select(held.sha256).where(held.sha256 == sha256, held.size == size)
    return conn.scalar(given.limit(1)) is not None and bool(named_files(conn, account, [sha256]))


def check_author(conn: Connection, account: str) -> None:
    """Raise Denied for somebody who writes no course: neither by role nor as a co-author."""
    own = select(people.c.id).where(people.c.id == account, people.c.role.in_(AUTHORS))
    lead = c.course_instructor.c
    named = select(lead.id).where(lead.user_id == account, lead.is_active, lead.can_edit_content)
    if conn.scalar(union_all(own, named).limit(1)) is None:
        raise Denied("forbidden")


def check_giver(conn: Connection, account: str, sha256: str, size: int) -> None:
    """Raise Denied for somebody who may not give a file: an author any, others the picture of their profile."""
    mine = select(profile.c.id).where(profile.c.user_id == account, profile.c.profile_picture == sha256)
    if size > PHOTO_BYTES or conn.scalar(mine.limit(1)) is None:
        check_author(conn, account)


def check_quota(conn: Connection, account: str, size: int, *, most: int, but: str = "") -> None:
    """Raise UserError `out_of_quota` when what somebody gave and has in courses, and `size`, would be over `most`.

    `but` is a file that is not counted: its size is in `size`.
    """
    files = c.course_file.c
    named = (
        select(files.sha256, files.size)
        .join(c.course, c.course.c.id == files.course_id)
        .where(c.course.c.created_by == account)
    )
    given = select(held_file.c.sha256, held_file.c.size).where(held_file.c.account == account)
    every = union_all(named, given).subquery()
    sizes = select(func.max(every.c.size).label("size")).where(every.c.sha256 != but)
    mine = sizes.group_by(every.c.sha256).subquery()
    used = int(conn.scalar(select(func.coalesce(func.sum(mine.c.size), 0))) or 0)
    if used + size > most:
        raise UserError("out_of_quota", used_mb=used // MB, most_mb=most // MB)


def note_holder(unit: Unit, account: str, sha256: str, size: int) -> None:
    """Keep that somebody has proved to have a file; it counts as used from now on, for its grace at least."""
    held = held_file.c
    unit.local(delete(unused_file).where(unused_file.c.sha256 == sha256))
    unit.local(delete(held_file).where(held.sha256 == sha256, held.account == account))
    unit.local(insert(held_file), [{"sha256": sha256, "account": account, "size": size, "at": unit.now_ms}])
