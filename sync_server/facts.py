"""What an operator wants to know of a database: layout, sizes, rows (OPS-02); the same of a file and of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from lms_core.db.engine import path_of, read
from lms_core.db.upgrade import newest_revision
from sync_server.database import MIGRATIONS

COUNTED = 100_000
"""Tables of PostgreSQL with more rows than this are estimated."""


@dataclass(frozen=True)
class Status:
    """A database that answered. `kind` is sqlite or postgresql; `wal_bytes` None where it may not be seen."""

    kind: str
    layout: str
    newest_layout: str
    wal_bytes: int | None


@dataclass(frozen=True)
class Stats:
    """Sizes in bytes and rows of each table; of those in `estimated` about so many."""

    bytes: int
    wal_bytes: int | None
    rows: dict[str, int]
    estimated: list[str]


def status(engine: Engine) -> Status:
    """Ask the database; raises Busy, Corrupt, StorageError when it does not answer."""
    with read(engine) as conn:
        layout = str(conn.scalar(text("SELECT max(version_num) FROM alembic_version")))
        return Status(engine.dialect.name, layout, newest_revision(MIGRATIONS), _wal(engine, conn))


def stats(engine: Engine) -> Stats:
    """Measure and count; raises as `status` does."""
    with read(engine) as conn:
        rows, estimated = _rows(engine, conn)
        return Stats(_size(engine, conn), _wal(engine, conn), rows, estimated)


def size(engine: Engine) -> int:
    """Bytes of all tables and indexes."""
    with read(engine) as conn:
        return _size(engine, conn)


def _size(engine: Engine, conn: Connection) -> int:
    path = path_of(engine)
    if path is not None:
        return path.stat().st_size
    return int(conn.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _wal(engine: Engine, conn: Connection) -> int | None:
    path = path_of(engine)
    if path is not None:
        wal = Path(f"{path}-wal")
        return wal.stat().st_size if wal.exists() else 0
    if not conn.scalar(text("SELECT has_function_privilege('pg_ls_waldir()', 'execute')")):
        return None
    return int(conn.scalar(text("SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()")) or 0)


def _rows(engine: Engine, conn: Connection) -> tuple[dict[str, int], list[str]]:
    quote = engine.dialect.identifier_preparer.quote
    about: dict[str, int] = {}
    if path_of(engine) is None:
        guess = "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        about = {row.relname: int(row.reltuples) for row in conn.execute(text(guess)) if row.reltuples > COUNTED}
    names = [name for name in inspect(conn).get_table_names() if not name.endswith(_SHADOWS)]
    counts = {
        name: about[name] if name in about else int(conn.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0)  # noqa: S608 - its own tables
        for name in sorted(names)
    }
    return counts, sorted(about.keys() & counts.keys())


_SHADOWS = ("_fts_data", "_fts_idx", "_fts_docsize", "_fts_config", "_fts_content")
