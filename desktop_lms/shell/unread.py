"""What is not read in the inbox: counted for the rail, and the newest told when it has just come."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop_lms.store import Store
from desktop_lms.words import language
from lms_core.changes import Changes, Topic
from lms_core.notifications.model import Notification

SETTLED_MS = 300
Found = tuple[int, list[Notification]]


class Unread(QObject):
    """Counts once the first page stands, and when something changes.

    `show` is told the number, `came` the newest of those that were not there at the last count.
    """

    def __init__(
        self, store: Store, show: Callable[[int], None], came: Callable[[Notification], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store, self._show, self._came = store, show, came
        self._newest: int | None = None
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._count)
        self._first.start(SETTLED_MS)
        store.changed.connect(self._on_changed)

    def stop(self) -> None:
        """Count no more by itself."""
        self._first.stop()

    def _on_changed(self, changes: Changes) -> None:
        if Topic.INBOX in changes.topics:
            self._count()

    def _count(self) -> None:
        speech = language()
        self._store.run(self, lambda w: w.inbox.list(unread=True, language=speech, limit=1), self._on_found)

    def _on_found(self, found: Found) -> None:
        count, newest = found
        self._show(count)
        last, self._newest = self._newest, max([self._newest or 0, *(each.created_at for each in newest)])
        if last is not None and newest and newest[0].created_at > last:
            self._came(newest[0])
