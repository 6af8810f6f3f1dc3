"""Jobs of servers that share a database: of real processes exactly one works; it is killed, and another goes on."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.forks import SERVER, Program
from tests.postgres import Cluster
from tests.server.test_process import run

PATIENCE_S = 60


@contextmanager
def worker(data: Path, url: str) -> Iterator[Program]:
    environment = {**os.environ, "LMS_HUB_DATABASE_URL": url, "LMS_HUB_JOB_SECONDS": "1"}
    process = Program(SERVER, "worker", "--data", str(data), env=environment, log=data.parent / "worker.log")
    try:
        assert process.stdout.readline() == "working\n", (data.parent / "worker.log").read_text()
        yield process
    finally:
        process.kill()
        process.wait()
        process.close()


class History:
    """What the database says that jobs did."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)

    def rows(self) -> list[Any]:
        with self.engine.connect() as conn:
            return list(conn.exec_driver_sql("SELECT name, worker, outcome FROM job_run").all())

    def pids(self) -> set[int]:
        return {int(row.worker.rpartition(":")[2]) for row in self.rows()}

    def until(self, enough: Any) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not enough():
            assert time.monotonic() < ends, self.rows()
            time.sleep(0.05)

    def clear(self) -> None:
        with self.engine.begin() as conn:
            conn.exec_driver_sql("DELETE FROM job_run")


def test_one_worker_does_the_jobs_and_another_goes_on_when_it_is_killed(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # OPS-03
    data = tmp_path / "hub"
    with postgres.fresh(empty=True) as url:
        monkeypatch.setenv("LMS_HUB_DATABASE_URL", url)
        assert run("migrate", "--data", data).returncode == 0
        history = History(url)
        with worker(data, url) as one, worker(data, url) as two:

            def all_done() -> bool:
                rows = history.rows()
                return len(rows) >= 4 and all(row.outcome == "done" for row in rows)

            history.until(all_done)
            assert history.pids() == {one.pid}
            names = sorted(row.name for row in history.rows())
            assert names == sorted(set(names)), "no job ran twice"
            with history.engine.begin() as conn:
                conn.exec_driver_sql("UPDATE job_run SET outcome = 'running' WHERE name = 'uploads'")
            one.send_signal(signal.SIGKILL)
            history.until(lambda: two.pid in history.pids())
            outcomes = {(row.name, row.outcome) for row in history.rows()}
            assert ("uploads", "interrupted") in outcomes
            history.clear()
            history.until(all_done)
            assert history.pids() == {two.pid}
            two.send_signal(signal.SIGTERM)
            assert two.wait(30) == 0
        history.engine.dispose()
        monkeypatch.delenv("LMS_HUB_DATABASE_URL")


def test_a_file_needs_no_worker(tmp_path: Path) -> None:
    assert run("migrate", "--data", tmp_path / "hub").returncode == 0
    answer = run("worker", "--data", tmp_path / "hub", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["code"]) == (1, "worker_needs_postgres")
