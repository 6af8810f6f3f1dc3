"""Where a hub's tables are: a file in the data folder, or a PostgreSQL database that several processes share."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lms_core.db.copies import copy_database, verify
from lms_core.db.engine import open_sqlite, read, storage_errors
from lms_core.db.lock import FileLock
from lms_core.db.postgres import CONNECTIONS, SERVERS, Contended, hold, is_postgres, let_all_go, let_go, open_postgres
from lms_core.db.upgrade import migrate, newest_revision, upgrade
from lms_core.errors import Busy, Corrupt, StorageError, TooNew, UserError
from lms_core.folders import shipped
from lms_core.sync.hub.hints import Hints, LocalHints
from sync_server.hints_postgres import PostgresHints
from sync_server.turns import PostgresTurn, Sole, Turn

log = logging.getLogger(__name__)

DATABASE, DUMP, LOCK = "hub.db", "hub.dump", "hub.lock"
MIGRATIONS = shipped("migrations") / "server"


@dataclass(frozen=True)
class Held:
    """A database that this process works with; `sole`: no other does, until `share` lets others come.

    `keep` is called from time to time: who lost its connection says again that it works with the database.
    """

    sole: bool
    share: Callable[[], None]
    keep: Callable[[], None]


class Database(Protocol):
    """The tables of one hub."""

    name: str
    """How a backup calls its copy."""

    def exists(self) -> bool:
        """Whether a server has ever begun with it."""

    def prepare(self) -> bool:
        """Bring it to the newest layout; returns whether anything was done."""

    def open(self, *, connections: int = CONNECTIONS) -> Engine:
        """Connect to it, with at most so many connections at once and a few to spare."""

    def hints(self) -> AbstractContextManager[Hints]:
        """Carry hints between all processes that work with it."""

    def serve(self) -> AbstractContextManager[Held]:
        """Work with it. Raises Busy `hub_in_use`."""

    def alone(self) -> AbstractContextManager[None]:
        """Let nobody else work with it. Raises Busy `hub_in_use`."""

    def turn(self) -> Turn:
        """The turn to do the jobs among all processes that work with it."""

    def revision(self) -> str | None:
        """The layout that it has; None when it has none."""

    def check(self) -> None:
        """Read it through. Raises Corrupt."""

    def copy(self, target: Path) -> None:
        """Write one moment of it into a file."""

    def prove(self, source: Path) -> str:
        """Open such a copy away from the database in use; returns how far that could go. Raises Corrupt."""

    def replace(self, source: Path, aside: Path) -> None:
        """Put such a copy in its place; what was there goes into a folder."""


def database_of(data: Path, url: str) -> Database:
    """The database that a setting names; the folder's own file when it names none."""
    return PostgresDatabase(data, url) if url else FileDatabase(data)


class FileDatabase:
    """hub.db in the data folder, for one process."""

    name = DATABASE

    def __init__(self, data: Path) -> None:
        self._data = data
        self.path = data / DATABASE

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def prepare(self) -> bool:
        """Make or upgrade the file."""
        done = upgrade(self.path, MIGRATIONS)
        self.path.chmod(0o600)
        return done

    def open(self, *, connections: int = CONNECTIONS) -> Engine:
        """Open the file."""
        return open_sqlite(self.path)

    def hints(self) -> AbstractContextManager[Hints]:
        """Hints stay in the one process that there is."""
        return nullcontext(LocalHints())

    def turn(self) -> Turn:
        """One process works with a file."""
        return Sole()

    @contextmanager
    def serve(self) -> Iterator[Held]:
        """Hold the folder; one process serves a file."""
        with self.alone():
            yield Held(sole=True, share=lambda: None, keep=lambda: None)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder. Raises Busy `hub_in_use`."""
        self._data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._data / LOCK)
        try:
            lock.acquire()
        except BlockingIOError as error:
            raise Busy("hub_in_use") from error
        try:
            yield
        finally:
            lock.release()

    def revision(self) -> str | None:
        """Ask the file."""
        engine = open_sqlite(self.path, readonly=True)
        try:
            return _revision(engine)
        finally:
            engine.dispose()

    def check(self) -> None:
        """Read every page."""
        verify(self.path)

    def copy(self, target: Path) -> None:
        """Copy and verify the file."""
        copy_database(self.path, target)

    def prove(self, source: Path) -> str:
        """Read every page and every account of it."""
        verify(source)
        engine = open_sqlite(source, readonly=True)
        try:
            return _opens(engine)
        finally:
            engine.dispose()

    def replace(self, source: Path, aside: Path) -> None:
        """Move the files."""
        verify(source)
        for name in (DATABASE, DATABASE + "-wal", DATABASE + "-shm"):
            if (self._data / name).exists():
                (self._data / name).replace(aside / name)
        source.replace(self.path)


class PostgresDatabase:
    """A PostgreSQL database; processes that share it share the data folder with keys and files, too."""

    name = DUMP

    def __init__(self, data: Path, url: str) -> None:
        kind = url.partition("://")[0]  # the rest may hold a password
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise UserError("setting_invalid", name="database_url", value=kind) from error
        if not is_postgres(url):
            raise UserError("setting_invalid", name="database_url", value=kind)
        self._data = data
        self._url = parsed.set(drivername="postgresql+psycopg")

    def open(self, *, connections: int = CONNECTIONS) -> Engine:
        """Connect when the first transaction begins."""
        return open_postgres(self._url, connections=connections)

    @contextmanager
    def hints(self) -> Iterator[Hints]:
        """By LISTEN and NOTIFY."""
        hints = PostgresHints(self._url)
        hints.start()
        try:
            yield hints
        finally:
            hints.close()

    def turn(self) -> Turn:
        """A lock in the database."""
        return PostgresTurn(partial(self.open, connections=1))

    @contextmanager
    def _opened(self) -> Iterator[Engine]:
        engine = self.open(connections=2)
        try:
            yield engine
        finally:
            engine.dispose()

    def exists(self) -> bool:
        """Whether it has our tables."""
        with self._opened() as engine:
            return _revision(engine) is not None

    def prepare(self) -> bool:
        """Upgrade the tables in one transaction; for the only process that works with them."""
        with self._opened() as engine:
            if _is_newest(engine):
                return False
            migrate(engine, MIGRATIONS)
            return True

    @contextmanager
    def serve(self) -> Iterator[Held]:
        """Work with it beside others of the same version; whoever is first may upgrade it."""
        with self._opened() as engine, closing(_Line(engine)) as line:
            sole = hold(line.conn, SERVERS, wait=False)
            if not sole:
                _share(line.conn)
                if not _is_newest(engine):
                    raise Busy("hub_in_use")
            yield Held(sole, partial(_share, line.conn, also=sole), line.keep)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises Busy `hub_in_use` when any process works with it."""
        with self._session() as conn:
            if not hold(conn, SERVERS, wait=False):
                raise Busy("hub_in_use")
            yield

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        with self._opened() as engine, engine.connect() as conn:
            yield conn.execution_options(isolation_level="AUTOCOMMIT")
            let_all_go(conn)

    def revision(self) -> str | None:
        """Ask the server."""
        with self._opened() as engine:
            return _revision(engine)

    def check(self) -> None:
        """Read every row of every table of ours."""
        with self._opened() as engine:
            if not _is_newest(engine):
                raise Corrupt(path=self._url.database)
            with read(engine) as conn:
                for name in inspect(conn).get_table_names():
                    quoted = engine.dialect.identifier_preparer.quote(name)
                    conn.execute(text(f"SELECT count(x.*::text) FROM {quoted} x"))  # noqa: S608 - its own tables

    def copy(self, target: Path) -> None:
        """Dump one moment of it."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(target))

    def prove(self, source: Path) -> str:
        """Restore it into a database of its own, where this role may make one; else read it through."""
        with self._opened() as engine, engine.connect() as conn:
            may = conn.scalar(text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"))
        if not may:
            self._run("pg_restore", "--file", os.devnull, str(source), connect=False)
            return "read"
        trial = PostgresDatabase(self._data, self._url.render_as_string(hide_password=False))
        trial._url = self._url.set(database=f"{self._url.database}_trial_{os.urandom(4).hex()}")
        with self._session() as conn:
            name = conn.dialect.identifier_preparer.quote(str(trial._url.database))
            conn.execute(text(f"CREATE DATABASE {name}"))
            try:
                trial._run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(source))
                with trial._opened() as engine:
                    return _opens(engine)
            finally:
                conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def replace(self, source: Path, aside: Path) -> None:
        """Dump what is there, empty the database and fill it, all or nothing."""
        script, emptying = source.with_suffix(".sql"), source.with_suffix(".drop.sql")
        self._run("pg_restore", "--no-owner", "--no-privileges", "--file", str(script), str(source), connect=False)
        if self.exists():
            self.copy(aside / DUMP)
        emptying.write_text("".join(self._drops()), encoding="utf-8")
        whole = ("--single-transaction", "--set", "ON_ERROR_STOP=1", "--quiet", "--no-psqlrc")
        self._run("psql", *whole, "--file", str(emptying), "--file", str(script))

    def _drops(self) -> Iterator[str]:
        with self._opened() as engine, read(engine) as conn:
            quote = engine.dialect.identifier_preparer.quote
            for name in inspect(conn).get_table_names():
                yield f"DROP TABLE {quote(name)} CASCADE;\n"
            for name in inspect(conn).get_sequence_names():
                yield f"DROP SEQUENCE IF EXISTS {quote(name)};\n"

    def _run(self, tool: str, *arguments: str, connect: bool = True) -> str:
        """Run one of PostgreSQL's own programs; a password goes by the environment, which others cannot read."""
        found = shutil.which(tool)
        if found is None:
            raise UserError("tool_missing", tool=tool)
        url = self._url.set(drivername="postgresql")
        plain = url._replace(password=None).render_as_string(hide_password=False)
        environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
        where = ["--dbname", plain] if connect else []
        ran = subprocess.run(  # noqa: S603 - found on the path, arguments are ours
            [found, *where, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise StorageError("tool_failed", tool=tool, said=ran.stderr.strip()[-500:])
        return ran.stdout


class _Line:
    """The connection by which a server says that it works with a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lost = engine, False
        self.conn = self._connected()

    def _connected(self) -> Connection:
        with storage_errors():
            return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def keep(self) -> None:
        """Open it again when it broke; while the database is away the next time comes."""
        try:
            if self._lost:
                self.conn = self._connected()
                self._lost = False
                _share(self.conn)
                log.info("the database is held again")
            with storage_errors():
                self.conn.execute(text("SELECT 1"))
        except StorageError as error:
            log.warning("the database is not held: %s", error)
            self.close()
            self._lost = True

    def close(self) -> None:
        """Close it for good."""
        if not self._lost:
            let_all_go(self.conn)
            self.conn.invalidate()
            self.conn.close()


def _opens(engine: Engine) -> str:
    """Whether a restored database is one of ours at our layout."""
    if not _is_newest(engine):
        raise Corrupt(path=engine.url.database or "")
    with read(engine) as conn:
        count = conn.scalar(text("SELECT count(*) FROM credential"))
    return f"restored, {count} accounts"


def _share(conn: Connection, *, also: bool = False) -> None:
    """Let others come; `also`: they were kept away until now."""
    try:
        hold(conn, SERVERS, shared=True)
    except Contended as error:
        raise Busy("hub_in_use") from error
    if also:
        let_go(conn, SERVERS)


def _is_newest(engine: Engine) -> bool:
    found, newest = _revision(engine), newest_revision(MIGRATIONS)
    if found is not None and found > newest:
        raise TooNew(path=engine.url.database or "")
    return found == newest


def _revision(engine: Engine) -> str | None:
    """The layout it has; None when it has none of our tables."""
    with read(engine) as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        return cast("str | None", conn.scalar(text("SELECT max(version_num) FROM alembic_version")))
