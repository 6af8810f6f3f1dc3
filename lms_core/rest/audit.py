"""What administrators did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done; `actor` None is the server's command line, its time in ISO 8601."""

    id: str
    at: str
    actor: str | None
    actor_name: str
    action: str
    entity: str
    entity_id: str
    subject: str
    before: Any
    after: Any
    ip_address: str


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them, and how many there are in all."""

    count: int
    results: list[Entry]


class AuditApi:
    """The audit log (SEC-12), for administrators. Raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def entries(self, *, action: str, person: str, since: str, page: int) -> Entries:
        """What was done, the newest first, twenty to a page; `since` in ISO 8601."""
        wanted = {"action": action, "person": person, "since": since, "page": str(page)}
        return msgspec.convert(self._line.ask("GET", "/audit", params=wanted), Entries)

    def table(self, to: Path, *, action: str, person: str, since: str) -> None:
        """The same as a CSV file, the newest 50,000 at most."""
        self._line.fetch(f"/audit/export?{urlencode({'action': action, 'person': person, 'since': since})}", to)
