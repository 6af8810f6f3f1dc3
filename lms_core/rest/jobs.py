"""The jobs behind the requests of a hub, and the backups among them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport

UNDER_WAY = frozenset({"asked", "running"})


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a job ran or waits to run; times in ISO 8601."""

    outcome: str
    said: str
    started_at: str
    finished_at: str | None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job; `every_seconds` None: only when somebody asks."""

    name: str
    every_seconds: int | None
    last: Run | None
    next_at: str | None

    @property
    def under_way(self) -> bool:
        """Whether it runs, or is about to."""
        return self.last is not None and self.last.outcome in UNDER_WAY


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the last restore on trial found; `fault` is "", damaged or gone."""

    at: str
    said: str
    fault: str


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that is there."""

    name: str
    at: str
    bytes: int
    proof: Proof | None


class Backups(msgspec.Struct, frozen=True, kw_only=True):
    """The backups of a folder, the latest first, of which `kept` stay; what makes them and what tries them."""

    folder: str
    kept: int
    media: bool
    making: Job
    trying: Job
    backups: list[Backup]


class JobsApi:
    """Jobs and backups, for administrators. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def plan(self) -> list[Job]:
        """All jobs (OPS-03)."""
        return msgspec.convert(self._line.ask("GET", "/system/jobs/plan"), list[Job])

    def run(self, name: str) -> None:
        """Have one run now. Raises Conflict `job_busy`."""
        self._line.ask("POST", f"/system/jobs/{quote(name)}/run")

    def backups(self) -> Backups:
        """The backups. Raises UserError `no_backup_folder`."""
        return msgspec.convert(self._line.ask("GET", "/system/backups"), Backups)

    def make_backup(self) -> None:
        """Make one now. Raises Conflict `job_busy`."""
        self._line.ask("POST", "/system/backups")

    def try_backup(self, name: str) -> None:
        """Restore one on trial. Raises Conflict `job_busy`, NotFound."""
        self._line.ask("POST", f"/system/backups/{name}/trial")
