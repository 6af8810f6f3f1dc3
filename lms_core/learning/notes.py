"""Notes, highlights and bookmarks: private, in Markdown, kept even when their lesson is gone."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from lms_core import ops
from lms_core.courses.tables import installed, installed_lesson
from lms_core.errors import NotFound
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.service import Lessons
from lms_core.unit import Work


class NotesService:
    """Notes of the actor; nobody sees those of others (PRG-13)."""

    def __init__(self, work: Work, lessons: Lessons) -> None:
        self._work, self._lessons = work, lessons

    def add(
        self, body: str, *, lesson: str | None = None, course: str | None = None, row: str | None = None, **anchor: Any
    ) -> str:
        """Write a note; `anchor` may hold quote, before, after, start, colour and tags; `row` an id."""
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
        """Change colour, tags or anchor of a note."""
        with self._work() as unit:
            for name, value in fields.items():
                unit.emit(ops.change(e.NOTE, note, name, list(value) if isinstance(value, tuple) else value))

    def delete(self, note: str) -> None:
        """Delete a note."""
        with self._work() as unit:
            unit.emit(ops.delete(e.NOTE, note))

    def get(self, note: str) -> Note:
        """One note; raises NotFound."""
        with self._work() as unit:
            c = t.note.c
            rows = unit.all(select(t.note).where(c.id == note, c.user_id == unit.actor.account))
        if not rows:
            raise NotFound
        return note_of(rows[0])

    def all(self, *, lesson: str | None = None, course: str | None = None, most: int | None = None) -> list[Note]:
        """Notes of a lesson, of a course or all, the newest first; `most` of them."""
        query = select(t.note).order_by(t.note.c.id.desc()).limit(most)
        query = query.where(t.note.c.lesson_id == lesson) if lesson else query
        query = query.where(t.note.c.course_id == course) if course else query
        with self._work() as unit:
            return [note_of(r) for r in unit.all(query.where(t.note.c.user_id == unit.actor.account))]

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

    def bookmarks(self, *, lesson: str | None = None) -> list[Bookmark]:
        """Bookmarks of a lesson or all, the newest first."""
        query = select(t.bookmark).order_by(t.bookmark.c.id.desc())
        query = query.where(t.bookmark.c.lesson_id == lesson) if lesson else query
        with self._work() as unit:
            mine = unit.all(query.where(t.bookmark.c.user_id == unit.actor.account))
            return [bookmark_of(r) for r in mine]

    # --- words
    def titles(self, notes: Iterable[Note] | None = None) -> dict[str, str]:
        """Titles of installed courses and lessons by id, for headings over notes: those of some notes, or all."""
        found: dict[str, str] = {}
        wanted = None if notes is None else {x for note in notes for x in (note.course_id, note.lesson_id) if x}
        if wanted == set():
            return found
        with self._work() as unit:
            lessons, courses = installed_lesson.c, installed.c
            for key, title in ((courses.course_id, courses.title), (lessons.id, lessons.title)):
                query = select(key, title)
                found.update({r[0]: r[1] for r in unit.all(query if wanted is None else query.where(key.in_(wanted)))})
        return found

    def export_markdown(self, notes: Iterable[Note]) -> str:
        """Notes as one Markdown text, by course and lesson."""
        titles = self.titles()
        out: list[str] = []
        heads: tuple[str, str] = ("", "")
        for note in sorted(notes, key=lambda n: (n.course_id or "", n.lesson_id or "", n.start or 0, n.created_at)):
            here = (titles.get(note.course_id or "", ""), titles.get(note.lesson_id or "", ""))
            if here[0] and here[0] != heads[0]:
                out.append(f"# {here[0]}")
            if here[1] and here != heads:
                out.append(f"## {here[1]}")
            heads = here
            if note.quote:
                out.append("\n".join(f"> {line}" for line in note.quote.splitlines()))
            if note.body:
                out.append(note.body)
        return "\n\n".join(out) + "\n"


def bookmark_of(r: Any) -> Bookmark:
    """The bookmark of a row."""
    return Bookmark(r.id, r.course_id, r.lesson_id, r.anchor, r.title or "", r.created_at or 0)


def note_of(r: Any) -> Note:
    """The note of a row."""
    return Note(
        r.id, r.course_id, r.lesson_id, r.body or "", r.quote or "", r.before or "", r.after or "", r.start,
        r.colour or "", tuple(r.tags or ()), r.created_at or 0, r.edited_at,
    )  # fmt: skip
