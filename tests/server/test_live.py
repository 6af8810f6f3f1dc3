"""Live lines: a real server and real WebSocket clients, then the switchboard over a hub in this process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lms_core.accounts.model import Caller
from lms_core.courses.entities import COURSE_INSTRUCTOR
from lms_core.ops import ROOT_CHAIN, Op, seal
from lms_core.ports import new_replica_id, new_uuid7, v5_id
from lms_core.sync.hub.hints import Event, Hint
from lms_core.sync.wire import PROTOCOL, Request, pack, unpack_reply
from sync_server.hints import CROWD, MOST_OF_ACCOUNT, Ear, Switchboard, jitter
from sync_server.lanes import Lanes
from sync_server.served import Live
from sync_server.topics import scopes_of
from tests.core.school import School, prepare_hub
from tests.fakes import FakeClock
from tests.server.people import API, Client
from tests.server.test_process import Running, running

PATIENCE_S = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("live") / "hub") as each:
        yield each


class Line:
    """A client of the live route."""

    def __init__(self, server: Running, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        url = server.url.replace("http", "ws", 1) + f"{API}/live"
        self.socket: ClientConnection = connect(url, additional_headers=headers, proxy=None, open_timeout=PATIENCE_S)

    def __enter__(self) -> Line:
        self.socket.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.__exit__(None, None, None)

    def hear(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next message of a kind that has these data."""
        while True:
            said = json.loads(self.socket.recv(PATIENCE_S))
            assert set(said) == {"type", "timestamp", "data"}
            if said["type"] == kind and wanted.items() <= said["data"].items():
                return said["data"]  # type: ignore[no-any-return]

    def say(self, kind: str, **data: Any) -> None:
        self.socket.send(json.dumps({"type": kind, "data": data}))

    def closed(self) -> tuple[int, str]:
        try:
            while True:
                self.socket.recv(PATIENCE_S)
        except ConnectionClosed as ended:
            return (ended.rcvd.code, ended.rcvd.reason) if ended.rcvd else (1006, "")


def write_note(person: Client) -> None:
    """Push a note as a device of that person does."""
    account = person.user["id"]
    body = seal(Op("note", new_uuid7(), "create", {"user_id": account, "body": "Cloud base"}, None, 0, 0))
    ops = [msgspec.Raw(body)]
    request = Request(PROTOCOL, 1, new_replica_id(), account, 1, 0, ROOT_CHAIN, 0, None, None, ops)
    headers = {"Content-Type": "application/msgpack", "Content-Encoding": "zstd"}
    answer = person.ask("POST", "/sync", content=pack(request), headers=headers)
    assert [v.verdict for v in unpack_reply(answer.content).verdicts] == ["applied"]


def test_a_commit_is_told_to_those_who_may_read_it_and_to_nobody_else(server: Running) -> None:  # RT-02, RT-03
    ada, bo = server.client.join("ada"), server.client.join("bo")
    mine = f"account/{ada.user['id']}"
    with Line(server, ada.token) as first, Line(server) as second, Line(server, bo.token) as other:
        second.say("sign_in", token=ada.token)
        heads = first.hear("scopes")["scopes"]
        assert heads == second.hear("scopes")["scopes"]
        assert heads.keys() == {mine, "catalog"}
        assert other.hear("scopes")["scopes"].keys() == {f"account/{bo.user['id']}", "catalog"}
        write_note(ada)
        assert first.hear("poke") == second.hear("poke") == {"scope": mine, "seq": heads[mine] + 1, "jitter": 0}
        write_note(bo)
        assert other.hear("poke")["scope"] == f"account/{bo.user['id']}"
        other.say("subscribe", topics=[f"notifications:{ada.user['id']}", f"notifications:{bo.user['id']}", "odd"])
        chosen = other.hear("subscribed")
        assert chosen["refused"] == [f"notifications:{ada.user['id']}", "odd"]


def test_who_is_not_signed_in_is_refused(server: Running) -> None:
    for token in ("", "nonsense", "eyJ.eyJ.x"):
        with pytest.raises(InvalidStatus) as refused:
            Line(server, token)
        answer = refused.value.response
        assert answer.status_code == 401
        assert json.loads(bytes(answer.body or b""))["code"] in ("auth_missing", "token_invalid")
    for first in ("nonsense", json.dumps({"type": "sign_in", "data": {}}), json.dumps({"type": "subscribe"})):
        with Line(server) as line:
            line.socket.send(first)
            assert line.closed() == (4401, "auth_missing")
    with Line(server) as line:
        line.say("sign_in", token="nonsense")
        assert line.closed() == (4401, "token_invalid")
    assert server.http.get(f"{API}/live").status_code in (404, 405)


def test_a_line_ends_with_its_session(server: Running) -> None:
    server.client.join("cy")
    here, there = server.client.sign_in("cy"), server.client.sign_in("cy")
    with Line(server, here.token) as line, Line(server, there.token) as stays:
        line.hear("scopes")
        stays.hear("scopes")
        assert here.post("/auth/logout", {"refresh": here.refresh}).status_code < 300
        assert line.closed() == (4401, "token_invalid")
        write_note(there)
        stays.hear("poke")


def test_what_is_no_message_is_passed_over_and_what_is_too_long_ends_the_line(server: Running) -> None:
    dee = server.client.join("dee")
    with Line(server, dee.token) as line:
        line.hear("scopes")
        for odd in ("", "[]", '{"type": "subscribe", "data": {"topics": 5}}', "{" * 5000, '{"type": 1}'):
            line.socket.send(odd)
        line.say("subscribe", topics=None)
        assert line.hear("subscribed") == {"topics": {}, "refused": []}
        line.socket.send("x" * 20_000)
        assert line.closed()[0] == 1009


# --- the switchboard
class Heard:
    """A line of a test: what was said to it; while `gate` is closed it takes nothing."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, message: Any) -> None:
        await self.gate.wait()
        self.said.append(json.loads(message["text"]) if message["type"] == "websocket.send" else message)

    async def until(self, ready: Callable[[list[dict[str, Any]]], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not ready(self.said):
                await asyncio.sleep(0)

    def kinds(self) -> list[str]:
        return [each["type"] for each in self.said]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_hub(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def hub(tmp_path: Path, empty: Path, clock: FakeClock) -> Iterator[School]:
    made = School(tmp_path, empty, clock)
    yield made
    made.close()


def play(school: School, scene: Callable[[Switchboard], Awaitable[None]], ended: set[str]) -> None:
    """Run a scene on a switchboard over the school's hub; sessions in `ended` are not open."""
    lanes = Lanes(threads=2, password_threads=1)
    live = Live(school.hub.store.hints, school.hub.heads, lambda names: set(names) - ended)

    async def all_of_it() -> None:
        board = Switchboard(live, lanes, school.clock.ms, most=0)
        await board.start()
        try:
            await scene(board)
        finally:
            await board.stop()

    asyncio.run(all_of_it())
    lanes.close()


READABLE = frozenset({"account/me", "catalog", "draft/c", "staff/c", "talk/c", "talk/d"})


@pytest.mark.parametrize(
    ("topic", "scopes"),
    [
        ("course:c", {"draft/c", "staff/c", "talk/c"}),
        ("chat:d", {"talk/d"}),
        ("notifications:me", {"account/me"}),
        ("assessment:quiz", {"account/me", "staff/c"}),
        ("instructor:me", {"draft/c", "staff/c"}),
        ("course:other", set()),
        ("chat:other", set()),
        ("notifications:you", set()),
        ("instructor:you", set()),
        ("catalog", set()),
        ("", set()),
    ],
)
def test_a_topic_stands_for_scopes_that_may_be_read(topic: str, scopes: set[str]) -> None:  # RT-01
    assert scopes_of(topic, "me", READABLE) == scopes


def test_who_chose_topics_hears_nothing_else(hub: School) -> None:
    ada = hub.person("ada")

    async def scene(board: Switchboard) -> None:
        line = Heard()
        ear = board.join(Caller(ada, "session", "", "student"), line)
        await line.until(lambda said: len(said) == 1)
        board.hear(ear, json.dumps({"type": "subscribe", "data": {"topics": [f"notifications:{ada}"]}}))
        board.told(Hint({"catalog": 5}))
        board.told(Hint({f"account/{ada}": 6}))
        await line.until(lambda said: said[-1]["type"] == "poke")
        assert line.kinds() == ["scopes", "subscribed", "poke"]
        board.hear(ear, json.dumps({"type": "subscribe", "data": {"topics": None}}))
        board.told(Hint({"catalog": 7}))
        await line.until(lambda said: said[-1]["data"].get("seq") == 7)
        board.leave(ear)

    play(hub, scene, set())


def test_events_are_told_to_those_who_may_read_their_scope(hub: School) -> None:  # RT-04
    ada, bo = hub.person("ada"), hub.person("bo")

    async def scene(board: Switchboard) -> None:
        first, second, narrow = Heard(), Heard(), Heard()
        ears = [
            board.join(Caller(who, who, "", "student"), line)
            for who, line in ((ada, first), (bo, second), (ada, narrow))
        ]
        for line in (first, second, narrow):
            await line.until(lambda said: len(said) == 1)
        board.hear(ears[2], json.dumps({"type": "subscribe", "data": {"topics": ["course:c1"]}}))
        data = {"course_id": "c1", "lesson_id": "l1", "progress_percentage": 100.0, "is_completed": True}
        board.told(Hint(events=(Event(f"account/{ada}", "progress_update", data),)))
        board.told(Hint(events=(Event("staff/c1", "analytics_update", {"course_id": "c1", "enrolled": 3}),)))
        board.told(Hint({"catalog": 7}))
        for line in (first, second):
            await line.until(lambda said: said[-1]["data"].get("seq") == 7)
        assert first.kinds() == ["scopes", "progress_update", "poke"]
        assert first.said[1]["data"] == data
        assert first.said[1].keys() == {"type", "timestamp", "data"}
        assert second.kinds() == ["scopes", "poke"]
        assert narrow.kinds() == ["scopes", "subscribed"]
        for ear in ears:
            board.leave(ear)

    play(hub, scene, set())


def test_rights_that_come_and_go_change_what_is_heard(hub: School) -> None:
    ada, course, ended = hub.person("ada", "instructor"), "c" * 8, set[str]()
    draft, row = f"draft/{course}", v5_id("course_instructor", course, ada)

    def employ(*, active: bool) -> None:
        values = {"course_id": course, "user_id": ada, "can_edit_content": True, "is_active": active}
        with hub.hub.unit() as unit:
            unit.derive(COURSE_INSTRUCTOR, row, values)

    async def scene(board: Switchboard) -> None:
        line = Heard()
        ear = board.join(Caller(ada, "session", "", "instructor"), line)
        await line.until(lambda said: len(said) == 1)
        await asyncio.to_thread(employ, active=True)
        await line.until(lambda said: draft in said[-1]["data"].get("scopes", ()))
        await asyncio.to_thread(employ, active=False)
        await line.until(lambda said: draft not in said[-1]["data"].get("scopes", {draft}))
        board.told(Hint({draft: 99}))
        board.told(Hint({"catalog": 7}))
        await line.until(lambda said: said[-1]["data"].get("scope") == "catalog")
        assert not [m for m in line.said if m["data"].get("seq") == 99]
        ended.add("session")
        board.told(Hint(accounts=frozenset({ada})))
        await line.until(lambda said: said[-1]["type"] == "websocket.close")
        board.told(Hint({"catalog": 8}))
        board.leave(ear)
        assert line.said[-1]["code"] == 4401

    play(hub, scene, ended)


def test_a_slow_line_hears_the_newest_and_holds_up_nobody(hub: School) -> None:
    ada, bo = hub.person("ada"), hub.person("bo")

    async def scene(board: Switchboard) -> None:
        slow, quick = Heard(), Heard()
        ears = [board.join(Caller(ada, "s1", "", ""), slow), board.join(Caller(bo, "s2", "", ""), quick)]
        await slow.until(lambda said: len(said) == 1)
        await quick.until(lambda said: len(said) == 1)
        slow.gate.clear()
        for seq in range(1, 1001):
            board.told(Hint({"catalog": seq}))
            if seq in (1, 500):
                await quick.until(lambda said, seq=seq: said[-1]["data"].get("seq") == seq)  # type: ignore[misc]
        await quick.until(lambda said: said[-1]["data"].get("seq") == 1000)
        slow.gate.set()
        await slow.until(lambda said: said[-1]["data"].get("seq") == 1000)
        assert len(slow.said) <= 3
        for ear in ears:
            board.leave(ear)

    play(hub, scene, set())


def test_a_crowd_is_told_once_and_asked_to_come_one_after_the_other(hub: School, monkeypatch: Any) -> None:
    monkeypatch.setattr("sync_server.hints.GATHER_S", 0.0)
    people = [hub.person(f"p{n}") for n in range(CROWD + 1)]

    async def scene(board: Switchboard) -> None:
        lines = [Heard() for _ in people]
        ears = [board.join(Caller(who, who, "", ""), line) for who, line in zip(people, lines, strict=True)]
        for line in lines:
            await line.until(lambda said: len(said) == 1)
        for seq in (1, 2, 3):
            board.told(Hint({"catalog": seq}))
        for line in lines:
            await line.until(lambda said: said[-1]["type"] == "poke")
            assert line.said[-1]["data"] == {"scope": "catalog", "seq": 3, "jitter": jitter(CROWD + 1)}
            assert len(line.said) == 2
        for ear in ears:
            board.leave(ear)

    play(hub, scene, set())
    assert jitter(1) == 0
    assert jitter(1000) == 10_000


def test_one_account_has_only_so_many_lines(hub: School) -> None:
    ada = hub.person("ada")

    async def scene(board: Switchboard) -> None:
        lines = [Heard() for _ in range(MOST_OF_ACCOUNT + 1)]
        ears: list[Ear] = [board.join(Caller(ada, "s", "", ""), line) for line in lines]
        await lines[0].until(lambda said: bool(said) and said[-1]["type"] == "websocket.close")
        assert lines[0].said[-1]["code"] == 4409
        await lines[-1].until(lambda said: bool(said))
        for ear in ears:
            board.leave(ear)

    play(hub, scene, set())


def test_a_hint_after_the_end_is_no_fault(hub: School) -> None:
    boards: list[Switchboard] = []

    async def scene(board: Switchboard) -> None:
        boards.append(board)

    play(hub, scene, set())
    late = threading.Thread(target=boards[0].told, args=(Hint({"catalog": 1}),))
    late.start()
    late.join()
