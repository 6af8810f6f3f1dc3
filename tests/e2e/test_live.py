"""Two laptops and a server process: what one writes, the other shows, without waiting for a poll."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from desktop_lms.shell.sync_loop import SyncLoop
from desktop_lms.store import Store
from lms_core.errors import AuthExpired
from lms_core.session import Sessions
from lms_core.sync.replica.live import Heads, Lined, Listener, Poke, understood
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

EMAIL = "mina@school.example"
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("live")
    made = Server(folder / "hub")
    made.start()
    secrets = MemorySecrets()
    names = {"first_name": "Mina", "last_name": "Diaz"}
    Sessions(folder / "door", secrets=secrets).register(made.url, email=EMAIL, password=PASSWORD, **names)
    yield made
    made.stop()


class Laptop:
    """A laptop of the account, with the app's loop."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.workspace = Sessions(folder, secrets=MemorySecrets()).sign_in(server.url, EMAIL, PASSWORD)
        self.store = Store(self.workspace)
        self.loop = SyncLoop(self.store)
        self.notes: set[str] = set()
        self.asked = 0
        line = self.workspace.online()
        exchange = line.exchange

        def count(body: bytes) -> bytes:
            self.asked += 1
            return exchange(body)

        line.exchange = count  # type: ignore[method-assign]
        self.store.changed.connect(lambda _: self.store.run(self.store, lambda w: w.notes.all(), self._show))

    def _show(self, notes: list[Any]) -> None:
        self.notes = {note.body for note in notes}

    def write(self, body: str) -> None:
        self.store.run(self.store, lambda w: w.notes.add(body))

    def close(self) -> None:
        self.loop.stop()
        self.store.close()


@pytest.fixture
def laptops(tmp_path: Path, server: Server, qtbot: Any) -> Iterator[tuple[Laptop, Laptop]]:
    both = Laptop(tmp_path / "a", server), Laptop(tmp_path / "b", server)
    for each in both:
        each.loop.start()
    yield both
    for each in both:
        each.close()


def test_a_write_shows_on_the_other_laptop_and_costs_one_request_each(
    laptops: tuple[Laptop, Laptop], qtbot: Any
) -> None:
    here, there = laptops
    qtbot.waitUntil(lambda: here.loop.live and there.loop.live, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: here.loop.state.kind == there.loop.state.kind == "synced", timeout=PATIENCE_MS)
    here.write("Before all is quiet.")
    qtbot.waitUntil(lambda: "Before all is quiet." in there.notes, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not here.loop._pace.busy and not there.loop._pace.busy, timeout=PATIENCE_MS)
    quiet = here.asked, there.asked
    here.write("Cloud base at 800 m.")
    qtbot.waitUntil(lambda: "Cloud base at 800 m." in there.notes, timeout=PATIENCE_MS)
    there.write("And rain.")
    qtbot.waitUntil(lambda: "And rain." in here.notes, timeout=PATIENCE_MS)
    assert (here.asked, there.asked) == (quiet[0] + 2, quiet[1] + 2)  # nobody asks for what it sent itself


def test_lines_open_again_after_the_server_was_away(laptops: tuple[Laptop, Laptop], server: Server, qtbot: Any) -> None:
    here, there = laptops
    qtbot.waitUntil(lambda: here.loop.live and there.loop.live, timeout=PATIENCE_MS)
    server.stop()
    qtbot.waitUntil(lambda: not here.loop.live and not there.loop.live, timeout=PATIENCE_MS)
    here.write("Written meanwhile.")
    qtbot.waitUntil(lambda: here.loop.state.kind in ("offline", "unreachable"), timeout=PATIENCE_MS)
    server.start()
    qtbot.waitUntil(lambda: "Written meanwhile." in there.notes, timeout=PATIENCE_MS)
    line = here.workspace.online()
    here.store.pool(here.store, line.sign_out)
    qtbot.waitUntil(lambda: here.loop.state.kind == "signed_out", timeout=PATIENCE_MS)
    here.store.pool(here.store, lambda: line.sign_in(EMAIL, PASSWORD), lambda _: here.loop.sync_now())
    qtbot.waitUntil(lambda: here.loop.live, timeout=PATIENCE_MS)


class Line:
    """A transport whose token a test decides; `refused` counts how often another one was asked for."""

    def __init__(self, url: str, *tokens: str) -> None:
        self.url, self.tokens, self.refused = url, list(tokens), 0

    def access(self, *, fresh: bool = False) -> str:
        if fresh:
            self.refused += 1
            self.tokens.pop(0)
        if not self.tokens:
            raise AuthExpired
        return self.tokens[0]


def test_a_token_that_ran_out_is_exchanged(tmp_path: Path, server: Server) -> None:
    workspace = Sessions(tmp_path / "c", secrets=MemorySecrets()).sign_in(server.url, EMAIL, PASSWORD)
    heard: list[object] = []
    told = threading.Event()

    def hear(message: object) -> None:
        heard.append(message)
        if isinstance(message, Heads):
            told.set()

    line = Line(server.url, "out.of.date", workspace.online().access())
    listener = Listener(line, hear)
    listener.start()
    assert told.wait(PATIENCE_MS / 1000)
    assert line.refused == 1
    assert heard[0] == Lined(True)
    assert f"account/{workspace.account}" in heard[1].scopes  # type: ignore[attr-defined]
    listener.close()
    assert heard[-1] == Lined(False)
    workspace.close()


def test_a_listener_that_reaches_nobody_ends_at_once(tmp_path: Path) -> None:
    for line in (Line("http://127.0.0.1:9", "x"), Line("http://127.0.0.1:9"), Line("http://")):
        listener = Listener(line, lambda _: None)
        listener.start()
        listener.retry()
        listener.close()
    Listener(line, lambda _: None).close()


def test_what_a_later_server_says_is_passed_over() -> None:
    assert understood('{"type": "poke", "timestamp": "", "data": {"scope": "a", "seq": 4, "more": 1}}') == Poke("a", 4)
    for odd in ('{"type": "news", "data": {}}', '{"type": "poke", "data": 5}', '{"type": 5}', "[]", "{", b"\xff"):
        assert understood(odd) is None


def test_a_click_has_its_turn_while_much_comes_and_closing_ends_the_run(
    tmp_path: Path, server: Server, qtbot: Any
) -> None:
    first = Sessions(tmp_path / "first", secrets=MemorySecrets()).sign_in(server.url, EMAIL, PASSWORD)
    with first.work():
        for n in range(4_100):
            first.notes.add(f"One of many, {n}")
    first.synchronize()
    first.close()
    laptop = Laptop(tmp_path / "second", server)
    line, written, ended = laptop.workspace.online(), list[int](), list[str]()
    exchange = line.exchange

    def note() -> None:
        laptop.store.run(laptop.store, lambda w: w.notes.add("A click"), lambda _: written.append(laptop.asked))

    def click(body: bytes) -> bytes:
        if laptop.asked == 1:  # in the middle of a run
            QTimer.singleShot(0, laptop.store, note)  # on the window's thread, as every click
        return exchange(body)

    line.exchange = click  # type: ignore[method-assign]
    laptop.loop._exchanges.agreed.connect(lambda _: ended.append("agreed"))
    laptop.loop.start()
    qtbot.waitUntil(lambda: bool(written), timeout=PATIENCE_MS)
    assert not ended
    laptop.close()  # does not wait until all has come
    sessions = Sessions(tmp_path / "second", secrets=MemorySecrets())
    again = sessions.unlock(sessions.list()[0].id, PASSWORD)
    assert "A click" in {note.body for note in again.notes.all()}
    again.close()
