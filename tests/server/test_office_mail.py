"""The queue of mails from the administrator's desk: seen without what mails say, tried again, dropped, tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lms_core.mail.queue import post
from sync_server.config import Settings
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.people import Client
from tests.server.post import PostOffice, post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_tls": "none", "smtp_password": "hush"}
    return replace(settings, mail_from="Hill School <lms@school.example>", **mail)


@pytest.fixture
def boss(client: Client, opened: Opened) -> Client:
    """An administrator; the mail that welcomed them is sent."""
    ada = client.join("ada")
    opened.served.accounts.set_role(ada.user["email"], "admin")
    opened.sender.run()
    return client.sign_in("ada")


def queue(opened: Opened, name: str) -> None:
    with opened.hub.unit() as unit:
        data = {"name": name, "title": "Marked", "text": "The secret of the essay."}
        post(unit, "notification", key=name, address=f"{name}@school.example", data=data)


@pytest.mark.postgresql
def test_failed_mails_are_seen_tried_again_and_dropped(
    boss: Client, opened: Opened, office: PostOffice, clock: FakeClock
) -> None:
    before = len(office.mails)
    answers = {"bo": "550 no such mailbox", "eve": "451 greylisted"}
    office.on_rcpt = lambda address: answers.get(address.partition("@")[0])
    clock.advance(ms=1000)
    for name in ("bo", "eve", "cyd"):
        queue(opened, name)
    opened.sender.run()
    state = boss.get("/system/mail/state").json()
    assert (state["by"], state["server"], state["encryption"]) == ("smtp", f"127.0.0.1:{office.port}", "none")
    assert (state["waiting"], state["dead"], state["sent"]) == (1, 1, before + 1)
    assert state["sender"] == "Hill School <lms@school.example>"
    (dead,) = boss.get("/system/mail", params={"state": "dead"}).json()["results"]
    assert (dead["to"], dead["error"], dead["next_try"]) == ("bo@school.example", "550: no such mailbox", None)
    (waits,) = boss.get("/system/mail", params={"state": "waiting", "search": "EVE"}).json()["results"]
    assert waits["next_try"] > waits["created_at"]
    assert boss.get("/system/mail").json()["count"] == before + 3
    assert "secret" not in boss.get("/system/mail").text
    answers.clear()
    again = boss.post(f"/system/mail/{dead['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    opened.sender.run()
    assert {m["To"] for m in office.mails[before:]} == {"cyd@school.example", "bo@school.example"}
    assert boss.delete(f"/system/mail/{waits['id']}").status_code == 204
    assert boss.delete(f"/system/mail/{waits['id']}").json()["code"] == "no_mail"
    for answer in (boss.delete(f"/system/mail/{dead['id']}"), boss.post(f"/system/mail/{dead['id']}/retry")):
        assert (answer.status_code, answer.json()["code"]) == (409, "mail_sent")
    entries = boss.get("/audit", params={"entity": "mail"}).json()["results"]
    assert sorted((e["action"], e["after"]["to"]) for e in entries) == [
        ("mail.dropped", "eve@school.example"), ("mail.retried", "bo@school.example"),
    ]  # fmt: skip
    assert boss.get("/system/mail", params={"state": "lost"}).status_code == 400


def test_a_test_mail_goes_to_who_asks_alone(boss: Client, office: PostOffice) -> None:
    answer = boss.post("/system/mail/test", {"to": "eve@school.example"})
    assert answer.json() == {"to": "ada@school.example"}
    assert office.mails[-1]["To"] == "ada@school.example"
    assert boss.get("/audit", params={"action": "mail.tested"}).json()["count"] == 1
    office.stop()
    answer = boss.post("/system/mail/test")
    assert (answer.status_code, answer.json()["code"]) == (400, "mail_failed")
    assert "ConnectionRefusedError" in answer.json()["message"]
    office.start()


def test_a_mail_dropped_is_not_brought_back_by_the_journal(boss: Client, opened: Opened, office: PostOffice) -> None:
    queue(opened, "bo")
    (mail,) = boss.get("/system/mail", params={"search": "bo@"}).json()["results"]
    boss.delete(f"/system/mail/{mail['id']}")
    opened.hub._replay()
    with opened.hub._own() as unit:
        last = opened.hub.journal.records(int(unit.tx.start.get("journal", 0)) - 1)[-1]
    assert [(image.table, image.gone) for image in last.images] == [("audit", False), ("mail", True)]
