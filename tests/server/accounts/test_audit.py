"""The audit log: each action leaves one entry, with its write or not at all."""

from __future__ import annotations

import base64

import pytest

from lms_core.accounts.audit import Action
from sync_server.opening import Opened
from tests.server.accounts.conftest import School
from tests.server.people import PASSWORD, Client

ELSEWHERE = frozenset({
    Action.ACCOUNT_DELETED, Action.ACCOUNT_EXPORTED, Action.COURSE_HANDED_OVER, Action.COURSE_FEATURED,
    Action.INSTRUCTOR_APPROVED,
    Action.INSTRUCTOR_REJECTED, Action.INSTRUCTOR_SUSPENDED, Action.INSTRUCTOR_REACTIVATED, Action.ANNOUNCED,
    Action.CERTIFICATE_REVOKED, Action.CERTIFICATE_REISSUED, Action.CERTIFICATES_ISSUED, Action.REPORT_ASKED,
    Action.INVITATION_SENT, Action.INVITATION_SENT_AGAIN, Action.INVITATION_REVOKED,
    Action.MAIL_RETRIED, Action.MAIL_DROPPED, Action.MAIL_TESTED, Action.SYNC_RETRIED,
})  # fmt: skip
"""Actions whose own tests look for their entry."""


@pytest.mark.postgresql
def test_each_action_leaves_an_entry(client: Client, school: School, opened: Opened) -> None:  # SEC-12
    root, ada = school.root, school.ada
    who = ada.user["id"]
    key = base64.b64encode(bytes(32)).decode()
    ada.post("/replicas", {"replica_id": "00c0ffee00c0ffee", "public_key": key})
    session = ada.get("/auth/sessions").json()[0]["id"]
    deeds = {
        Action.ACCOUNT_CREATED: ("POST", "/users", {"email": "n@school.example", "first_name": "N", "last_name": "A"}),
        Action.ACCOUNT_CHANGED: ("PATCH", f"/users/{who}", {"first_name": "Eva"}),
        Action.ACCOUNT_ROLE: ("PUT", f"/users/{who}/role", {"role": "instructor"}),
        Action.DEVICE_REVOKED: ("DELETE", "/replicas/00c0ffee00c0ffee", None),
        Action.SESSION_ENDED: ("DELETE", f"/users/{who}/sessions/{session}", None),
        Action.ACCOUNT_PASSWORD: ("PUT", f"/users/{who}/password", {"password": "purple walrus parade"}),
        Action.ACCOUNT_DEACTIVATED: ("POST", f"/users/{who}/deactivate", None),
        Action.ACCOUNT_REACTIVATED: ("POST", f"/users/{who}/reactivate", None),
        Action.JOB_ASKED: ("POST", "/system/jobs/old mails/run", None),
    }
    assert deeds.keys() | ELSEWHERE == set(Action), "an action without a test"
    for action, (method, path, body) in deeds.items():
        before = root.get(f"/audit?action={action}").json()["count"]
        by = ada if action == Action.DEVICE_REVOKED else root
        answer = by.ask(method, path, **({"json": body} if body else {}))
        assert answer.is_success, (action, answer.text)
        found = root.get(f"/audit?action={action}").json()
        assert found["count"] == before + 1, action
        entry = found["results"][0]
        assert (entry["actor"], entry["ip_address"]) == (by.user["id"], "testclient"), action
        assert entry["at"].endswith("Z")
    changed = root.get(f"/audit?action=account.changed&entity_id={who}").json()["results"][0]
    assert (changed["before"], changed["after"]) == ({"first_name": "Ada"}, {"first_name": "Eva"})
    role = root.get("/audit?action=account.role").json()["results"][0]
    assert (role["entity"], role["before"], role["after"]) == ("account", {"role": "student"}, {"role": "instructor"})
    assert "purple" not in root.get("/audit?page_size=100").text


def test_the_command_line_is_nobody(school: School, opened: Opened) -> None:
    opened.served.accounts.set_password("ada@school.example", "purple walrus parade")
    entry = school.root.get("/audit").json()["results"][0]
    assert (entry["action"], entry["actor"], entry["entity_id"]) == ("account.password", None, school.ada.user["id"])


def test_what_is_refused_leaves_no_entry(school: School) -> None:
    root = school.root
    before = root.get("/audit").json()["count"]
    root.ask("PUT", f"/users/{root.user['id']}/role", json={"role": "student"})
    root.ask("PATCH", f"/users/{school.ada.user['id']}", json={"first_name": ""})
    root.ask("PATCH", f"/users/{school.ada.user['id']}", json={"first_name": "Ada"})
    school.ada.ask("PATCH", "/users/me", json={"first_name": "Own"})
    assert root.get("/audit").json()["count"] == before, "nor what people change of their own"


def test_the_log_is_filtered_and_paged(school: School) -> None:
    root, who = school.root, school.ada.user["id"]
    for role in ("instructor", "manager", "student"):
        root.ask("PUT", f"/users/{who}/role", json={"role": role})
    page = root.get(f"/audit?entity_id={who}&page_size=2").json()
    assert (page["count"], [each["after"]["role"] for each in page["results"]]) == (3, ["student", "manager"])
    assert page["next"]
    assert root.get(f"/audit?actor={root.user['id']}&entity=account&entity_id={who}").json()["count"] == 3
    assert root.get("/audit?action=nothing").json()["count"] == 0
    assert root.get("/audit?since=2026-01-05T08:00:00Z&until=2026-01-05T08:00:01Z").json()["count"] > 3
    assert root.get("/audit?until=2026-01-05T08:00:00Z").json()["count"] == 0
    assert root.get("/audit?since=yesterday").json()["details"]["fields"] == {"since": ["invalid"]}


def test_a_role_and_its_entry_come_back_after_a_restore(school: School, opened: Opened, client: Client) -> None:
    from lms_core.hub import Hub  # the journal is read as a start after a restore does

    root, who = school.root, school.ada.user["id"]
    with opened.hub._own() as unit:
        before = int(unit.tx.start.get("journal", 0))
    root.ask("PUT", f"/users/{who}/role", json={"role": "instructor"})
    (record,) = opened.hub.journal.records(before)
    assert isinstance(opened.hub, Hub)
    assert {change.entity for change in record.changes} == {"account", "notification"}
    assert [image.table for image in record.images] == ["audit"]
    assert client.sign_in("ada").user["role"] == "instructor"
    assert PASSWORD not in str(record)
