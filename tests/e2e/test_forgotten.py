"""A password that nobody knows any more, and another program at the server's address: what was written stays."""

from __future__ import annotations

import os
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.programs import Machine, Server
from tests.forks import SERVER, run

NEW = "Quiet-Orchard-77"
EMAIL = "sam@school.example"


def join(laptop: Machine, server: Server) -> None:
    """Sam registers."""
    laptop.run("register", "--server", server.url, "--email", EMAIL, "--first-name", "Sam", "--last-name", "Lee")


def set_password(server: Server, password: str, email: str = EMAIL) -> tuple[int, str]:
    """Run `lms-server set-password` with the password on standard input."""
    bare = {name: value for name, value in os.environ.items() if name != "LMS_PASSWORD"}
    done = run(SERVER, "set-password", "--data", str(server.data), "--email", email, env=bare, stdin=f"{password}\n")
    return done.returncode, done.stdout + done.stderr


def notes(laptop: Machine) -> set[str]:
    """What stands in the profile."""
    return {note["body"] for note in laptop.run("note")["notes"]}


def test_a_forgotten_password(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop = Machine(tmp_path / "laptop")
    join(laptop, server)
    laptop.run("note", "written before it was forgotten")
    profile = laptop.run("profiles")["profiles"][0]["id"]
    status, said = set_password(server, NEW, "nobody@school.example")
    assert (status, said) == (1, "lms-server: There is no account with the address nobody@school.example.\n")
    status, said = set_password(server, NEW)
    assert status == 0, said

    again = ("sign-in", "--server", server.url, "--email", EMAIL)
    assert laptop.run(*again, status=1)["code"] == "wrong_credentials", "the old password is nobody's any more"
    types(monkeypatch, NEW)
    assert laptop.run("status", status=1)["code"] == "wrong_password", "alone the new one opens nothing"
    assert laptop.run(*again)["profile"] == profile
    assert notes(laptop) == {"written before it was forgotten"}
    assert laptop.run("status")["waiting"] == 0, "what was not sent went out"
    second = Machine(tmp_path / "second")
    second.run(*again)
    assert notes(second) == {"written before it was forgotten"}


def types(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """Type this password from now on."""
    monkeypatch.setattr("tests.e2e.programs.PASSWORD", password)


@pytest.mark.soak
def test_another_program_at_the_servers_address(tmp_path: Path, server: Server) -> None:
    laptop = Machine(tmp_path / "laptop")
    join(laptop, server)
    laptop.run("note", "not sent yet")
    waiting = laptop.run("status")["waiting"]
    assert waiting > 0
    server.stop()

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(tmp_path))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", server.port), Files) as files:
        thread = threading.Thread(target=files.serve_forever, args=(0.01,))
        thread.start()
        try:
            assert laptop.run("sync", status=1)["code"] == "server_replaced"
            who = ("--server", server.url, "--email", EMAIL)
            assert laptop.run("sign-in", *who, status=1)["code"] == "not_a_server"
            names = ("--first-name", "Sam", "--last-name", "Lee")
            assert laptop.run("register", *who, *names, status=1)["code"] == "not_a_server"
        finally:
            files.shutdown()
            thread.join()
    assert laptop.run("status")["waiting"] == waiting
    server.start()
    assert laptop.run("sync")["waiting"] == 0
