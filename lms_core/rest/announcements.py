"""What administrators tell everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport

SHOWN = 20


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What was told: of a kind, to some roles or, without any, to all; how many people that was."""

    kind: str
    title: str
    roles: list[str]
    people: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement in the audit; `at` in ISO 8601."""

    id: str
    at: str
    after: Announced


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    results: list[Entry]


class _Told(msgspec.Struct, frozen=True):
    count: int


class AnnouncementsApi:
    """Announcements (NTF-02). Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def last(self) -> list[Entry]:
        """The last ones, the newest first."""
        params = {"action": "announced", "page_size": str(SHOWN)}
        return msgspec.convert(self._line.ask("GET", "/audit", params=params), _Page).results

    def announce(self, **values: Any) -> int:
        """Tell people; the same `id` again tells nobody twice. Returns how many. Raises UserError `invalid_fields`."""
        return msgspec.convert(self._line.ask("POST", "/notifications", json=values), _Told).count
