"""Who may read which media file of the hub (RES-04, LES-09, SYNC.md section 7): what nothing here allows is refused."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, or_, select

from lms_core.accounts.tables import account as people
from lms_core.content.files import given_files
from lms_core.content.pack import read_pack
from lms_core.content.serving import level_of
from lms_core.courses import tables as c
from lms_core.courses.publishing import answer_key
from lms_core.learning.rights import Standing
from lms_core.learning.tables import enrollment
from lms_core.media.tables import held_file
from lms_core.permissions import STUDENT, can_read_course, is_admin, is_course_instructor
from lms_core.ports import BlobStore
from lms_core.schema import Actor

KEPT = 512
"""Versions of which it stays known what one kind of reader gets."""


class _Reader(NamedTuple):
    """A kind of reader of a version, as `given_files` looks at one."""

    enrolled: bool
    manages: bool
    paid: bool


class FileRule:
    """The rule over the rows of the hub; `packs` are the published versions. Thread-safe."""

    def __init__(self, packs: BlobStore) -> None:
        self._packs = packs
        self._given = lru_cache(KEPT)(self._read)

    def may_read(self, conn: Connection, account: str, sha256: str) -> bool:
        """Whether somebody may read a media file: who gave it, who teaches a course that names it, whoever is served
        something of a published version that names it, and everybody the cover of a published course.

        The course must be taught by somebody who has the file: to name a hash gives its bytes to nobody.
        """
        held = held_file.c
        if conn.scalar(select(held.at).where(held.sha256 == sha256, held.account == account)) is not None:
            return True
        rows = conn.execute(_courses(account).where(c.course_file.c.sha256 == sha256, _is_held())).all()
        if any(_teaches(row, account) or (row.is_published and row.thumbnail == sha256) for row in rows):
            return True
        readers = {row.course_id: (row.pack, _reader(row, account)) for row in rows}
        if any(sha256 in self._files(pack, reader) for pack, reader in readers.values()):
            return True
        learned = [name for name, (_, reader) in readers.items() if reader and reader.enrolled]
        older = select(answer_key.c.course_id, answer_key.c.pack).where(answer_key.c.course_id.in_(learned))
        kept = conn.execute(older.order_by(answer_key.c.published_at.desc())).all() if learned else ()
        return any(sha256 in self._files(row.pack, readers[row.course_id][1]) for row in kept)

    def of_course(self, conn: Connection, account: str, course: str) -> frozenset[str]:
        """The files of the published version of a course that somebody may read."""
        row = conn.execute(_courses(account).where(c.course_file.c.course_id == course).limit(1)).first()
        return self._files(row.pack, _reader(row, account)) if row else frozenset()

    def _files(self, pack: str | None, reader: _Reader | None) -> frozenset[str]:
        """What a reader gets of a version; nothing where its file is gone."""
        if reader is None or not pack or not self._packs.has(pack):
            return frozenset()
        return self._given(pack, reader)

    def _read(self, pack: str, reader: _Reader) -> frozenset[str]:
        return given_files(read_pack(self._packs.read(pack)), level_of(signed_in=True, premium=False),
                           **reader._asdict())  # fmt: skip


def _courses(account: str) -> Select[Any]:
    """Courses that name a file, each with what the account has to do with it."""
    files, card, joined, lead = c.course_file.c, c.course_card.c, enrollment.c, c.course_instructor.c
    role = select(people.c.role).where(people.c.id == account).scalar_subquery()
    return select(
        files.course_id, card.pack, card.is_published, card.price, card.thumbnail, joined.status,
        joined.payment_status, lead.is_active, role.label("role"),
    ).select_from(
        c.course_file.outerjoin(c.course_card, card.course_id == files.course_id)
        .outerjoin(enrollment, and_(joined.course_id == files.course_id, joined.user_id == account))
        .outerjoin(c.course_instructor, and_(lead.course_id == files.course_id, lead.user_id == account))
    )  # fmt: skip


def _is_held() -> Any:
    """Whether the course of a file is taught by somebody who has it; an administrator works on every course."""
    held, files, lead = held_file.c, c.course_file.c, c.course_instructor.alias("holder").c
    teaches = select(lead.id).where(lead.course_id == files.course_id, lead.user_id == held.account)
    boss = select(people.c.id).where(people.c.id == held.account, people.c.role == "admin")
    either = or_(teaches.correlate(c.course_file, held_file).exists(), boss.correlate(held_file).exists())
    return select(held.account).where(held.sha256 == files.sha256, either).correlate(c.course_file).exists()


def _standing(row: Any, account: str) -> Standing:
    card = None if row.pack is None else {"is_published": row.is_published, "price": row.price}
    joined = None if row.status is None else {"user_id": account, "status": row.status}
    lead = None if row.is_active is None else {"user_id": account, "is_active": row.is_active}
    return Standing(Actor(account, row.role or STUDENT), card, joined, lead)


def _teaches(row: Any, account: str) -> bool:
    standing = _standing(row, account)
    return is_course_instructor(standing.who, standing.membership) or is_admin(standing.who)


def _reader(row: Any, account: str) -> _Reader | None:
    """How somebody reads a course; None for one of which there is nothing for them.

    Who may enrol at any time reads it as if enrolled: a laptop fetches a free course before (ENR-07, decision 18).
    """
    standing = _standing(row, account)
    suspended = row.status == "suspended"
    free = can_read_course(standing.who, card=standing.card, enrollment=None, membership=None) and not suspended
    enrolled = standing.learns or free
    if not (enrolled or row.is_published or _teaches(row, account)):
        return None
    return _Reader(enrolled, _teaches(row, account), row.payment_status == "paid")
