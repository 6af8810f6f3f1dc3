"""Group commit: requests that wait together share a commit, and none takes another down (SYNC.md section 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lms_core.accounts.entities import ACCOUNT
from lms_core.db.engine import open_sqlite, write
from lms_core.errors import DiskFull
from lms_core.schema import Schema
from lms_core.sync import tables as t
from lms_core.sync.hub.store import SqlHubStore, SqlHubTransaction
from lms_core.sync.ports import Card

N = 12


@pytest.fixture
def store(tmp_path: Path) -> Any:
    engine = open_sqlite(tmp_path / "hub.db")
    with write(engine) as conn:
        t.HUB.create_all(conn)
    store = SqlHubStore(engine, Schema([ACCOUNT]))
    store.begin_epoch(1)
    yield store
    engine.dispose()


def together(store: SqlHubStore, works: list[Callable[[SqlHubTransaction], Any]]) -> list[Any]:
    """Let works wait while somebody else writes; returns what became of each."""
    out: list[Any] = [None] * len(works)

    def ask(at: int) -> None:
        try:
            out[at] = store.transact(works[at], account=f"a{at}", ops=10)
        except Exception as error:  # noqa: BLE001 what the caller would see
            out[at] = error

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(works))]
    with store.write():
        for thread in threads:
            thread.start()
        while store.turns.waiting < len(works):
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    return out


def taking(replica: str, *, fails: Exception | None = None) -> Callable[[SqlHubTransaction], int]:
    def work(tx: SqlHubTransaction) -> int:
        tx.log(replica, Card("a", 1), [])
        if fails:
            raise fails
        return tx.version()[1]

    return work


def taken(store: SqlHubStore) -> set[str]:
    with store.write() as tx:
        return {f"r{n}" for n in range(N) if tx.card(f"r{n}")}


def test_those_who_wait_share_a_commit(store: SqlHubStore) -> None:
    before = store.turns.commits
    numbers = together(store, [taking(f"r{n}") for n in range(N)])
    assert store.turns.commits - before <= 2, "one for all, or one for the first and one for the rest"
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + N)), "each has a number of its own"
    assert taken(store) == {f"r{n}" for n in range(N)}


@pytest.mark.parametrize("fails", [ValueError("a fault of the program"), DiskFull()])
def test_one_that_fails_takes_no_other_down(store: SqlHubStore, fails: Exception) -> None:
    said = together(store, [taking(f"r{n}", fails=fails if n == 5 else None) for n in range(N)])
    assert said[5] is fails
    assert taken(store) == {f"r{n}" for n in range(N)} - {"r5"}


def test_a_group_ends_at_six_hundred_ops(store: SqlHubStore) -> None:
    before = store.turns.commits
    sizes = [200] * 6
    with store.write():
        threads = [
            threading.Thread(target=store.transact, args=(taking(f"r{n}"),), kwargs={"account": "a", "ops": size})
            for n, size in enumerate(sizes)
        ]
        for thread in threads:
            thread.start()
        while store.turns.waiting < len(sizes):
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert store.turns.commits - before == 2


def test_one_alone_waits_for_nobody(store: SqlHubStore) -> None:
    before = store.turns.commits
    assert store.transact(taking("r1"), account="a", ops=1) > 0
    assert store.turns.commits - before == 1
