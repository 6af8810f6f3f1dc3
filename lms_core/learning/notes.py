"""Notes, highlights and bookmarks: in Markdown, private unless shared, kept even when their lesson is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Select, and_, literal, select

from lms_core import ops
from lms_core.courses.tables import course_card, installed, installed_lesson
from lms_core.db.bulk import chunks
from lms_core.errors import NotFound
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.model import Bookmark, Note, SharedNote
from lms_core.learning.service import Lessons
from lms_core.learning.sharing import note_of, shared_in
from lms_core.unit import Work


def _with_enrolment(table: Any) -> Select[Any]:
    """Rows with the enrolment that they were written in."""
    c, joined = table.c, t.enrollment.c
    same = and_(joined.user_id == c.user_id, joined.course_id == c.course_id, joined.status != "none")
    return select(table, joined.id.label("enrollment_id")).join(t.enrollment, same, isouter=True)


NOTES, BOOKMARKS = _with_enrolment(t.note), _with_enrolment(t.bookmark)


class NotesService:
    """Notes of the actor; of others only what they share with a course that the actor has to do with (PRG-13)."""

    def __init__(self, work: Work, lessons: Lessons) -> None:
        self._work, self._lessons = work, lessons

    def add(
        self, body: str, *, lesson: str | None = None, course: str | None = None, row: str | None = None, **anchor: Any
    ) -> str:
        """Write a note; `anchor` holds quote, before, after, start, anchor, colour, tags, is_private; `row` an id."""
        with self._work() as unit:
            if lesson and not course:
                with suppress(NotFound):
                    course = self._lessons.course_of(lesson)
            row = row or unit.new_id()
            values = {
                "user_id": unit.actor.account, "course_id": course, "lesson_id": lesson, "body": body,
                "created_at": unit.now_ms, **anchor,
            }  # fmt: skip
            unit.emit(ops.create(e.NOTE, row, values))
            return row

    def edit(self, note: str, *, base: str, body: str) -> None:
        """Replace a note's text; `base` is what the editor showed when the edit began."""
        with self._work() as unit:
            unit.emit(ops.edit_text(e.NOTE, note, field="body", base=base, text=body))
            unit.emit(ops.change(e.NOTE, note, "edited_at", unit.now_ms))

    def change(self, note: str, **fields: Any) -> None:
        """Change colour, tags or anchor of a note, or with `is_private` who may read it."""
        with self._work() as unit:
            for name, value in fields.items():
                unit.emit(ops.change(e.NOTE, note, name, list(value) if isinstance(value, tuple) else value))

    def delete(self, note: str) -> None:
        """Delete a note."""
        with self._work() as unit:
            unit.emit(ops.delete(e.NOTE, note))

    def drop_empty(self, names: Iterable[str]) -> None:
        """Delete those of some notes that say nothing and mark nothing (PRG-12)."""
        with self._work() as unit:
            empty = [each for each in self.all(only=names) if not (each.body.strip() or each.quote)]
            unit.emit(*(ops.delete(e.NOTE, each.id) for each in empty))

    def get(self, note: str) -> Note:
        """One note; raises NotFound."""
        with self._work() as unit:
            c = t.note.c
            rows = unit.all(NOTES.where(c.id == note, c.user_id == unit.actor.account))
        if not rows:
            raise NotFound
        return note_of(rows[0])

    def all(
        self,
        *,
        lesson: str | None = None,
        course: str | None = None,
        only: Iterable[str] | None = None,
        most: int | None = None,
    ) -> list[Note]:
        """Notes of a lesson, of a course or all, or of these `only` those that are notes, the newest first; `most`."""
        query = NOTES.order_by(t.note.c.created_at.desc(), t.note.c.id.desc()).limit(most)
        query = query.where(t.note.c.lesson_id == lesson) if lesson else query
        query = query.where(t.note.c.course_id == course) if course else query
        with self._work() as unit:
            mine = query.where(t.note.c.user_id == unit.actor.account)
            return [note_of(r) for some in _parts(mine, t.note, only) for r in unit.all(some)]

    def names(self) -> list[str]:
        """The ids of all notes, the newest first, then those of all bookmarks."""
        found: list[str] = []
        with self._work() as unit:
            for table in (t.note, t.bookmark):
                c = table.c
                mine = select(c.id).where(c.user_id == unit.actor.account)
                found += [r.id for r in unit.all(mine.order_by(c.created_at.desc(), c.id.desc()))]
        return found

    def take(self, names: Sequence[str]) -> list[Note | Bookmark]:
        """Delete several notes and bookmarks at once; returns them as they were, for `write_again`."""
        with self._work() as unit:
            found: list[Note | Bookmark] = [*self.all(only=names), *self.bookmarks(only=names)]
            unit.emit(*(ops.delete(e.NOTE if isinstance(each, Note) else e.BOOKMARK, each.id) for each in found))
            return found

    def write_again(self, kept: Iterable[Note | Bookmark]) -> list[str]:
        """Write deleted notes and bookmarks anew; returns their ids, in the same order."""
        with self._work() as unit:
            rows = [(unit.new_id(), each) for each in kept]
            for row, each in rows:
                entity = e.NOTE if isinstance(each, Note) else e.BOOKMARK
                unit.emit(ops.create(entity, row, {"user_id": unit.actor.account, **said(each)}))
            return [row for row, _ in rows]

    def shared(self, lesson: str) -> list[SharedNote]:
        """Notes on a lesson that others share, as far as they have come to this device, the newest first."""
        with self._work() as unit:
            try:
                course = self._lessons.course_of(lesson)
            except NotFound:
                return []
            return shared_in(unit, course, lesson, but=unit.actor.account)[1]

    # --- bookmarks
    def add_bookmark(self, lesson: str, *, anchor: str | None = None, title: str = "", row: str | None = None) -> str:
        """Keep a place of a lesson that is here (PRG-11), with an id of the caller's; raises NotFound."""
        with self._work() as unit:
            course, row = self._lessons.course_of(lesson), row or unit.new_id()
            values = {
                "user_id": unit.actor.account, "course_id": course, "lesson_id": lesson, "anchor": anchor,
                "title": title, "created_at": unit.now_ms,
            }  # fmt: skip
            unit.emit(ops.create(e.BOOKMARK, row, values))
            return row

    def rename_bookmark(self, bookmark: str, title: str) -> None:
        """Give a bookmark another title."""
        with self._work() as unit:
            unit.emit(ops.change(e.BOOKMARK, bookmark, "title", title))

    def delete_bookmark(self, bookmark: str) -> None:
        """Delete a bookmark."""
        with self._work() as unit:
            unit.emit(ops.delete(e.BOOKMARK, bookmark))

    def bookmarks(
        self, *, lesson: str | None = None, course: str | None = None, only: Iterable[str] | None = None
    ) -> list[Bookmark]:
        """Bookmarks of a lesson, of a course or all, or of these `only` those that are bookmarks, the newest first."""
        query = BOOKMARKS.order_by(t.bookmark.c.id.desc())
        query = query.where(t.bookmark.c.lesson_id == lesson) if lesson else query
        query = query.where(t.bookmark.c.course_id == course) if course else query
        with self._work() as unit:
            mine = query.where(t.bookmark.c.user_id == unit.actor.account)
            return [bookmark_of(r) for some in _parts(mine, t.bookmark, only) for r in unit.all(some)]

    # --- words
    def titles(self, kept: Iterable[Note | Bookmark] | None = None) -> dict[str, str]:
        """Titles of known courses and of lessons that are here, these as courses have them: of some notes, or all."""
        found: list[Any] = []
        wanted = None if kept is None else {x for each in kept for x in (each.course_id, each.lesson_id) if x}
        if wanted == set():
            return {}
        lessons, courses, cards = installed_lesson.c, installed.c, course_card.c
        with self._work() as unit:
            for key, title, order in ((cards.course_id, cards.title, literal(0)),
                                      (courses.course_id, courses.title, literal(0)),
                                      (lessons.id, lessons.title, lessons.ord)):  # fmt: skip
                query = select(key, title, order)
                for some in [query] if wanted is None else [query.where(key.in_(p)) for p in chunks(sorted(wanted))]:
                    found += unit.all(some)
        return {row[0]: row[1] for row in sorted(found, key=lambda row: int(row[2]))}

    def here(self, lessons: Iterable[str]) -> dict[str, int]:
        """Those of some lessons that are on this device, and which of its course each is."""
        c = installed_lesson.c
        with self._work() as unit:
            wanted = [select(c.id, c.ord).where(c.id.in_(part)) for part in chunks(sorted(set(lessons)))]
            return {r.id: r.ord for some in wanted for r in unit.all(some)}


def _parts(query: Select[Any], table: Any, only: Iterable[str] | None) -> Iterable[Select[Any]]:
    return [query] if only is None else [query.where(table.c.id.in_(part)) for part in chunks(sorted(only))]


def said(kept: Note | Bookmark) -> dict[str, Any]:
    """What a note or bookmark says, by field; what it does not say is left out."""
    fields = {name: getattr(kept, name) for name in SAID if hasattr(kept, name)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items() if v not in ("", None, ())}


SAID = (
    "course_id", "lesson_id", "body", "quote", "before", "after", "start", "anchor", "colour", "tags", "is_private",
    "title", "created_at",
)  # fmt: skip


def bookmark_of(r: Any) -> Bookmark:
    """The bookmark of a row."""
    joined = getattr(r, "enrollment_id", None)
    return Bookmark(r.id, r.course_id, r.lesson_id, r.anchor, r.title or "", r.created_at or 0, joined)
