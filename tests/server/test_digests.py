"""What is new goes by mail: at once or once a day, never twice, and not to whoever ended it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.model import Caller
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.personal import PROFILE, USER_SETTINGS
from lms_core.db.engine import read
from lms_core.entities import SCHEMA
from lms_core.notifications.digests import KEEP_MS, Digests, email_times
from lms_core.notifications.notify import notify, notify_all
from lms_core.schema import Actor
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.postgres import Cluster
from tests.server.people import Client
from tests.server.post import PostOffice, post_office, text_of

Open = Callable[..., Opened]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def opened(
    data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher, office: PostOffice
) -> Iterator[Opened]:
    wanted = replace(
        settings, smtp_host="127.0.0.1", smtp_tls="none", smtp_port=office.port, public_url="https://learn.school.example"
    )  # fmt: skip
    with open_hub(data, wanted, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def client(opened: Opened, settings: Settings) -> Iterator[Client]:
    with TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as each:
        yield Client(each)


def digests(opened: Opened, hour: int = 7) -> Digests:
    hub = opened.hub
    return Digests(hub.unit, look=partial(read, hub.engine), now_ms=hub.clock.ms, hour=hour, zone=UTC)


def person(opened: Opened, name: str, **settings: Any) -> str:
    """An account whose address is proved."""
    new = opened.hub.new_id()
    values = {"email": f"{name}@school.example", "first_name": name.title(), "last_name": "Moyo"}
    with opened.hub.unit() as unit:
        unit.derive(ACCOUNT, new, values | {"is_email_verified": True, "is_active": True, "role": "student"})
        if settings:
            unit.derive(USER_SETTINGS, USER_SETTINGS.id_for(new), {"user_id": new} | settings)
    return new


def tell(opened: Opened, who: str, course: str = "Tides", event: str = "enrolled") -> None:
    with opened.hub.unit() as unit:
        notify(unit, who, event, subject=course, values={"course": course, "role": "instructor"})


def caller(account: str) -> Caller:
    return Caller(account, "", "", "student")


def sent(opened: Opened, office: PostOffice) -> list[Any]:
    opened.sender.run()
    found, office.mails = office.mails, []
    return found


@pytest.mark.postgresql
def test_what_waits_goes_once_a_day(opened: Opened, office: PostOffice, clock: FakeClock) -> None:  # NTF-05
    sam, ada = person(opened, "sam", language="de"), person(opened, "ada")
    assert digests(opened).run() == {"people": 0, "mails": 0}  # nothing when there is nothing
    tell(opened, sam)
    clock.advance(ms=1)
    tell(opened, sam, "Wind")
    tell(opened, ada)
    assert digests(opened).run() == {"people": 0, "mails": 0}  # it is eight: today's mail has gone
    clock.advance(timedelta(hours=22))
    assert digests(opened).run() is None
    clock.advance(timedelta(hours=1))
    assert digests(opened).run() == {"people": 2, "mails": 2}
    assert digests(opened).run() == {"people": 0, "mails": 0}
    mails = {mail["To"]: mail for mail in sent(opened, office)}
    assert mails.keys() == {"sam@school.example", "ada@school.example"}
    text = text_of(mails["sam@school.example"])
    assert "Hallo Sam" in text
    assert text.index("• Du lernst jetzt „Wind“") < text.index("• Du lernst jetzt „Tides“")
    with read(opened.hub.engine) as conn:
        names = [each.id for each in opened.served.inbox(caller(sam)).list()[1]]
        assert set(email_times(conn, names)) == set(names)
    tell(opened, sam, "Rocks")
    clock.advance(timedelta(days=1))
    assert digests(opened).run() == {"people": 1, "mails": 1}
    assert "Tides" not in text_of(sent(opened, office)[0])


def test_what_was_read_put_away_or_switched_off_is_not_mailed(
    opened: Opened, office: PostOffice, clock: FakeClock
) -> None:
    sam, ada, eve = (person(opened, name) for name in ("sam", "ada", "eve"))
    for who in (sam, ada, eve):
        tell(opened, who)
    opened.served.inbox(caller(sam)).read_all()
    with opened.hub.unit() as unit:
        unit.derive(PROFILE, PROFILE.id_for(ada), {"user_id": ada, "receive_email_notifications": False})
        unit.derive(USER_SETTINGS, USER_SETTINGS.id_for(eve), {"user_id": eve, "notifications": {"enrollment": False}})
    clock.advance(timedelta(days=1))
    assert digests(opened).run() == {"people": 3, "mails": 0}
    assert digests(opened).run() == {"people": 0, "mails": 0}  # nor looked at again
    assert sent(opened, office) == []


def test_what_is_urgent_goes_at_once_and_not_again(opened: Opened, office: PostOffice, clock: FakeClock) -> None:
    sam = person(opened, "sam")
    tell(opened, sam, event="role_changed")
    (mail,) = sent(opened, office)
    assert (mail["Subject"], mail["To"]) == ("Your role has changed", "sam@school.example")
    assert "You are an instructor now." in text_of(mail)
    clock.advance(timedelta(days=1))
    assert digests(opened).run() == {"people": 0, "mails": 0}


def test_a_link_ends_the_mails(opened: Opened, office: PostOffice, client: Client, clock: FakeClock) -> None:  # USR-02
    sam = client.join("sam").user["id"]
    with opened.hub.unit() as unit:
        unit.derive(ACCOUNT, sam, {"is_email_verified": True})
    assert len(sent(opened, office)) == 1  # the one that asks to confirm the address
    tell(opened, sam, event="role_changed")
    (mail,) = sent(opened, office)
    link = mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("https://learn.school.example/api/v1/auth/unsubscribe?token=")
    assert link in text_of(mail)
    path = link.removeprefix("https://learn.school.example")
    page = client.get(path, under="")
    assert (page.status_code, "<button>" in page.text) == (200, True)
    tell(opened, sam, "more", event="role_changed")
    assert len(sent(opened, office)) == 1  # to look at the page does nothing
    one_click = {"data": {"List-Unsubscribe": "One-Click"}}
    assert client.ask("POST", path, under="", **one_click).status_code == 200
    tell(opened, sam, "again", event="role_changed")
    assert sent(opened, office) == []
    for wrong in (path[:-1], path.replace(sam, opened.hub.new_id()), path.partition("?")[0]):
        assert client.ask("POST", wrong, under="", **one_click).status_code == 400


def test_mails_with_codes_cannot_be_ended(opened: Opened, office: PostOffice, client: Client) -> None:
    client.join("ada")
    (mail,) = sent(opened, office)
    assert mail["List-Unsubscribe"] is None


def test_two_processes_make_one_mail(
    postgres: Cluster, data: Path, settings: Settings, hasher: PasswordHasher, office: PostOffice, clock: FakeClock
) -> None:
    with postgres.fresh() as url, ExitStack() as stack:
        wanted = replace(settings, database_url=url, smtp_host="127.0.0.1", smtp_tls="none", smtp_port=office.port)
        both = [
            stack.enter_context(
                open_hub(data, wanted, schema=SCHEMA, effects=(), clock=clock, hasher=hasher, sole=False)
            )
            for _ in range(2)
        ]
        people = [person(both[0], f"p{n}") for n in range(60)]
        with both[0].hub.unit() as unit:
            notify_all(unit, people, "enrolled", subject="c1", values={"course": "Tides"})
        clock.advance(timedelta(days=1))
        threads = [threading.Thread(target=digests(opened).run) for opened in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        both[0].sender.run()
        assert sorted(m["To"] for m in office.mails) == sorted(f"p{n}@school.example" for n in range(60))


def test_a_round_that_was_cut_off_is_gone_on_with(
    opened: Opened, office: PostOffice, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [person(opened, f"p{n}") for n in range(3)]
    for who in people:
        tell(opened, who)
    clock.advance(timedelta(days=1))
    cut = digests(opened)
    monkeypatch.setattr("lms_core.notifications.digests.PART", 1)
    units = iter([opened.hub.unit, opened.hub.unit])
    cut._work = lambda: next(units)()  # the process ends after two of three
    with pytest.raises(StopIteration):
        cut.run()
    assert digests(opened).run() == {"people": 1, "mails": 1}
    assert len({mail["To"] for mail in sent(opened, office)}) == 3


def test_what_is_old_goes(opened: Opened, clock: FakeClock) -> None:  # NTF-07
    sam = person(opened, "sam")
    inbox = opened.served.inbox(caller(sam))
    with opened.hub.unit(Actor(sam)) as unit:
        notify(unit, sam, "enrolled", subject="c1", values={"course": "Tides"}, expires_at=unit.now_ms + 1000)
    tell(opened, sam, "Wind")
    tell(opened, sam, "Rocks")
    clock.advance(ms=1000)
    assert digests(opened).sweep() == {"removed": 1}
    inbox.read(inbox.list()[1][0].id)
    clock.advance(ms=KEEP_MS)
    assert digests(opened).sweep() == {"removed": 1}
    assert inbox.list()[0] == 1  # what nobody read stays
