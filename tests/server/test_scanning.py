"""What uploads have to pass at their end: a kind that courses carry, a virus scanner where there is one (SEC-10)."""

from __future__ import annotations

import shlex
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from litestar.testing import TestClient

from lms_core.media.kinds import kind_of
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import PNG, Client
from tests.server.test_uploads import author, unfinished

PICTURE = PNG + bytes(range(256)) * 20
BAD = b"%PDF-1.7 EICAR"
WATCH = """
import sys
data = open(sys.argv[-1], "rb").read()
if b"EICAR" in data:
    print(sys.argv[-1] + ": Eicar-Test-Signature FOUND")
    sys.exit(1)
if b"CRASH" in data:
    print("out of memory", file=sys.stderr)
    sys.exit(2)
if b"SLOW" in data:
    import time
    time.sleep(30)
"""


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PICTURE, "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'>", "image/svg+xml"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        (b"PK\x03\x04\x14\x00", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/x-ole-storage"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"OggS\x00", "audio/ogg"),
        (b"name;city\nAda;\xc3\xa5lesund\n", "text/plain"),
        (b"x" * 4095 + "ü".encode()[:1], "text/plain"),  # cut within a letter
        (b"#!/usr/bin/env python3\nprint(1)\n", "text/plain"),
        (b"", "text/plain"),
        (b"MZ\x90\x00\x03", ""),
        (b"\x7fELF\x02\x01", ""),
        (b"\xcf\xfa\xed\xfe\x07\x00", ""),
        (b"<!DOCTYPE html><script>alert(1)</script>", ""),
        (b"\xef\xbb\xbf <!-- x --> <HTML>", ""),
        (b"  <script src=//evil.example></script>", ""),
        (b"caf\xe9 in latin-1, and no text of ours \xff", ""),
        (bytes(64), ""),
    ],
)
def test_a_file_is_told_by_its_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


Served = Callable[[Settings], tuple[Client, Opened]]


@pytest.fixture
def serve(data: Path, clock: FakeClock, settings: Settings, hasher: object) -> Iterator[Served]:
    """A server with settings of the test's own, and an author who is signed in."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def begin(changed: Settings) -> tuple[Client, Opened]:
            hub = stack.enter_context(
                open_hub(data, changed, schema=SCHEMA, effects=(), clock=clock, hasher=hasher)  # type: ignore[arg-type]
            )
            http = stack.enter_context(TestClient(create_app(changed, hub.served), raise_server_exceptions=False))
            return author(Client(http), hub, "ada"), hub

        yield begin


def test_only_kinds_that_courses_carry_are_kept(serve: Served, settings: Settings) -> None:
    ada, hub = serve(settings)
    for data in (b"MZ\x90\x00 a program", b"<html><script>x</script></html>", b"\x7fELF\x02\x01\x01"):
        answer = ada.give(data)
        assert (answer.status_code, answer.json()["code"]) == (415, "type_not_allowed")
        assert not hub.hub.blobs.has(sha256(data).hexdigest())
        assert unfinished(hub) == set(), "nothing of it stays"
    assert ada.give(PICTURE).status_code == 204
    assert hub.hub.blobs.has(sha256(PICTURE).hexdigest())


@pytest.fixture
def scanner(tmp_path: Path) -> str:
    """A scanner that is a program of its own."""
    script = tmp_path / "scan it.py"
    script.write_text(WATCH)
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"


def test_what_a_scanner_finds_is_refused_and_not_kept(serve: Served, settings: Settings, scanner: str) -> None:
    ada, hub = serve(replace(settings, scan_command=scanner))
    refused = ada.give(BAD)
    assert (refused.status_code, refused.json()["code"]) == (400, "infected")
    assert "Eicar-Test-Signature" in refused.json()["message"]
    assert str(hub.hub.blobs.root) not in refused.text  # type: ignore[attr-defined]
    assert not hub.hub.blobs.has(sha256(BAD).hexdigest())
    assert unfinished(hub) == set()
    assert ada.give(PICTURE).status_code == 204


@pytest.mark.parametrize("word", ["CRASH", "SLOW"])
@pytest.mark.parametrize("needed", [True, False])
def test_a_scanner_that_cannot_say(serve: Served, settings: Settings, scanner: str, word: str, needed: bool) -> None:
    data = f"a text with {word} in it".encode()
    ada, hub = serve(replace(settings, scan_command=scanner, scan_seconds=1, scan_needed=needed))
    answer = ada.give(data)
    if not needed:
        assert (answer.status_code, hub.hub.blobs.has(sha256(data).hexdigest())) == (204, True)
        return
    assert (answer.status_code, answer.json()["code"]) == (503, "scanner_away")
    assert int(answer.headers["retry-after"]) > 0
    assert not hub.hub.blobs.has(sha256(data).hexdigest())


def test_nothing_is_sent_again_once_the_scanner_is_back(serve: Served, settings: Settings, tmp_path: Path) -> None:
    script = tmp_path / "scan.py"
    ada, hub = serve(replace(settings, scan_command=f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"))
    assert ada.give(PICTURE).json()["code"] == "scanner_away", "there is no such program: it ends with 2"
    script.write_text(WATCH)
    again = ada.begin(sha256(PICTURE).hexdigest(), len(PICTURE))
    assert (again.status_code, again.json()["done"]) == (201, True)
    assert hub.hub.blobs.has(sha256(PICTURE).hexdigest())


@contextmanager
def clamd(place: Path) -> Iterator[None]:
    """What clamd says on its socket, for one file after the other."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(place))
        listening.listen()

        def answer() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line, line.makefile("rb") as got:
                    assert got.read(10) == b"zINSTREAM\0"
                    data = b""
                    while length := int.from_bytes(got.read(4), "big"):
                        data += got.read(length)
                    line.sendall(b"stream: Eicar FOUND\0" if b"EICAR" in data else b"stream: OK\0")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def test_clamd_is_asked_over_its_socket(serve: Served, settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "clamd.sock"
    ada, _ = serve(replace(settings, scan_socket=str(place)))
    assert ada.give(PICTURE + b"1").json()["code"] == "scanner_away"
    with clamd(place):
        assert ada.give(BAD).json()["code"] == "infected"
        assert ada.give(PICTURE).status_code == 204
