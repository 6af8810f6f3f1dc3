"""Several writers on one PostgreSQL database: nothing is lost, feeds and marks have one order (SYNC.md section 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from lms_core.accounts.entities import ACCOUNT
from lms_core.db.engine import read, write
from lms_core.db.postgres import open_postgres
from lms_core.db.rows import VISIBLE
from lms_core.db.visible import ensure_visible
from lms_core.errors import Busy, UserError
from lms_core.ops import Op, seal
from lms_core.schema import Schema
from lms_core.sync import tables as t
from lms_core.sync.bench import Bench
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.hub.hints import Event, Hint
from lms_core.sync.hub.judge import Sealed
from lms_core.sync.hub.store import SqlHubStore, SqlHubTransaction
from lms_core.sync.ports import Waiting
from lms_core.sync.rows import Cell, Writer
from sync_server.backup import back_up, restore
from sync_server.database import PostgresDatabase, database_of
from sync_server.hints_postgres import MOST_BYTES, PostgresHints, payloads
from sync_server.opening import prepare
from tests.fakes import FakeClock
from tests.postgres import Cluster

SCHEMA = Schema([ACCOUNT])
WRITERS, TIMES = 6, 8


@pytest.fixture
def url(postgres: Cluster) -> Iterator[str]:
    with postgres.fresh() as each:
        yield each


@pytest.fixture
def stores(url: str) -> Iterator[list[SqlHubStore]]:
    """Two processes' stores."""
    engines = [open_postgres(url) for _ in range(2)]
    with write(engines[0]) as conn:
        ensure_visible(conn, VISIBLE)
    made = [SqlHubStore(engine, SCHEMA) for engine in engines]
    made[0].begin_epoch(1)
    yield made
    for engine in engines:
        engine.dispose()


Work = Callable[[SqlHubTransaction], int]


def count_up(store: SqlHubStore, *rows: str, pause: threading.Barrier | None = None) -> Work:
    """Work that adds one to a figure in each of some rows, as rules do: look, decide, write."""
    engine = HubEngine(schema=SCHEMA, store=store, clock=FakeClock(), key=b"k" * 32)

    def work(tx: SqlHubTransaction) -> int:
        bench = Bench(SCHEMA, tx, tx.version())
        for row in rows:
            bench.load([row])
            if pause and not pause.broken:
                with suppress(threading.BrokenBarrierError):  # one of them has to wait for the other's row
                    pause.wait(0.2)
            now = bench.touch("account", row)
            before = int(now.value("cohort") or 0)
            now.cells["cohort"] = Cell(str(before + 1), now.ver, 0, "hub", 0)
        bench.keep()
        engine.commit(tx, bench)
        return tx.version()[1]

    return work


def figures(store: SqlHubStore) -> dict[str, int]:
    with store.read() as snapshot:
        table = VISIBLE.tables["account"]
        return {row: int(value) for row, value in snapshot.conn.execute(select(table.c.id, table.c.cohort))}


def test_no_writer_overwrites_another(stores: list[SqlHubStore]) -> None:
    def many(n: int) -> None:
        store = stores[n % 2]
        for _ in range(TIMES):
            store.transact(count_up(store, "shared", f"own{n}"), account=f"a{n}")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(many, range(WRITERS)))
    assert figures(stores[0]) == {"shared": WRITERS * TIMES} | {f"own{n}": TIMES for n in range(WRITERS)}
    with read(stores[1].engine) as conn:
        state = dict(conn.execute(select(t.hub_state.c.key, t.hub_state.c.value)).tuples().all())
        assert state["commit"] == WRITERS * TIMES, "one number for each commit"
        feeds = conn.execute(select(t.scope.c.name, t.scope.c.seq)).tuples().all()
        assert dict(feeds)["account/shared"] == WRITERS * TIMES
        versions = conn.execute(select(t.hub_row.c.id, t.hub_row.c.n)).tuples().all()
        assert len({n for row, n in versions if row.startswith("own")}) == WRITERS


def test_those_who_want_two_rows_the_other_way_round_both_come_through(stores: list[SqlHubStore]) -> None:
    both = [("x", "y"), ("y", "x")]
    for row in ("x", "y"):
        stores[0].transact(count_up(stores[0], row), account="a")
    meet = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(store.transact, count_up(store, *rows, pause=meet), account=f"a{n}")
            for n, (store, rows) in enumerate(zip(stores, both, strict=True))
        ]
        assert all(job.result() for job in jobs)
    assert figures(stores[0]) == {"x": 3, "y": 3}


def test_one_row_made_by_two_at_once_is_one_row(stores: list[SqlHubStore]) -> None:
    meet = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(store.transact, count_up(store, "new", pause=meet), account=f"a{n}")
            for n, store in enumerate(stores)
        ]
        assert all(job.result() for job in jobs)
    assert figures(stores[0]) == {"new": 2}


def test_an_epoch_that_another_process_begins_is_everybody_s(stores: list[SqlHubStore]) -> None:
    stores[0].transact(count_up(stores[0], "x"), account="a")
    with stores[0].read() as snapshot:
        before = snapshot.mark()
    stores[1].begin_epoch(before[0] + 1000)
    with stores[0].write() as tx:
        assert tx.version()[0] > before[0]
        assert tx.mark_known(before), "no laptop is reset because a process joined"
        assert not tx.mark_known((before[0], before[1] + 1))


def test_a_group_that_waits_is_put_down_alone(stores: list[SqlHubStore]) -> None:
    """Else the row could arrive beside it, and nobody would take the group up."""
    tries = []

    def work(tx: SqlHubTransaction) -> None:
        tries.append(tx)
        op = Op("account", "late", "attr", {}, None, 0, 0)
        waiting = Waiting("late", Writer("r", "a", "student"), [Sealed(1, op, seal(op))], {1: 0})
        tx.hold("r", waiting)

    stores[0].transact(work, account="a")
    assert len(tries) == 2
    with stores[1].write() as tx:
        assert [waiting.row for waiting in tx.release(["late"])] == ["late"]


def test_hints_reach_the_other_process(url: str) -> None:
    database = PostgresDatabase(None, url)  # type: ignore[arg-type]
    heard: list[Hint] = []
    enough = threading.Event()

    def told(hint: Hint) -> None:
        heard.append(hint)
        enough.set()

    with database.hints() as here, database.hints() as there:
        assert isinstance(there, PostgresHints)
        assert there.listening.wait(10)
        there.subscribe(told)
        here.publish(Hint({"account/a": 7}, frozenset({"a"}), frozenset({"s"})))
        assert enough.wait(10)
        enough.clear()
        event = Event("account/a", "progress_update", {"lesson_id": "l1", "is_completed": True})
        here.publish(Hint(events=(event,)))
        assert enough.wait(10)
    assert heard == [Hint({"account/a": 7}, frozenset({"a"}), frozenset({"s"})), Hint(events=(event,))]


def test_a_line_that_breaks_is_opened_again(url: str) -> None:
    database = PostgresDatabase(None, url)  # type: ignore[arg-type]
    enough = threading.Event()
    with database.hints() as here, database.hints() as there:
        assert isinstance(there, PostgresHints)
        assert there.listening.wait(10)
        there.subscribe(lambda _: enough.set())
        engine = database.open(connections=1)
        with engine.connect() as conn:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            conn.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        engine.dispose()
        while not enough.wait(0.05):
            here.publish(Hint({"catalog": 1}))


def test_long_hints_are_cut() -> None:
    hint = Hint({f"account/{n:036}": n for n in range(500)}, frozenset(f"{n:036}" for n in range(300)))
    parts = list(payloads("me", hint))
    assert len(parts) > 1
    assert max(len(part.encode()) for part in parts) <= MOST_BYTES
    assert sum(part.count("account/") for part in parts) == 500
    told = {f"{name}_id": "x" * 36 for name in ("course", "lesson", "assessment", "attempt")}
    events = tuple(Event(f"account/{n:036}", "assessment_submitted", told) for n in range(100))
    parts = list(payloads("me", Hint(events=events)))
    assert max(len(part.encode()) for part in parts) <= MOST_BYTES
    assert sum(part.count("account/") for part in parts) == 100


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Busy) as caught:
        PostgresDatabase(tmp_path, f"postgresql://nobody@/none?host={tmp_path}").exists()
    assert caught.value.code == "database_away"


@pytest.mark.parametrize("wrong", ["mysql://u:secret@h/d", "postgresql://u:secret@h:port/d", "secret"])
def test_an_address_that_is_none_is_refused_and_not_repeated(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(UserError) as caught:
        database_of(tmp_path, wrong)
    assert caught.value.code == "setting_invalid"
    assert "secret@" not in caught.value.message


def test_a_backup_of_the_other_kind_is_refused(url: str, tmp_path: Path) -> None:
    prepare(tmp_path / "file")
    backup = back_up(tmp_path / "file", tmp_path, now=datetime(2026, 1, 5, tzinfo=UTC))
    database = PostgresDatabase(tmp_path / "shared", url)
    with pytest.raises(UserError) as caught:
        restore(tmp_path / "shared", Path(backup.path), now=datetime(2026, 1, 5, tzinfo=UTC), database=database)
    assert caught.value.code == "no_backup"
    assert database.exists()


def test_several_serve_and_one_upgrades_alone(url: str) -> None:
    database = PostgresDatabase(None, url)  # type: ignore[arg-type]
    with database.serve() as first:
        assert first.sole
        first.share()
        with database.serve() as second:
            assert not second.sole
            with pytest.raises(Busy, match="running"), database.alone():
                pass
    with database.alone():
        assert not database.prepare()
