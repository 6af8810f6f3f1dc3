"""A PostgreSQL of the tests' own, from the distribution's package: a temporary folder, a socket, nothing kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, create_engine, make_url

from lms_core.db.upgrade import migrate
from tests.core.school import add_visible
from tests.samples import PROJECT

TEMPLATE = "hub_template"
PORT = 5432
_OPTIONS = ("deadlock_timeout=50ms", "listen_addresses=", "max_connections=200")
_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class Cluster:
    """A running server; `fresh` makes databases that have the hub's empty tables."""

    def __init__(self, socket: Path, starts: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._socket, self._starts = socket, starts
        self._numbers = count(1)
        self.start()

    def start(self) -> None:
        """Answer; what was written before is there."""
        self._server = self._starts()
        self._admin = self._connected()

    def _connected(self) -> psycopg.Connection[Any]:
        """The first connection, as soon as the server takes one."""
        while self._server.poll() is None:
            with suppress(psycopg.OperationalError):
                return psycopg.connect(self._dsn("postgres"), autocommit=True)
        raise RuntimeError(f"PostgreSQL did not start: {self._server.returncode}")

    def stop(self, number: int = signal.SIGINT) -> None:
        """End all connections and answer nobody any more."""
        self._admin.close()
        self._server.send_signal(number)
        self._server.wait()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}&port={PORT}"

    def _dsn(self, name: str) -> str:
        return f"host={self._socket} port={PORT} user=postgres dbname={name}"

    def prepare(self) -> None:
        """Make the template once."""
        self._admin.execute(f"CREATE DATABASE {TEMPLATE}")
        engine = create_engine(self.url(TEMPLATE))
        migrate(engine, PROJECT / "migrations" / "server")
        add_visible(engine)

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """A database of a test's own, by its URL."""
        name = f"hub_{next(self._numbers)}"
        self._admin.execute(
            f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {TEMPLATE}{_strategy(self._admin)}")
        )
        try:
            yield self.url(name)
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def keep(url: str) -> str:
    """Keep a database as it is, to `refill` others from; returns the name of the copy. Nobody may be connected."""
    at = make_url(url)
    with _beside(at) as admin:
        admin.execute(f"CREATE DATABASE {at.database}_kept TEMPLATE {at.database}{_strategy(admin)}")
    return f"{at.database}_kept"


def refill(url: str, kept: str) -> None:
    """Put a database that was kept in the place of another."""
    at = make_url(url)
    with _beside(at) as admin:
        admin.execute(f"DROP DATABASE {at.database} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {at.database} TEMPLATE {kept}{_strategy(admin)}")


def _beside(at: URL) -> psycopg.Connection[Any]:
    return psycopg.connect(f"host={at.query['host']} port={PORT} user=postgres dbname=postgres", autocommit=True)


def _strategy(admin: psycopg.Connection[Any]) -> str:
    """Three times as fast, where it can be asked for."""
    return " STRATEGY FILE_COPY" if admin.info.server_version >= 150_000 else ""


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, which the package keeps off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("pg_ctl")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Start a server for as long as the block lasts; skips where none can be had. `durable` waits for the disk."""
    tools = programs()
    if tools is None:
        pytest.skip("no PostgreSQL here: scripts/setup.sh installs it")
    with TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        as_nobody = ["setpriv", "--pdeathsig=QUIT"]  # it ends with the tests, however they end
        if os.geteuid() == 0:  # which the server refuses to run as
            as_nobody += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            shutil.chown(folder, "nobody", "nogroup")
        made = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        data = folder / "data"
        quiet: dict[str, Any] = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*as_nobody, str(tools / "initdb"), "-D", str(data), *made], check=True, **quiet)
        asked = (*_OPTIONS, *(() if durable else _FORGETFUL), f"unix_socket_directories={folder}")
        options = [part for each in asked for part in ("-c", each)]
        command = [*as_nobody, str(tools / "postgres"), "-D", str(data), *options]
        each = Cluster(folder, lambda: subprocess.Popen(command, **quiet))
        try:
            each.prepare()
            yield each
        finally:
            each.stop(signal.SIGQUIT)
