"""`make run`: a server on this machine with demo accounts, and the app signed in; without a screen a guided tour."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_lms.app import App
from lms_core.demo import PASSWORD, STUDENT, TEACHER, sign_in, write_courses
from lms_core.errors import ServerError
from lms_core.session import Sessions

SERVER = (sys.executable, "-m", "sync_server.cli")


@contextmanager
def hub(data: Path, port: int = 0) -> Iterator[str]:
    """A server in a process of its own, on a free port unless one is named; it ends with this block."""
    env = {**os.environ, "LMS_HUB_SIGN_INS_PER_MINUTE": "0"}
    data.mkdir(parents=True, exist_ok=True)
    log = (data / "server.log").open("a")
    command = [*SERVER, "serve", "--data", str(data), "--port", str(port)]
    with log, subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if "http://" not in line:
                raise ServerError("server_did_not_start", path=str(data / "server.log"))
            yield line.split()[-1]
        finally:
            process.terminate()
            process.wait(30)


def prepare(folder: Path, url: str) -> None:
    """Let the demo teacher publish the sample courses."""
    teacher = sign_in(Sessions(folder / "teacher"), url, TEACHER)
    role = ["--data", str(folder / "hub"), "--email", TEACHER[0], "--role", "instructor"]
    subprocess.run([*SERVER, "set-role", *role], check=True, stdout=subprocess.DEVNULL)
    try:
        teacher.synchronize()
        if write_courses(teacher):
            teacher.synchronize()
    finally:
        teacher.close()


def run_demo(qt: Any, folder: Path, tour: Path | None) -> int:
    """Run the demo until its window is closed, or walk through it."""
    folder = folder / "demo"
    with hub(folder / "hub") as url:
        print(f"Demo server at {url}; accounts {STUDENT[0]} and {TEACHER[0]}, password {PASSWORD}", flush=True)
        prepare(folder, url)
        app = App(qt, folder / "student")
        try:
            if tour is not None:
                from desktop_lms.tour import walk

                return walk(app, url, tour)
            app.enter(sign_in(app.sessions, url, STUDENT))
            qt.lastWindowClosed.connect(qt.quit)
            return qt.exec()
        finally:
            app.close()
