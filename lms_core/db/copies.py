"""Copy databases that are in use, prove that a copy is good, and read what is left of a damaged one.

A copy of an encrypted file is encrypted with the same key. A copy exists under its name only once it is whole on disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2

from lms_core.db.engine import connect, storage_errors
from lms_core.errors import Corrupt

SLICE_PAGES = 512
PROBES = 20_000
SIDE_FILES = ("-wal", "-shm", "-journal")


def copy_database(source: Path, target: Path, key: bytes | None = None) -> None:
    """Copy one moment of a database while others write to it, verify the copy and put it in place.

    Raises:
        DiskFull: nothing is left behind.
        Corrupt: source or copy cannot be read through; nothing is left behind.
    """
    part = target.with_name(target.name + ".part")
    remove_database(part)
    try:
        with storage_errors(target):
            target.parent.mkdir(exist_ok=True)  # of a profile that was removed nothing comes back
            _copy_pages(source, part, key)
            verify(part, key)
            sync_file(part)
            part.replace(target)
            sync_folder(target.parent)
    finally:
        remove_database(part)


def _copy_pages(source: Path, part: Path, key: bytes | None) -> None:
    part.touch(mode=0o600)
    with closing(connect(source, key)) as reader, closing(dbapi2.connect(str(part), isolation_level=None)) as writer:
        if key is not None:
            writer.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        writer.execute("PRAGMA synchronous = OFF")  # the whole file is synced once, before it gets its name
        # an open read transaction holds the moment: writers go on and the copy need not start again
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reader.backup(writer, pages=SLICE_PAGES)
        reader.execute("ROLLBACK")


def verify(path: Path, key: bytes | None = None) -> None:
    """Read every page of a file that nobody writes to.

    Raises:
        Corrupt: a page is damaged, or the key does not fit.
    """
    if not path.is_file() or not path.stat().st_size:
        raise Corrupt(path=str(path))
    with storage_errors(path), closing(connect(path, key, immutable=True)) as conn:
        quick_check(conn, path)


def quick_check(conn: Any, path: Path) -> None:
    """Run SQLite's own check over a driver connection; each page's authentication code is checked on the way.

    Raises:
        Corrupt: with SQLite's first complaint.
    """
    with storage_errors(path):
        found = conn.execute("PRAGMA quick_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise Corrupt(path=str(path), detail=found and found[0])


def remove_database(path: Path) -> None:
    """Delete a database file and what SQLite keeps beside it."""
    for suffix in ("", *SIDE_FILES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def move_database(path: Path, folder: Path) -> Path:
    """Move a database with its log into a folder, log first, so that no other file ever meets a log not its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (*SIDE_FILES, ""):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.replace(folder / file.name)
    sync_folder(folder)
    return folder / path.name


def sync_file(path: Path) -> None:
    """Make the bytes of a file durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable; Windows does so by itself and cannot open folders."""
    with suppress(PermissionError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def write_durably(path: Path, data: bytes) -> None:
    """Replace a small private file as a whole: after a crash it is the old one or the new one."""
    part = path.with_name(path.name + ".part")
    with storage_errors(path):
        part.unlink(missing_ok=True)
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)


class Salvage(msgspec.Struct, frozen=True):
    """Rows as maps of column to value, in the order of the key. `lost` counts unread ones; None: nobody can tell."""

    rows: list[dict[str, Any]] = msgspec.field(default_factory=list)
    lost: int | None = None


def salvage(table: str, path: Path, key: bytes | None = None) -> Salvage:
    """Read what can be read of one table of a damaged file.

    Rows are walked in the order of their key from both ends until a damaged page stops each walk; those in between
    are asked for one by one where the key ends in a number.
    """
    with suppress(Corrupt, dbapi2.Error):
        damaged = _Damaged(table, path, key=key)
        found = [dict(zip(damaged.columns, row[len(damaged.order) :], strict=True)) for row in damaged.rows()]
        return Salvage(found, damaged.lost)
    return Salvage()


class _Damaged:
    """One table of a damaged file. A connection that met a damaged page reads nothing more, so each try has its own."""

    def __init__(self, table: str, path: Path, *, key: bytes | None) -> None:
        self.table, self.path, self.key = _quoted(table), path, key
        self.lost: int | None = None
        with closing(self._connect()) as conn:
            info = conn.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY pk", (table,)).fetchall()
            own = conn.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
            self.columns = [name for (name,) in own]
            self.order = [_quoted(name) for name, pk in info if pk]
            with suppress(dbapi2.OperationalError):
                conn.execute(f"SELECT rowid FROM {self.table} LIMIT 0")  # noqa: S608
                self.order = ["rowid"]
        self.select = f"SELECT {', '.join([*self.order, '*'])} FROM {self.table}"  # noqa: S608

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Readable rows, each led by its key."""
        ahead, whole = self._walk(back=False)
        yield from ahead
        if whole:
            self.lost = 0
            return
        size = len(self.order)
        behind, _ = self._walk(back=True)
        behind = [row for row in reversed(behind) if not ahead or row[:size] > ahead[-1][:size]]
        if behind:
            yield from self._between(ahead[-1][:size] if ahead else None, behind[0][:size])
        yield from behind

    def _connect(self) -> Any:
        return connect(self.path, self.key, readonly=True)

    def _walk(self, *, back: bool) -> tuple[list[tuple[Any, ...]], bool]:
        """Rows until damage, and whether the end was reached."""
        by = ", ".join(f"{name} {'DESC' if back else 'ASC'}" for name in self.order)
        found: list[tuple[Any, ...]] = []
        with closing(self._connect()) as conn, suppress(dbapi2.Error):
            found.extend(conn.execute(f"{self.select} ORDER BY {by}"))
            return found, True
        return found, False

    def _between(self, first: tuple[Any, ...] | None, last: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Ask for each row with a number between two keys that differ in their last part only."""
        if not isinstance(last[-1], int) or (first and first[:-1] != last[:-1]):
            return
        start = first[-1] + 1 if first else max(0, last[-1] - PROBES)
        unread = 0
        wanted = " AND ".join(f"{name} = ?" for name in self.order)
        conn = self._connect()
        try:
            for number in range(start, last[-1])[:PROBES]:
                try:
                    yield from conn.execute(f"{self.select} WHERE {wanted}", (*last[:-1], number)).fetchall()
                except dbapi2.Error:
                    unread += 1
                    conn.close()
                    conn = self._connect()
            self.lost = unread if first and last[-1] - start <= PROBES else None
        finally:
            conn.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
