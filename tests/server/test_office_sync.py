"""Everybody's devices, the state of sync and the audit log from the administrator's desk."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from sqlalchemy import insert, update

from lms_core.accounts.tables import session
from lms_core.sync import tables as t
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.accounts.conftest import School
from tests.server.accounts.conftest import opened as opened
from tests.server.accounts.conftest import school as school
from tests.server.test_replicas import KEY

DAY_MS = 86_400_000


def register(school: School, name: str, replica: str) -> None:
    person = getattr(school, name)
    about = {"name": f"{name}'s laptop", "platform": "Linux", "app_version": "0.1.0"}
    assert person.post("/replicas", {"replica_id": replica, "public_key": KEY, **about}).is_success


def sent(opened: Opened, account: str, replica: str, at: int) -> None:
    row = {"id": replica, "account": account, "hw": 3, "chain": b"", "last_sync_at": 0}
    last = {"account": account, "replica": replica, "chain": b"", "verdict": b""}
    with opened.hub.engine.begin() as conn:
        conn.execute(insert(t.replica).values(row))
        conn.execute(insert(t.taken), [last | {"c": 2, "at": at - 1}, last | {"c": 3, "at": at}])


def names(school: School, **wanted: str) -> list[str]:
    return [each["name"] for each in school.root.get("/devices", params=wanted).json()["results"]]


@pytest.mark.postgresql
def test_all_devices_are_found_and_one_is_revoked(school: School, opened: Opened, clock: FakeClock) -> None:
    for name, replica in (("ada", "0" * 15 + "1"), ("sam", "0" * 15 + "2"), ("tess", "0" * 15 + "3")):
        register(school, name, replica)
    sent(opened, school.sam.user["id"], "0" * 15 + "2", clock.ms() - 1000)
    with opened.hub.engine.begin() as conn:
        for replica, ago in (("1", 40 * DAY_MS), ("2", 1000), ("3", 2 * DAY_MS)):
            mine = update(session).where(session.c.device == "0" * 15 + replica)
            conn.execute(mine.values(last_activity=clock.ms() - ago))
    waits = {"account": school.sam.user["id"], "replica": "0" * 15 + "2", "c": 4, "row": "x", "epoch": 1, "n": 1,
             "turn": 0, "data": b""}  # fmt: skip
    with opened.hub.engine.begin() as conn:
        conn.execute(insert(t.held).values(waits))
    assert names(school) == ["sam's laptop", "tess's laptop", "ada's laptop"]
    assert names(school, state="quiet") == ["ada's laptop"]
    assert names(school, search="SAM@") == names(school, search="sam's") == ["sam's laptop"]
    sam = school.root.get("/devices", params={"page_size": 1}).json()["results"][0]
    assert (sam["email"], sam["held"], sam["last_sent_at"]) == ("sam@school.example", 1, "2026-01-05T07:59:59.000Z")
    assert sam["last_seen_at"] == sam["last_sent_at"]
    health = school.root.get("/system/sync").json()
    assert (health["devices"], health["seen_lately"], health["held"]) == (3, 1, 1)
    path = f"/devices/{sam['replica_id']}/revoke"
    assert school.root.post(path, {"reason": ""}).status_code == 400
    for _ in range(2):
        assert school.root.post(path, {"reason": "Lost on the bus"}).status_code == 204
    assert school.sam.get("/users/me").status_code == 401, "its sign-in ended"
    assert (names(school, state="revoked"), names(school, state="active")) == (
        ["sam's laptop"], ["tess's laptop", "ada's laptop"],
    )  # fmt: skip
    (entry,) = school.root.get("/audit", params={"action": "device.revoked"}).json()["results"]
    assert (entry["subject"], entry["after"]) == (
        "sam's laptop", {"account": school.sam.user["id"], "reason": "Lost on the bus"},
    )  # fmt: skip
    assert school.root.post("/devices/none/revoke", {"reason": "x"}).status_code == 404
    assert school.root.get("/devices", params={"state": "lost"}).status_code == 400


@pytest.mark.postgresql
def test_what_waits_and_failed_is_seen_and_taken_up_again(school: School, opened: Opened, clock: FakeClock) -> None:
    opened.hub.project()
    who = school.ada.user["id"]
    stuck = {"row": who, "home": f"account/{who}", "entity": "account", "error": "KeyError('x') password=hush",
             "at": clock.ms()}  # fmt: skip
    odd = {"account": who, "replica": "r", "c": 1, "body": b"", "error": "ValueError('y')", "at": clock.ms() - 1}
    with opened.hub.engine.begin() as conn:
        conn.execute(insert(t.stuck).values(stuck))
        conn.execute(insert(t.quarantined).values(odd))
    found = school.root.get("/system/sync").json()
    assert (found["rows"], found["ops"], found["following"], found["held"]) == (1, 1, 0, 0)
    assert [(f["entity"], f["of"], f["error"][:10]) for f in found["faults"]] == [
        ("account", "", "KeyError('"), ("", who, "ValueError"),
    ]  # fmt: skip
    assert "hush" not in str(found)
    assert school.root.post("/system/sync/retry").json() == {"rows": 0, "ops": 0}
    assert school.root.get("/system/sync").json()["faults"] == []
    (entry,) = school.root.get("/audit", params={"action": "sync.retried"}).json()["results"]
    assert entry["actor"] == school.root.user["id"]


@pytest.mark.postgresql
def test_the_audit_log_names_people_and_finds_them(school: School) -> None:  # SEC-12
    ada, root = school.ada.user, school.root
    root.ask("PUT", f"/users/{ada['id']}/role", json={"role": "instructor"})
    entry = root.get("/audit", params={"action": "account.role", "person": "ADA"}).json()["results"][0]
    assert (entry["subject"], entry["actor_name"]) == (
        f"{ada['first_name']} {ada['last_name']}", f"{root.user['first_name']} {root.user['last_name']}",
    )  # fmt: skip
    assert root.get("/audit", params={"person": "ada@school"}).json()["count"] > 0
    assert root.get("/audit", params={"person": "nobody at all"}).json()["count"] == 0
    assert root.get("/audit", params={"person": "100%"}).json()["count"] == 0


def test_the_audit_log_becomes_a_table_without_formulas(school: School) -> None:  # SEC-12
    root, who = school.root, school.ada.user["id"]
    root.ask("PATCH", f"/users/{who}", json={"first_name": "=HYPERLINK(1)"})
    answer = root.get("/audit/export", params={"action": "account.changed"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    (line,) = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (line["action"], line["subject"][:12]) == ("account.changed", "'=HYPERLINK(")
    assert line["after"] == '{"first_name":"=HYPERLINK(1)"}'
    assert root.get("/audit/export", params={"since": "yesterday"}).status_code == 400
