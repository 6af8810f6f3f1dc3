"""Real processes that start at once: a process that has loaded the programs forks one for each start.

Loading takes most of a second and is the same each time. What is forked is a process like any other: it has its own
environment, its output goes through pipes, and it can be stopped and killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from pkgutil import resolve_name
from types import TracebackType
from typing import IO, Self

LMS = "lms_core.cli:main"
SERVER = "sync_server.cli:main"
LOADED = ["lms_core.cli", "lms_core.demo", "sync_server.cli", "sync_server.serving", "tests.loaded", "uvicorn"]

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(LOADED)


class Program:
    """A function of the programs that runs in a process of its own, as `subprocess.Popen` would start it."""

    def __init__(
        self,
        function: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        log: Path | None = None,
    ) -> None:
        """Start `module:function`; with `log` it complains into that file, else on its second pipe."""
        (given, put), (got, out), (told, err) = (_forks.Pipe(duplex=False) for _ in range(3))
        says = _Says(function, arguments, dict(os.environ if env is None else env), log)
        self._process = _forks.Process(target=_play, args=(says, (given, out, err)), daemon=True)
        self._process.start()
        for end in (given, out, err):
            end.close()
        with _text(put, "w") as file:
            file.write(stdin)
        self.stdout, self.stderr = _text(got), _text(told)

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended: None while it runs, below 0 for a signal."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Pull the plug."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(repr(self._process), timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read what it says until its end. What it says on the second line must fit a pipe."""
        said = self.stdout.read(), self.stderr.read()
        self.wait(timeout)
        return said

    def close(self) -> None:
        """Let go of its pipes."""
        self.stdout.close()
        self.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self.kill()
        self.wait()
        self.close()


def run(
    function: str, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    with Program(function, *arguments, env=env, stdin=stdin) as process:
        out, err = process.communicate(120)
    return subprocess.CompletedProcess([function, *arguments], process.wait(), out, err)


@dataclass(frozen=True)
class _Says:
    """What a new process shall be."""

    function: str
    arguments: tuple[str, ...]
    env: dict[str, str]
    log: Path | None


def _text(end: Connection, mode: str = "r") -> IO[str]:
    with end:
        return os.fdopen(os.dup(end.fileno()), mode, encoding="utf-8")


def _play(says: _Says, ends: tuple[Connection, ...]) -> None:
    """Be the program, in the new process: with its own environment, arguments and pipes."""
    os.environ.clear()
    os.environ.update(says.env)
    for number, end in enumerate(ends):
        os.dup2(end.fileno(), number)
        end.close()
    if says.log:
        with says.log.open("a") as file:
            os.dup2(file.fileno(), 2)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rww")
    )
    sys.argv = [says.function, *says.arguments]
    sys.exit(resolve_name(says.function)())
