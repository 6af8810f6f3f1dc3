"""Real laptops and a real server with a line between them that loses, doubles and reorders what they say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from lms_core.errors import SyncError
from lms_core.ops import ROOT_CHAIN, next_chain
from lms_core.session import Sessions
from lms_core.sync import tables as t
from lms_core.sync.replica import client
from lms_core.sync.replica.flights import FLIGHTS
from lms_core.sync.wire import Verdict
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.e2e.proxy import ALONE, TOGETHER, Proxy
from tests.fakes import MemorySecrets

EMAIL = "ada@school.example"
OPS, NOTES, TRIES = 64, 800, 60
WANTED = (*TOGETHER, "lost among others")


@contextmanager
def two_laptops(folder: Path, proxy: Proxy) -> Iterator[list[Workspace]]:
    """Two laptops of one account that have synced once."""
    sessions = [Sessions(folder / name, secrets=MemorySecrets()) for name in ("one", "two")]
    sessions[0].register(proxy.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="L")
    laptops = [s.sign_in(proxy.url, EMAIL, PASSWORD) for s in sessions]
    try:
        for laptop in laptops:
            laptop.synchronize()
        yield laptops
    finally:
        for laptop in laptops:
            laptop.close()
        proxy.close()


def agree(proxy: Proxy, laptops: list[Workspace], written: set[str]) -> None:
    """Let all sync over a good line; each note is there once, with the same text on both."""
    proxy.calm()
    for laptop in [*laptops, *laptops]:
        laptop.synchronize()
    for laptop in laptops:
        bodies = [note.body.partition(" and")[0] for note in laptop.notes.all()]
        assert sorted(bodies) == sorted(written), "each note once, and every one of them"
        assert laptop.sync.status().waiting == 0
        assert laptop.sync.parked() == []
    assert [n.body for n in laptops[0].notes.all()] == [n.body for n in laptops[1].notes.all()]


@pytest.mark.parametrize(("seed", "rounds"), [(3, 20), pytest.param(4, 400, marks=pytest.mark.soak)])
def test_a_line_that_loses_doubles_and_reorders(tmp_path: Path, server: Server, seed: int, rounds: int) -> None:
    proxy = Proxy(server.url, seed)
    with two_laptops(tmp_path, proxy) as laptops:
        proxy.honest = False
        written = set[str]()
        for number in range(rounds):
            laptop = laptops[number % 2]
            laptop.notes.add(f"note {number}")
            written.add(f"note {number}")
            _edit(laptop, number)
            try:
                laptop.synchronize()
            except SyncError:
                continue
        assert [name for name in ALONE if not proxy.seen[name]] == []
        agree(proxy, laptops, written)


@pytest.mark.parametrize(("seed", "rounds"), [(2, 3), pytest.param(3, 40, marks=pytest.mark.soak)])
def test_requests_that_fly_together_are_lost_doubled_and_reordered_across_each_other(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, seed: int, rounds: int
) -> None:
    monkeypatch.setattr(client, "OPS", OPS)
    proxy = Proxy(server.url, seed, together=True)
    with two_laptops(tmp_path, proxy) as laptops:
        proxy.honest = False
        written, number = set[str](), 0
        while number < rounds or (missing := [name for name in WANTED if not proxy.seen[name]]):
            assert number < 3 * rounds, missing
            laptop = laptops[number % 2]
            bodies = [f"note {number}-{n}" for n in range(NOTES)]
            with laptop.work():
                for body in bodies:
                    laptop.notes.add(body)
            written.update(bodies)
            _get_through(laptop, number)
            number += 1
        assert proxy.most == FLIGHTS
        agree(proxy, laptops, written)
        logs = [_log(laptop) for laptop in laptops]
    server.stop()
    taken, verdicts = _taken(server.data)
    assert taken == dict(logs), "all of it, in the order in which it was written"
    assert verdicts <= {"applied", "merged"}, "what is taken a second time does nothing (noop)"


def _get_through(laptop: Workspace, number: int) -> None:
    """Sync until nothing waits; after each failure something is written on."""
    for _ in range(TRIES):
        try:
            laptop.synchronize()
        except SyncError:
            _edit(laptop, number)
            continue
        assert laptop.sync.status().waiting == 0
        return
    raise AssertionError("it never gets through")


def _edit(laptop: Workspace, number: int) -> None:
    """Go on writing in a note that both show."""
    shown = laptop.notes.all()
    note = shown[number % len(shown)]
    laptop.notes.edit(note.id, base=note.body, body=f"{note.body} and {number}")


def _log(laptop: Workspace) -> tuple[str, list[tuple[int, bytes]]]:
    """A laptop's id and its log: each op's number, and the chain as it follows from the bytes of all up to it."""
    with laptop.work() as unit:
        (segment,) = unit.tx.segments()
        rows = unit.all(select(t.oplog.c.c, t.oplog.c.body).order_by(t.oplog.c.c))
    chain, log = ROOT_CHAIN, []
    for c, body in rows:
        chain = next_chain(chain, body)
        log.append((c, chain))
    return segment.rep, log


def _taken(folder: Path) -> tuple[dict[str, list[tuple[int, bytes]]], set[str]]:
    """What the server took of each laptop, in order, and every verdict that it gave."""
    taken: dict[str, list[tuple[int, bytes]]] = {}
    verdicts = set[str]()
    with closing(sqlite3.connect(folder / "hub.db")) as db:
        for replica, c, chain, verdict in db.execute(
            "SELECT replica, c, chain, verdict FROM taken ORDER BY replica, c"
        ):
            taken.setdefault(replica, []).append((c, chain))
            verdicts.add(msgspec.msgpack.decode(verdict, type=Verdict).verdict)
    return taken, verdicts
