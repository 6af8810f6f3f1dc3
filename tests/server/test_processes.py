"""Two real servers on one PostgreSQL database; one is killed while laptops go on with the other."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import msgspec
import pytest

from lms_core.ops import ROOT_CHAIN, Op, next_chain, seal
from lms_core.ports import new_replica_id, new_uuid7
from lms_core.sync.wire import PROTOCOL, Reply, Request, decode_entry, pack, unpack_reply
from tests.postgres import Cluster
from tests.server.people import PASSWORD, Client
from tests.server.test_live import Line, write_note
from tests.server.test_process import ADMIN, Running, run
from tests.server.test_sync_route import ZSTD

PEOPLE, BATCHES, BATCH = 3, 4, 10


class Device:
    """A device that knows the protocol: it writes notes and asks any server, again when one does not answer."""

    def __init__(self, person: Client) -> None:
        self.person = person
        self.replica, self.at, self.chain = new_replica_id(), 0, ROOT_CHAIN
        self.written: set[str] = set()
        self.mark: tuple[int, int] | None = None

    def send(self, servers: list[httpx.Client]) -> None:
        """Write some notes and give them to the first server that takes them."""
        ops, chain = [], self.chain
        for _ in range(BATCH):
            row = new_uuid7()
            args = {"user_id": self.person.user["id"], "body": f"Note {row}"}
            ops.append(msgspec.Raw(seal(Op("note", row, "create", args, None, 1, 0))))
            chain = next_chain(chain, bytes(ops[-1]))
            self.written.add(row)
        reply = self.ask(servers, ops)
        self.at, self.chain = self.at + len(ops), chain
        assert (reply.status, reply.hw, reply.chain) == ("ok", self.at, chain)

    def ask(self, servers: list[httpx.Client], ops: list[msgspec.Raw], cursors: dict[str, int] | None = None) -> Reply:
        user = self.person.user["id"]
        request = Request(
            PROTOCOL, 1, self.replica, user, self.at + len(ops), self.at, self.chain, self.at, self.mark, cursors, ops
        )
        for server in servers:
            try:
                answer = Client(server, self.person.token).ask("POST", "/sync", content=pack(request), headers=ZSTD)
            except httpx.TransportError:
                continue
            assert answer.status_code == 200, answer.text
            reply = unpack_reply(answer.content)
            assert reply.status == "ok", "no server resets a laptop of the other"
            self.mark = reply.mark
            return reply
        raise AssertionError("no server answers")

    def notes(self, server: httpx.Client) -> set[str]:
        """What a server has of this person."""
        mine = f"account/{self.person.user['id']}"
        (piece,) = [s for s in self.ask([server], [], {}).slices if s.scope == mine]
        return {e.row for e in map(decode_entry, piece.entries) if e.entity == "note"}


def _end(server: Running) -> None:
    if server.process.returncode is None:
        server.stop(signal.SIGKILL)
    server.process.close()


@pytest.fixture
def servers(postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Running]]:
    """Two processes; the first makes the tables."""
    with postgres.fresh(empty=True) as url, ExitStack() as stack:
        monkeypatch.setenv("LMS_HUB_DATABASE_URL", url)
        made = []
        for n in range(2):
            made.append(Running(tmp_path / "hub", name=f"url{n}"))
            stack.callback(_end, made[-1])
        yield made
        monkeypatch.delenv("LMS_HUB_DATABASE_URL")


@pytest.mark.soak
def test_what_one_server_takes_is_told_by_the_other(servers: list[Running]) -> None:  # RT-02
    one, two = servers
    ada, bo = one.client.join("ada"), one.client.join("bo")
    mine = f"account/{ada.user['id']}"
    with Line(two, ada.token) as line, Line(two, bo.token) as other:
        heads = line.hear("scopes")["scopes"]
        other.hear("scopes")
        write_note(ada)
        assert line.hear("poke", scope=mine)["seq"] == heads[mine] + 1
        write_note(bo)
        assert other.hear("poke")["scope"] == f"account/{bo.user['id']}", "nothing of ada's came before it"
        assert ada.post("/auth/logout", {"refresh": ada.refresh}).status_code < 300
        assert line.closed() == (4401, "token_invalid")
    assert (one.stop(), two.stop()) == (0, 0)


@pytest.mark.soak
def test_laptops_of_two_servers_agree_and_go_on_when_one_is_killed(servers: list[Running], tmp_path: Path) -> None:
    one, two = servers
    people = [(one if n % 2 else two).client.join(f"p{n}") for n in range(PEOPLE)]
    devices = [Device(person) for person in people for _ in range(2)]  # two of one person at the same moment
    begun = threading.Semaphore(0)

    def go(number: int, device: Device) -> None:
        with httpx.Client(base_url=one.url, timeout=30) as first, httpx.Client(base_url=two.url, timeout=30) as second:
            order = [first, second] if number % 2 else [second, first]
            for _ in range(BATCHES):
                device.send(order)
                begun.release()

    threads = [threading.Thread(target=go, args=each) for each in enumerate(devices)]
    for thread in threads:
        thread.start()
    for _ in range(len(devices)):
        assert begun.acquire(timeout=60)
    assert one.stop(signal.SIGKILL) == -signal.SIGKILL
    for thread in threads:
        thread.join()
    for mine, other in zip(devices[::2], devices[1::2], strict=True):
        assert mine.at == other.at == BATCHES * BATCH, "everything was acknowledged"
        assert mine.notes(two.http) == other.notes(two.http) == mine.written | other.written
    added = run("create-admin", "--data", tmp_path / "hub", *ADMIN, password=PASSWORD)
    assert added.returncode == 0, added.stderr
    assert Client(two.http).sign_in("root").user["role"] == "admin"
    checked = run("check", "--data", tmp_path / "hub")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert two.stop() == 0
