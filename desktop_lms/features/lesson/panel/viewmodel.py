"""Notes and bookmarks beside a lesson: in the order of its text, with those that others share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand

from desktop_lms.features.lesson.viewmodel import LessonModel
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.learning.anchors import Anchor, read_spot
from lms_core.learning.model import Note, SharedNote
from lms_core.learning.placing import Placed, Quote, place


class PanelModel(QObject):
    """What the panel shows; `placed` is where highlights stand in the text that is shown and in its parts."""

    changed = Signal()
    carded = Signal(str)
    """A card was made; its id."""
    refused = Signal(object)

    def __init__(self, lesson: LessonModel) -> None:
        super().__init__(lesson)
        self.lesson = lesson
        self.shared: tuple[SharedNote, ...] = ()
        self.placed = Placed({}, {})
        self._asked: object = None
        self._parts: Mapping[str, int] = {}
        self._files: Mapping[str, str] = {}
        self._looked: dict[str, Mapping[str, bool]] = {}
        lesson.store.changed.connect(self._on_changed)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The reader's notes in the order of the text; those without a place first, those whose place is gone last."""
        spots = self._spots()

        def order(note: Note) -> tuple[int, tuple[int, ...], int]:
            gone, spot = self.is_gone(note), read_spot(note.anchor)
            on_page = (self._parts.get(spot.item, 0), spot.page or 0, note.start or 0)
            at = on_page if spot.page else spots.get(note.id, (note.start or int(spot.at_s or 0), 0))
            return (1 + gone if note.quote else 0), at, note.created_at

        return tuple(sorted(self.lesson.notes, key=order))

    def _spots(self) -> dict[str, tuple[int, int]]:
        """Where highlights stand in the text, and of those in a part how far they stand in it."""
        own = {note: (spot.start, 0) for note, spot in self.placed.own.items() if spot}
        said = self.placed.within.items()
        return own | {
            each.note: (self._parts.get(key, 0), each.letters or 0) for key, quotes in said for each in quotes
        }

    def is_gone(self, note: Note) -> bool:
        """Whether the words that a note marks are no longer in the text, or in the document that they were in."""
        spot = read_spot(note.anchor)
        if spot.page:
            return bool(note.quote) and self._is_gone_from(spot.item, note.id)
        is_elsewhere = note.id in self.placed.own and self.placed.own[note.id] is None
        parts = self.placed.within.values()
        return bool(note.quote) and is_elsewhere and all(each.note != note.id for said in parts for each in said)

    def _is_gone_from(self, part: str, note: str) -> bool:
        if part in self._files:
            return self._looked.get(part, {}).get(note) is False
        return bool(part and self._files) and not any(told.get(note) for told in self._looked.values())

    def enter(self, files: Mapping[str, str]) -> None:
        """The lesson has these files now, by the keys of its parts."""
        before, self._files = self._files, files
        self._looked = {key: told for key, told in self._looked.items() if files.get(key) == before.get(key)}

    def take_looked(self, part: str, told: Mapping[str, bool]) -> None:
        """A part tells of which notes it has the words."""
        if self._looked.get(part) != told:
            self._looked[part] = told
            self.changed.emit()

    def look_in(self, text: str, parts: Sequence[tuple[str, int]]) -> None:
        """Find the places of all highlights in a text and its parts, beside the window; `changed` tells.

        `parts` are key and position of what is embedded.
        """
        marked = [note for note in self.lesson.notes if note.quote and not note.anchor]  # others are in a part
        quotes = [Quote(n.id, Anchor(n.quote, n.before, n.after, n.start)) for n in marked]
        if (now := (text, tuple(parts), tuple(quotes))) == self._asked:
            return
        asked = self._asked = now
        self._parts = dict(parts)

        def show(placed: Placed) -> None:
            if asked is self._asked and placed != self.placed:
                self.placed = placed
                self.changed.emit()

        def look(within: Mapping[str, str]) -> None:
            self.lesson.store.compute(self, lambda: place(text, parts, within, quotes), show)

        if quotes and parts:
            self.lesson.drawing.look_within(look)
        else:
            look({})

    def refresh(self) -> None:
        """Read what others share."""
        lesson, tell_of = self.lesson.lesson_id, self.lesson.tell_of
        self.lesson.store.read(self, lambda workspace: tuple(workspace.notes.shared(lesson)), self._on_shared, tell_of)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.NOTES in changes.topics and self.lesson.is_open:
            self.refresh()

    def _on_shared(self, shared: tuple[SharedNote, ...]) -> None:
        if shared != self.shared:
            self.shared = shared
            self.changed.emit()

    # --- doing
    def change(self, note: Note, **fields: Any) -> None:
        """Change colour or tags of a note, or who reads it; undo takes it back."""
        before = {name: getattr(note, name) for name in fields}
        self.lesson.undo_stack.push(_Changing(self, note.id, fields, before))

    def rename(self, bookmark: str, before: str, title: str) -> None:
        """Give a bookmark another title; undo takes it back."""
        self.lesson.undo_stack.push(_Renaming(self, bookmark, title, before))

    def make_card(self, note: str, front: str, back: str) -> None:
        """Make a note a card to be reviewed; `carded` tells which."""
        self.lesson.store.run(
            self, lambda workspace: workspace.review.add_from_note(note, front, back), self.carded.emit,
            self._on_refused,
        )  # fmt: skip

    def drop_card(self, card: str) -> None:
        """Take a card back that was made."""
        self.lesson.store.run(self, lambda workspace: workspace.review.change(card, removed=True))

    def store_change(self, note: str, fields: Mapping[str, Any]) -> None:
        """Store a change."""
        self.lesson.store.run(self, lambda workspace: workspace.notes.change(note, **fields), None, self._on_refused)

    def store_title(self, bookmark: str, title: str) -> None:
        """Store a title."""
        self.lesson.store.run(self, lambda workspace: workspace.notes.rename_bookmark(bookmark, title))

    def _on_refused(self, error: LmsError) -> None:
        self.refused.emit(error)
        self.changed.emit()


class _Changing(QUndoCommand):
    def __init__(self, model: PanelModel, note: str, fields: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        super().__init__("change")
        self._model, self._note, self._fields, self._before = model, note, fields, before

    def redo(self) -> None:
        self._model.store_change(self._note, self._fields)

    def undo(self) -> None:
        self._model.store_change(self._note, self._before)


class _Renaming(QUndoCommand):
    def __init__(self, model: PanelModel, bookmark: str, title: str, before: str) -> None:
        super().__init__("rename")
        self._model, self._bookmark, self._title, self._before = model, bookmark, title, before

    def redo(self) -> None:
        self._model.store_title(self._bookmark, self._title)

    def undo(self) -> None:
        self._model.store_title(self._bookmark, self._before)
