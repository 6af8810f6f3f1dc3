"""What the hub writes on its own (REST, jobs), kept a second time for a restore from an older backup (SYNC.md 2).

Laptops send again what they wrote; nobody would send again a registration or a new role. A record is what rows became,
not what was asked, so that replaying it twice changes nothing. A file a month; each record proves itself by its hash.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Executable
from sqlalchemy.sql.dml import Delete, UpdateBase

from lms_core.changes import Topic
from lms_core.db.bulk import put, upsert
from lms_core.db.copies import sync_folder
from lms_core.db.engine import storage_errors
from lms_core.ops import Values, Version
from lms_core.sync import tables as t
from lms_core.sync.hub.unit import HubUnit
from lms_core.sync.rows import Cell

log = logging.getLogger(__name__)

KEEP_FILES = 14
HEAD = 12
"""Bytes before a record: four of its length, eight of its hash."""


class Change(NamedTuple):
    """A synced row: the cells that were written, as (value, time)."""

    entity: str
    id: str
    gone: bool
    base: Version
    digest: bytes
    cells: dict[str, tuple[Any, int]]


class Image(NamedTuple):
    """A row of a plain table as it became; `gone` when it was deleted."""

    table: str
    keys: list[str]
    values: Values
    gone: bool = False


class Record(NamedTuple):
    """One transaction by its number in the database; `void` names one that did not come to be."""

    n: int
    key: bytes
    changes: list[Change] = []
    images: list[Image] = []
    void: bytes = b""


_encode = msgspec.msgpack.Encoder().encode
_record = msgspec.msgpack.Decoder(Record).decode


class JournalledUnit(HubUnit):
    """A unit of the hub that notes its writes to plain tables, but for statements with the option `journal=False`."""

    images: tuple[Image, ...] = ()

    def local(self, statement: Executable, rows: Sequence[Values] | None = None, *, topic: Topic | None = None) -> None:
        """Write a plain table and note what its rows became."""
        if not isinstance(statement, UpdateBase) or not statement.get_execution_options().get("journal", True):
            super().local(statement, rows, topic=topic)
            return
        table: Any = statement.table
        became: list[Values] = [dict(row) for row in rows or ()]
        if rows is None:
            # of what goes the journal keeps no more than the name
            told = table.primary_key.columns if isinstance(statement, Delete) else table.c
            names = [str(c.name) for c in told]
            became = [dict(zip(names, r, strict=True)) for r in self.conn.execute(statement.returning(*told))]
        else:
            super().local(statement, rows, topic=topic)
        keys, gone = [str(c.name) for c in table.primary_key], isinstance(statement, Delete)
        self.images += tuple(Image(str(table.name), keys, row, gone) for row in became)

    def changes(self) -> list[Change]:
        """What this unit wrote to synced rows."""
        now = self.bench.version
        return [
            Change(
                row.entity, row.id, row.gone, row.base, row.digest,
                {n: (c.value, c.t) for n, c in row.cells.items() if c.ver == now},
            )
            for row in self.bench.dirty.values()
        ]  # fmt: skip


class Journal:
    """Records in a folder; `None` keeps none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def note(self, unit: JournalledUnit) -> bytes:
        """Keep what the unit did, on disk before its commit; returns the record's key, b'' when nothing was done."""
        changes = unit.changes()
        if self.folder is None or not (changes or unit.images):
            return b""
        n = int(unit.tx.start.get("journal", 0)) + 1
        put(unit.conn, t.hub_state, [{"key": "journal", "value": n}], ["key"])
        record = Record(n, os.urandom(8), changes, list(unit.images))
        _append(self.folder, record, unit.now_ms)
        return record.key

    def void(self, key: bytes, now_ms: int) -> None:
        """Say that a record's transaction did not come to be."""
        if self.folder is not None:
            _append(self.folder, Record(0, os.urandom(8), void=key), now_ms)

    def records(self, above: int) -> list[Record]:
        """Records above a number in order; cuts off what a crash left half written, and files beyond their time."""
        found: list[Record] = []
        files = sorted(self.folder.glob("*.journal")) if self.folder else []
        for path in files[:-KEEP_FILES]:
            path.unlink()
        for path in files[-KEEP_FILES:]:
            found += _read(path)
        void = {record.void for record in found}
        return [r for r in sorted(found, key=lambda r: r.n) if r.n > above and r.key not in void]


def _append(folder: Path, record: Record, now_ms: int) -> None:
    body = _encode(record)
    path = folder / f"{datetime.fromtimestamp(now_ms / 1000, UTC):%Y-%m}.journal"
    with storage_errors(path):
        fresh = not path.exists()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(len(body).to_bytes(4) + blake2b(body, digest_size=8).digest() + body)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            sync_folder(folder)


def _read(path: Path) -> Iterator[Record]:
    data, at = path.read_bytes(), 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        body = data[at + HEAD : at + HEAD + size]
        if len(body) != size or blake2b(body, digest_size=8).digest() != data[at + 4 : at + HEAD]:
            log.warning("%s: %d bytes at its end were never finished", path.name, len(data) - at)
            os.truncate(path, at)
            return
        yield _record(body)
        at += HEAD + size


def replay(unit: HubUnit, record: Record) -> None:
    """Bring back what a record says; a row that no longer fits is left out and told in the log."""
    for change in record.changes:
        if unit.schema.find(change.entity) is None:
            continue
        row = unit.bench.touch(change.entity, change.id)
        row.gone, row.base, row.digest = change.gone, change.base, row.digest or change.digest
        row.cells.update({n: Cell(value, row.ver, at, "hub", 0) for n, (value, at) in change.cells.items()})
    unit.bench.keep()
    for image in record.images:
        try:
            with unit.conn.begin_nested():
                _put(unit.conn, image)
        except IntegrityError:
            log.warning("journal %d: a row of %s does not fit any more", record.n, image.table)
    unit.tx.changed = True
    put(unit.conn, t.hub_state, [{"key": "journal", "value": record.n}], ["key"])


def _put(conn: Connection, image: Image) -> None:
    """Write a row as the table is laid out now."""
    inspector = sa.inspect(conn)
    kinds = (
        {c["name"]: c["type"] for c in inspector.get_columns(image.table)} if inspector.has_table(image.table) else {}
    )
    values = {name: value for name, value in image.values.items() if name in kinds}
    if not values:
        return
    table = sa.table(image.table, *(sa.column(name, kinds[name]) for name in values))
    if image.gone:
        conn.execute(sa.delete(table).where(*(table.c[k] == values[k] for k in image.keys)))
        return
    change = upsert(conn, table).values(values)
    conn.execute(change.on_conflict_do_update(index_elements=image.keys, set_=values))
