"""Sync without any network: write what waits into a file, take the answer in, carry somebody's file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import LmsError
from lms_core.sync.replica.client import Step

SUFFIX, REPLY = ".lmsync", ".reply"


class FilesModel(QObject):
    """What one does with sync files; each deed tells when it is done."""

    sent = Signal(int, str)
    """How many changes are in the file, and its name."""
    received = Signal(int, bool)
    """How many rows came, and whether there is more to fetch."""
    carried = Signal(str)
    """The name of the answer that is to be brought back."""
    failed = Signal(object)
    busy_changed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.busy = False

    def send(self, path: Path) -> None:
        """Write what waits into a file; it waits here, too, until the answer is in."""
        self._begin()
        self._store.run(
            self,
            lambda workspace: workspace.send_by_file(path),
            lambda count: self._on_sent(count, path),
            self._on_failed,
        )

    def receive(self, path: Path) -> None:
        """Take in what the server answered."""
        self._begin()
        self._store.run(self, lambda workspace: workspace.receive_file(path), self._on_received, self._on_failed)

    def carry(self, path: Path) -> None:
        """Bring somebody's file to the server; the answer lies beside it."""
        workspace, reply = self._store.workspace, path.with_name(path.name + REPLY)
        self._begin()
        self._store.pool(self, lambda: workspace.carry(path, reply), lambda _: self._on_carried(reply), self._on_failed)

    def _begin(self) -> None:
        self.busy = True
        self.busy_changed.emit()

    def _end(self) -> None:
        self.busy = False
        self.busy_changed.emit()

    def _on_sent(self, count: int, path: Path) -> None:
        self._end()
        self.sent.emit(count, path.name)

    def _on_received(self, step: Step) -> None:
        self._end()
        self.received.emit(step.received, step.more)

    def _on_carried(self, reply: Path) -> None:
        self._end()
        self.carried.emit(reply.name)

    def _on_failed(self, error: LmsError) -> None:
        self._end()
        self.failed.emit(error)
