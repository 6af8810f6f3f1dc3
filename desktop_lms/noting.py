"""Edits of notes on their way to the disk: there within a second, and kept until they are."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from desktop_lms.timers import once
from lms_core.errors import LmsError, NotFound
from lms_core.workspace import Workspace

SAVE_MS = 800


class NoteWriter(QObject):
    """Takes what is typed and writes it together; what could not be written is tried again with the next edit."""

    saved = Signal()
    """All that was typed is on the disk."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._typed: dict[str, tuple[str, str]] = {}
        self._left: set[str] = set()
        self._under_way = 0
        self._timer = once(self, SAVE_MS, self.save)

    @property
    def is_saved(self) -> bool:
        """Whether every word is on the disk."""
        return not self._typed and not self._under_way

    def type(self, note: str, body: str, *, base: str) -> None:
        """Take the text of a note; `base` is what stood there before."""
        self._typed[note] = (self._typed.get(note, (base, ""))[0], body)
        if not self._timer.isActive():
            self._timer.start()

    def leave(self, note: str, text: str) -> None:
        """Write what was typed and go on from a note whose field shows `text`; one that is empty does not stay."""
        if not text.strip():
            self._left.add(note)
        self.save()

    def save(self) -> None:
        """Write what was typed now; a note that somebody deleted meanwhile becomes a new one."""
        self._timer.stop()
        typed, self._typed = self._typed, {}
        left, self._left = self._left, set()
        if not typed and not left:
            return
        self._under_way += 1

        def work(workspace: Workspace) -> None:
            with workspace.work():
                for note, (base, body) in typed.items():
                    try:
                        workspace.notes.get(note)
                    except NotFound:
                        if body.strip():
                            workspace.notes.add(body)
                    else:
                        workspace.notes.edit(note, base=base, body=body)
                workspace.notes.drop_empty(left)

        self._store.run(self, work, self._on_saved, lambda error: self._on_failed(error, typed, left))

    def _on_saved(self, _: object) -> None:
        self._under_way -= 1
        if self.is_saved:
            self.saved.emit()

    def _on_failed(self, error: LmsError, typed: dict[str, tuple[str, str]], left: set[str]) -> None:
        self._under_way -= 1
        self._left |= left
        newer = {note: body for note, (_, body) in self._typed.items()}
        self._typed |= {note: (base, newer.get(note, body)) for note, (base, body) in typed.items()}
        self._store.failed.emit(error)
