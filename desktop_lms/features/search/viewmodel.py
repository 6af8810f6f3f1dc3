"""Search as one types, for the page of all results and for the palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.search.model import Found, Kind

WAIT_MS = 120
MOST = 60
TOPICS = frozenset({Topic.NOTES, Topic.COURSES})


def route_to(found: Found) -> str:
    """Where a result leads."""
    if found.lesson_id and found.course_id:
        return f"lesson/{found.course_id}/{found.lesson_id}"
    return f"course/{found.course_id}" if found.course_id else "notes"


class SearchModel(QObject):
    """State of the page of results."""

    changed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.query = ""
        self.kind: Kind | None = None
        self.results: tuple[Found, ...] | None = None
        self.error: LmsError | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        store.changed.connect(self._on_changed)

    def search(self, query: str) -> None:
        """Look for words; waits until typing pauses for a moment."""
        self.query = query
        self._timer.start()

    def only(self, kind: Kind | None) -> None:
        """Show one kind of results; None shows all."""
        self.kind = kind
        self.refresh()

    def refresh(self) -> None:
        """Ask now."""
        self._timer.stop()
        query, kinds = self.query, (self.kind,) if self.kind else ()
        self._store.run(
            self,
            lambda workspace: (query, tuple(workspace.search.find(query, limit=MOST, kinds=kinds))),
            self._on_found,
            self._on_failed,
        )

    def _on_changed(self, changes: Changes) -> None:
        if self.query and changes.topics & TOPICS:
            self.refresh()

    def _on_found(self, answer: tuple[str, tuple[Found, ...]]) -> None:
        query, results = answer
        if query == self.query:
            self.results, self.error = results, None
            self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()


class PaletteSearch(QObject):
    """What the palette asks while one types."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._latest = 0

    def find(self, query: str, then: Callable[[Sequence[Found]], None], *, limit: int = 8) -> None:
        """Hand the best results to `then`, unless the person has typed on meanwhile."""
        self._latest += 1
        asked = self._latest

        def on_found(results: Sequence[Found]) -> None:
            if asked == self._latest:
                then(results)

        self._store.run(self, lambda workspace: workspace.search.find(query, limit=limit), on_found)
