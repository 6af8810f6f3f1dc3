"""Everybody's devices, and the state of sync at a hub."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device of somebody; times in ISO 8601, None for never; `held` changes of it wait at the hub."""

    replica_id: str
    account: str
    person: str
    email: str
    name: str
    platform: str
    app_version: str
    registered_at: str
    last_seen_at: str | None
    last_sent_at: str | None
    revoked_at: str | None
    held: int


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """A page of devices, and how many there are in all."""

    count: int
    results: list[Device]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A row whose consequences could not be computed, or a change that no rule could judge (`of` its author)."""

    entity: str
    row: str
    of: str
    error: str
    at: str


class SyncHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What waits at the hub, and what was set aside because a rule failed."""

    devices: int
    seen_lately: int
    following: int
    held: int
    rows: int
    ops: int
    faults: list[Fault]


class DevicesApi:
    """Devices and sync, for administrators. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def devices(self, *, search: str, state: str, page: int) -> Devices:
        """Everybody's devices, the last seen first; `state` is "", active, quiet or revoked."""
        wanted = {"search": search, "state": state, "page": str(page)}
        return msgspec.convert(self._line.ask("GET", "/devices", params=wanted), Devices)

    def revoke(self, replica: str, reason: str) -> None:
        """Sign a device out. Raises NotFound."""
        self._line.ask("POST", f"/devices/{quote(replica)}/revoke", json={"reason": reason})

    def health(self) -> SyncHealth:
        """What waits and what failed."""
        return msgspec.convert(self._line.ask("GET", "/system/sync"), SyncHealth)

    def retry(self) -> int:
        """Take up what was set aside; returns how much still fails."""
        left = self._line.ask("POST", "/system/sync/retry")
        return int(left["rows"]) + int(left["ops"])
