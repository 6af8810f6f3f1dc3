"""The real `lms-server` and a real mail server: killed in the middle of a mail, and the operator's commands."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.server.post import PostOffice, code_of, post_office
from tests.server.test_process import run, running


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with post_office() as each:
        settings = {"HOST": "127.0.0.1", "PORT": each.port, "TLS": "none"}
        for name, value in settings.items():
            monkeypatch.setenv(f"LMS_HUB_SMTP_{name}", str(value))
        yield each


def test_a_server_killed_in_the_middle_of_a_mail_sends_it_later(tmp_path: Path, office: PostOffice) -> None:
    data = tmp_path / "hub"
    office.keep = True
    with running(data) as server:
        server.client.join("ada")
        assert office.arrived.acquire(timeout=30), "it wakes at once"
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    office.stop()
    office.keep = False
    office.start()
    with running(data) as server:
        listed = json.loads(run("mail", "--data", data, "--json").stdout)
        assert [(m["to"], m["state"], m["attempts"]) for m in listed["mails"]] == [("ada@school.example", "waiting", 1)]
        assert json.loads(run("mail", "--data", data, "--retry", "--json").stdout)["retried"] == 1
        server.client.join("eve")  # which wakes the sender
        for _ in range(2):
            assert office.arrived.acquire(timeout=30)
        first, second = office.to("ada")
        assert first["Message-ID"] == second["Message-ID"], "a mailbox shows it once"
        code = code_of(second)
        assert server.client.post("/auth/email/verify", {"email": "ada@school.example", "code": code}).is_success
        assert server.stop() == 0
    assert code not in (tmp_path / "server.log").read_text()


PEOPLE = 8


@pytest.mark.soak
def test_two_servers_on_one_database_send_no_mail_twice(
    tmp_path: Path, office: PostOffice, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.fresh(empty=True) as url:
        monkeypatch.setenv("LMS_HUB_DATABASE_URL", url)
        with running(tmp_path / "hub") as one, running(tmp_path / "hub", name="other") as other:
            with ThreadPoolExecutor(4) as crowd:
                made = crowd.map(lambda n: (one, other)[n % 2].client.join(f"p{n}"), range(PEOPLE))
                assert len({each.user["id"] for each in made}) == PEOPLE
            for _ in range(PEOPLE):
                assert office.arrived.acquire(timeout=30)
            assert (one.stop(), other.stop()) == (0, 0)
        listed = json.loads(run("mail", "--data", tmp_path / "hub", "--json").stdout)["mails"]
        monkeypatch.delenv("LMS_HUB_DATABASE_URL")
    assert {(m["to"], m["state"], m["attempts"]) for m in listed} == {
        (f"p{n}@school.example", "sent", 1) for n in range(PEOPLE)
    }
    assert sorted(m["To"] for m in office.mails) == sorted(f"p{n}@school.example" for n in range(PEOPLE))
    assert len({m["Message-ID"] for m in office.mails}) == PEOPLE


def test_the_operator_sees_and_tries_mails(tmp_path: Path, office: PostOffice) -> None:
    data = tmp_path / "hub"
    assert run("mail", "--data", data).returncode == 1, "there is no server's data"
    with running(data) as server:
        assert "No mails yet." in run("mail", "--data", data).stdout
        office.on_rcpt = lambda address: "550 no such mailbox" if address.startswith("eve") else None
        server.client.join("eve")
        server.client.join("ada")
        assert office.arrived.acquire(timeout=30)
        assert server.stop() == 0
    listed = json.loads(run("mail", "--data", data, "--json").stdout)["mails"]
    assert {m["to"]: (m["state"], m["error"]) for m in listed} == {
        "ada@school.example": ("sent", ""), "eve@school.example": ("dead", "550: no such mailbox"),
    }  # fmt: skip
    plain = run("mail", "--data", data).stdout
    assert "1 tries: 550: no such mailbox" in plain
    shown = run("mail", "--data", data, "--show", listed[0]["id"], "--json")
    assert f"To: {listed[0]['to']}" in json.loads(shown.stdout)["message"]
    nothing = run("mail", "--data", data, "--show", "x", "--json")
    assert (nothing.returncode, json.loads(nothing.stdout)["code"]) == (1, "no_mail")
    tried = run("mail", "--data", data, "--test", "you@school.example")
    assert tried.returncode == 0, tried.stderr
    assert office.to("you")[0]["Subject"] == "A test mail from Fieldnote"
    refused = run("mail", "--data", data, "--test", "eve@school.example", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["message"]) == (
        1, "The mail was not sent: 550: no such mailbox.",
    )  # fmt: skip
    assert run("mail", "--data", data, "--test", "nobody").returncode == 1
    assert run("mail", "--data", data, "--show", "x", "--retry").returncode == 2


def test_without_a_mail_server_the_outbox_is_listed(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    assert run("migrate", "--data", data).returncode == 0
    assert run("mail", "--data", data, "--test", "you@school.example").returncode == 0
    listed = json.loads(run("mail", "--data", data, "--json").stdout)
    assert [Path(path).suffix for path in listed["outbox"]] == [".eml"]
