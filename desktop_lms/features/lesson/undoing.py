"""What can be undone on the page of a lesson: bookmarks, notes and highlights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QUndoCommand

from lms_core.learning.model import Note


class Keeper(Protocol):
    """Stores and deletes what a command names."""

    saved: SignalInstance

    def keep_bookmark(self, anchor: str, words: str, then: Callable[[str], None]) -> None:
        """Store a bookmark; `then` gets its id."""

    def delete_bookmark(self, bookmark: str) -> None:
        """Delete a bookmark."""

    def write(self, body: str, anchor: Mapping[str, Any], then: Callable[[str], None]) -> None:
        """Store a note; `then` gets its id."""

    def erase(self, note: str) -> None:
        """Delete a stored note."""


class Marking(QUndoCommand):
    """A bookmark that was kept."""

    def __init__(self, model: Keeper, anchor: str, words: str) -> None:
        super().__init__("bookmark")
        self._model, self._anchor, self._words = model, anchor, words
        self._id = ""

    def redo(self) -> None:
        self._model.keep_bookmark(self._anchor, self._words, self._on_kept)

    def undo(self) -> None:
        if self._id:
            self._model.delete_bookmark(self._id)

    def _on_kept(self, bookmark: str) -> None:
        self._id = bookmark


class Adding(QUndoCommand):
    """A note or highlight that was written."""

    def __init__(self, model: Keeper, body: str, anchor: Mapping[str, Any]) -> None:
        super().__init__("note")
        self._model, self._body, self._anchor = model, body, dict(anchor)
        self._id = ""

    def redo(self) -> None:
        self._model.write(self._body, self._anchor, self._on_written)

    def undo(self) -> None:
        if self._id:
            self._model.erase(self._id)

    def _on_written(self, note: str) -> None:
        self._id = note
        self._model.saved.emit()


class Deleting(Adding):
    """A note that was deleted."""

    def __init__(self, model: Keeper, note: Note) -> None:
        anchor = {
            "quote": note.quote, "before": note.before, "after": note.after, "start": note.start,
            "colour": note.colour, "tags": list(note.tags), "anchor": note.anchor,
        }  # fmt: skip
        super().__init__(model, note.body, {k: v for k, v in anchor.items() if v not in ("", None, [])})
        self._id = note.id

    def redo(self) -> None:
        self._model.erase(self._id)

    def undo(self) -> None:
        self._model.write(self._body, self._anchor, self._on_written)
