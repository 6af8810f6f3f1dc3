"""All notes, highlights and bookmarks: found, filtered, opened at their place, exported, deleted with a way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from desktop_lms.features.notes.papers import LookUp
from desktop_lms.features.notes.rows import NoteRow, at_hand
from desktop_lms.noting import NoteWriter
from desktop_lms.store import Report, Store, Task
from desktop_lms.words import tr
from lms_core.errors import LmsError
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.notes_file import Kept, by_course, to_markdown, write_text
from lms_core.ports import LOCAL
from lms_core.workspace import Workspace


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


@dataclass(frozen=True)
class Sifted:
    """What is shown of all notes, and what they can be narrowed by: courses as (id, title), and tags."""

    rows: tuple[NoteRow, ...] = ()
    names: tuple[str, ...] = ()
    """Their ids."""
    courses: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()


def sifted(rows: Sequence[NoteRow], wish: Mapping[str, str]) -> Sifted:
    """Those that fit a wish, and every course and tag of all."""
    courses = {row.kept.course_id: row.course for row in rows if row.kept.course_id}
    tags = {tag for row in rows if isinstance(row.kept, Note) for tag in row.kept.tags}
    by_title = sorted(courses.items(), key=lambda item: item[1].casefold())
    found = tuple(sift(rows, **wish))
    names = tuple(row.kept.id for row in found)
    return Sifted(found, names, tuple(by_title), tuple(sorted(tags, key=str.casefold)))


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
        self._at_hand = at_hand(store)
        self._at_hand.changed.connect(self._on_rows)
        self._at_hand.failed.connect(self._on_failed)
        self._sifted: Sifted | None = None
        self._wish_number = 0
        self.query = self.course = self.tag = self.colour = ""
        self.kind, self.order = "", "newest"
        self.error: LmsError | None = None
        self.undo_stack = QUndoStack(self)
        self.writer = NoteWriter(store, self)

    def look_up_with(self, look_up: LookUp) -> None:
        """Look up highlights of documents in this way."""
        self._at_hand.papers.look_up = look_up

    def refresh(self) -> None:
        """Show what is at hand, and read what is not."""
        if self._at_hand.by_id is not None:
            self._sift()
        self._at_hand.follow(self)

    def _on_rows(self) -> None:
        self.error = None
        self._sift()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- narrowing
    @property
    def count(self) -> int | None:
        """How many notes there are; None while they are read."""
        return None if self._sifted is None else len(self._at_hand.by_id or ())

    def row(self, name: str) -> NoteRow | None:
        """One of them."""
        return (self._at_hand.by_id or {}).get(name)

    def _sift(self) -> None:
        self._wish_number += 1
        number, rows = self._wish_number, tuple((self._at_hand.by_id or {}).values())
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
        return self._sifted.rows if self._sifted else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Their ids."""
        return self._sifted.names if self._sifted else ()

    @property
    def courses(self) -> tuple[tuple[str, str], ...]:
        """Courses with notes: (id, title)."""
        return self._sifted.courses if self._sifted else ()

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags."""
        return self._sifted.tags if self._sifted else ()

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
        rows = sorted(self.rows, key=lambda row: row.order or 0)
        titles = {name: title for row in rows for name, title in _titles(row)}

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
