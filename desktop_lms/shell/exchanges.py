"""One run of exchanges: files first, then requests and replies until both sides agree.

What is slow runs on the pool, what touches the file on the lane, so that a click is durable in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import LmsError, VersionMismatch
from lms_core.sync.replica.client import Step, SyncStatus
from lms_core.sync.replica.flights import in_flight
from lms_core.sync.replica.sending import give
from lms_core.workspace import Workspace

ROWS, METERED_ROWS = 2000, 200


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
        self._sparing = False
        self._replies: deque[bytes] = deque()
        self._error: LmsError | None = None
        self.sent = 0

    def run(self, *, sparing: bool) -> None:
        """Begin; `sparing`: without files, and with small answers."""
        self._sparing, self.sent, self._error = sparing, 0, None
        self._replies.clear()
        self._do(lambda w: _begin(w, files=not sparing, limit=self._limit), self._on_begun)

    @property
    def _limit(self) -> int:
        return METERED_ROWS if self._sparing else ROWS

    def _do(self, work: Callable[[Workspace], object], then: Callable[..., object]) -> None:
        self._store.run(self, work, then, self.failed.emit)

    def _on_begun(self, found: tuple[list[str], list[bytes]]) -> None:
        files, requests = found
        if files:
            self._store.pool(self, lambda: self._send_files(files), self._on_files_sent, self.failed.emit)
        else:
            self._on_asked(requests)

    def _send_files(self, names: list[str]) -> list[str]:
        workspace = self._store.workspace
        here = [name for name in names if workspace.media.has(name)]
        return give(workspace.online(), workspace.media, here, go_on=lambda: not self._stopped())

    def _on_files_sent(self, sent: list[str]) -> None:
        def note(workspace: Workspace) -> None:
            for name in sent:
                workspace.sync.file_sent(name)

        self._do(note, lambda _: self._ask())

    def _ask(self) -> None:
        self._do(lambda w: w.sync.volley(self._limit), self._on_asked)

    def _on_asked(self, requests: list[bytes]) -> None:
        line = self._store.workspace.online()
        self._store.pool(self, lambda: _answers(line.exchange, requests), self._on_answers, self.failed.emit)

    def _on_answers(self, got: tuple[list[bytes], LmsError | None]) -> None:
        replies, self._error = got
        self._replies.extend(replies)
        self._apply()

    def _apply(self) -> None:
        if self._replies:
            body = self._replies.popleft()
            self._do(lambda w: w.sync.apply(body), self._on_applied)
        elif self._error is not None:
            self.failed.emit(self._error)

    def _on_applied(self, step: Step) -> None:
        self.sent += step.sent
        if self._replies or self._error is not None:
            self._apply()
        elif step.result == "upgrade":
            self.failed.emit(VersionMismatch("app_too_old"))
        elif step.more and not step.wait and not self._stopped():
            self.moved.emit()
            self._ask()
        else:  # after whatever asks now for what came
            self._do(lambda w: self._ended(w, step), lambda agreed: self._compare(agreed, step))

    def _ended(self, workspace: Workspace, step: Step) -> Agreed:
        return Agreed(workspace.sync.status(), workspace.sync.cursors(), self.sent, step.wait)

    def _compare(self, agreed: Agreed, step: Step) -> None:
        """Once a day, when both agree, see whether they do: rows are counted a part at a time."""

        def found(state: str) -> None:
            if state == "no" or self._stopped():
                self.agreed.emit(agreed)
            elif state == "ready":
                self._ask()
            else:
                self._compare(agreed, step)

        if step.more:
            self.agreed.emit(agreed)
        else:
            self._do(lambda w: w.sync.comparing.go_on(), found)


def _begin(workspace: Workspace, *, files: bool, limit: int) -> tuple[list[str], list[bytes]]:
    """The files that go first, or the first requests when there are none."""
    workspace.sync.begin()
    waiting = workspace.sync.files_to_send() if files else []
    return waiting, [] if waiting else workspace.sync.volley(limit)


def _answers(exchange: Callable[[bytes], bytes], requests: list[bytes]) -> tuple[list[bytes], LmsError | None]:
    """The replies up to the first request that got none, and why."""
    replies: list[bytes] = []
    try:
        replies.extend(in_flight(exchange, requests))
    except LmsError as error:
        return replies, error
    return replies, None
