"""What answers is no hub: another program, a portal of HTML, a redirect; and what stands before a hub that is away."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lms_core.errors import LmsError, NotFound, Offline, ServerError, UserError
from lms_core.session import Sessions
from lms_core.sync.replica.transport import Transport
from tests.fakes import MemorySecrets

HTML = ("text/html; charset=utf-8", b"<!doctype html><title>Welcome</title>")
JSON = "application/json"
PLAIN = ("text/plain", b"Internal Server Error")
FOREIGN: dict[str, tuple[int, str, bytes]] = {
    "a portal": (200, *HTML),
    "a redirect": (302, *HTML),
    "a permanent redirect": (308, "", b""),
    "a page that is missing": (404, *HTML),
    "a basic sign-in": (401, *HTML),
    "a page that is forbidden": (403, *HTML),
    "a page that takes no POST": (501, *HTML),
    "another API": (404, JSON, b'{"detail": "Not Found"}'),
    "another API with codes": (401, JSON, b'{"code": "unauthorized", "message": "Who?", "details": {}}'),
    "an API that is glad": (200, JSON, b'{"ok": true}'),
    "a list": (200, JSON, b"[]"),
    "no JSON": (200, JSON, b"{"),
}
GATEWAY = (408, 429, 502, 503, 504, 522)
Calls = dict[str, Callable[[Transport, Path], object]]
ASKED: Calls = {
    "me": lambda line, _: line.me(),
    "recovery": lambda line, _: line.recovery("r"),
    "health": lambda line, _: line.health(),
    "a new card": lambda line, _: line.register_replica("r"),
}
STREAMED: Calls = {
    "sync": lambda line, _: line.exchange(b"x"),
    "a pack": lambda line, folder: line.pack("a" * 64, folder / "pack"),
    "a bundle": lambda line, folder: line.carry(folder / "bundle", folder / "reply"),
}


class Standing:
    """A real HTTP server that answers everything alike."""

    def __init__(self) -> None:
        self.status, self.kind, self.body = 200, "", b""
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.close_connection = True
                self.send_response(told.status)
                if told.status in (302, 308):
                    self.send_header("Location", "http://127.0.0.1:9/portal")
                if told.kind:
                    self.send_header("Content-Type", told.kind)
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

            do_POST = do_GET  # noqa: N815 - the name that http.server calls

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answers(self, status: int, kind: str, body: bytes) -> None:
        """What comes from now on."""
        self.status, self.kind, self.body = status, kind, body


@pytest.fixture
def standing() -> Iterator[Standing]:
    made = Standing()
    with serving(made.http):
        yield made


class serving:  # noqa: N801 - reads as what it does
    """A server that serves while the block lasts."""

    def __init__(self, http: ThreadingHTTPServer) -> None:
        self._http, self._thread = http, threading.Thread(target=http.serve_forever, args=(0.01,))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._http.server_port}"

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def known(url: str) -> tuple[Transport, MemorySecrets]:
    """The line of somebody who is signed in."""
    secrets = MemorySecrets()
    secrets.set("tokens", json.dumps({"access": "a", "refresh": "r"}))
    return Transport(url, secrets=secrets, name="tokens"), secrets


def refused(call: Callable[[], object]) -> LmsError:
    """The error that a call ends with."""
    with pytest.raises(LmsError) as error:
        call()
    return error.value


@pytest.mark.parametrize("name", FOREIGN)
def test_another_program(standing: Standing, tmp_path: Path, name: str) -> None:
    standing.answers(*FOREIGN[name])
    (tmp_path / "bundle").write_bytes(b"x" * 10)
    sessions = Sessions(tmp_path / "data", secrets=MemorySecrets())
    who = {"email": "a@b.example", "password": "Harbour-Lantern-42"}
    for call in (
        lambda: sessions.sign_in(standing.url, *who.values()),
        lambda: sessions.register(standing.url, **who, first_name="A", last_name="B"),
        lambda: sessions.look_for(standing.url),
    ):
        error = refused(call)
        assert (type(error), error.code) == (ServerError, "not_a_server")
        assert error.message == f"There is no learning server at {standing.url}."
    line, secrets = known(standing.url)
    calls = ASKED if FOREIGN[name][0] == 200 and FOREIGN[name][1] == JSON else ASKED | STREAMED
    for what, ask in calls.items():
        error = refused(lambda ask=ask: ask(line, tmp_path))  # type: ignore[misc]
        assert (type(error), error.code) == (ServerError, "server_replaced"), what
    line.close()
    assert "kept here" in error.message
    assert secrets.get("tokens"), "the sign-in outlives what answers there for a while"
    assert not (tmp_path / "pack").exists()
    assert not (tmp_path / "reply").exists()


@pytest.mark.parametrize("status", GATEWAY)
@pytest.mark.parametrize(
    "body", [HTML, PLAIN, ("", b""), (JSON, b'{"error": "upstream"}')], ids=["html", "plain", "none", "json"]
)
def test_a_gateway_before_a_hub_that_is_away(
    standing: Standing, tmp_path: Path, status: int, body: tuple[str, bytes]
) -> None:
    standing.answers(status, *body)
    (tmp_path / "bundle").write_bytes(b"x")
    line, _ = known(standing.url)
    for what, ask in (ASKED | STREAMED).items():
        error = refused(lambda ask=ask: ask(line, tmp_path))  # type: ignore[misc]
        assert (type(error), error.code) == (Offline, "offline"), what
    line.close()
    fresh = Transport(standing.url, secrets=MemorySecrets(), name="tokens")
    assert (refused(fresh.health).code, refused(fresh.health).values) == ("unreachable", {"url": standing.url})
    fresh.close()


def test_what_a_proxy_may_refuse_by_itself(standing: Standing) -> None:
    line, _ = known(standing.url)
    standing.answers(413, *HTML)
    assert (type(refused(line.me)), refused(line.me).code) == (UserError, "too_large")
    standing.answers(500, *PLAIN)
    assert (refused(line.me).code, refused(line.me).values) == ("server_error", {"status": 500})
    line.close()


def test_the_words_of_a_hub_are_taken(standing: Standing) -> None:
    line, _ = known(standing.url)
    body = {"code": "no_such_thing", "message": "No.", "details": {"status": 7, "why": "x"}, "request_id": "1"}
    standing.answers(404, JSON, json.dumps(body).encode())
    error = refused(line.me)
    assert (type(error), error.code, error.values) == (NotFound, "no_such_thing", {"why": "x"})
    standing.answers(503, JSON, json.dumps({**body, "code": "storage"}).encode())
    error = refused(line.me)
    assert (type(error), error.code, error.values) == (ServerError, "storage", {"why": "x", "status": 503})
    line.close()


def test_a_server_of_files(tmp_path: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Quiet)) as url:
        sessions = Sessions(tmp_path, secrets=MemorySecrets())
        assert refused(lambda: sessions.sign_in(url, "a@b.example", "x")).code == "not_a_server"
        line, _ = known(url)
        assert refused(lambda: line.exchange(b"x")).code == "server_replaced", "it answers 501 to each POST"
        line.close()


def test_a_first_sign_in_without_a_network_promises_nothing(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        error = refused(lambda: Sessions(tmp_path, secrets=MemorySecrets()).sign_in(url, "a@b.example", "x"))
        assert (type(error), error.code) == (Offline, "unreachable")
        assert error.message == f"The server at {url} cannot be reached. Check the address and the network."
        line, _ = known(url)
        assert refused(lambda: line.exchange(b"x")).code == "offline"
        line.close()
