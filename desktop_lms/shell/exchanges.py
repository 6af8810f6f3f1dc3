"""One run of exchanges: files first, then requests and replies until both sides agree.

The network is waited for on the pool; what touches the file has its turn on the lane, piece by piece, so that a click
is durable in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop_lms.store import Store
from lms_core.sync.replica.client import ROWS, Step, SyncStatus

METERED_ROWS = 200


@dataclass(frozen=True)
class Agreed:
    """How a run ended well: what still waits, where each scope stands, ops sent, ms that the hub wants to be left."""

    status: SyncStatus
    cursors: dict[str, int]
    sent: int
    wait: int


class Exchanges(QObject):
    """Runs one after the other; `stopped` says whether somebody wants no further request."""

    moved = Signal()
    agreed = Signal(object)
    failed = Signal(object)

    def __init__(self, store: Store, stopped: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._stopped = stopped
        self.sent = 0

    def run(self, *, sparing: bool) -> None:
        """Begin; `sparing`: without files, and with small answers."""
        self.sent = 0
        self._store.pool(self, lambda: self._work(sparing=sparing), self.agreed.emit, self.failed.emit)

    # --- on the pool
    def _work(self, *, sparing: bool) -> Agreed:
        workspace, do = self._store.workspace, self._store.in_turn
        sync, line = workspace.sync, workspace.online()
        if not sparing:
            sync.send_files(line, do=do, go_on=lambda: not self._stopped())
        step = sync.run(line, self._moved, limit=METERED_ROWS if sparing else ROWS, files=False, do=do)
        if step.sent and not sparing:
            sync.send_files(line, do=do, go_on=lambda: not self._stopped())  # what a row has to name before it
        return do(lambda: Agreed(sync.status(), sync.cursors(), step.sent, step.wait))

    def _moved(self, step: Step) -> bool:
        """Tell how far it is; no further request when somebody wants none, or when the hub wants to be left alone."""
        self.sent += step.sent
        if step.more and isValid(self):
            self.moved.emit()
        return not step.wait and not self._stopped()
