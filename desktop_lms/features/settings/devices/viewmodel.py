"""The devices of an account: the server has the list, this device remembers the last one for days without a network."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

KEPT = "devices"


@dataclass(frozen=True)
class Device:
    """One device; times in ms, `here` for the one that is looked at."""

    id: str
    name: str
    platform: str
    last_seen_at: int
    revoked: bool
    here: bool


@dataclass(frozen=True)
class Devices:
    """The list, and when the server told it."""

    all: tuple[Device, ...]
    as_of: int


class DevicesModel(QObject):
    """State of the list; `devices` is None for a profile without a server, and until it was read once."""

    changed = Signal()
    revoked = Signal(str)
    """A device was removed: its name."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.devices: Devices | None = None
        self.error: LmsError | None = None

    @property
    def linked(self) -> bool:
        """Whether there is a server that knows of devices."""
        return self._store.workspace.transport is not None

    def refresh(self) -> None:
        """Show what is known and ask the server."""
        if self.linked:
            self._store.run(self, _kept, self._on_kept)
            self._ask()

    def _on_kept(self, kept: Devices | None) -> None:
        self.devices = self.devices or kept
        self.changed.emit()

    def _ask(self) -> None:
        workspace = self._store.workspace
        self._store.pool(self, lambda: workspace.online().devices(), self._on_told, self._on_failed)

    def _on_told(self, told: list[dict[str, object]]) -> None:
        self._store.run(self, lambda workspace: _keep(workspace, told), self._on_fresh, self._on_failed)

    def _on_fresh(self, devices: Devices) -> None:
        self.devices, self.error = devices, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def revoke(self, device: Device) -> None:
        """Sign a device out; what it has not sent stays on it."""
        workspace = self._store.workspace

        def done(_: object) -> None:
            self.revoked.emit(device.name)
            self._ask()

        self._store.pool(self, lambda: workspace.online().revoke_device(device.id), done, self._on_failed)


def _keep(workspace: Workspace, told: list[dict[str, object]]) -> Devices:
    workspace.choices.set(KEPT, {"at": workspace.clock.ms(), "devices": told})
    return _kept(workspace) or Devices((), 0)


def _kept(workspace: Workspace) -> Devices | None:
    kept = workspace.choices.get(KEPT)
    if not kept:
        return None
    with workspace.work() as unit:
        here = unit.tx.segments()[-1].rep
    rows = (
        Device(
            d["replica_id"], d["name"], d["platform"], d["last_seen_at"] or d["registered_at"],
            d["revoked_at"] is not None, d["replica_id"] == here,
        )
        for d in kept["devices"]
    )  # fmt: skip
    return Devices(tuple(sorted(rows, key=lambda d: (d.revoked, not d.here))), kept["at"])
