"""The real programs for end-to-end tests: a server process and the `lms` command, with real files and HTTP."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.forks import LMS, SERVER, Program, run

PASSWORD = "Harbour-Lantern-42"


OWN_PORTS = range(15_000, 32_000)
"""Below those that connections are given, one of which could take the port of a server that is down for a moment."""


def own_port() -> int:
    """A free port that stays free until its server starts again."""
    for port in random.sample(OWN_PORTS, len(OWN_PORTS)):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@dataclass
class Server:
    """A hub on a data folder; starts and stops as often as a test wants, on the same port."""

    data: Path
    port: int = 0
    url: str = ""
    _process: Program | None = field(default=None, repr=False)

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run `lms-server` with JSON."""
        done = run(SERVER, arguments[0], "--data", str(self.data), "--json", *arguments[1:], env=_known())
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    def start(self) -> None:
        """Serve, and wait until it answers."""
        self.port = self.port or own_port()
        limits = {
            "REGISTRATIONS_PER_ADDRESS",
            "SIGN_INS_PER_ADDRESS",
            "SIGN_INS_PER_MINUTE",
            "REQUESTS_PER_MINUTE",
            "TRANSFERS_PER_MINUTE",
            "REQUESTS_PER_ADDRESS",
        }
        self._process = Program(
            SERVER, "serve", "--data", str(self.data), "--port", str(self.port),
            log=self.data.parent / "server.log", env={**os.environ, **{f"LMS_HUB_{n}": "0" for n in limits}},
        )  # fmt: skip
        line = self._process.stdout.readline()
        assert "http://" in line, (self.data.parent / "server.log").read_text()
        self.url = line.split()[-1]

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def stop(self, *, kill: bool = False) -> None:
        """Stop it properly, or pull the plug."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self._process.wait(30)
        self._process.close()
        self._process = None


@dataclass(frozen=True)
class Machine:
    """A laptop: a data folder and the `lms` command on it."""

    folder: Path

    def start(self, *arguments: str) -> Program:
        """Begin a command without waiting for it."""
        return Program(LMS, "--data-dir", str(self.folder), "--json", *arguments, env=_known())

    def run(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        """Run a command to its end and read its answer."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=120)
        assert process.returncode == status, f"{arguments}: {process.returncode}\n{out}\n{err}"
        return json.loads(out)  # type: ignore[no-any-return]


def _known() -> dict[str, str]:
    return {**os.environ, "LMS_PASSWORD": PASSWORD}
