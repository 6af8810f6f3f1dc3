"""Mailed proofs over HTTP: confirm an address, set a forgotten password, and learn nothing about others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient
from sqlalchemy import event, select

from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.tables import proof
from lms_core.db.engine import read
from lms_core.mail.tables import mail
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.conftest import SCHEMA
from tests.server.people import PASSWORD, Client, wish
from tests.server.post import PostOffice, code_of, link_of, post_office, text_of

NEW = "purple walrus parade"
SITE = "https://learn.example.org"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    return replace(
        settings, smtp_host="127.0.0.1", smtp_port=office.port, smtp_tls="none", public_url=SITE,
        mail_from="Hill School <lms@school.example>",
    )  # fmt: skip


class School:
    """A client, the hub behind it and its mails."""

    def __init__(self, client: Client, opened: Opened, office: PostOffice) -> None:
        self.client, self.opened, self.office = client, opened, office

    def last(self, name: str = "ada"):
        self.opened.sender.run()
        return self.office.to(name)[-1]

    def asked(self, name: str = "ada") -> str:
        """The code of a reset that was asked for, once what came before is delivered."""
        self.opened.sender.run()
        assert self.client.post("/auth/password/reset", {"email": f"{name}@school.example"}).status_code == 204
        return code_of(self.last(name))

    def follow(self, link: str):
        """Open a link of a mail, at this server."""
        assert link.startswith(SITE)
        parts = urlsplit(link)
        return self.client.http.get(f"{parts.path}?{parts.query}")


@pytest.fixture
def school(client: Client, opened: Opened, office: PostOffice) -> School:
    return School(client, opened, office)


def confirm(client: Client, new: str = NEW, **given: str):
    return client.post("/auth/password/reset/confirm", {"new_password": new} | given)


ADA = "ada@school.example"


# --- confirming the address
@pytest.mark.postgresql
def test_a_code_confirms_the_address(school: School) -> None:  # ACC-10, C-44
    ada = school.client.join("ada")
    assert ada.get("/users/me").json()["is_email_verified"] is False
    code = code_of(school.last())
    given = {"email": "ADA@school.example", "code": f" {code[:3]} {code[3:]}"}
    assert school.client.post("/auth/email/verify", given).json() == {"is_email_verified": True}
    assert ada.get("/users/me").json()["is_email_verified"] is True
    with school.opened.hub.store.read() as snapshot:
        assert len(snapshot.entries(f"account/{ada.user['id']}", 0, 10)) == 1, "the devices hear of it"
    again = school.client.post("/auth/email/verify", given)
    assert (again.status_code, again.json()["code"]) == (400, "proof_invalid")


@pytest.mark.postgresql(soak=True)
def test_opening_the_link_does_nothing_and_its_button_confirms(school: School) -> None:  # ACC-10
    ada = school.client.join("ada")
    link = link_of(school.last())
    token = link.partition("?token=")[2]
    for _ in range(2):  # a program that checks mails was there before
        page = school.follow(link)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert f'name="token" value="{token}"' in page.text
        assert "style-src 'sha256-" in page.headers["content-security-policy"]
        assert page.headers["referrer-policy"] == "no-referrer"
    assert ada.get("/users/me").json()["is_email_verified"] is False
    form = school.client.http.post("/api/v1/auth/email/verify/page", data={"token": token})
    assert form.status_code == 200
    assert "is confirmed" in form.text
    assert ada.get("/users/me").json()["is_email_verified"] is True
    late = school.client.http.post("/api/v1/auth/email/verify/page", data={"token": token})
    assert late.status_code == 400
    assert "has run out" in late.text
    odd = school.follow(f'{SITE}/api/v1/auth/email/verify?token="><script>')
    assert "<script>" not in odd.text
    german = school.client.http.get("/api/v1/auth/email/verify", headers={"Accept-Language": "de"})
    assert "Bestätige" in german.text


def test_a_code_has_five_tries(school: School) -> None:  # C-44
    school.client.join("ada")
    code = code_of(school.last())
    for _ in range(5):
        wrong = school.client.post("/auth/email/verify", {"email": ADA, "code": f"{(int(code) + 1) % 10**6:06d}"})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "proof_invalid")
    assert school.client.post("/auth/email/verify", {"email": ADA, "code": code}).status_code == 400
    token = link_of(school.last()).partition("?token=")[2]
    assert school.client.post("/auth/email/verify", {"token": token}).status_code == 200, "the link cannot be guessed"


def test_a_code_lives_a_day_and_another_can_be_had(school: School, clock: FakeClock) -> None:  # ACC-10
    school.client.join("ada")
    code = code_of(school.last())
    clock.advance(timedelta(hours=24))
    assert school.client.post("/auth/email/verify", {"email": ADA, "code": code}).status_code == 400
    school.opened.sender.run()
    assert school.client.post("/auth/email/verify/resend", {"email": ADA}).status_code == 204
    fresh = code_of(school.last())
    assert school.client.post("/auth/email/verify", {"email": ADA, "code": fresh}).status_code == 200
    assert school.client.post("/auth/email/verify/resend", {"email": ADA}).status_code == 204
    school.opened.sender.run()
    assert len(school.office.to("ada")) == 2, "a confirmed address gets no more"


def test_a_proof_is_one_person_s_and_for_one_purpose(school: School) -> None:
    school.client.join("ada")
    school.client.join("eve")
    code, token = code_of(school.last("eve")), link_of(school.last("eve")).partition("?token=")[2]
    reset = school.asked("eve")
    assert school.client.post("/auth/email/verify", {"email": ADA, "code": code}).status_code == 400
    assert confirm(school.client, email="eve@school.example", code=code).status_code == 400
    assert confirm(school.client, token=token).status_code == 400
    assert school.client.post("/auth/email/verify", {"email": "eve@school.example", "code": reset}).status_code == 400


def test_mail_to_the_former_address_is_void(school: School) -> None:
    from lms_core.accounts.tables import credential

    school.client.join("ada")
    token = link_of(school.last()).partition("?token=")[2]
    with school.opened.hub.unit() as unit:
        unit.local(credential.update().values(email_key="ada@other.example"))
    assert school.client.post("/auth/email/verify", {"token": token}).status_code == 400


# --- a forgotten password
@pytest.mark.postgresql
def test_a_code_sets_a_new_password_and_ends_all_sessions(school: School) -> None:  # ACC-09
    one, two = school.client.join("ada"), school.client.sign_in("ada")
    code = school.asked()
    weak = confirm(school.client, "ada.moyo1", email=ADA, code=code)
    assert weak.json()["details"]["fields"] == {"new_password": ["password_similar"]}
    assert one.get("/users/me").status_code == 200, "a refusal ends nothing and uses nothing up"
    assert confirm(school.client, email=ADA, code=code).status_code == 204
    assert [each.get("/users/me").status_code for each in (one, two)] == [401, 401]
    login = {"email": ADA, "password": PASSWORD}
    assert school.client.post("/auth/login", login).status_code == 401
    assert school.client.post("/auth/login", login | {"password": NEW}).status_code == 200
    assert school.last()["Subject"] == "Your password was changed"
    again = confirm(school.client, "violet otter parade", email=ADA, code=code)
    assert (again.status_code, again.json()["code"]) == (400, "proof_invalid")


@pytest.mark.postgresql(soak=True)
def test_the_page_of_the_link_sets_it_too(school: School, clock: FakeClock) -> None:  # ACC-09
    ada = school.client.join("ada")
    school.asked()
    link = link_of(school.last())
    assert 'type="password"' in school.follow(link).text
    token, form = link.partition("?token=")[2], "/api/v1/auth/password/reset/confirm/page"
    weak = school.client.http.post(form, data={"token": token, "new_password": "password"})
    assert weak.status_code == 400
    assert "guessed first" in weak.text
    assert 'action="page"' in weak.text
    done = school.client.http.post(form, data={"token": token, "new_password": NEW})
    assert done.status_code == 200, done.text
    assert ada.get("/users/me").status_code == 401
    assert school.client.http.post(form, data={"token": token, "new_password": NEW}).status_code == 400
    school.asked()
    token = link_of(school.last()).partition("?token=")[2]
    clock.advance(timedelta(hours=1))
    assert confirm(school.client, token=token).status_code == 400


def test_another_code_leaves_the_first_good_until_one_is_used(school: School) -> None:  # ACC-09
    school.client.join("ada")
    first, second = school.asked(), school.asked()
    assert confirm(school.client, email=ADA, code=first).status_code == 204
    assert confirm(school.client, "violet otter parade", email=ADA, code=second).status_code == 400


def test_a_closed_account_gets_no_mail(school: School) -> None:
    ada = school.client.join("ada")
    school.opened.sender.run()
    school.opened.served.accounts.set_active(ada.user["id"], active=False)
    assert school.client.post("/auth/password/reset", {"email": ADA}).status_code == 204
    school.opened.sender.run()
    assert len(school.office.to("ada")) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("path", ["/auth/password/reset", "/auth/email/verify/resend"])
def test_asking_does_the_same_whether_or_not_there_is_an_account(school: School, path: str) -> None:  # ACC-09
    school.client.join("ada")

    def work(name: str) -> tuple[int, bytes, list[str]]:
        said: list[str] = []

        def note(conn, cursor, statement, *rest) -> None:
            said.append(statement)

        engine = school.opened.hub.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = school.client.post(path, {"email": f"{name}@school.example"})
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return answer.status_code, answer.content, said

    assert work("ada") == work("nobody")
    given = {"email": ADA, "code": "x"}, {"email": "nobody@school.example", "code": "x"}
    one, two = (school.client.post("/auth/email/verify", each) for each in given)
    assert one.json() | {"request_id": ""} == two.json() | {"request_id": ""}
    school.opened.sender.run()
    assert [m["To"] for m in school.office.mails] == [ADA] * 2


def test_neither_code_nor_token_lies_in_the_database(school: School, data: Path) -> None:
    school.client.join("ada")
    code = school.asked()
    token = link_of(school.last()).partition("?token=")[2]
    with read(school.opened.hub.engine) as conn:
        rows = [*conn.execute(select(proof)).all(), *conn.execute(select(mail)).all()]
    assert len(rows) == 4
    journal = b"".join(path.read_bytes() for path in (data / "journal").iterdir())
    for secret in (code, token):
        assert secret not in str(rows)
        assert secret.encode() not in journal


def test_what_was_sent_is_not_sent_again_after_a_restore(
    school: School, data: Path, tmp_path: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher
) -> None:
    from datetime import UTC, datetime

    from sync_server.backup import back_up, restore

    school.client.join("ada")
    report = back_up(data, tmp_path / "copies", now=datetime(2026, 1, 5, tzinfo=UTC))
    code = school.asked()
    assert confirm(school.client, email=ADA, code=code).status_code == 204
    school.opened.sender.run()
    count = len(school.office.to("ada"))
    school.opened.hub.engine.dispose()
    restore(data, Path(report.path), now=datetime(2026, 1, 6, tzinfo=UTC))
    with open_hub(data, settings, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as opened:
        opened.sender.run()
        assert len(school.office.to("ada")) == count
        with TestClient(create_app(settings, opened.served)) as http:
            assert confirm(Client(http), email=ADA, code=code).status_code == 400, "it stays used"


def test_the_language_of_a_mail_is_the_reader_s(school: School, settings: Settings) -> None:
    spanish = {"Accept-Language": "es-MX"}
    school.client.post("/auth/register", wish("ada"), headers=spanish)
    assert "Hola, Ada:" in text_of(school.last())
    school.opened.sender.run()
    school.client.post("/auth/password/reset", {"email": ADA}, headers={"Accept-Language": "de"})
    assert "Hola, Ada:" in text_of(school.last()), "the account's own goes before the asker's"
    school.client.join("eve")
    assert "Hello Eve," in text_of(school.last("eve"))


# --- limits and bodies
def test_three_mails_an_hour_to_one_address(opened: Opened, settings: Settings, clock: FakeClock) -> None:  # SEC-07
    with TestClient(create_app(replace(settings, mails_per_hour=3), opened.served)) as http:
        client = Client(http)
        for name in ("ada", "nobody"):
            body = {"email": f"{name}@school.example"}
            for path in ("/auth/password/reset", "/auth/email/verify/resend"):
                assert [client.post(path, body).status_code for _ in range(4)] == [204, 204, 204, 429]
        late = client.post("/auth/password/reset", {"email": "Ada@School.example"})
        assert (late.status_code, late.headers["retry-after"]) == (429, "3600")
        clock.advance(timedelta(hours=1))
        assert client.post("/auth/password/reset", {"email": ADA}).status_code == 204


def test_tries_at_codes_are_limited(opened: Opened, settings: Settings) -> None:  # SEC-07
    limited = replace(settings, sign_ins_per_minute=5, mails_per_address=2)
    with TestClient(create_app(limited, opened.served)) as http:
        client = Client(http)
        tries = [client.post("/auth/email/verify", {"email": ADA, "code": "1"}).status_code for _ in range(6)]
        assert tries == [400] * 5 + [429]
        assert confirm(client, email=ADA, code="1").status_code == 429
        sent = [client.post("/auth/password/reset", {"email": f"p{n}@school.example"}).status_code for n in range(3)]
        assert sent == [204, 204, 429]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/password/reset", {}), ("/auth/password/reset", {"email": 5}),
        ("/auth/password/reset", {"email": ADA, "admin": True}), ("/auth/password/reset", {"email": "x" * 300}),
        ("/auth/email/verify/resend", {"mail": ADA}), ("/auth/email/verify", {"token": ["x"]}),
        ("/auth/email/verify", {"email": ADA, "code": "1" * 17}), ("/auth/password/reset/confirm", {"token": "x"}),
        ("/auth/password/reset/confirm", {"token": "x", "new_password": NEW, "role": "admin"}),
    ],
)  # fmt: skip
def test_bodies_that_do_not_fit(client: Client, path: str, body: dict[str, object]) -> None:
    answer = client.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")


def test_an_empty_proof_proves_nothing(school: School) -> None:
    school.client.join("ada")
    school.client.post("/auth/password/reset", {"email": "nobody@school.example"})
    for given in ({}, {"email": ADA}, {"token": ""}, {"email": "", "code": ""}, {"email": "nobody@school.example"}):
        assert school.client.post("/auth/email/verify", given).json()["code"] == "proof_invalid"
        assert confirm(school.client, **given).json()["code"] == "proof_invalid"
    assert confirm(school.client, email=ADA, code="éèàùöü").json()["code"] == "proof_invalid"
    forms = ({"token": ""}, {"token": "-"})
    assert [school.client.http.post("/api/v1/auth/email/verify/page", data=f).status_code for f in forms] == [400, 400]
