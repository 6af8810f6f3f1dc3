"""Open database files so that a finished transaction survives anything: WAL, synced commits, encryption, own BEGIN.

SQLite starts transactions late and by guess when its Python driver does it, so the engine here begins them itself.
"""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from lms_core.db.postgres import for_reading, limit_statements, open_postgres, translated
from lms_core.errors import Busy, Corrupt, DiskFull, LmsError, StorageError, TooNew

OLDEST_SQLITE = (3, 51, 3)
"""Older ones can lose a committed transaction when a reader resets the WAL while a writer commits."""

KEY_BYTES = 32
BUSY_MS = 5_000
CACHE_KIB = 8_000
CONNECTIONS = 8
JOURNAL_LIMIT = 64 << 20
NEARLY_FULL = 1 << 20
READ_S = "lms_read_s"
"""The option of an engine that says how many seconds a read may take."""

STEPS = 20_000
"""Of SQLite's machine between two looks at the time, less than a millisecond."""

# the driver asks each value of these types whether it can adapt itself, at ten times the cost of binding it
for _kind, _as_is in ((type(None), {}.get), (bool, int), (bytes, bytes)):
    dbapi2.register_adapter(_kind, _as_is)

_SETTINGS = (
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),
    ("fullfsync", "ON"),  # macOS answers a plain fsync before the disk has the bytes
    ("foreign_keys", "OFF"),
    ("temp_store", "MEMORY"),  # temporary files would not be encrypted
    ("mmap_size", "0"),
    ("cache_size", f"-{CACHE_KIB}"),
    ("journal_size_limit", str(JOURNAL_LIMIT)),
    ("trusted_schema", "OFF"),
    ("cell_size_check", "ON"),
)


def open_engine(url_or_path: str | Path, key: bytes | None = None) -> Engine:
    """Open a SQLite file by its path, or another database by its URL."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return open_sqlite(Path(url_or_path), key)
    return open_postgres(url_or_path)


def open_sqlite(path: Path, key: bytes | None = None, *, readonly: bool = False) -> Engine:
    """Open a file, made when it is missing and `readonly` is not set, and prove that the key fits.

    Args:
        path: the database file.
        key: 32 random bytes of a laptop's file (issue 2, profile store); None leaves the file plain (the hub's).
        readonly: refuse every write and a missing file.

    Raises:
        Corrupt: the key does not fit, or this is no database.
    """

    def fresh() -> Any:
        return connect(path, key, readonly=readonly)

    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=fresh,
        poolclass=QueuePool,
        pool_size=CONNECTIONS,
        pool_use_lifo=True,  # the pages that the last one read are those that the next one wants
        max_overflow=0,
        hide_parameters=True,
        execution_options={"lms_path": str(path)},
    )
    event.listen(engine, "begin", _begin)
    try:
        engine.connect().close()  # proves key and file now, not at the first query
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect(path: Path, key: bytes | None = None, *, readonly: bool = False, immutable: bool = False) -> Any:
    """Open one bare driver connection with all settings made; `immutable` reads a file that nobody else touches.

    Raises:
        Corrupt: the key does not fit, or this is no database.
    """
    if dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise StorageError("sqlite_too_old", found=dbapi2.sqlite_version, needed=".".join(map(str, OLDEST_SQLITE)))
    if key is not None and len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    with storage_errors(path):
        mode = "ro&immutable=1" if immutable else "ro" if readonly else "rwc"
        conn = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            conn.execute("PRAGMA cipher_log_level = NONE")
            if key is not None:
                conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            for name, value in _SETTINGS[2:] if readonly or immutable else _SETTINGS:
                conn.execute(f"PRAGMA {name} = {value}")
            if readonly or immutable:
                conn.execute("PRAGMA query_only = ON")
        except BaseException:
            conn.close()
            raise
    return conn


def _begin(conn: Connection) -> None:
    """Take the write lock at once, or readers that turn writers would fail in the middle."""
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("lms_write") else "BEGIN")


def write(engine: Engine) -> AbstractContextManager[Connection]:
    """One transaction that writes: durable when the block ends, gone without a trace when it raises.

    Raises:
        DiskFull, Corrupt, Busy, StorageError: what the driver reports, in our terms.
    """
    return _transaction(engine, writes=True)


def read(engine: Engine) -> AbstractContextManager[Connection]:
    """One transaction that reads a single moment of the database; raises as `write` does.

    Where the engine has the option `lms_read_s` a read that takes longer is refused: Busy `query_too_long`.
    """
    return _transaction(engine, writes=False)


@contextmanager
def _transaction(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    with storage_errors(path_of(engine)), engine.connect() as conn:
        if writes:
            conn = conn.execution_options(lms_write=True)
        elif engine.dialect.name == "postgresql":
            conn = for_reading(conn)
        with conn.begin():
            limit = None if writes else engine.get_execution_options().get(READ_S)
            with _at_most(conn, limit) if limit else nullcontext():
                yield conn


@contextmanager
def _at_most(conn: Connection, seconds: float) -> Iterator[None]:
    """Refuse what takes longer: on PostgreSQL each statement, on SQLite all of a transaction."""
    if conn.dialect.name == "postgresql":
        limit_statements(conn, seconds)
        yield
        return
    driver: Any = conn.connection.driver_connection
    ends = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def path_of(engine: Engine) -> Path | None:
    """The file of a SQLite engine."""
    path = engine.get_execution_options().get("lms_path")
    return Path(path) if path else None


def executemany(conn: Connection, sql: str, rows: Iterable[Sequence[Any]]) -> int:
    """Run one statement for many rows straight through the driver (1.5 times as fast as SQLAlchemy does).

    Args:
        conn: one inside `write`.
        sql: in the driver's own parameter style.
        rows: a tuple each, in the order of the parameters.

    Returns:
        How many rows changed.
    """
    cursor = conn.connection.cursor()
    try:
        cursor.executemany(sql, rows)  # type: ignore[arg-type]
        return int(cursor.rowcount)
    finally:
        cursor.close()


def fetch(conn: Connection, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """Run one statement straight through SQLite's driver; returns its rows as plain tuples."""
    cursor = conn.connection.cursor()
    try:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
    finally:
        cursor.close()


@contextmanager
def storage_errors(path: Path | None = None) -> Iterator[None]:
    """Turn what driver and operating system say about the disk into StorageError; other errors pass."""
    try:
        yield
    except (DBAPIError, dbapi2.Error, OSError) as error:
        ours = _translated(error, path)
        if ours is None:
            raise
        raise ours from error


def _translated(error: Exception, path: Path | None) -> LmsError | None:
    if isinstance(error, OSError):
        return DiskFull() if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    origin = error.orig if isinstance(error, DBAPIError) else error
    if origin is not None and hasattr(origin, "sqlstate"):
        return translated(origin)
    said = str(origin).lower()
    name = str(path or "")
    if said == "interrupted":
        return Busy("query_too_long")
    if "disk is full" in said:
        return DiskFull()
    if re.search(r"not a database|malformed|hmac|sqlcipher", said):
        return Corrupt(path=name)
    if re.search(r"\blocked\b|\bbusy\b", said):
        return Busy()
    if "unsupported file format" in said:
        return TooNew()
    if "disk i/o error" in said:
        return DiskFull() if _nearly_full(path) else StorageError("disk_error", path=name)
    if re.search(r"unable to open database|readonly database", said):
        return StorageError("file_unwritable", path=name)
    return None


def _nearly_full(path: Path | None) -> bool:
    with suppress(OSError):
        return path is not None and shutil.disk_usage(path.parent).free < NEARLY_FULL
    return False
