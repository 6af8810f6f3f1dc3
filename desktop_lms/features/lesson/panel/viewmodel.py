"""Notes and bookmarks beside a lesson: in the order of its text, with those that others share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand

from desktop_lms.features.lesson.viewmodel import LessonModel
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.learning.anchors import Anchor, Found, find_all, parts_of, read_spot
from lms_core.learning.model import Note, SharedNote


class PanelModel(QObject):
    """What the panel shows; `places` are where highlights stand in the text that is shown, None for the others.

    Of those `parts` have the key of what is embedded in the text and says the words, as a large table does.
    """

    changed = Signal()
    carded = Signal(str)
    """A card was made; its id."""
    refused = Signal(object)

    def __init__(self, lesson: LessonModel) -> None:
        super().__init__(lesson)
        self.lesson = lesson
        self.shared: tuple[SharedNote, ...] = ()
        self.places: Mapping[str, Found | None] = {}
        self.parts: Mapping[str, str] = {}
        self._asked: tuple[str, tuple[Anchor, ...]] = ("", ())
        lesson.store.changed.connect(self._on_changed)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The reader's notes in the order of the text; those without a place first, those whose place is gone last."""

        def place(note: Note) -> tuple[int, int, int]:
            found = self.places.get(note.id)
            gone = self.is_gone(note)
            at = found.start if found else note.start or int(read_spot(note.anchor).at_s or 0)
            return (1 + gone if note.quote else 0), at, note.created_at

        return tuple(sorted(self.lesson.notes, key=place))

    def is_gone(self, note: Note) -> bool:
        """Whether the words that a note marks are no longer in the text."""
        is_elsewhere = note.id in self.places and self.places[note.id] is None
        return bool(note.quote) and is_elsewhere and note.id not in self.parts

    def look_in(self, text: str) -> None:
        """Find the places of all highlights in a text, beside the window; `changed` tells."""
        marked = [note for note in self.lesson.notes if note.quote and not note.anchor]  # others are in a part
        anchors = tuple(Anchor(note.quote, note.before, note.after, note.start) for note in marked)
        if (text, anchors) == self._asked:
            return
        asked = self._asked = (text, anchors)
        names = [note.id for note in marked]

        def came(found: Mapping[str, Found | None]) -> None:
            if asked is self._asked:
                self._on_places(found)

        self.lesson.store.pool(self, lambda: dict(zip(names, _spots(text, anchors), strict=True)), came)

    def _on_places(self, found: Mapping[str, Found | None]) -> None:
        unsure = {name for name, spot in found.items() if spot is None or spot.how == "changed"}
        quotes = {note.id: note.quote for note in self.lesson.notes if note.id in unsure}
        if not quotes:
            self._show(found, {})
            return

        asked = self._asked

        def show(parts: Mapping[str, str]) -> None:
            if asked is self._asked:
                self._show({**found, **dict.fromkeys(parts)}, parts)

        def look(within: Mapping[str, str]) -> None:
            self.lesson.store.pool(self, lambda: parts_of(quotes, within), show)

        self.lesson.drawing.look_within(look)

    def _show(self, places: Mapping[str, Found | None], parts: Mapping[str, str]) -> None:
        if (places, parts) != (self.places, self.parts):
            self.places, self.parts = places, parts
            self.changed.emit()

    def refresh(self) -> None:
        """Read what others share."""
        lesson = self.lesson.lesson_id
        self.lesson.store.run(self, lambda workspace: tuple(workspace.notes.shared(lesson)), self._on_shared)

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


def _spots(text: str, anchors: tuple[Anchor, ...]) -> list[Found | None]:
    """Where highlights stand, in the positions of the view: a letter beyond U+FFFF counts twice there."""
    spots = find_all(text, anchors)
    if max(text, default="") <= "\uffff":
        return spots

    def at(place: int) -> int:
        return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2

    return [spot and spot._replace(start=at(spot.start), end=at(spot.end)) for spot in spots]


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
