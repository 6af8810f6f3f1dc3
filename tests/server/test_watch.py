"""Sign-ins that are not like their owner's are flagged and told (SEC-11)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lms_core.accounts.model import device_class
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.people import PASSWORD, Client

LINUX, WINDOWS, PHONE = "desktop-lms (Linux)", "desktop-lms (Windows)", "Mozilla/5.0 (iPhone; CPU iPhone OS 18) Mobile"
LOGIN = {"email": "ada@school.example", "password": PASSWORD}


def sign_in(client: Client, agent: str) -> Client:
    answer = client.post("/auth/login", LOGIN, headers={"User-Agent": agent})
    assert answer.status_code == 200
    return Client(client.http, answer.json()["access"])


def told(opened: Opened) -> list[dict[str, str]]:
    return [mail.data for mail in opened.sender.queue.all() if mail.template == "new_sign_in"]


def notes(person: Client) -> dict[str, bool]:
    return {each["security_notes"]: each["is_suspicious"] for each in person.get("/auth/sessions").json()}


@pytest.mark.postgresql
def test_a_new_class_of_device_is_flagged_and_its_owner_told(client: Client, opened: Opened) -> None:  # SEC-11
    client.post("/auth/register", LOGIN | {"password_confirm": PASSWORD, "first_name": "Ada", "last_name": "Moyo"})
    first = sign_in(client, LINUX)
    assert notes(first) == {"": False}, "an account's first sign-in is not odd"
    sign_in(client, LINUX)
    assert told(opened) == []
    sign_in(client, WINDOWS)
    sign_in(client, WINDOWS)
    assert notes(first) == {"": False, "new device class: desktop, Windows": True}
    (mail,) = told(opened)
    assert (mail["name"], mail["device"], mail["when"]) == ("Ada", "desktop, Windows", "2026-01-05 08:00 UTC")
    assert mail["address"]


@pytest.mark.postgresql(soak=True)
def test_many_failures_before_are_flagged(client: Client, opened: Opened, clock: FakeClock) -> None:  # SEC-11
    ada = client.join("ada")
    wrong = LOGIN | {"password": "not this one"}

    def fail(times: int) -> None:
        for _ in range(times):
            clock.advance(timedelta(seconds=1))
            client.post("/auth/login", wrong)

    fail(4)
    client.sign_in("ada")
    assert notes(ada) == {"": False}
    fail(5)
    client.sign_in("ada")
    assert notes(ada) == {"": False, "5 failed sign-ins before": True}
    assert len(told(opened)) == 1
    fail(5)
    clock.advance(timedelta(days=1))
    client.sign_in("ada")
    assert len(told(opened)) == 1, "those of the day before are forgotten"


def test_a_name_that_is_an_address_stands_in_no_mail(client: Client, opened: Opened) -> None:
    odd = {"first_name": "Win at http://evil.example", "last_name": "X", "password_confirm": PASSWORD}
    assert client.post("/auth/register", LOGIN | odd).status_code == 201
    (mail,) = opened.sender.queue.all()
    assert mail.data["name"] == ""
    assert "evil" not in str(opened.sender.writer.message(mail))


def test_classes_of_devices() -> None:
    assert [device_class(agent) for agent in (LINUX, WINDOWS, PHONE, "curl/8", "desktop-lms (Darwin)")] == [
        "desktop, Linux", "desktop, Windows", "mobile, iOS", "unknown", "desktop, macOS",
    ]  # fmt: skip


def test_the_outbox_is_no_part_of_what_is_served(client: Client, opened: Opened, data: Path) -> None:
    client.join("ada")
    opened.sender.run()
    (path,) = (data / "outbox").iterdir()
    assert client.http.get(f"/outbox/{path.name}").status_code == 404
