"""The real `lms-server` as a process: start, stop, crash, and its commands beside a running server."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from lms_core.media.store import MediaStore
from sync_server.cli import main
from tests import forks
from tests.forks import SERVER, Program
from tests.server.people import API, PASSWORD, PNG, Client, wish

ADMIN = ("--email", "root@school.example", "--first-name", "Grace", "--last-name", "Obi")


def run(*arguments: str | Path, password: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"LMS_PASSWORD": password} if password else {})
    return forks.run(SERVER, *map(str, arguments), env=environment, stdin=stdin)


class Running:
    """A server process and a client of it."""

    def __init__(
        self,
        data: Path,
        *,
        name: str = "url",
        env: Mapping[str, str] | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        url_file, log = data.parent / name, data.parent / "server.log"
        limits = {"LMS_HUB_SIGN_INS_PER_MINUTE": "0", "LMS_HUB_REGISTRATIONS_PER_ADDRESS": "0"}
        self.process = Program(
            SERVER, "serve", "--data", str(data), "--port", "0", "--url-file", str(url_file),
            env=os.environ | limits | (env or {}), log=log,
        )  # fmt: skip
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(f"the server did not start: {log.read_text()}")
        self.url = line.removeprefix("listening on ").strip()
        assert url_file.read_text() == self.url
        self.http = httpx.Client(base_url=self.url, timeout=30, verify=trust or True)
        self.client = Client(self.http)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.http.close()
        self.process.send_signal(number)
        self.process.communicate(30)
        return self.process.wait()


@contextmanager
def running(
    data: Path, *, name: str = "url", env: Mapping[str, str] | None = None, trust: ssl.SSLContext | None = None
) -> Iterator[Running]:
    server = Running(data, name=name, env=env, trust=trust)
    try:
        yield server
    finally:
        if server.process.returncode is None:
            server.stop(signal.SIGKILL)
        server.process.close()


def test_help_version_and_usage(capsys: pytest.CaptureFixture[str]) -> None:  # OPS-06
    def usage(*arguments: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        return ended.value.code

    assert usage("--version") == 0
    assert usage("serve", "--help") == 0
    shown = capsys.readouterr().out
    assert "lms-server 0" in shown
    assert "LMS_HUB_PORT" in shown
    for wrong in ((), ("dance",), ("serve",), ("serve", "--data", "x", "--port", "x")):
        assert usage(*wrong) == 2


def test_a_request_that_has_begun_is_finished_before_the_end(tmp_path: Path) -> None:
    data = PNG + bytes(300_000)
    name = hashlib.sha256(data).hexdigest()
    with running(tmp_path / "hub") as server:
        ada = server.client.join()
        assert (
            run("set-role", "--data", tmp_path / "hub", "--email", ada.user["email"], "--role", "instructor").returncode
            == 0
        )
        about = {
            "Upload-Length": str(len(data)),
            "Upload-Metadata": f"sha256 {base64.b64encode(name.encode()).decode()}",
        }
        place = ada.ask("POST", "/uploads", headers=about).json()["id"]

        def pieces() -> Iterator[bytes]:
            yield data[:150_000]
            server.process.send_signal(signal.SIGTERM)
            while not refused(server.url):  # until it takes nobody new
                pass
            yield data[150_000:]

        part = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        assert ada.ask("PATCH", f"/uploads/{place}", headers=part, content=pieces()).status_code == 204
        server.http.close()
        server.process.communicate(timeout=30)
        assert server.process.returncode == 0
    with running(tmp_path / "hub") as server:
        assert MediaStore(tmp_path / "hub" / "blobs").read(name) == data
        assert server.stop(signal.SIGINT) == 0


def test_who_has_knocked_is_answered_when_the_server_ends(tmp_path: Path) -> None:
    """What waits at the door of a server that is told to stop: connections not taken in, requests not read."""
    free = {"LMS_HUB_REQUESTS_PER_ADDRESS": "0", "LMS_HUB_REGISTRATIONS_PER_ADDRESS": "0"}
    with running(tmp_path / "hub", env=free) as server, ExitStack() as stack:
        at = ("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
        kept = [stack.enter_context(socket.create_connection(at, 30)) for _ in range(10)]
        for line in kept:
            assert asked(line, health()) == 200
        server.process.send_signal(signal.SIGSTOP)
        lines = [stack.enter_context(socket.create_connection(at, 30)) for _ in range(40)]
        for number, line in enumerate(lines):
            line.sendall(registering(number) if number % 4 == 0 else health())
        for line in kept:
            line.sendall(health())
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGCONT)
        assert [answer(line) for line in kept] == [200] * 10
        assert [answer(line) for line in lines] == [201 if n % 4 == 0 else 200 for n in range(40)]
        assert server.process.wait(30) == 0
        assert refused(server.url)


def health() -> bytes:
    return f"GET {API}/health HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def registering(number: int) -> bytes:
    body = json.dumps(wish(f"p{number}")).encode()
    head = f"POST {API}/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def asked(line: socket.socket, request: bytes) -> int:
    line.sendall(request)
    return answer(line)


def answer(line: socket.socket) -> int:
    """The status of one whole answer; 0 when the line was closed before it came."""
    try:
        reply = http.client.HTTPResponse(line)
        reply.begin()
        reply.read()
    except (OSError, http.client.HTTPException):
        return 0
    return reply.status


def refused(url: str) -> bool:
    try:
        httpx.get(f"{url}{API}/health")
    except httpx.TransportError:
        return True
    return False


def test_a_killed_server_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    done: list[str] = []
    for round_ in range(2):
        with running(tmp_path / "hub") as server:
            for name in done:
                server.client.sign_in(name)
            enough = threading.Event()

            def register(server: Running = server, enough: threading.Event = enough, round_: int = round_) -> None:
                for number in range(1000):
                    try:
                        answer = server.client.post("/auth/register", wish(f"p{round_}x{number}"))
                    except httpx.TransportError:
                        return
                    assert answer.status_code == 201
                    done.append(f"p{round_}x{number}")
                    if number == 2:
                        enough.set()

            thread = threading.Thread(target=register)
            thread.start()
            assert enough.wait(30)
            server.process.kill()
            thread.join()
            server.process.communicate()
    assert run("check", "--data", tmp_path / "hub").returncode == 0
    assert len(done) >= 6


def test_commands_beside_a_running_server(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    with running(data) as server:
        second = run("serve", "--data", data, "--port", "0", "--json")
        assert (second.returncode, json.loads(second.stdout)["code"]) == (1, "hub_in_use")
        made = run("create-admin", "--data", data, *ADMIN, "--json", password=PASSWORD)
        assert made.returncode == 0, made.stderr
        login = server.client.post("/auth/login", {"email": "root@school.example", "password": PASSWORD})
        assert login.json()["user"]["role"] == "admin"
        again = run("create-admin", "--data", data, *ADMIN, stdin=PASSWORD + "\n")
        assert (again.returncode, "already an account" in again.stderr) == (1, True)
        alone = run("set-role", "--data", data, "--email", "ROOT@school.example", "--role", "student", "--json")
        assert (alone.returncode, json.loads(alone.stdout)["code"]) == (1, "last_admin")
        nobody = run("set-role", "--data", data, "--email", "no@school.example", "--role", "instructor", "--json")
        assert (nobody.returncode, json.loads(nobody.stdout)["code"]) == (1, "no_account")
        assert run("set-role", "--data", data, "--email", "no@school.example", "--role", "king").returncode == 2
        server.client.join("tess")
        assert run("set-role", "--data", data, "--email", "tess@school.example", "--role", "instructor").returncode == 0
        login = server.client.post("/auth/login", {"email": "tess@school.example", "password": PASSWORD})
        assert login.json()["user"]["role"] == "instructor"
        backup = json.loads(run("backup", "--data", data, "--to", tmp_path / "copies", "--json").stdout)
        assert run("restore", "--data", data, backup["path"]).returncode == 1
        assert server.client.join("later").get("/users/me").status_code == 200
        assert server.stop() == 0
    restored = run("restore", "--data", data, backup["path"])
    assert restored.returncode == 0, restored.stderr
    assert run("check", "--data", data, "--json").returncode == 0
    with running(data) as server:
        assert (
            server.client.post("/auth/login", {"email": "root@school.example", "password": PASSWORD}).status_code == 200
        )
        later = server.client.post("/auth/login", {"email": "later@school.example", "password": PASSWORD})
        assert later.status_code == 200  # from the journal


def test_refusals_of_the_command_line(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    weak = run("create-admin", "--data", data, *ADMIN, stdin="password\n")
    assert (weak.returncode, "guessed first" in weak.stderr) == (1, True)
    assert run("check", "--data", tmp_path / "none").returncode == 1
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        busy = run("serve", "--data", data, "--port", port)
    assert (busy.returncode, port in busy.stderr) == (1, True)
    assert json.loads(run("migrate", "--data", data, "--json").stdout)["changed"] is False
    assert json.loads(run("check", "--data", data, "--json").stdout)["set_aside"] == 0
    with closing(sqlite3.connect(data / "hub.db")) as db, db:
        db.execute("INSERT INTO stuck VALUES ('r1', 'hub', 'roster_entry', 'KeyError', 0)")
    aside = run("check", "--data", data)
    assert (aside.returncode, "1 rows and changes are set aside" in aside.stdout) == (0, True)
    (data / "blobs" / "aa" / "00").mkdir(parents=True)
    (data / "blobs" / "aa" / "00" / ("aa" + "0" * 62)).write_bytes(b"other")
    found = run("check", "--data", data)
    assert (found.returncode, "is damaged" in found.stdout) == (1, True)


def test_huge_headers_do_not_reach_the_app(tmp_path: Path) -> None:
    with running(tmp_path / "hub") as server:
        try:
            answer = server.http.get(f"{API}/health", headers={"X-Long": "x" * 200_000})
            assert answer.status_code in (400, 431)
        except httpx.TransportError:
            pass  # hung up while the client was still talking
        assert server.http.get(f"{API}/health").status_code == 200
        assert server.stop() == 0
