"""How much is not read in the inbox, for the rail: counted once the first page stands, and when something changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic

SETTLED_MS = 300


class Unread(QObject):
    """Counts; `show` is told the number."""

    def __init__(self, store: Store, show: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._show = store, show
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._count)
        self._first.start(SETTLED_MS)
        store.changed.connect(self._on_changed)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.INBOX in changes.topics:
            self._count()

    def _count(self) -> None:
        self._store.run(self, lambda workspace: workspace.inbox.unread(), self._show)
