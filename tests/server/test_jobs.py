"""Jobs of the server: one at a time, remembered over starts, failures told, an end that waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from lms_core.accounts.forgetting import DAY_MS, SESSION_GRACE
from lms_core.db.engine import read
from lms_core.errors import DiskFull
from lms_core.operation.runs import DONE, FAILED, INTERRUPTED, RUNNING, Runs
from sync_server.config import Settings
from sync_server.jobs import Jobs
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.people import Client

PATIENCE_S = 30


@dataclass
class Mine:
    """A turn that a test gives and takes."""

    held: bool = True
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def mine(self) -> bool:
        self.asked.release()
        return self.held

    def close(self) -> None:
        self.held = False


@pytest.fixture
def runs(opened: Opened) -> Runs:
    return opened.served.runs


@contextmanager
def working(
    runs: Runs, clock: FakeClock, *works: tuple[str, Callable[[], object]], turn: Mine | None = None
) -> Iterator[Mine]:
    """Jobs of an hour each, looked at all the time; yields their turn."""
    turn = turn or Mine()
    jobs = Jobs(runs, turn, clock.ms, look_s=0.01)
    for name, work in works:
        jobs.add(name, work, every_s=3600)
    jobs.start()
    try:
        yield turn
    finally:
        jobs.close()


def looked(turn: Mine) -> None:
    """Wait until every job was looked at since now."""
    for _ in range(8):
        turn.asked.acquire(blocking=False)
    for _ in range(6):
        assert turn.asked.acquire(timeout=PATIENCE_S)


@pytest.mark.postgresql
def test_a_job_comes_round_and_tells_what_it_did(runs: Runs, clock: FakeClock) -> None:  # OPS-03
    done = threading.Semaphore(0)

    def work() -> dict[str, int]:
        done.release()
        return {"gone": 3}

    with working(runs, clock, ("clean", work)) as turn:
        assert done.acquire(timeout=PATIENCE_S)
        looked(turn)
        assert not done.acquire(blocking=False), "not before its time"
        clock.advance(ms=3_600_000)
        assert done.acquire(timeout=PATIENCE_S)
        looked(turn)
    count, found = runs.page(0, 10)
    assert (count, [(r.name, r.outcome, r.said) for r in found]) == (2, [("clean", DONE, '{"gone": 3}')] * 2)
    assert found[0].started_at - found[1].started_at >= 3_600_000
    with working(runs, clock, ("clean", work)) as turn:
        looked(turn)
    assert not done.acquire(blocking=False), "a start does not begin anew"


def test_one_that_fails_is_told_and_stops_no_other(
    runs: Runs, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Semaphore(0)

    def fail() -> None:
        raise DiskFull if runs.page(0, 1, name="bad")[0] > 1 else ValueError("token=hidden")

    with working(runs, clock, ("bad", fail), ("good", done.release)) as turn:
        assert done.acquire(timeout=PATIENCE_S)
        looked(turn)
        assert runs.page(0, 10, name="bad")[0] == 1
        clock.advance(ms=3_600_000 // 24)
        looked(turn)
        looked(turn)
    assert [r.outcome for r in runs.page(0, 10, name="bad")[1]] == [FAILED] * 2
    last = runs.last("bad")
    assert last
    assert last.said == "The disk is full. Nothing was lost; free some space and try again."
    assert "the job bad failed" in caplog.text
    assert "hidden" not in "".join(r.said for r in runs.page(0, 10)[1])


def test_who_has_not_the_turn_does_nothing_and_who_gets_it_takes_over(runs: Runs, clock: FakeClock) -> None:
    done = threading.Semaphore(0)
    runs.begin("clean", "another that was killed")
    with working(runs, clock, ("clean", done.release), turn=Mine(held=False)) as turn:
        looked(turn)
        last = runs.last("clean")
        assert last
        assert last.outcome == RUNNING
        turn.held = True
        assert done.acquire(timeout=PATIENCE_S)
        looked(turn)
    assert [r.outcome for r in runs.page(0, 10)[1]] == [DONE, INTERRUPTED]


def test_closing_waits_for_the_job_that_runs(runs: Runs, clock: FakeClock) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), []

    def slow() -> None:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        ended.append(True)

    jobs = Jobs(runs, Mine(), clock.ms, look_s=0.01)
    jobs.add("slow", slow)
    jobs.add("never", lambda: ended.append(False))
    jobs.start()
    assert begun.wait(PATIENCE_S)
    closing = threading.Thread(target=jobs.close)
    closing.start()
    while not jobs._ended.is_set():
        pass
    go_on.set()
    closing.join()
    assert ended == [True]


def test_jobs_that_never_began_can_be_closed(runs: Runs, clock: FakeClock) -> None:
    Jobs(runs, Mine(), clock.ms).close()


@pytest.mark.postgresql
def test_what_ended_long_ago_is_forgotten(client: Client, opened: Opened, clock: FakeClock, settings: Settings) -> None:
    from sync_server.chores import forget_sessions

    gone, kept = client.join("ada"), client.join("bo").sign_in("bo")
    assert gone.post("/auth/logout").status_code == 200
    opened.served.runs.end(opened.served.runs.begin("clean", "one"), DONE)

    def rows(table: str) -> int:
        with read(opened.hub.engine) as conn:
            return int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)

    def forget() -> dict[str, int]:
        return forget_sessions(opened.hub, opened.served.runs, settings)

    assert forget() == {"session": 0, "login_log": 0, "activity_log": 0, "upload_record": 0}
    clock.advance(ms=SESSION_GRACE + DAY_MS)
    clock.advance(ms=settings.session_hours * 3_600_000)
    assert forget()["session"] == 3, "one was ended, two ran out"
    assert rows("session") == 0
    assert rows("login_log") > 0
    assert kept.get("/users/me").status_code == 401
    clock.advance(ms=365 * DAY_MS)
    assert forget()["login_log"] == 3
    assert (rows("login_log"), rows("job_run")) == (0, 0)
    kept.sign_in("bo")
    assert rows("session") == 1
