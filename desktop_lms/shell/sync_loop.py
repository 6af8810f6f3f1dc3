"""Keep a workspace and its hub together while the app is open: level-triggered, so that nothing waits for a lost event.

What is slow runs on the pool, what touches the file on the lane, so that a click is durable in between.
"""

from __future__ import annotations

import random

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt, QTimer, Signal

from desktop_lms.shell.sync_chip import SyncState
from desktop_lms.store import Store
from desktop_lms.words import language
from lms_core.changes import Changes
from lms_core.errors import AuthExpired, LmsError, Offline
from lms_core.sync.client import Step, SyncStatus
from lms_core.sync.runs import note_failure
from lms_core.workspace import Workspace

SOON_MS = 1_500
POLL_MS = (60_000, 120_000)
FIRST_RETRY_MS, LAST_RETRY_MS = 1_000, 300_000
ROWS, METERED_ROWS = 2000, 200
METERED_REST = 5


class SyncLoop(QObject):
    """Runs exchanges when something waits, when it is time to ask, and when a person says so."""

    state_changed = Signal(object)
    needs_sign_in = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._busy = False
        self._paused = self._metered = False
        self._again = False
        self._retry = FIRST_RETRY_MS
        self._error: LmsError | None = None
        self._status = SyncStatus(0, 0, None)
        self._sent = 0
        self.state = SyncState()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._run)
        store.changed.connect(self._on_changed)

    # --- what others may ask (SyncControl)
    @property
    def linked(self) -> bool:
        """Whether the profile has a server at all."""
        return self._store.workspace.transport is not None

    @property
    def paused(self) -> bool:
        """Whether a person stopped exchanges."""
        return self._paused

    @property
    def metered(self) -> bool:
        """Whether every byte costs: no files and no packs, small exchanges, asked for more rarely."""
        return self._metered

    @property
    def trouble(self) -> LmsError | None:
        """Why the last exchange failed."""
        return self._error

    def meter(self, on: bool) -> None:
        """Save bytes from now on, or no longer."""
        self._metered = on
        self._store.run(self, lambda w: w.choices.set("metered", on))
        if not on:
            self.sync_now()

    def pause(self, on: bool) -> None:
        """Stop exchanges, or let them go on; it holds until a person says otherwise."""
        self._paused = on
        self._store.run(self, lambda w: w.choices.set("paused", on))
        if not on:
            self.sync_now()
        self._tell()

    def sync_now(self) -> None:
        """Ask for an exchange without delay."""
        self._retry = FIRST_RETRY_MS
        if self._busy:
            self._again = True
        else:
            self._timer.start(0)

    def start(self) -> None:
        """Begin as a person left it."""
        self._store.run(
            self, lambda w: (w.choices.get("paused", False), w.choices.get("metered", False)), self._on_kept
        )

    def _on_kept(self, kept: tuple[bool, bool]) -> None:
        self._paused, self._metered = kept
        self._look()
        if self.linked:
            self._timer.start(300)

    def stop(self) -> None:
        """Begin no exchange any more."""
        self._timer.stop()
        self._paused = True

    # --- the loop
    def _on_changed(self, changes: Changes) -> None:
        self._look()

    def _look(self) -> None:
        self._store.run(self, lambda w: w.sync.status(), self._on_status)

    def _on_status(self, status: SyncStatus) -> None:
        self._status = status
        soon = status.waiting and self.linked and not self._busy and not self._paused
        if soon and self._error is None and (not self._timer.isActive() or self._timer.remainingTime() > SOON_MS):
            self._timer.start(SOON_MS)
        self._tell()

    def _run(self) -> None:
        if self._busy or self._paused or not self.linked:
            return
        self._busy, self._again, self._sent = True, False, 0
        self._tell()
        self._store.run(self, _begin, self._on_files, self._on_failed)

    def _on_files(self, files: list[str]) -> None:
        workspace = self._store.workspace

        def send() -> list[str]:
            line = workspace.online()
            sent = []
            for name in files:
                if workspace.media.has(name):
                    line.put_blob(name, workspace.media)
                    sent.append(name)
            return sent

        if files and not self._metered:
            self._store.pool(self, send, self._on_files_sent, self._on_failed)
        else:
            self._ask()

    def _on_files_sent(self, sent: list[str]) -> None:
        def note(workspace: Workspace) -> None:
            for name in sent:
                workspace.sync.file_sent(name)

        self._store.run(self, note, lambda _: self._ask(), self._on_failed)

    def _ask(self) -> None:
        limit = METERED_ROWS if self._metered else ROWS
        self._store.run(self, lambda w: w.sync.prepare(limit), self._on_prepared, self._on_failed)

    def _on_prepared(self, body: bytes) -> None:
        workspace = self._store.workspace
        self._store.pool(self, lambda: workspace.online().exchange(body), self._on_answer, self._on_failed)

    def _on_answer(self, body: bytes) -> None:
        self._store.run(self, lambda w: (w.sync.apply(body), w.sync.status()), self._on_applied, self._on_failed)

    def _on_applied(self, done: tuple[Step, SyncStatus]) -> None:
        step, self._status = done
        self._sent += step.sent
        if step.more and not self._paused:
            self._tell()
            self._ask()
            return
        self._busy, self._error, self._retry = False, None, FIRST_RETRY_MS
        self._tell()
        # what follows from what was sent (a version, a grade) is there a moment later
        rest = random.randint(*POLL_MS) * (METERED_REST if self._metered else 1)
        wait = 0 if self._again else SOON_MS if self._sent else rest
        self._timer.start(wait)

    def _on_failed(self, error: LmsError) -> None:
        self._busy, self._error = False, error
        self._store.run(self, lambda w: _note_failure(w, error.code))
        if isinstance(error, AuthExpired):
            self.needs_sign_in.emit()
        self._timer.start(self._retry + random.randint(0, self._retry // 4))
        self._retry = min(self._retry * 2, LAST_RETRY_MS)
        self._tell()

    # --- telling
    def _tell(self) -> None:
        state = self._now()
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def _now(self) -> SyncState:
        s = self._status
        if not self.linked:
            return SyncState("needs_you" if s.needs_you else "local", needs_you=s.needs_you)
        if s.needs_you:
            return SyncState("needs_you", needs_you=s.needs_you)
        if self._paused:
            return SyncState("paused", waiting=s.waiting)
        if self._busy and s.waiting:
            return SyncState("syncing", done=self._sent, total=self._sent + s.waiting)
        if isinstance(self._error, Offline):
            return SyncState("offline", waiting=s.waiting)
        if isinstance(self._error, AuthExpired):
            return SyncState("signed_out", waiting=s.waiting)
        if self._error is not None:
            return SyncState("unreachable", waiting=s.waiting)
        if s.waiting:
            return SyncState("waiting", waiting=s.waiting)
        return SyncState("synced", synced_at=_clock(s.last_synced_at))


def _begin(workspace: Workspace) -> list[str]:
    workspace.sync.begin()
    return workspace.sync.files_to_send()


def _note_failure(workspace: Workspace, code: str) -> None:
    with workspace.work() as unit:
        note_failure(unit, code)


def _clock(ms: int | None) -> str:
    if not ms:
        return ""
    time = QDateTime.fromMSecsSinceEpoch(ms).time()
    return QLocale(language()).toString(time, QLocale.FormatType.ShortFormat)
