"""What can be undone on the page of a lesson: bookmarks, notes and highlights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QUndoCommand

from lms_core.learning.model import Bookmark, Note

Kept = Note | Bookmark


class Keeper(Protocol):
    """Stores and deletes what a command names."""

    saved: SignalInstance

    def keep_bookmark(self, anchor: str, words: str, then: Callable[[str], None]) -> None:
        """Store a bookmark; `then` gets its id."""

    def delete_bookmark(self, bookmark: str) -> None:
        """Delete a bookmark."""

    def write(self, body: str, anchor: Mapping[str, Any], then: Callable[[str], None]) -> None:
        """Store a note; `then` gets its id."""

    def take(self, note: str, then: Callable[[Sequence[Kept]], None]) -> None:
        """Delete a stored note; `then` gets it as it was."""

    def write_again(self, kept: Sequence[Kept], then: Callable[[Sequence[str]], None]) -> None:
        """Store what was deleted; `then` gets the ids."""


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
    """A note or highlight that was written; what became of it meanwhile comes back with it."""

    def __init__(self, model: Keeper, body: str, anchor: Mapping[str, Any]) -> None:
        super().__init__("note")
        self._model, self._body, self._anchor = model, body, dict(anchor)
        self._id = ""
        self._kept: Sequence[Kept] = ()

    def redo(self) -> None:
        if self._kept:
            self._bring_back()
        else:
            self._model.write(self._body, self._anchor, self._on_written)

    def undo(self) -> None:
        if self._id:
            self._take()

    def _bring_back(self) -> None:
        self._model.write_again(self._kept, lambda names: self._on_written(names[0]))

    def _take(self) -> None:
        self._model.take(self._id, self._on_taken)

    def _on_taken(self, kept: Sequence[Kept]) -> None:
        self._kept = kept or self._kept

    def _on_written(self, note: str) -> None:
        self._id = note
        self._model.saved.emit()


class Deleting(Adding):
    """A note that was deleted."""

    def __init__(self, model: Keeper, note: Note) -> None:
        super().__init__(model, "", {})
        self._id, self._kept = note.id, (note,)

    def redo(self) -> None:
        self._take()

    def undo(self) -> None:
        self._bring_back()
