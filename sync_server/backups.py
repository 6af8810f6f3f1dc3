"""Backups that come round by themselves: each is restored on trial before an older one goes (OPS-03)."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lms_core.db.engine import storage_errors
from lms_core.errors import Corrupt, NotFound, UserError
from lms_core.operation.runs import DONE, Runs
from lms_core.ports import FileStore
from sync_server.backup import back_up, unpack_database
from sync_server.database import Database

log = logging.getLogger(__name__)

BACKUP, TRIAL = "backup", "restore on trial"
MOST_RUNS = 500
OURS = re.compile(r"hub-\d{8}T\d{6}Z\.tar")


@dataclass(frozen=True)
class Kept:
    """A backup that is there: its file's name, when it was made and its size."""

    name: str
    at: datetime
    bytes: int


@dataclass(frozen=True)
class Proof:
    """What the last restore on trial found: how far it went (`said`), or what is wrong with the backup (`fault`)."""

    at: int
    said: str
    fault: str = ""


@dataclass(frozen=True)
class Backups:
    """The backups of a server in one folder, of which the latest `kept` stay."""

    data: Path
    folder: Path
    database: Database
    blobs: FileStore
    kept: int
    media: bool = True

    def run(self) -> dict[str, Any]:
        """Make one, prove that it can be restored, then remove what is too many; returns what to tell of it.

        Raises:
            DiskFull, Corrupt, StorageError: nothing was removed.
        """
        report = back_up(
            self.data,
            self.folder,
            now=datetime.now(UTC),
            media=self.media,
            database=self.database,
            blobs=self.blobs,
        )
        proved = prove(Path(report.path), self.database)
        for old in self.found()[self.kept :]:
            old.unlink()
        return {"path": report.path, "files": report.files, "bytes": report.bytes, "proved": proved}

    def found(self) -> list[Path]:
        """The backups that are there, the latest first."""
        return sorted((path for path in self.folder.glob("hub-*.tar") if OURS.fullmatch(path.name)), reverse=True)

    def all(self) -> list[Kept]:
        """The same with time and size. Raises StorageError."""
        with storage_errors(self.folder):
            return [Kept(path.name, _made(path.name), path.stat().st_size) for path in self.found()]

    def find(self, name: str) -> Path:
        """The file of one of them. Raises NotFound, also for a name that is no backup's."""
        for path in self.found():
            if path.name == name:
                return path
        raise NotFound

    def try_out(self, name: str) -> dict[str, str]:
        """Restore one on trial; returns its name with how far that went, or with what is wrong."""
        try:
            return {"backup": name, "proved": prove(self.find(name), self.database)}
        except (UserError, NotFound, Corrupt) as error:
            log.warning("the backup %s cannot be restored: %s", name, error)
            return {"backup": name, "fault": "gone" if isinstance(error, NotFound) else "damaged"}


def proofs(runs: Runs) -> dict[str, Proof]:
    """By the name of a backup what its last restore on trial found, the one when it was made included."""
    found: dict[str, Proof] = {}
    for run in (run for name in (BACKUP, TRIAL) for run in runs.page(0, MOST_RUNS, name=name, outcome=DONE)[1]):
        told = json.loads(run.said) if run.said.startswith("{") else {}
        name, at = Path(str(told.get("backup") or told.get("path") or "")).name, run.finished_at or run.started_at
        said, fault = str(told.get("proved", "")), str(told.get("fault", ""))
        if (said or fault) and (name not in found or at > found[name].at):
            found[name] = Proof(at, said, fault)
    return found


def _made(name: str) -> datetime:
    return datetime.strptime(name, "hub-%Y%m%dT%H%M%SZ.tar").replace(tzinfo=UTC)


def prove(backup: Path, database: Database) -> str:
    """Restore the database of a backup on trial, away from the one in use; returns how far that could go.

    Raises:
        UserError: `no_backup`. Corrupt, StorageError.
    """
    with storage_errors(backup.parent), TemporaryDirectory(dir=backup.parent, prefix=".trial-") as scratch:
        return database.prove(unpack_database(backup, Path(scratch), database.name))
