"""A real hub in a process of its own for benchmarks, with accounts that are signed in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PASSWORD = "Lantern-and-limpet-7"
NO_LIMITS = dict.fromkeys(
    (
        "REQUESTS_PER_MINUTE",
        "TRANSFERS_PER_MINUTE",
        "REQUESTS_PER_ADDRESS",
        "REGISTRATIONS_PER_ADDRESS",
        "SIGN_INS_PER_ADDRESS",
        "SIGN_INS_PER_MINUTE",
    ),
    "0",
)


@dataclass(frozen=True)
class Account:
    """One account of the benchmark: its id and a client that is signed in."""

    id: str
    client: httpx.Client


@dataclass
class Hub:
    """A hub over a data folder, and `database` where that is no file of the folder; starts as often as one likes."""

    folder: Path
    database: str = ""
    name: str = "url"
    url: str = ""
    pid: int = 0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "hub"

    def command(self, name: str, *more: str) -> None:
        """Run one command of `lms-server` to its end."""
        subprocess.run(self._words(name, *more), check=True, stdout=subprocess.DEVNULL, env=self._environment())

    def start(self, port: int = 0) -> None:
        """Serve on a port of this machine, or on a free one."""
        url_file = self.folder / self.name
        self._process = subprocess.Popen(
            self._words("serve", "--port", str(port), "--url-file", str(url_file)),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self._environment(),
        )  # fmt: skip
        assert self._process.stdout is not None
        self._process.stdout.readline()  # printed once the hub answers
        self.url, self.pid = url_file.read_text().strip(), self._process.pid

    def stop(self) -> None:
        """Stop as an operator does."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def _words(self, name: str, *more: str) -> list[str]:
        where = ["--database-url", self.database] if self.database else []
        return [sys.executable, "-m", "sync_server.cli", name, "--data", str(self.data), *where, *more]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **{f"LMS_HUB_{name}": value for name, value in NO_LIMITS.items()}}


@contextmanager
def running(folder: Path, database: str = "") -> Iterator[Hub]:
    """A fresh hub that serves."""
    made = Hub(folder, database)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def hub(folder: Path) -> Iterator[str]:
    """The URL of a fresh hub that serves."""
    with running(folder) as served:
        yield served.url


def account(url: str, number: int) -> Account:
    """Register an account and sign it in."""
    client = httpx.Client(base_url=url + "/api/v1", timeout=120)
    email = f"person{number}@bench.example"
    wish = {
        "email": email,
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "first_name": "Bench",
        "last_name": f"Person {number}",
    }
    client.post("/auth/register", json=wish).raise_for_status()
    answer = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {answer['access']}"
    client.headers["Content-Type"] = "application/msgpack"
    client.headers["Content-Encoding"] = "zstd"
    client.headers["Accept"] = "application/msgpack"
    return Account(answer["user"]["id"], client)
