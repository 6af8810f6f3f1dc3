"""Keep a workspace and its hub together while the app is open; when, decides lms_core/sync/replica/loop.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from desktop_lms.shell.exchanges import Agreed, Exchanges
from desktop_lms.shell.sync_chip import SyncState
from desktop_lms.store import Store
from desktop_lms.words import formats
from lms_core.changes import Changes
from lms_core.errors import AuthExpired, LmsError, Offline, VersionMismatch
from lms_core.ports import Clock, SystemClock
from lms_core.sync.replica.client import SyncStatus
from lms_core.sync.replica.live import Heads, Lined, Listener, Poke
from lms_core.sync.replica.loop import LOOK_MS, Pace
from lms_core.sync.replica.runs import note_failure
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from desktop_lms.platform.network import Network

FIRST_MS = 300


class SyncLoop(QObject):
    """Runs exchanges when something waits, when the hub has news, when it is time, and when a person says so."""

    state_changed = Signal(object)
    needs_sign_in = Signal()
    stirred = Signal()
    """There was a line just now, or another network: what waits for one may try again."""
    _heard = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None, clock: Clock | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock or SystemClock()
        self._pace = Pace()
        self._error: LmsError | None = None
        self._status = SyncStatus(0, 0, None)
        self._exchanges = Exchanges(store, lambda: self.paused or not self._running, self)
        self._exchanges.moved.connect(self._look)
        self._exchanges.agreed.connect(self._on_agreed)
        self._exchanges.failed.connect(self._on_failed)
        self._metered = self._running = False
        self._listener: Listener | None = None
        self._network: Network | None = None
        self.state = SyncState()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_time)
        self._heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)
        store.changed.connect(self._on_changed)

    # --- what others may ask (SyncControl)
    @property
    def linked(self) -> bool:
        """Whether the profile has a server at all."""
        return self._store.workspace.transport is not None

    @property
    def paused(self) -> bool:
        """Whether a person stopped exchanges."""
        return self._pace.paused

    @property
    def live(self) -> bool:
        """Whether the server tells at once when there is something to fetch."""
        return self._pace.live

    @property
    def metered(self) -> bool:
        """Whether every byte costs: no files and no packs, small exchanges, asked for more rarely."""
        return self._metered

    @property
    def sparing(self) -> bool:
        """Whether every byte costs, as the person or the system says."""
        return self._pace.sparing

    @property
    def trouble(self) -> LmsError | None:
        """Why the last exchange failed."""
        return self._error

    @property
    def networked(self) -> bool:
        """Whether there is a network, as far as the system says: then it is the server that does not answer."""
        return self._network is not None and self._network.up

    def meter(self, on: bool) -> None:
        """Save bytes from now on, or no longer."""
        self._metered = on
        self._store.run(self, lambda w: w.choices.set("metered", on))
        self._spare()
        if not on:
            self.sync_now()

    def pause(self, on: bool) -> None:
        """Stop exchanges, or let them go on; it holds until a person says otherwise."""
        self._pace.paused = on
        self._store.run(self, lambda w: w.choices.set("paused", on))
        if not on:
            self.sync_now()
        self._tell()

    def sync_now(self) -> None:
        """Ask for an exchange without delay."""
        self._pace.ask(self._now())
        if self._listener is not None:
            self._listener.retry()
        self._plan()

    def start(self) -> None:
        """Begin as a person left it."""
        self._running = True
        self._store.run(
            self, lambda w: (w.choices.get("paused", False), w.choices.get("metered", False)), self._on_kept
        )

    def _on_kept(self, kept: tuple[bool, bool]) -> None:
        self._pace.paused, self._metered = kept
        self._spare()
        self._look()
        workspace = self._store.workspace
        if workspace.transport is None or self._listener is not None or not self._running:
            return
        from desktop_lms.platform.network import Network  # a library that the first page need not wait for

        self._listener = Listener(workspace.transport, self._hear)
        self._listener.start()
        self._network = Network(self)
        self._network.changed.connect(self._on_network)
        self._spare()
        self._timer.start(FIRST_MS)

    def stop(self) -> None:
        """Begin no exchange any more."""
        self._running = False
        self._timer.stop()
        if self._network is not None:
            self._network.changed.disconnect(self._on_network)
        if self._listener is not None:
            self._listener.close()
        self._listener = self._network = None

    # --- the loop
    def _now(self) -> int:
        return self._clock.monotonic_ms()

    def _plan(self) -> None:
        """Wait until the next exchange is due, or until it is time to look at the clocks again."""
        delay = self._pace.delay(self._now()) if self.linked else None
        if delay is not None and self._listener is not None:
            self._timer.start(min(delay, LOOK_MS))

    def _on_time(self) -> None:
        slept = self._pace.look(self._now(), self._clock.ms())
        if slept and self._listener is not None:
            self._listener.drop()
        if self._pace.delay(self._now()) == 0:
            self._run()
        else:
            self._plan()

    def _hear(self, heard: object) -> None:
        """On the listener's thread."""
        if isValid(self):
            self._heard.emit(heard)

    def _on_heard(self, heard: object) -> None:
        now = self._now()
        match heard:
            case Poke():
                self._pace.poked(now, heard.scope, heard.seq, jitter=heard.jitter)
            case Heads():
                self._pace.told_scopes(now, heard.scopes)
            case Lined():
                self._pace.lined(now, on=heard.on)
        self._plan()

    def _spare(self) -> None:
        self._pace.sparing = self._metered or (self._network is not None and self._network.metered)
        self.stirred.emit()

    def _on_network(self) -> None:
        self._spare()
        self.sync_now()

    def _on_changed(self, changes: Changes) -> None:
        self._look()

    def _look(self) -> None:
        self._store.run(self, lambda w: w.sync.status(), self._on_status)

    def _on_status(self, status: SyncStatus) -> None:
        self._status = status
        self._pace.waits(self._now(), status.waiting)
        self._plan()
        self._tell()

    def _run(self) -> None:
        self._pace.begin(self._now())
        self._exchanges.run(sparing=self._pace.sparing)
        self._tell()

    def _on_agreed(self, found: Agreed) -> None:
        now, self._status, self._error = self._now(), found.status, None
        if not found.status.waiting:
            self._pace.waits(now, 0)
        self._pace.done(now, cursors=found.cursors, sent=bool(found.sent), wait=found.wait)
        self._tell()
        self._plan()
        self.stirred.emit()

    def _on_failed(self, error: LmsError) -> None:
        self._error = error
        self._store.run(self, lambda w: _note_failure(w, error.code))
        if isinstance(error, AuthExpired):
            self.needs_sign_in.emit()
        self._pace.failed(self._now())
        self._tell()
        self._plan()

    # --- telling
    def _tell(self) -> None:
        state = self._shown()
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def _shown(self) -> SyncState:
        s = self._status
        if not self.linked:
            return SyncState("needs_you" if s.needs_you else "local", needs_you=s.needs_you)
        if s.needs_you:
            return SyncState("needs_you", needs_you=s.needs_you)
        if self.paused:
            return SyncState("paused", waiting=s.waiting)
        if self._pace.busy and s.waiting:
            return SyncState("syncing", done=self._exchanges.sent, total=self._exchanges.sent + s.waiting)
        if isinstance(self._error, Offline):
            return SyncState("unreachable" if self.networked else "offline", waiting=s.waiting)
        if isinstance(self._error, AuthExpired):
            return SyncState("signed_out", waiting=s.waiting)
        if isinstance(self._error, VersionMismatch):
            return SyncState("outdated", waiting=s.waiting)
        if self._error is not None:
            return SyncState("unreachable", waiting=s.waiting)
        if s.waiting:
            return SyncState("waiting", waiting=s.waiting)
        return SyncState("synced", synced_at=_time(s.last_synced_at))


def _note_failure(workspace: Workspace, code: str) -> None:
    with workspace.work() as unit:
        note_failure(unit, code)


def _time(ms: int | None) -> str:
    if not ms:
        return ""
    time = QDateTime.fromMSecsSinceEpoch(ms).time()
    return formats().toString(time, "HH:mm")
