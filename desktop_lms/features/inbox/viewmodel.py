"""What one was told: read, put away with a way back, led to what it is about. It all works without a network."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from desktop_lms.timers import once
from desktop_lms.words import language
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.notifications.model import Notification
from lms_core.workspace import Workspace

UNDO_MS = 8000
"""How long what was put away can be taken back; from then on it is so on every device (NTF-08)."""
MOST = 500


class InboxModel(QObject):
    """State of the page."""

    changed = Signal()
    dismissed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.all: tuple[Notification, ...] | None = None
        self.only_unread = False
        self.error: LmsError | None = None
        self._hidden: str = ""
        self._late = once(self, UNDO_MS, self.settle)
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        speech = language()
        self._store.read(
            self, lambda w: tuple(w.inbox.list(language=speech, limit=MOST)[1]), self._on_loaded, self._fail
        )

    def _on_changed(self, changes: Changes) -> None:
        if Topic.INBOX in changes.topics:
            self.refresh()

    def _on_loaded(self, found: tuple[Notification, ...]) -> None:
        if found != self.all or self.error:
            self.all, self.error = found, None
            self.changed.emit()

    def _fail(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- narrowing
    @property
    def rows(self) -> tuple[Notification, ...]:
        """Those to show, the newest first."""
        return tuple(
            each
            for each in self.all or ()
            if each.id != self._hidden and (not self.only_unread or each.read_at is None)
        )

    @property
    def unread(self) -> int:
        """How many are not read."""
        return sum(each.read_at is None and each.id != self._hidden for each in self.all or ())

    def narrow(self, *, only_unread: bool) -> None:
        """Show all, or what is not read."""
        self.only_unread = only_unread
        self.changed.emit()

    # --- answering
    def read(self, name: str) -> None:
        """Note that one is read."""
        self._store.run(self, lambda workspace: workspace.inbox.read(name), None, self._fail)

    def read_all(self) -> None:
        """Note that all are read."""
        self._store.run(self, lambda workspace: workspace.inbox.read_all(), None, self._fail)

    def dismiss(self, name: str) -> None:
        """Put one away; for some seconds `undo` brings it back."""
        self.settle()
        self._hidden = name
        self._late.start()
        self.changed.emit()
        self.dismissed.emit()

    def undo(self) -> None:
        """Bring back what was put away last."""
        self._late.stop()
        self._hidden = ""
        self.changed.emit()

    def settle(self) -> None:
        """Make what was put away last so for good; called when the page is left, too."""
        self._late.stop()
        name, self._hidden = self._hidden, ""
        if not name:
            return
        self.all = tuple(each for each in self.all or () if each.id != name)
        self._store.run(self, lambda workspace: _dismiss(workspace, name), None, self._fail)


def _dismiss(workspace: Workspace, name: str) -> None:
    workspace.inbox.dismiss(name)
