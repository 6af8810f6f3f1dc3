"""Everybody's devices at the server, and what waits or failed there."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.rest.devices import Device, Devices, DevicesApi, SyncHealth


class AllDevicesModel(Paging):
    """State of the page; `health` is None until the server has told, `left` still fails after a retry."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, search="", state="")
        self.health: SyncHealth | None = None
        self.left = 0

    def _api(self) -> DevicesApi:
        return DevicesApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: str) -> Devices:
        return self._api().devices(search=wanted["search"], state=wanted["state"], page=page)

    def refresh(self) -> None:
        """Ask for all that is shown, anew."""
        self._look(lambda: self._api().health(), self._on_health)
        super().refresh()

    def _on_health(self, health: SyncHealth) -> None:
        self.health = health

    def revoke(self, device: Device, reason: str) -> None:
        """Sign a device out, and say why."""
        if not reason.strip():
            self._on_failed(UserError("reason_needed"))
            return
        self._do("revoked", device.name, lambda: self._api().revoke(device.replica_id, reason.strip()))

    def retry(self) -> None:
        """Take up what was set aside."""
        self._do("retried", "", lambda: self._api().retry(), self._on_left)

    def _on_left(self, left: int) -> None:
        self.left = left
