"""What a newer version of a course brings, before anybody agrees to it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.downloads import Downloads
from desktop_lms.store import Store
from lms_core.content.model import CourseDocument
from lms_core.content.pack import read_pack
from lms_core.courses.differences import Differences, differences
from lms_core.courses.model import Card
from lms_core.errors import LmsError
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Coming:
    """The version that is out: what its authors say of it, its bytes, and the quiz that has to end first."""

    title: str
    version: str
    note: str
    size: int
    running: str


class UpdateModel(QObject):
    """State of the sheet. `found` is None until both versions were read; the text of the new one is fetched for it."""

    changed = Signal()

    def __init__(self, store: Store, downloads: Downloads, course: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._downloads, self.course = store, downloads, course
        self.coming: Coming | None = None
        self.found: Differences | None = None
        self.error: LmsError | None = None

    def refresh(self) -> None:
        """Read what is out, then fetch its text and compare."""
        course = self.course

        def read(workspace: Workspace) -> tuple[Card, CourseDocument, str]:
            running = next((lesson for of, lesson, _ in workspace.assessment.running() if of == course), "")
            return workspace.courses.card(course), workspace.installed.document(course), running

        self._store.read(self, read, self._on_read, self._on_failed)

    def _on_read(self, found: tuple[Card, CourseDocument, str]) -> None:
        card, old, running = found
        self.coming = Coming(card.title, card.version, card.change_note, card.pack_size, running)
        self.changed.emit()
        workspace = self._store.workspace

        def compare() -> Differences:
            workspace.fetch_pack(card.pack)
            return differences(old, read_pack(workspace.media.read(card.pack)))

        self._store.pool(self, compare, self._on_compared, self._on_failed)

    def _on_compared(self, found: Differences) -> None:
        self.found = found
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def settle(self) -> None:
        """Agree: it takes the place of the old one once all of it is here."""
        self._downloads.fetch(self.course)
