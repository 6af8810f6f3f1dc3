"""What lies beside a profile's database: who it belongs to, the wrapped key and the lock."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from lms_core.db.copies import write_durably
from lms_core.db.engine import storage_errors
from lms_core.db.keys import Slot
from lms_core.db.lock import FileLock
from lms_core.db.pages import salt_of
from lms_core.errors import Busy, Corrupt, NotFound
from lms_core.folders import shipped
from lms_core.ports import new_uuid7

DATABASE = "data.db"
SCRIPTS = shipped("migrations") / "desktop"


class Record(msgspec.Struct, frozen=True):
    """profile.json."""

    id: str
    display_name: str
    created_at: int
    last_opened_at: int
    server_url: str | None = None
    account_id: str | None = None
    password: Slot | None = None
    recovery: Slot | None = None
    remembered: bool = False
    format: int = 1
    salt: bytes = b""
    """What the database began with when it was last opened: without it no page behind a lost first one can be read."""


class ProfileInfo(msgspec.Struct, frozen=True):
    """What the picker shows. `last_opened_at` is in ms; `damaged` means that profile.json cannot be read."""

    id: str
    display_name: str
    server_url: str | None = None
    account_id: str | None = None
    last_opened_at: int = 0
    has_password: bool = False
    remembered: bool = False
    damaged: bool = False


class Folder:
    """The folder of one profile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / DATABASE
        self.open_mark = path / "open"
        self._record = path / "profile.json"
        self._spare = path / "profile.spare.json"  # if the wrapped key were lost, everything would be

    def load(self) -> Record:
        """The record, or its spare; raises NotFound, Corrupt."""
        for file in (self._record, self._spare):
            with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
                return msgspec.json.decode(file.read_bytes(), type=Record)
        if not self.path.is_dir():
            raise NotFound
        raise Corrupt(path=str(self._record))

    def save(self, record: Record) -> None:
        """Replace the record, then its spare."""
        data = msgspec.json.format(msgspec.json.encode(record))
        write_durably(self._record, data)
        write_durably(self._spare, data)

    def change(self, **values: object) -> None:
        """Replace some values of the record."""
        self.save(msgspec.structs.replace(self.load(), **values))

    def keep_salt(self) -> None:
        """Note what the database, which can be opened, begins with."""
        salt = salt_of(self.database)
        if self.load().salt != salt:
            self.change(salt=salt)

    def lock(self) -> FileLock:
        """Take the profile for this process; raises Busy `profile_in_use`."""
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire()
        except BlockingIOError as error:
            raise Busy("profile_in_use") from error
        return lock


class FreshFolder:
    """A private folder for a profile in the making; what is not renamed in time is deleted."""

    def __init__(self, root: Path) -> None:
        self.path = root / f".new-{new_uuid7()}"
        with storage_errors(root):
            self.path.mkdir(parents=True, mode=0o700)

    def close(self) -> None:
        """Delete it unless it got its name."""
        shutil.rmtree(self.path, ignore_errors=True)


def info_of(record: Record) -> ProfileInfo:
    """What the picker shows of a record."""
    return ProfileInfo(
        record.id,
        record.display_name,
        record.server_url,
        record.account_id,
        record.last_opened_at,
        has_password=record.password is not None,
        remembered=record.remembered,
    )
