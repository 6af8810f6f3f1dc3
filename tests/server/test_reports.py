"""Reports: asked for by those who look after the school, made behind the requests, called off, fetched, forgotten."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lms_core.accounts.passwords import PasswordHasher
from lms_core.analytics import reports as made
from lms_core.db.engine import read, write
from sync_server.config import Settings
from tests.fakes import FakeClock
from tests.server.learners import NONE, open_world
from tests.server.people import Client
from tests.server.rights import World

DAY_MS = 86_400_000


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


def ask(who: Client, kind: str, **wish: Any) -> str:
    answer = who.post("/reports", {"kind": kind, **wish})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].endswith(answer.json()["id"])
    return str(answer.json()["id"])


def table(who: Client, report: str) -> list[list[str]]:
    answer = who.get(f"/reports/{report}/file")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.postgresql
def test_a_report_is_made_and_fetched(world: World) -> None:  # OPS-03, ANA-14
    course = world.published("instructor")
    manager, reports = world.people["manager"], world.opened.served.reports
    report = ask(manager, "progress", course=course)
    assert manager.get(f"/reports/{report}").json()["status"] == "queued"
    assert manager.get(f"/reports/{report}/file").json()["code"] == "report_not_ready"
    assert reports.run() == 1
    assert reports.run() == 0
    told = manager.get(f"/reports/{report}").json()
    assert (told["status"], told["progress"], told["rows"], told["reason"]) == ("done", 100, 1, "")
    heading, row = table(manager, report)
    assert heading[:4] == ["Course", "Last name", "First name", "E-mail"]
    assert row[1:5] == ["Moyo", "Enrolled", "enrolled@school.example", "active"]
    pdf = manager.get(f"/reports/{report}/file", params={"format": "pdf"})
    assert (pdf.content[:5], pdf.headers["content-type"]) == (b"%PDF-", "application/octet-stream")
    assert "progress-2026-01-05.pdf" in pdf.headers["content-disposition"]
    assert manager.get(f"/reports/{report}/file", params={"format": "exe"}).status_code == 400


@pytest.mark.postgresql
def test_every_kind_can_be_made(world: World) -> None:
    world.published("instructor")
    world.opened.served.platform.snapshot()
    admin = world.people["admin"]
    every = {kind: ask(admin, kind) for kind in ("users", "progress", "activity", "storage")}
    assert world.opened.served.reports.run() == 4
    found = {kind: table(admin, report) for kind, report in every.items()}
    assert len(found["users"]) == 9
    assert found["activity"][1][:2] == ["2026-01", "7"]
    assert [row[4] for row in found["storage"][1:]] == ["1"]
    assert all(len({len(row) for row in rows}) == 1 for rows in found.values())


@pytest.mark.postgresql
def test_a_class_narrows_it(world: World) -> None:
    admin, course = world.people["admin"], world.published("instructor")
    cohort = admin.post("/classes", {"name": "8b"}).json()["id"]
    every = [ask(admin, kind, cohort=cohort) for kind in ("users", "progress")]
    world.opened.served.reports.run()
    assert [len(table(admin, each)) for each in every] == [1, 1]
    for wrong in ({"cohort": NONE}, {"course": NONE, "cohort": cohort}):
        assert admin.post("/reports", {"kind": "progress", **wrong}).status_code == 404
    assert admin.post("/reports", {"kind": "users", "course": course}).json()["code"] == "invalid_fields"
    assert admin.post("/reports", {"kind": "grades"}).status_code == 400
    assert admin.post("/reports", {"kind": "users", "more": 1}).status_code == 400


@pytest.mark.postgresql
def test_who_sees_whose(world: World) -> None:
    manager, admin = world.people["manager"], world.people["admin"]
    theirs, own = ask(admin, "users"), ask(manager, "users")
    assert [each["id"] for each in manager.get("/reports").json()["results"]] == [own]
    assert {each["id"] for each in admin.get("/reports").json()["results"]} == {own, theirs}
    for path in (f"/reports/{theirs}", f"/reports/{theirs}/file", f"/reports/{NONE}", "/reports/x"):
        assert manager.get(path).status_code == 404
    assert manager.delete(f"/reports/{theirs}").status_code == 404
    assert admin.get(f"/reports/{own}").status_code == 200
    for path in ("/reports", f"/reports/{own}", f"/reports/{own}/file"):
        assert world.client.get(path).status_code == 401
        assert world.people["instructor"].get(path).status_code == 403
    (entry,) = admin.get("/audit", params={"entity_id": theirs}).json()["results"]
    assert (entry["action"], entry["after"]) == ("report.asked", {"kind": "users"})


def test_the_same_id_is_the_same_report_and_there_are_only_so_many(world: World) -> None:  # API-14
    manager, new = world.people["manager"], world.uuid()
    for _ in range(2):
        assert ask(manager, "users", id=new) == new
    assert manager.post("/reports", {"kind": "storage", "id": new}).json()["code"] == "id_reused"
    for _ in range(4):
        ask(manager, "storage")
    assert manager.post("/reports", {"kind": "storage"}).json()["code"] == "too_many"
    assert manager.get("/reports").json()["count"] == 5


@pytest.mark.postgresql
def test_one_is_called_off_before_and_while_it_is_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, reports = world.people["admin"], world.opened.served.reports
    before, during = ask(admin, "storage"), ask(admin, "users")
    assert admin.delete(f"/reports/{before}").status_code == 204
    monkeypatch.setattr(made, "PIECE", 2)
    seen = []
    rows = made.KINDS["users"].rows

    def watched(*args: Any) -> Iterator[Any]:
        for number, row in enumerate(rows(*args)):
            if number == 5:
                seen.append(admin.get(f"/reports/{during}").json())
                assert admin.delete(f"/reports/{during}").status_code == 204
            assert number < 6, "it goes on although nobody wants it"
            yield row

    monkeypatch.setitem(made.KINDS, "users", _Watched(watched))
    assert reports.run() == 1
    assert [(each["status"], each["progress"]) for each in seen] == [("running", 80 * 4 // 8)]
    told = {each["id"]: each["status"] for each in admin.get("/reports").json()["results"]}
    assert told == {before: "cancelled", during: "cancelled"}
    assert admin.get(f"/reports/{during}/file").status_code == 409
    assert admin.delete(f"/reports/{during}").status_code == 204
    assert admin.get(f"/reports/{during}").status_code == 404


class _Watched:
    """The kind `users`, looked at while its rows are read."""

    def __init__(self, rows: Any) -> None:
        kind = made.KINDS["users"]
        self.title, self.headings, self.query, self.rows = kind.title, kind.headings, kind.query, rows


@pytest.mark.postgresql
def test_one_that_fails_says_why_and_stops_no_other(world: World, caplog: pytest.LogCaptureFixture) -> None:
    admin, reports = world.people["admin"], world.opened.served.reports
    bad, good = ask(admin, "storage"), ask(admin, "users")
    with write(world.opened.hub.engine) as conn:
        conn.execute(text("ALTER TABLE held_file RENAME TO away"))
    assert reports.run() == 2
    with write(world.opened.hub.engine) as conn:
        conn.execute(text("ALTER TABLE away RENAME TO held_file"))
    told = {each["id"]: (each["status"], each["reason"]) for each in admin.get("/reports").json()["results"]}
    assert told == {bad: ("failed", "server_error"), good: ("done", "")}
    assert f"the report {bad} failed" in caplog.text


def test_too_many_rows_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "MOST_ROWS", 3)
    admin = world.people["admin"]
    report = ask(admin, "users")
    world.opened.served.reports.run()
    assert admin.get(f"/reports/{report}").json()["reason"] == "report_too_large"


def test_one_whose_process_was_killed_has_failed_and_one_that_ends_gives_it_back(
    world: World, clock: FakeClock
) -> None:
    admin, reports = world.people["admin"], world.opened.served.reports
    lost = ask(admin, "users")
    assert reports._take() is not None  # and nothing comes of it
    assert reports.run() == 0
    clock.advance(ms=made.LEASE_MS + 1)
    assert reports.run() == 0
    assert (admin.get(f"/reports/{lost}").json()["status"], admin.get(f"/reports/{lost}").json()["reason"]) == (
        "failed", "interrupted",
    )  # fmt: skip
    given_back = ask(admin, "storage")
    taken = reports._take()
    assert taken is not None
    reports.ended.set()
    reports._make(taken)
    assert admin.get(f"/reports/{given_back}").json()["status"] == "queued"
    assert reports.run() == 0


@pytest.mark.postgresql
def test_of_several_processes_one_makes_it(world: World) -> None:  # OPS-03
    report, served = ask(world.people["admin"], "users"), world.opened.served
    hub = world.opened.hub
    several = [
        made.ReportsService(work=hub.unit, look=partial(read, hub.engine), now_ms=hub.clock.ms) for _ in range(4)
    ]
    begin = threading.Barrier(len(several))

    def take(each: made.ReportsService) -> made.Report | None:
        begin.wait()
        return each._take()

    with ThreadPoolExecutor(len(several)) as pool:
        taken = [each for each in pool.map(take, several) if each]
    assert [each.id for each in taken] == [report]
    several[0]._make(taken[0])
    assert served.reports.run() == 0
    assert world.people["admin"].get(f"/reports/{report}").json()["status"] == "done"


def test_after_a_month_it_is_forgotten(world: World, clock: FakeClock) -> None:
    report = ask(world.people["admin"], "users")
    reports = world.opened.served.reports
    reports.run()
    clock.advance(ms=30 * DAY_MS)
    assert reports.sweep() == 0
    clock.advance(ms=1)
    assert reports.sweep() == 1
    admin = world.client.sign_in("admin")
    assert admin.get(f"/reports/{report}").status_code == 404
    assert admin.get("/reports").json()["count"] == 0
