"""What the core asks of the world: time, new ids, secrets and blobs. Tests hand in their own."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import BinaryIO, Protocol

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "desktop-lms")


class Clock(Protocol):
    """Tell the time of this machine."""

    def now(self) -> datetime:
        """The time as an aware UTC datetime."""

    def ms(self) -> int:
        """The same in whole milliseconds since 1970."""

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back while the machine is up."""


class NewId(Protocol):
    """Make row ids."""

    def __call__(self) -> str:
        """A fresh UUIDv7 in its 36 character form."""


class Secrets(Protocol):
    """Keep small secrets outside the database (ACC-17)."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def set(self, name: str, value: str) -> None:
        """Store or replace the secret."""

    def delete(self, name: str) -> None:
        """Forget the secret; an unknown name is no error."""


class BlobStore(Protocol):
    """Keep files by the SHA-256 of their bytes."""

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256 in hex."""

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes or a part of them; raises NotFound."""

    def size(self, sha256: str) -> int:
        """Bytes of the file; raises NotFound."""

    def __iter__(self) -> Iterator[str]:
        """The names of all files."""


class FileStore(BlobStore, Protocol):
    """The same for a server, where files arrive in parts and go out in ranges."""

    root: Path
    """A folder on this machine for what is still arriving."""

    def open(self, sha256: str) -> BinaryIO:
        """The file to read, at any place; raises NotFound."""

    def draft(self) -> Path:
        """A fresh name for a file that is still arriving."""

    def adopt(self, draft: Path, sha256: str) -> None:
        """Take a finished file in under its name; raises Corrupt when its bytes are others, and leaves it then."""

    def damaged(self) -> Iterator[str]:
        """Names of files whose bytes are not what the name says."""

    def delete(self, sha256: str) -> None:
        """Remove a file; an unknown one is no error."""


class SystemClock:
    """The real clock."""

    def now(self) -> datetime:
        """The time as an aware UTC datetime."""
        return datetime.now(UTC)

    def ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back while the machine is up."""
        return time.monotonic_ns() // 1_000_000


class _Local(tzinfo):
    """The zone of this machine: of every moment the offset that holds at that moment, also before clocks were put."""

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        return None if when is None else when.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, when: datetime | None) -> timedelta | None:
        return None

    def tzname(self, when: datetime | None) -> str | None:
        return None if when is None else when.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, when: datetime) -> datetime:
        return when.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)


LOCAL = _Local()
"""In it days begin and end for the person at this machine."""


class _UuidSeven:
    """UUIDv7 (RFC 9562) that rises strictly within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> str:
        with self._lock:
            stamp = max(time.time_ns() // 1_000_000 << 12, self._last + 1)
            self._last = stamp
        low = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
        value = (stamp >> 12 & (1 << 48) - 1) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | low
        return str(uuid.UUID(int=value))


new_uuid7: NewId = _UuidSeven()


def new_replica_id() -> str:
    """64 random bits in hex: the name of one account on one device (SYNC.md section 2)."""
    return os.urandom(8).hex()


def is_v5(row: str) -> bool:
    """Whether an id is one that follows from a key, so that others can foretell it."""
    return len(row) == 36 and row[14] == "5"


def v5_id(*key: str) -> str:
    """Derive the id of a row from its natural key, the same on every device (SYNC.md section 2)."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(key)))
