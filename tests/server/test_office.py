"""Jobs and backups from the administrator's desk: seen, asked for, done by whoever has the turn, and noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.operation.runs import DONE, Run, due_at
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import Client


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, backup_folder=str(tmp_path / "copies"))


@pytest.fixture
def boss(client: Client, opened: Opened) -> Iterator[Client]:
    """An administrator; the jobs of the server end with the test."""
    ada = client.join("ada")
    opened.served.accounts.set_role(ada.user["email"], "admin")
    yield client.sign_in("ada")
    opened.jobs.close()


def planned(boss: Client, name: str) -> dict[str, Any]:
    return next(each for each in boss.get("/system/jobs/plan").json() if each["name"] == name)


@pytest.mark.postgresql
def test_a_job_is_asked_for_and_done_by_who_has_the_turn(boss: Client, opened: Opened, clock: FakeClock) -> None:
    # OPS-03
    name = "old mails"
    assert planned(boss, name) == {
        "name": name, "every_seconds": 86_400, "last": None, "next_at": "2026-01-05T08:00:00.000Z"
    }  # fmt: skip
    opened.jobs.look()
    last = planned(boss, name)
    assert (last["last"]["outcome"], last["next_at"]) == ("done", "2026-01-06T08:00:00.000Z")
    answer = boss.post(f"/system/jobs/{name}/run")
    assert (answer.status_code, answer.json()["last"]["outcome"]) == (202, "asked")
    again = boss.post(f"/system/jobs/{name}/run")
    assert (again.status_code, again.json()["code"]) == (409, "job_busy")
    clock.advance(ms=1000)
    opened.jobs.look()
    done = planned(boss, name)["last"]
    assert (done["outcome"], done["started_at"], done["worker"] != "") == ("done", "2026-01-05T08:00:01.000Z", True)
    assert boss.get("/system/jobs", params={"name": name}).json()["count"] == 2
    entry = boss.get("/audit", params={"action": "job.asked"}).json()["results"][0]
    assert (entry["actor"], entry["entity_id"]) == (boss.user["id"], name)
    assert boss.post("/system/jobs/nothing/run").status_code == 404


def test_when_a_job_is_due() -> None:
    def run(outcome: str) -> Run:
        return Run("1", "x", "", 5000, None, outcome, "")

    outcomes = ("asked", "running", "done", "failed", "interrupted")
    assert [due_at(2400, run(each)) for each in outcomes] == [0, 7400, 7400, 5100, 0]
    assert [due_at(None, run(each)) for each in outcomes] == [0, None, None, None, None]
    assert (due_at(2400, None), due_at(None, None)) == (0, None)


@pytest.mark.postgresql
def test_backups_are_made_listed_and_restored_on_trial(
    boss: Client, opened: Opened, settings: Settings, clock: FakeClock
) -> None:  # OPS-03
    found = boss.get("/system/backups").json()
    assert (found["backups"], found["kept"], found["making"]["last"]) == ([], 7, None)
    assert boss.post("/system/backups").status_code == 202
    assert boss.get("/system/backups").json()["making"]["last"]["outcome"] == "asked"
    opened.jobs.look()
    (made,) = boss.get("/system/backups").json()["backups"]
    assert made["bytes"] > 10_000
    assert (made["proof"]["said"], made["proof"]["fault"]) == ("restored, 1 accounts", "")
    path = Path(settings.backup_folder) / made["name"]
    path.write_bytes(path.read_bytes()[: made["bytes"] // 2])
    for fault, spoil in (("damaged", None), ("gone", path.unlink)):
        answer = boss.post(f"/system/backups/{made['name']}/trial")
        assert answer.json()["last"]["outcome"] == "asked"
        if spoil:
            spoil()
        clock.advance(ms=1000)
        opened.jobs.look()
        told = boss.get("/system/backups").json()["trying"]["last"]
        assert (told["outcome"], f'"fault": "{fault}"' in told["said"]) == (DONE, True)
        if not spoil:
            assert boss.get("/system/backups").json()["backups"][0]["proof"]["fault"] == "damaged"
    for name in (made["name"], "other.tar", "hub-20260101T000000Z.tar"):
        assert boss.post(f"/system/backups/{name}/trial").status_code == 404
    assert boss.get("/audit", params={"action": "job.asked"}).json()["count"] == 3


def test_without_a_folder_there_are_no_backups(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> None:
    plain = replace(settings, backup_folder="")
    with open_hub(data, plain, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as opened:
        with TestClient(create_app(plain, opened.served)) as http:
            ada = Client(http).join("ada")
            opened.served.accounts.set_role(ada.user["email"], "admin")
            for answer in (ada.get("/system/backups"), ada.post("/system/backups")):
                assert (answer.status_code, answer.json()["code"]) == (400, "no_backup_folder")
            names = {each["name"] for each in ada.get("/system/jobs/plan").json()}
        opened.jobs.close()
    assert names.isdisjoint({"backup", "restore on trial"})


def test_backups_that_do_not_come_round_can_be_asked_for(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> None:
    seldom = replace(settings, backup_hours=0)
    with open_hub(data, seldom, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as opened:
        opened.jobs.look()
        assert opened.served.runs.last("backup") is None
        (each,) = [job for job in opened.served.jobs.all() if job.name == "backup"]
        opened.jobs.close()
    assert (each.every_ms, each.next_at) == (None, None)


def test_an_asked_job_runs_long_before_the_next_look(opened: Opened, boss: Client) -> None:
    opened.jobs.start()
    for count in (1, 2):
        for _ in range(2000):
            found = boss.get("/system/jobs", params={"name": "old mails", "outcome": DONE}).json()
            if found["count"] == count:
                break
        assert found["count"] == count
        boss.post("/system/jobs/old mails/run")
