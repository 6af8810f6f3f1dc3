"""All notes, highlights and bookmarks: found, filtered, opened at their place, exported, deleted with a way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from desktop_lms.noting import NoteWriter
from desktop_lms.store import Report, Store, Task
from desktop_lms.words import tr
from lms_core.changes import Changes, Topic
from lms_core.content.text import plain_text
from lms_core.errors import LmsError, NotFound
from lms_core.learning.anchors import Anchor, find_all
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.notes_file import Kept, by_course, to_markdown, write_text
from lms_core.ports import LOCAL
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.NOTES, Topic.COURSES})
FEW = 200
"""So many changed notes are read one by one, more as a whole."""
LATE_MS = 500
"""How often the list is shown anew while places are looked for."""
Kind = Literal["note", "highlight", "bookmark"]


@dataclass(frozen=True)
class NoteRow:
    """A note or bookmark with the titles over it; empty ones where the course or lesson went away."""

    kept: Kept
    course: str
    lesson: str
    reachable: bool
    found: str
    """What it is searched by."""
    lost: bool = False
    """The words that it marks are no longer in the lesson."""

    @property
    def kind(self) -> Kind:
        """What it is, for the filter."""
        if isinstance(self.kept, Bookmark):
            return "bookmark"
        return "highlight" if self.kept.quote else "note"

    @property
    def is_orphan(self) -> bool:
        """Whether its place is gone; the note stays."""
        return self.lost or bool(self.kept.lesson_id and not self.reachable)


def load(workspace: Workspace, only: Iterable[str] | None = None) -> tuple[NoteRow, ...]:
    """Read all notes and bookmarks, or some of them."""
    notes, bookmarks = workspace.notes.all(only=only), workspace.notes.bookmarks(only=only)
    kept: list[Kept] = [*notes, *bookmarks]
    titles = workspace.notes.titles(kept)
    here = workspace.notes.here(each.lesson_id for each in kept if each.lesson_id)
    return tuple(row_of(each, titles, each.lesson_id in here) for each in kept)


def row_of(kept: Kept, titles: Mapping[str, str], reachable: bool) -> NoteRow:
    """A note or bookmark with its titles and what it is searched by."""
    course, lesson = titles.get(kept.course_id or "", ""), titles.get(kept.lesson_id or "", "")
    said = (kept.title,) if isinstance(kept, Bookmark) else (kept.body, kept.quote, *(f"#{tag}" for tag in kept.tags))
    return NoteRow(kept, course, lesson, reachable, "\n".join((*said, lesson, course)).casefold())


def sift(
    rows: Iterable[NoteRow], *, query: str = "", course: str = "", tag: str = "", colour: str = "", kind: str = "",
    order: str = "newest",
) -> list[NoteRow]:  # fmt: skip
    """Those that have all words and fit all filters, in an order."""
    words = query.casefold().split()

    def fits(row: NoteRow) -> bool:
        kept = row.kept
        if course and kept.course_id != course:
            return False
        if kind and (not row.is_orphan if kind == "orphan" else row.kind != kind):
            return False
        if isinstance(kept, Bookmark):
            return not (tag or colour)
        return (not tag or tag in kept.tags) and (not colour or kept.colour == colour)

    found = [row for row in rows if all(word in row.found for word in words) and fits(row)]
    return sorted(found, key=_KEYS[order], reverse=order in ("newest", "edited"))


def lost_in(workspace: Workspace, course: str, rows: Sequence[NoteRow]) -> frozenset[str]:
    """Those of the highlights of a course whose words are gone from its lessons."""
    try:
        lessons = {each.id: each for each in workspace.installed.document(course).lessons()}
    except NotFound:
        return frozenset()
    by_lesson: dict[str, list[Note]] = {}
    for row in rows:
        if isinstance(row.kept, Note) and row.kept.quote and not row.kept.anchor:
            by_lesson.setdefault(row.kept.lesson_id or "", []).append(row.kept)
    lost: set[str] = set()
    for lesson, notes in by_lesson.items():
        if lesson in lessons:
            text = f"{lessons[lesson].title}\n{plain_text(lessons[lesson].body)}"
            spots = find_all(text, [Anchor(n.quote, n.before, n.after) for n in notes])
            lost |= {note.id for note, spot in zip(notes, spots, strict=True) if spot is None}
    return frozenset(lost)


@dataclass(frozen=True)
class Sifted:
    """What is shown of all notes, and what they can be narrowed by: courses as (id, title), and tags."""

    rows: tuple[NoteRow, ...] = ()
    courses: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()


def sifted(rows: Sequence[NoteRow], wish: Mapping[str, str]) -> Sifted:
    """Those that fit a wish, and every course and tag of all."""
    courses = {row.kept.course_id: row.course for row in rows if row.kept.course_id}
    tags = {tag for row in rows if isinstance(row.kept, Note) for tag in row.kept.tags}
    by_title = sorted(courses.items(), key=lambda item: item[1].casefold())
    return Sifted(tuple(sift(rows, **wish)), tuple(by_title), tuple(sorted(tags, key=str.casefold)))


class NotesModel(QObject):
    """State of the page."""

    changed = Signal()
    deleted = Signal(int)
    exported = Signal(str)
    carded = Signal(str)
    """A card was made; its id."""
    refused = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._by_id: dict[str, NoteRow] | None = None
        self._sifted, self._wish_number = Sifted(), 0
        self._is_looking = self._is_stale = False
        self._unlooked: list[tuple[str, list[NoteRow]]] = []
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._late.timeout.connect(self._sift)
        self.query = self.course = self.tag = self.colour = ""
        self.kind, self.order = "", "newest"
        self.error: LmsError | None = None
        self.undo_stack = QUndoStack(self)
        self.writer = NoteWriter(store, self)
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.run(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.COURSES in changes.topics or self._by_id is None:
            self.refresh()
        elif Topic.NOTES in changes.topics:
            if len(changes.rows) > FEW:
                self.refresh()
            else:
                rows = changes.rows
                self._store.run(self, lambda w: (rows, load(w, rows)), self._on_some, self._on_failed)

    def _on_loaded(self, rows: tuple[NoteRow, ...]) -> None:
        old = self._by_id or {}
        self._by_id = {row.kept.id: _still_lost(row, old.get(row.kept.id)) for row in rows}
        self.error = None
        self._sift()
        marked: dict[str, list[NoteRow]] = {}
        for row in rows:
            if row.kept.course_id and row.kind == "highlight":
                marked.setdefault(row.kept.course_id, []).append(row)
        self._unlooked = sorted(marked.items(), reverse=True)
        self._look_on()

    def _look_on(self) -> None:
        """Look for the words of the next course's highlights; what others ask of the lane comes between two of them."""
        if self._unlooked and not self._is_looking:
            self._is_looking = True
            course, rows = self._unlooked.pop()
            self._store.run(self, lambda w: (rows, lost_in(w, course, rows)), self._on_lost, self._on_not_looked)

    def _on_not_looked(self, error: LmsError) -> None:
        self._is_looking = False
        self._store.failed.emit(error)

    def _on_lost(self, found: tuple[list[NoteRow], frozenset[str]]) -> None:
        self._is_looking = False
        rows, lost = found
        some = self._by_id or {}
        changed = [r.kept.id for r in rows if r.kept.id in some and some[r.kept.id].lost != (r.kept.id in lost)]
        for name in changed:
            some[name] = replace(some[name], lost=name in lost)
        self._is_stale |= bool(changed)
        self._look_on()
        if self._is_stale and not self._is_looking:
            self._sift()
        elif self._is_stale and not self._late.isActive():
            self._late.start()

    def _on_some(self, told: tuple[frozenset[str], tuple[NoteRow, ...]]) -> None:
        asked, rows = told
        if self._by_id is None:
            return
        fresh = {row.kept.id: _still_lost(row, self._by_id.get(row.kept.id)) for row in rows}
        if any(self._by_id.get(name) != fresh.get(name) for name in asked):
            for name in asked - fresh.keys():
                self._by_id.pop(name, None)
            self._by_id |= fresh
            self._sift()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- narrowing
    @property
    def all(self) -> tuple[NoteRow, ...] | None:
        """Every note; None while they are read."""
        return None if self._by_id is None else tuple(self._by_id.values())

    def row(self, name: str) -> NoteRow | None:
        """One of them."""
        return (self._by_id or {}).get(name)

    def _sift(self) -> None:
        self._wish_number += 1
        self._late.stop()
        self._is_stale = False
        number, rows = self._wish_number, tuple((self._by_id or {}).values())
        wish = {name: getattr(self, name) for name in ("query", "course", "tag", "colour", "kind", "order")}
        self._store.pool(self, lambda: (number, sifted(rows, wish)), self._on_sifted)

    def _on_sifted(self, told: tuple[int, Sifted]) -> None:
        number, found = told
        if number == self._wish_number:  # nothing else was wished for meanwhile
            self._sifted = found
            self.changed.emit()

    @property
    def rows(self) -> tuple[NoteRow, ...]:
        """Those to show."""
        return self._sifted.rows

    @property
    def courses(self) -> tuple[tuple[str, str], ...]:
        """Courses with notes: (id, title)."""
        return self._sifted.courses

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags."""
        return self._sifted.tags

    def narrow(self, **wanted: str) -> None:
        """Show only some: `query`, `course`, `tag`, `colour`, `kind`; or in another `order`."""
        for name, value in wanted.items():
            setattr(self, name, value)
        self._sift()

    @property
    def is_narrowed(self) -> bool:
        """Whether not all are shown."""
        return bool(self.query or self.course or self.tag or self.colour or self.kind)

    # --- editing
    def change(self, note: str, **fields: Any) -> None:
        """Change colour or tags of a note, or who reads it; `refused` tells when that cannot be."""
        self._store.run(self, lambda workspace: workspace.notes.change(note, **fields), None, self._on_refused)

    def rename(self, bookmark: str, title: str) -> None:
        """Give a bookmark another title."""
        self._store.run(self, lambda workspace: workspace.notes.rename_bookmark(bookmark, title))

    def make_card(self, note: str, front: str, back: str) -> None:
        """Make a highlight a card to be reviewed; `carded` tells which."""
        self._store.run(
            self,
            lambda workspace: workspace.review.add_from_note(note, front, back),
            self.carded.emit,
            self._on_refused,
        )

    def drop_card(self, card: str) -> None:
        """Take a card back that was made."""
        self._store.run(self, lambda workspace: workspace.review.change(card, removed=True))

    def _on_refused(self, error: LmsError) -> None:
        self.refused.emit(error)
        self.changed.emit()

    def delete(self, *names: str) -> None:
        """Delete notes and bookmarks; `undo_stack` brings them back."""
        found = [row.kept for name in names if (row := self.row(name))]
        if found:
            self.writer.save()
            self.undo_stack.push(_Deleting(self, found))
            self.deleted.emit(len(found))

    def take(self, names: Sequence[str], then: Callable[[Sequence[Kept]], None]) -> None:
        """Delete stored notes and bookmarks; `then` gets them as they were."""
        self._store.run(self, lambda workspace: workspace.notes.take(names), then)

    def write_again(self, kept: Sequence[Kept], then: Any) -> None:
        """Write deleted notes and bookmarks anew; `then` gets their ids."""
        self._store.run(self, lambda workspace: workspace.notes.write_again(kept), then)

    # --- export
    def export(self, target: Path, *, each: bool = False) -> Task:
        """Write the shown notes as a PDF or Markdown file, or with `each` a Markdown file for each course in a folder.

        The task tells how far it is and can be stopped; a file half written never stays.
        """
        kept = [row.kept for row in self.rows]
        titles = {name: title for row in self.rows for name, title in _titles(row)}

        def work(_: Workspace, report: Report) -> str:
            if each:
                for name, text in by_course(kept, titles, zone=LOCAL).items():
                    write_text(target / name, text)
            elif target.suffix.lower() == ".pdf":
                from lms_core.learning.notes_paper import write_pdf  # typesetting is loaded by those who typeset

                write_pdf(target, kept, titles, title=tr("Notes"), zone=LOCAL, progress=report)
            else:
                write_text(target, to_markdown(kept, titles, zone=LOCAL))
            return str(target)

        return self._store.task(self, work, self.exported.emit, self.refused.emit)


def _titles(row: NoteRow) -> Iterable[tuple[str, str]]:
    return (row.kept.course_id or "", row.course), (row.kept.lesson_id or "", row.lesson)


def _still_lost(row: NoteRow, old: NoteRow | None) -> NoteRow:
    return replace(row, lost=True) if old is not None and old.lost else row


def _edited(row: NoteRow) -> tuple[int, str]:
    kept = row.kept
    return max(kept.created_at, (kept.edited_at or 0) if isinstance(kept, Note) else 0), kept.id


def _created(row: NoteRow) -> tuple[int, str]:
    return row.kept.created_at, row.kept.id


def _placed(row: NoteRow) -> tuple[Any, ...]:
    start = row.kept.start if isinstance(row.kept, Note) else None
    return not row.course, row.course.casefold(), row.lesson.casefold(), start or 0, row.kept.created_at, row.kept.id


_KEYS = {"newest": _created, "oldest": _created, "edited": _edited, "course": _placed}


class _Deleting(QUndoCommand):
    def __init__(self, model: NotesModel, kept: Sequence[Kept]) -> None:
        super().__init__("delete")
        self._model, self._kept, self._ids = model, kept, [each.id for each in kept]

    def redo(self) -> None:
        self._model.take(self._ids, self._on_taken)

    def undo(self) -> None:
        self._model.write_again(self._kept, self._on_written)

    def _on_taken(self, kept: Sequence[Kept]) -> None:
        self._kept = kept

    def _on_written(self, names: list[str]) -> None:
        self._ids = names
