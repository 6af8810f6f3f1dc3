"""Files through a line that dies and a server that is killed, and sync by files without any line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from lms_core.cli import main
from lms_core.errors import Offline, UserError
from lms_core.media.store import MediaStore
from lms_core.sync.replica.transport import Transport
from tests.e2e.programs import PASSWORD, Server
from tests.e2e.short_line import DIES_AFTER, ShortLine
from tests.fakes import MemorySecrets
from tests.server.people import PNG


@contextmanager
def signed_in(url: str, secrets: MemorySecrets) -> Iterator[Transport]:
    line = Transport(url, secrets=secrets, name="tokens")
    try:
        yield line
    finally:
        line.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("files") / "hub")
    server.command("create-admin", "--email", "a@b.example", "--first-name", "Ada", "--last-name", "Moyo")
    server.start()
    yield server
    server.stop()


@pytest.mark.soak
def test_a_file_gets_through_a_line_that_dies_and_a_killed_server(server: Server, tmp_path: Path) -> None:
    here, data, secrets = MediaStore(tmp_path / "media"), PNG + os.urandom(400_000), MemorySecrets()
    name = here.put(data)
    with signed_in(server.url, secrets) as line:
        line.sign_in("a@b.example", PASSWORD)
        with pytest.raises(UserError, match="Stopped"):
            line.put_blob(name, here, lambda done, size: False)
    killed = list[int]()

    def kill(done: int, size: int) -> bool:
        if done > size / 2 and not killed:
            server.stop(kill=True)
            server.start()
            killed.append(done)
        return True

    other, more = here.put(PNG + data[::-1]), PNG + os.urandom(3 << 20)
    with closing(ShortLine(server.port)) as short, signed_in(short.url, secrets) as line:
        assert line.put_blob(other, here, kill)
        assert killed
        assert short.died.total() > 10
        assert short.passed < 2 * len(data), "it goes on where it was"
        sent, tries = short.passed, 0
        while not (tmp_path / "back").exists() or (tmp_path / "back").stat().st_size < len(data):
            tries += 1
            with suppress(Offline):
                line.blob(other, tmp_path / "back")
        assert tries < 2 * len(data) / DIES_AFTER
        assert short.passed - sent < 2 * len(data), "and so it does on its way back"
    with signed_in(server.url, secrets) as line:
        assert not line.put_blob(name, here), "all of it was there when it was stopped"
        assert not line.put_blob(other, here)
        assert line.put_blob(here.put(more), here)
        assert (tmp_path / "back").read_bytes() == data[::-1]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Run `lms` with JSON on the laptop in a folder."""
    monkeypatch.setenv("LMS_PASSWORD", PASSWORD)

    def go(laptop: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
        assert main(["--data-dir", str(laptop), "--json", *arguments]) == status
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return go


def test_sync_by_files_that_somebody_carries(
    server: Server, tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    far, near, stick = tmp_path / "far", tmp_path / "near", tmp_path / "sam.sync"
    who = ("--server", server.url, "--remember", "--email")
    run(far, "register", *who, "s@b.example", "--first-name", "Sam", "--last-name", "Oduya")
    run(near, "sign-in", *who, "a@b.example")
    run(far, "note", "written on the island")
    assert run(far, "send-file", str(stick))["changes"] == 1
    assert run(far, "status")["waiting"] == 1
    reply = run(near, "carry", str(stick))["path"]
    assert run(far, "receive-file", reply)["waiting"] == 0
    run(far, "note", "and one more")
    run(far, "send-file", str(stick))
    server.command("bundle", str(stick), "--out", reply)
    assert run(far, "receive-file", reply)["waiting"] == 0
    assert run(near, "receive-file", reply, status=1)["code"] == "bundle_elsewhere"
    assert run(near, "carry", str(server.data / "hub.db"), status=1)["code"] == "bundle_damaged"
