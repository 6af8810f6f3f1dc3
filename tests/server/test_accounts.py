"""Accounts over HTTP: registration, sign-in, refresh, sessions, passwords."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from lms_core.accounts.tables import credential, login_log
from lms_core.db.engine import read
from lms_core.errors import NotFound, UserError
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.people import PASSWORD, Client, wish


@pytest.mark.postgresql(soak=True)
def test_registration_makes_a_student_and_shows_no_password(client: Client) -> None:  # ACC-02, ACC-03
    answer = client.post("/auth/register", wish(cohort="8b"))
    assert answer.status_code == 201
    body = answer.json()
    assert body | {"id": ""} == {
        "id": "", "email": "ada@school.example", "username": "ada.moyo", "first_name": "Ada", "last_name": "Moyo",
        "role": "student", "cohort": "8b",
    }  # fmt: skip
    assert PASSWORD not in answer.text


def test_a_role_is_never_taken_from_the_client(client: Client) -> None:  # C-03
    answer = client.post("/auth/register", wish(role="admin"))
    assert answer.status_code == 400
    assert "role" in answer.json()["details"]["messages"].get("data", answer.json()["details"]["messages"]).__str__()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "nobody"}, "email", "email_invalid"),
        ({"email": " "}, "email", "field_required"),
        ({"email": "a" * 250 + "@school.example"}, "email", "too_long"),
        ({"first_name": "  "}, "first_name", "field_required"),
        ({"last_name": "a\u0000b"}, "last_name", "unprintable"),
        ({"username": "a b"}, "username", "username_invalid"),
        ({"password_confirm": "other"}, "password_confirm", "password_mismatch"),
        ({"password": "short", "password_confirm": "short"}, "password", "password_too_short"),
        ({"password": "86420975318", "password_confirm": "86420975318"}, "password", "password_all_digits"),
    ],
)
def test_bad_registrations_name_the_field(client: Client, change: dict[str, str], field: str, code: str) -> None:
    answer = client.post("/auth/register", wish(**change))
    assert answer.status_code == 400
    body = answer.json()
    assert body["code"] == "invalid_fields"
    assert code in body["details"]["fields"][field]
    assert body["details"]["messages"][field][0].endswith(".")


@pytest.mark.postgresql(soak=True)
def test_an_address_is_unique_whatever_its_case(client: Client) -> None:  # ACC-01
    client.join("ada")
    answer = client.post("/auth/register", wish(email="ADA@School.Example"))
    assert answer.json()["details"]["fields"] == {"email": ["email_taken"]}


@pytest.mark.postgresql(soak=True)
def test_usernames_are_unique_and_made_when_missing(client: Client) -> None:  # ACC-01
    first = client.post("/auth/register", wish("ada", username="Ada")).json()
    taken = client.post("/auth/register", wish("eve", username="aDA"))
    assert first["username"] == "Ada"
    assert taken.json()["details"]["fields"] == {"username": ["username_taken"]}
    one = client.post("/auth/register", wish("x1", first_name="Zoë", last_name="Ñandú")).json()
    two = client.post("/auth/register", wish("x2", first_name="Zoë", last_name="Ñandú")).json()
    assert one["username"] == "zoe.nandu"
    assert two["username"].startswith("zoe.nandu.")


def test_wrong_password_and_unknown_address_read_the_same(client: Client, opened: Opened) -> None:  # ACC-04
    client.join()
    wrong = client.post("/auth/login", {"email": "ada@school.example", "password": "not this one"})
    unknown = client.post("/auth/login", {"email": "eve@school.example", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert wrong.json()["code"] == "wrong_credentials"
    with read(opened.hub.engine) as conn:  # ACC-12
        log = conn.execute(select(login_log).order_by(login_log.c.id)).all()
    assert [row.successful for row in log] == [True, False, False]
    assert log[2].account is None


def test_the_password_is_stored_as_argon2id(client: Client, opened: Opened) -> None:  # ACC-03
    client.join()
    with read(opened.hub.engine) as conn:
        stored = conn.scalar(select(credential.c.password_hash))
    assert stored is not None
    assert stored.startswith("$argon2id$")


def test_me_is_the_account_behind_the_token(client: Client) -> None:  # ACC-18
    ada = client.join()
    me = ada.get("/users/me").json()
    assert me == ada.user | {"is_active": True, "profile": me["profile"]}
    assert me["profile"]["bio"] == ""
    assert me["email"] == "ada@school.example"
    assert me["date_joined"] == "2026-01-05T08:00:00.000Z"


def test_the_account_reaches_its_owners_devices(client: Client, opened: Opened) -> None:
    ada = client.join()
    with opened.hub.store.read() as snapshot:
        assert len(snapshot.entries(f"account/{ada.user['id']}", 0, 10)) == 1


def test_claims_of_the_access_token(client: Client) -> None:  # ACC-05
    ada = client.join()
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    assert claims["email"] == "ada@school.example"
    assert claims["role"] == "student"
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert jwt.get_unverified_header(ada.token)["alg"] == "EdDSA"


def test_an_access_token_runs_out(client: Client, clock: FakeClock) -> None:
    ada = client.join()
    clock.advance(timedelta(minutes=15))
    answer = ada.get("/users/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_forged_tokens_are_refused(client: Client, clock: FakeClock) -> None:
    ada = client.join()
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    head, body, mac = ada.token.split(".")
    forged = {
        "none": jwt.encode(claims, None, algorithm="none"),
        "hmac": jwt.encode(claims, "k" * 32, algorithm="HS256"),
        "other key": jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA"),
        "cut": f"{head}.{body}.",
        "swapped": f"{head}.{mac}.{body}",
        "no token": "x",
        "long": "x" * 8000,
        "refresh": ada.refresh,
    }
    for name, token in forged.items():
        answer = Client(client.http, token).get("/users/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid"), name
        assert answer.headers["www-authenticate"] == 'Bearer error="token_invalid"'


def test_a_missing_or_odd_header_is_told_apart(client: Client) -> None:  # ACC-15
    for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}, {"Authorization": ""}):
        answer = client.get("/users/me", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "auth_missing")


@pytest.mark.postgresql(soak=True)
def test_refresh_rotates_and_a_lost_reply_locks_nobody_out(client: Client) -> None:  # ACC-06
    ada = client.join()
    first = ada.refresh
    lost = client.post("/auth/refresh", {"refresh": first}).json()
    again = client.post("/auth/refresh", {"refresh": first}).json()
    assert again["refresh"] == lost["refresh"] != first
    assert Client(client.http, again["access"]).get("/users/me").status_code == 200
    third = client.post("/auth/refresh", {"refresh": again["refresh"]})
    assert third.status_code == 200


@pytest.mark.postgresql(soak=True)
def test_an_old_refresh_token_ends_the_session(client: Client) -> None:  # ACC-06
    ada = client.join()
    second = client.post("/auth/refresh", {"refresh": ada.refresh}).json()["refresh"]
    third = client.post("/auth/refresh", {"refresh": second}).json()
    reused = client.post("/auth/refresh", {"refresh": ada.refresh})
    assert (reused.status_code, reused.json()["code"]) == (401, "token_reused")
    assert client.post("/auth/refresh", {"refresh": third["refresh"]}).json()["code"] == "token_invalid"
    assert Client(client.http, third["access"]).get("/users/me").status_code == 401


@pytest.mark.parametrize("remember", [False, True])
def test_a_session_lives_as_long_as_it_is_used(client: Client, clock: FakeClock, remember: bool) -> None:  # ACC-05
    client.join()
    ada = client.sign_in(remember_me=remember)
    days = timedelta(days=30 if remember else 1)
    clock.advance(days - timedelta(minutes=1))
    renewed = client.post("/auth/refresh", {"refresh": ada.refresh})
    assert renewed.status_code == 200
    clock.advance(days)
    late = client.post("/auth/refresh", {"refresh": renewed.json()["refresh"]})
    assert (late.status_code, late.json()["code"]) == (401, "token_expired")


def test_made_up_refresh_tokens(client: Client) -> None:
    ada = client.join()
    name, turn, mac = ada.refresh.split(".")
    for token in (f"{name}.2.{mac}", f"{name}.{turn}.{mac[:-2]}AA", f"{name}.-1.{mac}", "", "a.b.c", ada.token):
        answer = client.post("/auth/refresh", {"refresh": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid"), token


def test_sign_out_ends_this_session_alone(client: Client) -> None:  # ACC-07
    one, two = client.join(), client.sign_in()
    assert one.post("/auth/logout", {"refresh": one.refresh}).json() == {"ended": 1}
    assert one.get("/users/me").status_code == 401
    assert client.post("/auth/refresh", {"refresh": one.refresh}).status_code == 401
    assert two.get("/users/me").status_code == 200


@pytest.mark.postgresql(soak=True)
def test_sign_out_everywhere(client: Client) -> None:  # ACC-07
    one, two = client.join(), client.sign_in()
    assert one.post("/auth/logout-all").json() == {"ended": 2}
    assert two.get("/users/me").status_code == 401


@pytest.mark.postgresql(soak=True)
def test_sessions_are_listed_and_ended_by_their_owner_alone(client: Client) -> None:  # ACC-13
    one, two, eve = client.join("ada"), client.sign_in("ada"), client.join("eve")
    listed = one.get("/auth/sessions").json()
    assert len(listed) == 2
    assert [each["current"] for each in listed].count(True) == 1
    other = next(each["id"] for each in listed if not each["current"])
    assert eve.ask("DELETE", f"/auth/sessions/{other}").status_code == 404
    assert one.ask("DELETE", f"/auth/sessions/{other}").status_code == 204
    assert two.get("/users/me").status_code == 401
    assert one.get("/users/me").status_code == 200


@pytest.mark.postgresql(soak=True)
def test_a_new_password_ends_the_other_sessions(client: Client) -> None:  # ACC-08
    one, two = client.join(), client.sign_in()
    body = {"old_password": PASSWORD, "new_password": "purple walrus parade"}
    assert one.post("/auth/password/change", body | {"old_password": "x"}).json()["details"]["fields"] == {
        "old_password": ["wrong_password"]
    }
    weak = one.post("/auth/password/change", body | {"new_password": "ada.moyo1"})
    assert weak.json()["details"]["fields"] == {"new_password": ["password_similar"]}
    assert one.post("/auth/password/change", body).status_code == 204
    assert two.get("/users/me").status_code == 401
    assert one.get("/users/me").status_code == 200
    login = {"email": "ada@school.example", "password": PASSWORD}
    assert client.post("/auth/login", login).status_code == 401
    assert client.post("/auth/login", login | {"password": "purple walrus parade"}).status_code == 200


def test_a_forgotten_password_is_replaced_and_ends_all_sessions(client: Client, opened: Opened) -> None:  # ACC-08
    one, two = client.join(), client.sign_in()
    accounts, new = opened.served.accounts, "purple walrus parade"
    with pytest.raises(NotFound, match=r"eve@school\.example"):
        accounts.set_password("eve@school.example", new)
    with pytest.raises(UserError) as weak:
        accounts.set_password("ada@school.example", "ada.moyo1")
    assert weak.value.values["fields"] == {"password": ["password_similar"]}
    assert one.get("/users/me").status_code == 200, "a refusal ends nothing"
    assert accounts.set_password("ADA@school.example", new).id == one.user["id"]
    assert [each.get("/users/me").status_code for each in (one, two)] == [401, 401]
    login = {"email": "ada@school.example", "password": PASSWORD}
    assert client.post("/auth/login", login).status_code == 401
    assert client.post("/auth/login", login | {"password": new}).status_code == 200


@pytest.mark.postgresql(soak=True)
def test_a_closed_account_is_refused_with_its_own_code(client: Client, opened: Opened) -> None:  # ACC-15
    ada = client.join()
    opened.served.accounts.set_active(ada.user["id"], active=False)
    login = client.post("/auth/login", {"email": "ada@school.example", "password": PASSWORD})
    assert (login.status_code, login.json()["code"]) == (403, "account_disabled")
    wrong = client.post("/auth/login", {"email": "ada@school.example", "password": "not this one"})
    assert wrong.json()["code"] == "wrong_credentials"
    assert ada.get("/users/me").status_code in (401, 403)
    opened.served.accounts.set_active(ada.user["id"], active=True)
    assert client.sign_in().get("/users/me").status_code == 200
