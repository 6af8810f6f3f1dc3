"""Mails by a real mail server: delivered, refused, late, and never twice (OPS-03)."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from lms_core.accounts.passwords import PasswordHasher
from lms_core.mail.letters import LANGUAGES, compose, spoken, words
from lms_core.mail.queue import GIVE_UP_MS, KEEP_MS, LEASE_MS, backoff_ms, post
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.postgres import Cluster
from tests.server.conftest import SCHEMA
from tests.server.post import PostOffice, certificate, knows, post_office, text_of

Open = Callable[..., Opened]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def opening(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> Iterator[Callable[..., Opened]]:
    """Open the hub with some settings of mail."""
    with ExitStack() as stack:

        def run(**changes: object) -> Opened:
            wanted = replace(settings, **{"smtp_host": "127.0.0.1", "smtp_tls": "none"} | changes)  # type: ignore[arg-type]
            return stack.enter_context(
                open_hub(data, wanted, schema=SCHEMA, effects=(), clock=clock, hasher=hasher, sole=False)
            )

        yield run


def queue(opened: Opened, name: str = "ada", *, key: str = "", **data: str) -> None:
    values = {"name": name.title(), "title": "Marked", "text": "Your essay is marked."} | data
    with opened.hub.unit() as unit:
        post(unit, "notification", key=key or f"to {name}", address=f"{name}@school.example", data=values)


def states(opened: Opened) -> dict[str, tuple[str, int]]:
    return {m.address.partition("@")[0]: (m.state, m.attempts) for m in opened.sender.queue.all()}


# --- delivered
@pytest.mark.postgresql
def test_a_mail_arrives_with_words_and_headers(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port, mail_from="Hill School <lms@school.example>")
    queue(opened)
    opened.sender.run()
    (mail,) = office.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "Hill School <lms@school.example>", "ada@school.example", "Marked",
    )  # fmt: skip
    assert mail["Date"].datetime.isoformat() == "2026-01-05T08:00:00+00:00"
    assert mail["Message-ID"].endswith("@school.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Your essay is marked." in text_of(mail)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert states(opened) == {"ada": ("sent", 1)}
    opened.sender.run()
    assert len(office.mails) == 1


@pytest.mark.postgresql
def test_a_cause_that_comes_again_sends_once(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port)
    for _ in range(3):
        queue(opened, key="the same")
    opened.sender.run()
    queue(opened, key="the same")
    opened.sender.run()
    assert len(office.mails) == 1


def test_a_write_that_fails_sends_nothing(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port)

    def fail() -> None:
        with opened.hub.unit() as unit:
            post(unit, "test", key="x", address="ada@school.example")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    opened.sender.run()
    assert opened.sender.queue.all() == []
    assert office.mails == []


def test_names_cannot_write_headers_or_markup(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port)
    queue(opened, title="Hi\r\nBcc: eve@school.example\n\nX", text="<script>alert(1)</script> & {name}")
    with opened.hub.unit() as unit:
        post(unit, "test", key="odd", address="ada@school.example\nBcc: eve@school.example")
    opened.sender.run()
    (mail,) = office.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hi Bcc: eve@school.example X"
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {name}" in html
    assert next(m.state for m in opened.sender.queue.all() if "\n" in m.address) == "dead"


def test_starttls_and_sign_in(opening: Open, tmp_path: Path) -> None:
    pem, context = certificate(tmp_path)
    options = {"tls_context": context, "require_starttls": True, "authenticator": knows(b"lms", b"mail secret")}
    with post_office(**options, auth_required=True) as office:
        signed = {"smtp_tls": "starttls", "smtp_user": "lms", "smtp_password": "mail secret", "smtp_ca_file": str(pem)}
        opened = opening(smtp_port=office.port)  # in the open: refused, and kept
        queue(opened)
        opened.sender.run()
        assert states(opened) == {"ada": ("waiting", 1)}
        for wrong, said in ({"smtp_ca_file": ""}, "CERTIFICATE_VERIFY_FAILED"), ({"smtp_password": "x"}, "535"):
            other = opening(smtp_port=office.port, **signed | wrong)
            other.sender.queue.retry()
            other.sender.run()
            (mail,) = other.sender.queue.all()
            assert mail.state == "waiting"
            assert said in mail.error
        right = opening(smtp_port=office.port, **signed)
        right.sender.queue.retry()
        right.sender.run()
        assert [mail["To"] for mail in office.mails] == ["ada@school.example"]


def test_a_line_that_is_encrypted_from_the_start(opening: Open, tmp_path: Path) -> None:
    pem, context = certificate(tmp_path)
    with post_office(tls=context) as office:
        opened = opening(smtp_port=office.port, smtp_tls="tls", smtp_ca_file=str(pem))
        queue(opened)
        opened.sender.run()
        assert len(office.mails) == 1


# --- not delivered
def test_a_mail_server_that_is_away_loses_nothing(opening: Open, office: PostOffice, clock: FakeClock) -> None:
    opened = opening(smtp_port=office.port)
    office.stop()
    for n in range(25):
        queue(opened, f"p{n}")
    opened.sender.run()
    assert set(states(opened).values()) == {("waiting", 1)}
    office.start()
    opened.sender.run()
    assert office.mails == [], "not before a minute has passed"
    clock.advance(timedelta(minutes=1))
    opened.sender.run()
    assert sorted(mail["To"] for mail in office.mails) == sorted(f"p{n}@school.example" for n in range(25))
    assert set(states(opened).values()) == {("sent", 2)}


def test_later_and_never_are_told_apart(opening: Open, office: PostOffice, clock: FakeClock) -> None:
    opened = opening(smtp_port=office.port)
    answers = {"busy": "451 greylisted", "nobody": "550 no such mailbox", "full": "452 full"}
    office.on_rcpt = lambda address: answers.get(address.partition("@")[0])
    office.on_data = lambda address: "554 looks like spam" if address.startswith("spam") else None
    for name in (*answers, "spam", "ada"):
        queue(opened, name)
    opened.sender.run()
    assert states(opened) == {
        "ada": ("sent", 1), "busy": ("waiting", 1), "full": ("waiting", 1), "nobody": ("dead", 1), "spam": ("dead", 1),
    }  # fmt: skip
    assert {m.error for m in opened.sender.queue.all()} == {
        "", "451: greylisted", "452: full", "550: no such mailbox", "554: looks like spam",
    }  # fmt: skip
    answers.clear()
    clock.advance(timedelta(minutes=1))
    opened.sender.run()
    assert sorted(mail["To"] for mail in office.mails) == [f"{n}@school.example" for n in ("ada", "busy", "full")]


def test_tries_grow_rare_and_end(opening: Open, clock: FakeClock) -> None:
    opened = opening(smtp_port=9)
    queue(opened)
    begun, tries = clock.ms(), 0
    while states(opened)["ada"][0] == "waiting":
        opened.sender.run()
        clock.advance(ms=max(1, (opened.sender.queue.all()[0].next_try or clock.ms()) - clock.ms()))
        tries += 1
    assert clock.ms() - begun <= GIVE_UP_MS + 1
    assert [backoff_ms(n) // 60_000 for n in (1, 2, 3, 4, 5, 6, 7, 40)] == [1, 3, 9, 27, 81, 243, 360, 360]
    assert 20 < tries < 40
    assert opened.sender.queue.retry() == 1
    assert states(opened)["ada"][0] == "waiting"


def test_a_template_that_is_not_known_holds_nobody_up(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port)
    with opened.hub.unit() as unit:
        post(unit, "of_tomorrow", key="a", address="eve@school.example")
    queue(opened)
    opened.sender.run()
    assert states(opened) == {"ada": ("sent", 1), "eve": ("waiting", 1)}


# --- one mail, many hands
def test_what_a_killed_process_had_taken_is_sent_by_another(
    opening: Open, office: PostOffice, clock: FakeClock
) -> None:
    killed, other = opening(smtp_port=office.port), opening(smtp_port=office.port)
    queue(killed)
    (taken,) = killed.sender.queue.claim()
    other.sender.run()
    assert office.mails == [], "it is in the hands of the first"
    clock.advance(ms=LEASE_MS)
    other.sender.run()
    assert len(office.mails) == 1
    assert taken.id in office.mails[0]["Message-ID"]


def test_two_processes_never_send_one_mail_twice(
    postgres: Cluster, data: Path, settings: Settings, hasher: PasswordHasher, office: PostOffice
) -> None:
    with postgres.fresh() as url, ExitStack() as stack:
        mail = replace(settings, database_url=url, smtp_host="127.0.0.1", smtp_tls="none", smtp_port=office.port)
        both = [
            stack.enter_context(open_hub(data, mail, schema=SCHEMA, effects=(), hasher=hasher, sole=False))
            for _ in range(2)
        ]
        for n in range(60):
            queue(both[0], f"p{n}")
        threads = [threading.Thread(target=opened.sender.run) for opened in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(m["To"] for m in office.mails) == sorted(f"p{n}@school.example" for n in range(60))
        assert set(states(both[0]).values()) == {("sent", 1)}


def test_an_end_gives_back_what_was_not_tried(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port)

    def end(address: str) -> None:
        opened.sender.ended.set()

    office.on_rcpt = end
    for n in range(3):
        queue(opened, f"p{n}")
    opened.sender.run()
    assert sorted(states(opened).values()) == [("sent", 1), ("waiting", 0), ("waiting", 0)]


def test_the_worker_sends_at_once_when_it_is_woken(opening: Open, office: PostOffice) -> None:
    opened = opening(smtp_port=office.port)
    opened.mailer.start()
    queue(opened)
    opened.served.mailed()
    assert office.arrived.acquire(timeout=20)
    opened.mailer.close()
    assert states(opened) == {"ada": ("sent", 1)}


# --- without a mail server
def test_without_a_mail_server_mails_are_private_files(opened: Opened, data: Path) -> None:
    queue(opened)
    opened.sender.run()
    (path,) = (data / "outbox").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["To"] == "ada@school.example"
    assert states(opened) == {"ada": ("sent", 1)}


def test_old_mails_are_forgotten_and_waiting_ones_are_not(opened: Opened, clock: FakeClock) -> None:
    queue(opened)
    opened.sender.run()
    clock.advance(ms=KEEP_MS + 1)
    queue(opened, "eve")
    opened.sender.queue.sweep()
    assert states(opened) == {"eve": ("waiting", 0)}


# --- words
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_mail(language: str) -> None:
    english, said = words("en"), words(language)
    assert {name: sorted(each) for name, each in said.items()} == {n: sorted(each) for n, each in english.items()}
    for name, each in english.items():
        for part, text in each.items():
            gaps = sorted(word for word in text.split() if word.startswith("{"))
            for gap in gaps:
                assert gap.strip(",.:()") in said[name][part], (language, name, part)


def test_a_mail_speaks_the_language_of_its_reader() -> None:
    values = {"name": "Ada", "place": "Hill School", "code": "012345"}
    german = compose("verification", "de", values)
    assert "Hallo Ada," in german.text
    assert "012345" in german.html
    assert "{" not in german.text
    assert "link" not in german.text, "without an address of the server there is no link"
    assert 'dir="rtl"' in compose("verification", "ar", values).html
    assert "Hello" not in compose("verification", "en", values | {"name": ""}).text
    assert compose("test", "fr", values) == compose("test", "en", values)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr, es;q=0.3, ar;q=0.7", "ar"), ("", ""), ("fr", ""), ("de;q=0", ""),
        ("de;q=x,en", "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_program_asks_for(header: str, language: str) -> None:
    assert spoken(header) == language


def test_the_password_of_the_mail_server_is_not_shown(settings: Settings) -> None:
    assert "mail secret" not in repr(replace(settings, smtp_password="mail secret"))
