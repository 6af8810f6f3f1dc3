"""All files of one's courses: found by words and kind, and where the chosen one is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.courses.library import PAGE, LibraryFile, Use
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.DRAFTS, Topic.PEOPLE, Topic.MEDIA})


@dataclass(frozen=True)
class Shelf:
    """The files that are shown, how many fit, how many there are, and the uses of the chosen one."""

    files: tuple[LibraryFile, ...]
    count: int
    whole: int
    chosen: str
    uses: tuple[Use, ...]


class LibraryModel(QObject):
    """State of the page; `shelf` is None until it was read for the first time."""

    changed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.shelf: Shelf | None = None
        self.error: LmsError | None = None
        self.typed, self.kind, self.chosen, self.most = "", "", "", PAGE
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        by: dict[str, Any] = {"typed": self.typed, "kind": self.kind}
        most, chosen = self.most, self.chosen

        def work(workspace: Workspace) -> Shelf:
            library = workspace.library
            with workspace.work():
                count, files = library.files(**by, limit=most)
                whole = library.files(limit=0)[0] if any(by.values()) else count
                return Shelf(tuple(files), count, whole, chosen, tuple(library.uses(chosen)) if chosen else ())

        self._store.read(self, work, self._on_loaded, self._on_failed)

    def narrow(self, **by: str) -> None:
        """Show only some: by `typed` words or by `kind`."""
        if any(getattr(self, name) != value for name, value in by.items()):
            self.typed, self.kind = by.get("typed", self.typed), by.get("kind", self.kind)
            self.chosen, self.most = "", PAGE
            self.refresh()

    def choose(self, sha256: str) -> None:
        """Show where a file is used; chosen again, show it no more."""
        self.chosen = "" if sha256 == self.chosen else sha256
        self.refresh()

    def more(self) -> None:
        """Show more of them."""
        self.most += PAGE
        self.refresh()

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, shelf: Shelf) -> None:
        if shelf != self.shelf or self.error:
            self.shelf, self.error = shelf, None
            self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
