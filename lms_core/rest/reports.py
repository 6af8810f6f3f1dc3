"""Reports that the server makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport

OPEN = ("queued", "running")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report; `progress` in per cent, `reason` the code of an error, times in ISO 8601."""

    id: str
    requested_by: str
    kind: str
    parameters: dict[str, str]
    status: str
    progress: int
    reason: str
    rows: int
    asked_at: str
    finished_at: str | None


class Reports(msgspec.Struct, frozen=True, kw_only=True):
    """A page of reports, and how many there are in all."""

    count: int
    results: list[Report]


class ReportsApi:
    """Reports (ANA-14), for managers and administrators. Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def all(self, *, most: int = 50) -> Reports:
        """The newest, for administrators everybody's."""
        return msgspec.convert(self._line.ask("GET", "/reports", params={"page_size": str(most)}), Reports)

    def ask(self, kind: str, **parameters: str) -> Report:
        """Ask for one. Raises UserError `too_many`, NotFound."""
        return msgspec.convert(self._line.ask("POST", "/reports", json={"kind": kind, **parameters}), Report)

    def remove(self, report: str) -> None:
        """Call one off, or remove it."""
        self._line.ask("DELETE", f"/reports/{report}")

    def save(self, report: str, form: str, to: Path) -> None:
        """Fetch one as `csv` or `pdf`."""
        self._line.fetch(f"/reports/{report}/file?format={form}", to)
