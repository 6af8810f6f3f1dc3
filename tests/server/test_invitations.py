"""Invitations by mail: sent, accepted as an account or into a class, called back; and who may make an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.invitations.model import KEEP_MS
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import PASSWORD, Client, wish
from tests.server.post import PostOffice, code_of, post_office, text_of

SITE = "https://learn.school.example"
NEW = "eleven quiet lanterns"
NOOR = {"email": "Noor@school.example", "first_name": "Noor", "last_name": "Ali"}
ANSWER = {"password": NEW, "password_confirm": NEW}


def page_of(mail: EmailMessage) -> str:
    """The page behind the link of a mail, which names the server, too."""
    return next(line for line in text_of(mail).splitlines() if "?token=" in line)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=office.port, smtp_tls="none", public_url=SITE)


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


class School:
    """An administrator, a manager, an instructor and a student, and the mails that come."""

    def __init__(self, client: Client, opened: Opened, office: PostOffice) -> None:
        self.client, self.opened, self.office = client, opened, office
        self.root, self.mina, self.tess, self.ada = (client.join(name) for name in ("root", "mina", "tess", "ada"))
        for person, role in ((self.root, "admin"), (self.mina, "manager"), (self.tess, "instructor")):
            opened.served.accounts.set_role(person.user["email"], role)

    def invite(self, who: Client | None = None, **changes: Any) -> dict[str, Any]:
        self.opened.sender.run()  # what came before is delivered
        answer = (who or self.root).post("/invitations", NOOR | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def mail(self, name: str = "Noor") -> Any:
        self.opened.sender.run()
        return self.office.to(name)[-1]

    def token(self, name: str = "Noor") -> str:
        return page_of(self.mail(name)).partition("?token=")[2]

    def accept(self, **said: Any) -> Any:
        return self.client.post("/invitations/accept", ANSWER | said)

    def login(self, name: str, password: str = NEW) -> Any:
        return self.client.post("/auth/login", {"email": f"{name}@school.example", "password": password})

    def cohort(self, name: str = "8b") -> str:
        return str(self.mina.post("/classes", {"name": name}).json()["id"])

    def members(self, cohort: str) -> dict[str, str]:
        found = self.root.get(f"/classes/{cohort}/members").json()["results"]
        return {each["email"].partition("@")[0].lower(): each["kind"] for each in found}

    def states(self) -> list[str]:
        return [each["state"] for each in self.root.get("/invitations").json()["results"]]


@pytest.fixture
def school(client: Client, opened: Opened, office: PostOffice) -> School:
    return School(client, opened, office)


# --- sending
@pytest.mark.postgresql
def test_who_is_invited_comes_in_as_that(school: School) -> None:  # ACC-20
    cohort = school.cohort()
    made = school.invite(role="instructor", class_id=cohort, message="Welcome to <us>.\nSee {code} you.", language="de")
    assert (made["state"], made["class_name"], made["invited_by"]) == ("open", "8b", "Root Moyo")
    mail = school.mail()
    said = text_of(mail)
    assert "Root Moyo lädt dich zu learn.school.example ein." in said
    assert "Welcome to <us>.\nSee {code} you." in said
    assert "in die Klasse 8b" in said
    assert page_of(mail).startswith(f"{SITE}/api/v1/invitations/accept?token=")
    accepted = school.accept(token=school.token())
    assert accepted.status_code == 200, accepted.text
    noor = accepted.json()
    assert (noor["role"], noor["first_name"], noor["email"]) == ("instructor", "Noor", "Noor@school.example")
    assert school.login("noor").json()["user"]["is_email_verified"] is True
    assert school.members(cohort) == {"noor": "instructor"}
    assert school.states() == ["accepted"]
    late = school.accept(token=school.token())
    assert (late.status_code, late.json()["code"]) == (400, "proof_invalid")
    sent = school.root.get("/audit?action=invitation.sent").json()["results"]
    assert [(each["entity_id"], each["after"]["role"]) for each in sent] == [(made["id"], "instructor")]
    assert "noor" not in str(sent).lower(), "the log outlives the person"
    created = school.root.get("/audit?action=account.created").json()["results"]
    assert [each["actor"] for each in created] == [school.root.user["id"]]


def test_the_same_id_is_the_same_invitation(school: School) -> None:  # API-14
    new = {"id": "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"}
    assert school.invite(**new) == school.invite(**new)
    school.opened.sender.run()
    assert len(school.office.to("Noor")) == 1
    other = school.root.post("/invitations", NOOR | new | {"email": "x@school.example"})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        ({"email": "no address"}, {"email": ["email_invalid"]}),
        ({"email": "ada@school.example"}, {"email": ["email_taken"]}),
        ({"message": "x\u202ey"}, {"message": ["unprintable"]}),
        ({"first_name": "a\nb"}, {"first_name": ["unprintable"]}),
        ({"language": "tlh"}, {"language": ["invalid"]}),
        ({"class_id": "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"}, {"class_id": ["class_unknown"]}),
    ],
)
def test_what_does_not_fit_is_named(school: School, wrong: dict[str, str], faults: dict[str, list[str]]) -> None:
    answer = school.root.post("/invitations", NOOR | wrong)
    assert (answer.status_code, answer.json()["details"]["fields"]) == (400, faults)
    assert school.states() == []


def test_managers_invite_students_and_see_no_others(school: School) -> None:  # ROL-11
    assert school.mina.post("/invitations", NOOR | {"role": "instructor"}).json()["code"] == "denied"
    made = school.invite(role="instructor")
    own = school.invite(school.mina, email="sam@school.example")
    assert [each["id"] for each in school.mina.get("/invitations").json()["results"]] == [own["id"]]
    assert school.root.get("/invitations").json()["count"] == 2
    assert school.mina.post(f"/invitations/{made['id']}/resend").status_code == 404
    assert school.mina.delete(f"/invitations/{made['id']}").status_code == 404
    cohort = school.cohort()
    into = {"email": "tess@school.example", "class_id": cohort}
    assert school.mina.post("/invitations", into).json()["code"] == "denied", "an instructor's account is not a student"
    school.opened.served.accounts.set_role("mina@school.example", "student")
    assert school.mina.get("/invitations").json()["code"] == "denied"


def test_the_list_is_searched_and_filtered(school: School, clock: FakeClock) -> None:
    school.invite()
    clock.advance(timedelta(days=7))
    school.root = school.client.sign_in("root")
    gone = school.invite(email="sam@school.example", first_name="Sam")
    school.root.delete(f"/invitations/{gone['id']}")
    school.invite(email="lee@school.example", first_name="Lee")
    school.accept(token=school.token("lee"))
    school.invite(email="kim@school.example", first_name="Kim")
    assert school.states() == ["open", "accepted", "revoked", "expired"]
    for state, name in (("open", "Kim"), ("accepted", "Lee"), ("revoked", "Sam"), ("expired", "Noor")):
        found = school.root.get(f"/invitations?state={state}").json()["results"]
        assert [each["first_name"] for each in found] == [name]
    assert [each["first_name"] for each in school.root.get("/invitations?search=SAM").json()["results"]] == ["Sam"]
    assert school.root.get("/invitations?state=odd").status_code == 400
    clock.advance(ms=KEEP_MS + 8 * 86_400_000)
    school.opened.served.invitations.sweep()
    school.root = school.client.sign_in("root")
    assert school.states() == []


def test_sending_again_and_calling_back(school: School, clock: FakeClock) -> None:
    made = school.invite()
    again = school.root.post("/invitations", NOOR)
    assert again.json()["details"]["fields"] == {"email": ["already_invited"]}
    first = school.token()
    clock.advance(timedelta(days=8))
    assert school.accept(token=first).json()["code"] == "proof_invalid", "seven days"
    school.root = school.client.sign_in("root")
    sent = school.root.post(f"/invitations/{made['id']}/resend").json()
    assert (sent["state"], sent["made_at"]) == ("open", made["made_at"])
    second = school.token()
    assert second != first
    assert school.accept(token=first).json()["code"] == "proof_invalid"
    assert school.root.delete(f"/invitations/{made['id']}").status_code == 204
    assert school.accept(token=second).json()["code"] == "proof_invalid"
    over = school.root.post(f"/invitations/{made['id']}/resend")
    assert (over.status_code, over.json()["code"]) == (409, "invitation_over")
    assert school.root.delete("/invitations/0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01").status_code == 404
    actions = [each["action"] for each in school.root.get("/audit?entity=invitation").json()["results"]]
    assert actions == ["invitation.revoked", "invitation.sent_again", "invitation.sent"]


# --- accepting
def test_a_code_has_five_tries_and_the_link_cannot_be_guessed(school: School) -> None:
    school.invite()
    code = code_of(school.mail())
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    answers = [school.accept(email="noor@school.example", code=wrong) for _ in range(5)]
    unknown = school.accept(email="nobody@school.example", code=wrong)
    assert {(a.status_code, a.json()["code"], a.json()["message"]) for a in [*answers, unknown]} == {
        (400, "proof_invalid", unknown.json()["message"])
    }
    assert school.accept(email="noor@school.example", code=code).status_code == 400
    assert school.accept(token=school.token()).status_code == 200


def test_a_weak_password_uses_nothing_up(school: School) -> None:
    school.invite(first_name="", last_name="")
    code = code_of(school.mail())
    given = {"email": "NOOR@school.example", "code": f"{code[:3]} {code[3:]}"}
    weak = school.accept(**given, password="short", password_confirm="other")
    assert weak.json()["details"]["fields"] == {
        "first_name": ["field_required"], "last_name": ["field_required"],
        "password": ["password_too_short"], "password_confirm": ["password_mismatch"],
    }  # fmt: skip
    made = school.accept(**given, first_name="Noor", last_name="Ali", username="noor")
    assert (made.status_code, made.json()["username"], made.json()["role"]) == (200, "noor", "student")


@pytest.mark.postgresql(soak=True)
def test_an_account_that_exists_joins_the_class(school: School) -> None:
    verified = code_of(school.mail("ada"))
    school.client.post("/auth/email/verify", {"email": "ada@school.example", "code": verified})
    cohort = school.cohort()
    made = school.invite(email="ada@school.example", class_id=cohort, role="manager")
    assert made["role"] == "student", "an invitation gives nobody another role"
    answer = school.client.post("/invitations/accept", {"token": school.token("ada")})
    assert (answer.status_code, answer.json()["role"]) == (200, "student")
    assert school.members(cohort) == {"ada": "student"}
    assert school.ada.get("/users/me").status_code == 200, "nothing else changed"
    assert school.login("ada", PASSWORD).status_code == 200


def test_an_account_of_an_address_nobody_proved_goes_to_who_has_the_mail(school: School) -> None:  # SEC-04
    cohort = school.cohort()
    school.invite(email="ada@school.example", class_id=cohort)
    token = school.token("ada")
    assert school.client.post("/invitations/accept", {"token": token}).json()["code"] == "invalid_fields"
    assert school.accept(token=token).status_code == 200
    assert school.ada.get("/users/me").status_code == 401, "whoever made it is out"
    assert school.login("ada", PASSWORD).status_code == 401
    assert school.login("ada").json()["user"]["is_email_verified"] is True


def test_a_closed_account_stays_closed(school: School) -> None:
    cohort = school.cohort()
    school.invite(email="ada@school.example", class_id=cohort)
    school.opened.served.accounts.set_active(school.ada.user["id"], active=False)
    assert school.accept(token=school.token("ada")).json()["code"] == "account_disabled"
    assert school.members(cohort) == {}


def test_who_is_signed_in_joins_by_the_code_of_the_mail(school: School) -> None:
    cohort = school.cohort()
    school.invite(email="ada@school.example", class_id=cohort)
    code = code_of(school.mail("ada"))
    other = school.tess.post("/classes/join", {"code": code})
    assert (other.status_code, other.json()["code"]) == (404, "class_code_unknown"), "it is ada's"
    assert school.ada.post("/classes/join", {"code": code}).json()["id"] == cohort
    assert school.ada.post("/classes/join", {"code": code}).status_code == 404, "once"
    assert school.members(cohort) == {"ada": "student"}


def test_a_class_that_closed_meanwhile_lets_in_all_the_same(school: School) -> None:
    cohort = school.cohort()
    school.invite(class_id=cohort)
    school.mina.delete(f"/classes/{cohort}")
    assert school.accept(token=school.token()).status_code == 200
    assert school.members(cohort) == {}


# --- the page
def test_the_page_behind_the_link(school: School) -> None:
    school.invite(class_id=school.cohort("<8b>"), last_name="A&B")
    parts = urlsplit(page_of(school.mail()))
    for _ in range(2):  # a program that checks mails was there before
        page = school.client.http.get(f"{parts.path}?{parts.query}")
        assert page.status_code == 200
    assert "come into the class &lt;8b&gt;" in page.text
    assert 'name="last_name" maxlength="150" value="A&amp;B"' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    form = {"token": school.token(), "new_password": "short", "first_name": "Noor", "last_name": "Ali"}
    weak = school.client.http.post("/api/v1/invitations/accept/page", data=form)
    assert (weak.status_code, "at least 8" in weak.text, 'action="page"' in weak.text) == (400, True, True)
    done = school.client.http.post("/api/v1/invitations/accept/page", data=form | {"new_password": NEW})
    assert (done.status_code, "You are in" in done.text, "Noor@school.example" in done.text) == (200, True, True)
    assert school.login("noor").status_code == 200
    late = school.client.http.get(f"{parts.path}?{parts.query}", headers={"Accept-Language": "de"})
    assert (late.status_code, "Das hat nicht geklappt" in late.text) == (400, True)


# --- making an account
def registers(school: School, settings: Settings, name: str, **more: Any) -> Any:
    with TestClient(create_app(settings, school.opened.served), raise_server_exceptions=False) as http:
        return Client(http).post("/auth/register", wish(name) | more)


def test_by_code_alone(school: School, settings: Settings) -> None:  # ACC-02
    cohort = school.cohort()
    code = school.mina.post(f"/classes/{cohort}/code", {}).json()["code"]
    by_code, closed = (replace(settings, registration=mode) for mode in ("code", "closed"))
    assert registers(school, by_code, "lee").json()["code"] == "code_needed"
    wrong = [registers(school, by_code, name, code="AAAA-AAAA") for name in ("lee", "ada")]
    assert {(a.status_code, a.json()["code"]) for a in wrong} == {(400, "proof_invalid")}, "whoever has an account"
    assert registers(school, closed, "lee", code=code).json()["code"] == "proof_invalid"
    assert registers(school, closed, "lee").json()["code"] == "registration_closed"
    made = registers(school, by_code, "lee", code=code.lower())
    assert (made.status_code, made.json()["role"]) == (201, "student")
    assert school.members(cohort) == {"lee": "student"}
    assert school.client.sign_in("lee").user["is_email_verified"] is False, "a class's code proves no address"
    assert registers(school, settings, "kim", code=code).status_code == 201
    assert sorted(school.members(cohort)) == ["kim", "lee"]


def test_the_invited_come_in_where_nobody_else_does(school: School, settings: Settings) -> None:
    school.invite(role="instructor")
    code = code_of(school.mail())
    closed = replace(settings, registration="closed")
    other = registers(school, closed, "lee", code=code)
    assert other.json()["code"] == "proof_invalid", "it is noor's"
    made = registers(school, closed, "noor", code=code)
    assert (made.status_code, made.json()["role"], made.json()["email"]) == (201, "instructor", "Noor@school.example")
    assert school.client.sign_in("noor").user["is_email_verified"] is True


# --- from a table
@pytest.mark.postgresql(soak=True)
def test_a_table_invites_those_without_a_password(school: School) -> None:
    table = (
        "email,first_name,last_name,role,password\n"
        f"noor@school.example,Noor,Ali,teacher,\nlee@school.example,Lee,Ono,,{PASSWORD}\nbad,No,One,,\n"
    )
    kind = {"Content-Type": "text/csv"}

    def send(query: str) -> dict[str, Any]:
        return dict(school.root.ask("POST", f"/users/import?{query}", content=table.encode(), headers=kind).json())

    dry = send("invite=true&dry_run=true")
    assert (dry["created"], dry["invited"]) == ([2, 3], [2])
    assert school.states() == []
    real = send("invite=true")
    assert (real["created"], real["invited"], school.states()) == ([2, 3], [2], ["open"])
    assert send("invite=true")["invited"] == [], "once"
    assert school.accept(token=school.token("noor")).status_code == 200
    user = school.login("noor").json()["user"]
    assert (user["role"], user["is_email_verified"]) == ("instructor", True)
    school.opened.sender.run()
    assert len(school.office.to("noor")) == 1, "choosing a first password is no change of one"


# --- leaving
def test_an_account_that_goes_takes_its_invitations_along(school: School) -> None:  # ACC-19
    school.invite()
    school.accept(token=school.token())
    noor = Client(school.client.http, school.login("noor").json()["access"])
    cohort = school.cohort()
    school.invite(class_id=cohort)
    assert noor.ask("DELETE", "/users/me", json={"password": NEW}).status_code == 204
    assert school.root.get("/invitations").json()["count"] == 0
