"""Backups that come round by themselves: each is restored on trial before an older one goes (OPS-03)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lms_core.db.engine import storage_errors
from lms_core.ports import FileStore
from sync_server.backup import back_up, unpack_database
from sync_server.database import Database

BACKUP = "backup"
OURS = re.compile(r"hub-\d{8}T\d{6}Z\.tar")


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


def prove(backup: Path, database: Database) -> str:
    """Restore the database of a backup on trial, away from the one in use; returns how far that could go.

    Raises:
        UserError: `no_backup`. Corrupt, StorageError.
    """
    with storage_errors(backup.parent), TemporaryDirectory(dir=backup.parent, prefix=".trial-") as scratch:
        return database.prove(unpack_database(backup, Path(scratch), database.name))
