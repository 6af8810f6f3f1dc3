"""All notes and highlights by course: found, filtered, opened at their place, exported, deleted with a way back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from desktop_lms.noting import NoteWriter
from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.db.engine import storage_errors
from lms_core.errors import LmsError
from lms_core.learning.model import Note
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.NOTES, Topic.COURSES})


@dataclass(frozen=True)
class NoteRow:
    """A note with the titles over it; empty ones where the course or lesson went away."""

    note: Note
    course: str
    lesson: str
    reachable: bool


def load(workspace: Workspace) -> tuple[NoteRow, ...]:
    """Read all notes, the newest first."""
    titles = workspace.notes.titles()
    cards = {c.id: c.title for c in workspace.courses.catalog()}
    return tuple(
        NoteRow(
            note,
            titles.get(note.course_id or "") or cards.get(note.course_id or "", ""),
            titles.get(note.lesson_id or "", ""),
            (note.lesson_id or "") in titles,
        )
        for note in workspace.notes.all()
    )


class NotesModel(QObject):
    """State of the page."""

    changed = Signal()
    deleted = Signal()
    exported = Signal(str)
    refused = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.all: tuple[NoteRow, ...] | None = None
        self.query = ""
        self.course = ""
        self.kind = ""
        self.error: LmsError | None = None
        self.undo_stack = QUndoStack(self)
        self.writer = NoteWriter(store, self)
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.run(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, rows: tuple[NoteRow, ...]) -> None:
        if rows != self.all or self.error:
            self.all, self.error = rows, None
            self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- narrowing
    @property
    def rows(self) -> tuple[NoteRow, ...]:
        """The notes to show."""
        words = self.query.casefold().split()
        return tuple(
            r
            for r in self.all or ()
            if (not self.course or r.note.course_id == self.course)
            and (not self.kind or (self.kind == "highlight") == bool(r.note.quote))
            and all(w in f"{r.note.body} {r.note.quote} {r.lesson} {r.course}".casefold() for w in words)
        )

    @property
    def courses(self) -> tuple[tuple[str, str], ...]:
        """Courses with notes: (id, title)."""
        found = {r.note.course_id: r.course for r in self.all or () if r.note.course_id}
        return tuple(sorted(found.items(), key=lambda item: item[1].casefold()))

    def narrow(self, *, query: str | None = None, course: str | None = None, kind: str | None = None) -> None:
        """Show only some: by words, by course, or one kind (`note`, `highlight`)."""
        self.query = self.query if query is None else query
        self.course = self.course if course is None else course
        self.kind = self.kind if kind is None else kind
        self.changed.emit()

    # --- editing
    def delete(self, note: str) -> None:
        """Delete a note; `undo_stack` brings it back."""
        found = next((r.note for r in self.all or () if r.note.id == note), None)
        if found is not None:
            self.writer.forget(note)
            self.undo_stack.push(_Deleting(self, found))
            self.deleted.emit()

    def erase(self, note: str) -> None:
        """Delete a stored note."""
        self._store.run(self, lambda workspace: workspace.notes.delete(note), self._on_done)

    def write_again(self, note: Note, then: Any) -> None:
        """Write a deleted note anew; `then` gets its id."""
        fields: dict[str, Any] = {
            "quote": note.quote, "before": note.before, "after": note.after, "start": note.start,
            "colour": note.colour, "tags": list(note.tags),
        }  # fmt: skip
        anchor = {k: v for k, v in fields.items() if v not in ("", None, [])}
        self._store.run(
            self,
            lambda workspace: workspace.notes.add(note.body, lesson=note.lesson_id, course=note.course_id, **anchor),
            then,
        )

    def _on_done(self, _: object) -> None:
        """What changed is told by the store."""

    # --- export
    def export(self, target: Path) -> None:
        """Write the shown notes as one Markdown file; a file half written never stays."""
        notes = [r.note for r in self.rows]

        def work(workspace: Workspace) -> str:
            text = workspace.notes.export_markdown(notes)
            part = target.with_name(target.name + ".part")
            try:
                with storage_errors(target):
                    part.write_text(text, encoding="utf-8")
                    part.replace(target)
            finally:
                part.unlink(missing_ok=True)
            return str(target)

        self._store.run(self, work, self.exported.emit, self.refused.emit)


class _Deleting(QUndoCommand):
    def __init__(self, model: NotesModel, note: Note) -> None:
        super().__init__("delete")
        self._model, self._note, self._id = model, note, note.id

    def redo(self) -> None:
        self._model.erase(self._id)

    def undo(self) -> None:
        self._model.write_again(self._note, self._on_written)

    def _on_written(self, note: str) -> None:
        self._id = note
