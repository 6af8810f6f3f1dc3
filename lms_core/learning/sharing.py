"""Notes that their authors share with a course: who may read them, and what their authors are called (PRG-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select

from lms_core.accounts.tables import account
from lms_core.db.bulk import chunks
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.model import Note, SharedNote
from lms_core.learning.rights import Standing
from lms_core.permissions import is_course_instructor
from lms_core.unit import Effect, Reader, Unit

_note, _named, _person = t.note.c, t.contributor.c, account.c
SHARED = and_(_note.is_private.is_(False), _note.course_id.is_not(None))


def reads_shared(standing: Standing) -> bool:
    """Whether somebody has the notes that are shared in a course: those who learn or teach it."""
    return standing.learns or is_course_instructor(standing.who, standing.membership)


_WHOSE = and_(_named.user_id == _note.user_id, _named.course_id == _note.course_id)
SHARED_NOTES = select(t.note, _named.name).join(t.contributor, _WHOSE, isouter=True).where(SHARED)
"""Shared notes with what their authors are called."""


def shared_in(
    reader: Reader, course: str, lesson: str, *, but: str, offset: int = 0, limit: int | None = None
) -> tuple[int, list[SharedNote]]:
    """How many notes on a lesson others than `but` share with its course, and some of them, the newest first."""
    here = and_(_note.lesson_id == lesson, _note.course_id == course, _note.user_id != but)
    count = reader.all(select(func.count()).select_from(t.note).where(here, SHARED))[0][0]
    page = SHARED_NOTES.where(here).order_by(_note.created_at.desc(), _note.id.desc()).offset(offset).limit(limit)
    return count, [SharedNote(r.name or "", note_of(r)) for r in reader.all(page)]


def note_of(r: Any) -> Note:
    """The note of a row."""
    return Note(
        r.id, r.course_id, r.lesson_id, r.body or "", r.quote or "", r.before or "", r.after or "", r.start,
        r.anchor or "", r.colour or "", tuple(r.tags or ()), r.is_private is not False, r.created_at or 0, r.edited_at,
        getattr(r, "enrollment_id", None),
    )  # fmt: skip


def _name(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    """Keep the names of those who share, and forget those who share nothing any more."""
    touched, pairs = set(changed.get("account", frozenset())), set[tuple[str, str]]()
    for part in chunks(sorted(changed.get("note", frozenset()))):
        rows = unit.all(select(_note.course_id, _note.user_id, SHARED.label("shared")).where(_note.id.in_(part)))
        touched |= {row.user_id for row in rows if row.shared}
        pairs |= {(row.course_id, row.user_id) for row in rows if row.course_id and not row.shared}
        gone = ((each.get("course_id"), each.get("user_id")) for each in unit.left(e.NOTE, part))
        pairs |= {(course, user) for course, user in gone if course and user}
    for part in chunks(sorted(touched)):
        _tell(unit, part)
    still = select(_note.id).where(_note.user_id == _named.user_id, _note.course_id == _named.course_id, SHARED)
    for part in chunks([e.CONTRIBUTOR.id_for(*pair) for pair in sorted(pairs)]):
        for row in unit.all(select(_named.id).where(_named.id.in_(part), ~still.exists())):
            unit.derive(e.CONTRIBUTOR, row.id, None)


def _tell(unit: Unit, people: Sequence[str]) -> None:
    pairs = select(_note.course_id, _note.user_id, _person.first_name, _person.last_name).distinct()
    of = pairs.join(account, _person.id == _note.user_id).where(SHARED, _note.user_id.in_(people))
    for row in unit.all(of):
        values = {
            "course_id": row.course_id,
            "user_id": row.user_id,
            "name": f"{row.first_name} {row.last_name}".strip(),
        }
        key = e.CONTRIBUTOR.id_for(row.course_id, row.user_id)
        if unit.row(e.CONTRIBUTOR, key) != {"id": key, **values}:
            unit.derive(e.CONTRIBUTOR, key, values)


CONTRIBUTORS = Effect(frozenset({"note", "account"}), _name)
"""At the hub, for it alone knows everybody's name."""
