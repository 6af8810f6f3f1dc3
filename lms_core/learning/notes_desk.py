"""Notes and bookmarks at the hub: the verbs of `NotesService` in a caller's name, each with its right asked first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import Select, String, Table, bindparam, cast, select

from lms_core.accounts.model import Caller, refuse
from lms_core.db.paging import Paging
from lms_core.errors import Conflict, NotFound, UserError
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.anchors import read_spot
from lms_core.learning.desk import Look, Seen, Shelf, WorkAs, blind
from lms_core.learning.effects import PlanOf
from lms_core.learning.model import Bookmark, Note, SharedNote
from lms_core.learning.notes import BOOKMARKS, NOTES, NotesService, bookmark_of
from lms_core.learning.rights import standing_of
from lms_core.learning.sharing import note_of, reads_shared, shared_in
from lms_core.permissions import is_owner
from lms_core.schema import Actor, Entity
from lms_core.unit import Unit


class NotesDesk:
    """Notes and bookmarks of callers; those of others are not there (PRG-13)."""

    def __init__(self, *, work: WorkAs, look: Look, plan_of: PlanOf) -> None:
        self._work, self._look, self._plan_of = work, look, plan_of

    @contextmanager
    def _at(self, caller: Caller) -> Iterator[tuple[Unit, NotesService, Shelf]]:
        with self._work(Actor(caller.account, caller.role)) as unit:
            shelf = Shelf(unit, unit.actor, self._plan_of)
            yield unit, NotesService(lambda: nullcontext(unit), shelf), shelf

    # --- notes
    def notes(
        self, caller: Caller, *, lesson: str = "", course: str = "", enrollment: str = "", tag: str = "",
        search: str = "", offset: int = 0, limit: int,
    ) -> tuple[int, Sequence[Note]]:  # fmt: skip
        """How many notes the caller has, and a page of them, the newest first. Raises NotFound for no enrolment."""
        c = t.note.c
        also = [cast(c.tags, String).contains(_quoted(tag), autoescape=True)] if tag else []
        also += [c.body.icontains(search, autoescape=True)] if search else []
        wanted = {"lesson": lesson, "course": course, "enrollment": enrollment}
        count, rows = self._page(caller, _NOTES, wanted, offset, limit, also)
        return count, [note_of(row) for row in rows]

    def _page(
        self, caller: Caller, rows: Paging, wanted: dict[str, str], offset: int, limit: int, also: Sequence[Any] = ()
    ) -> tuple[int, Sequence[Any]]:
        values = {"me": caller.account} | {name: value for name, value in wanted.items() if value}
        with self._look() as conn:
            if enrollment := values.pop("enrollment", ""):
                course = conn.scalar(_LEARNED, {"row": enrollment, "me": caller.account})
                if course is None:
                    raise NotFound
                values["learned"] = course
            return rows.page(conn, values, offset=offset, limit=limit, also=also)

    def shared(self, caller: Caller, lesson: str, *, offset: int = 0, limit: int) -> tuple[int, Sequence[SharedNote]]:
        """How many notes on a lesson others share with the caller, and a page of them, the newest first (PRG-13).

        Raises:
            NotFound, UserError `not_enrolled`.
        """
        with self._at(caller) as (unit, _, shelf):
            course = shelf.course_of(lesson)
            standing = standing_of(unit, unit.actor, course)
            if not reads_shared(standing):
                raise UserError("not_enrolled") if standing.is_shown else NotFound
            return shared_in(unit, course, lesson, but=caller.account, offset=offset, limit=limit)

    def add(self, caller: Caller, lesson: str, values: Mapping[str, Any], row: str | None = None) -> Note:
        """Write a note on a lesson that the caller may read; with an id of theirs it is written once (API-14).

        Raises:
            NotFound, UserError `invalid_fields`, `not_enrolled`. Conflict: `id_reused`.
        """
        _check_words(values)
        with self._at(caller) as (unit, notes, shelf):
            course = shelf.course_of(lesson)
            standing = standing_of(unit, unit.actor, course)
            if not standing.reads:
                raise UserError("not_enrolled") if standing.is_shown else NotFound
            if row is None or not _again(unit, e.NOTE, row, lesson):
                row = notes.add(values.get("body", ""), lesson=lesson, course=course, row=row, **_without_body(values))
            return notes.get(row)

    def change(self, caller: Caller, note: str, values: Mapping[str, Any], seen: Seen = blind) -> Note:
        """Set a note anew. Raises NotFound, UserError `invalid_fields`, and what `seen` raises."""
        _check_words(values)
        with self._at(caller) as (_, notes, _shelf):
            now = notes.get(note)
            seen(now)
            if values["body"] != now.body:
                notes.edit(note, base=now.body, body=values["body"])
            given = {name: v for name, v in _without_body(values).items() if _differs(name, getattr(now, name), v)}
            notes.change(note, **given)
            return notes.get(note)

    def delete(self, caller: Caller, note: str, seen: Seen = blind) -> None:
        """Delete a note. Raises NotFound, and what `seen` raises."""
        with self._at(caller) as (_, notes, _shelf):
            seen(notes.get(note))
            notes.delete(note)

    # --- bookmarks
    def bookmarks(
        self, caller: Caller, *, enrollment: str, lesson: str = "", offset: int = 0, limit: int
    ) -> tuple[int, Sequence[Bookmark]]:
        """How many bookmarks the caller has in a course, and a page of them, the newest first. Raises NotFound."""
        wanted = {"lesson": lesson, "enrollment": enrollment}
        count, rows = self._page(caller, _BOOKMARKS, wanted, offset, limit)
        return count, [bookmark_of(row) for row in rows]

    def add_bookmark(self, caller: Caller, lesson: str, values: Mapping[str, Any], row: str | None = None) -> Bookmark:
        """Keep a place of a lesson that the caller learns (PRG-11); with an id of theirs it is kept once.

        Raises:
            NotFound, UserError `not_enrolled`. Conflict: `id_reused`.
        """
        with self._at(caller) as (unit, notes, shelf):
            shelf.learned(lesson)
            if row is None or not _again(unit, e.BOOKMARK, row, lesson):
                row = notes.add_bookmark(lesson, row=row, **values)
            return _bookmark(unit, caller, row)

    def rename_bookmark(self, caller: Caller, bookmark: str, title: str, seen: Seen = blind) -> Bookmark:
        """Give a bookmark another title. Raises NotFound, and what `seen` raises."""
        with self._at(caller) as (unit, notes, _):
            now = _bookmark(unit, caller, bookmark)
            seen(now)
            if now.title != title:
                notes.rename_bookmark(bookmark, title)
            return _bookmark(unit, caller, bookmark)

    def delete_bookmark(self, caller: Caller, bookmark: str, seen: Seen = blind) -> None:
        """Delete a bookmark. Raises NotFound, and what `seen` raises."""
        with self._at(caller) as (unit, notes, _):
            seen(_bookmark(unit, caller, bookmark))
            notes.delete_bookmark(bookmark)


def _paging(table: Table, rows: Select[Any]) -> Paging:
    c = table.c
    conditions = {
        "me": c.user_id == bindparam("me"), "lesson": c.lesson_id == bindparam("lesson"),
        "course": c.course_id == bindparam("course"), "learned": c.course_id == bindparam("learned"),
    }  # fmt: skip
    return Paging(rows, table, conditions, order=(c.created_at.desc(), c.id.desc()))


_NOTES, _BOOKMARKS = _paging(t.note, NOTES), _paging(t.bookmark, BOOKMARKS)
_joined = t.enrollment.c
_LEARNED = select(_joined.course_id).where(
    _joined.id == bindparam("row"), _joined.user_id == bindparam("me"), _joined.status != "none"
)


def _bookmark(unit: Unit, caller: Caller, name: str) -> Bookmark:
    rows = unit.all(BOOKMARKS.where(t.bookmark.c.id == name))
    if not rows or not is_owner(caller, rows[0].user_id):
        raise NotFound
    return bookmark_of(rows[0])


def _again(unit: Unit, entity: Entity, row: str, lesson: str) -> bool:
    """Whether the caller has made this row already; raises Conflict `id_reused` when the id is something else's."""
    there = unit.row(entity, row)
    if there is not None and (there["user_id"], there["lesson_id"]) != (unit.actor.account, lesson):
        raise Conflict("id_reused")
    return there is not None


def _check_words(values: Mapping[str, Any]) -> None:
    """A note says something or marks something (PRG-12)."""
    said = values.get("body", "").strip() or values.get("quote", "")
    refuse({} if said else {"body": ["field_required"]})


def _without_body(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "body"}


def _differs(name: str, now: Any, wanted: Any) -> bool:
    """Whether a field is set anew; a place says more to the app than seconds and page, which stays while these do."""
    if name == "anchor":
        old, new = read_spot(now), read_spot(wanted)
        return (old.at_s and int(old.at_s), old.page) != (new.at_s, new.page)
    return bool((list(now) if isinstance(now, tuple) else now) != wanted)


def _quoted(tag: str) -> str:
    """A tag as it stands in the JSON of a list."""
    return msgspec.json.encode(tag).decode()
