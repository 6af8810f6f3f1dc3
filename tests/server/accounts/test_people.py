"""Everybody's accounts over HTTP: who sees what, and what managers and administrators may do."""

from __future__ import annotations

from typing import Any

import pytest

from lms_core.accounts.watch import MANY_FAILURES
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.accounts.conftest import School
from tests.server.people import PASSWORD, Client

NEW = {"email": "noor@school.example", "first_name": "Noor", "last_name": "Ali"}
ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"
NOBODY = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d99"
PUBLIC = {
    "id", "first_name", "last_name", "username", "role", "profile_picture", "bio", "location", "social", "skills"
}  # fmt: skip


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["first_name"] for each in answer.json()["results"]]


# --- seeing
@pytest.mark.postgresql
def test_others_see_what_is_public_and_owner_and_admin_everything(school: School) -> None:  # USR-07
    ada = school.ada
    path = f"/users/{ada.user['id']}"
    ada.ask("PATCH", "/users/me/profile", json={"bio": "Hi.", "phone_number": "555", "date_of_birth": "2010-01-01"})
    ada.ask("PUT", "/users/me/social", json={"github": "ada"})
    ada.post("/users/me/skills", {"name": "Knots"})
    for other in (school.sam, school.tess, school.mina):
        answer = other.get(path)
        shown = answer.json()
        assert shown.keys() == PUBLIC
        assert (shown["bio"], shown["social"]["github"], shown["skills"][0]["name"]) == ("Hi.", "ada", "Knots")
        for secret in ("555", "2010-01-01", "ada@school.example"):
            assert secret not in answer.text
    for who in (ada, school.root):
        assert who.get(path).json() == ada.get("/users/me").json()
        assert who.get(path).json()["profile"]["phone_number"] == "555"
    assert [school.sam.get(f"/users/{each}").status_code for each in (NOBODY, "x", "me x")] == [404] * 3


@pytest.mark.postgresql
def test_managers_and_admins_list_accounts(school: School) -> None:  # USR-09, SEC-03
    for who in (school.root, school.mina):
        assert names(who.get("/users")) == ["Ada", "Mina", "Root", "Sam", "Tess"]
    for who in (school.tess, school.ada):
        assert (who.get("/users").status_code, who.get("/users").json()["code"]) == (403, "denied")
    first = school.root.get("/users").json()["results"][0]
    assert first.keys() == {"id", "email", "username", "first_name", "last_name", "role", "cohort", "is_active",
                            "date_joined", "last_login"}  # fmt: skip


def test_the_list_is_searched_filtered_and_paged(school: School) -> None:  # ACC-20, API-05
    root, sam = school.root, school.sam
    sam.ask("PATCH", "/users/me", json={"first_name": "Ödön", "cohort": "8b_%"})
    root.post(f"/users/{sam.user['id']}/deactivate")
    for query, found in (
        ("search=ödön", ["Ödön"]), ("search=ÖDÖN", ["Ödön"]), ("search=moyo ADA", ["Ada"]), ("search=ad moyo", ["Ada"]),
        ("search=sam@SCHOOL", ["Ödön"]), ("search=%25", []), ("search=nobody", []), ("role=instructor", ["Tess"]),
        ("cohort=8b_%25", ["Ödön"]), ("cohort=8bx", []), ("active=false", ["Ödön"]),
        ("role=student&active=true", ["Ada"]),
    ):  # fmt: skip
        assert names(root.get(f"/users?{query}")) == found, query
    page = root.get("/users?page=2&page_size=2").json()
    assert ([p["first_name"] for p in page["results"]], page["count"]) == (["Root", "Tess"], 5)
    assert page["next"] is not None
    for bad in ("page=0", "page_size=101", "active=maybe"):
        assert root.get(f"/users?{bad}").json()["code"] == "invalid_fields"


# --- making and changing
@pytest.mark.postgresql
def test_an_admin_makes_an_account_once_per_id(client: Client, school: School) -> None:  # API-14
    root = school.root
    body = NEW | {"id": ID, "role": "instructor", "password": PASSWORD, "cohort": "staff"}
    made = root.post("/users", body)
    assert (made.status_code, made.json()["id"], made.json()["role"]) == (201, ID, "instructor")
    assert root.post("/users", body).json() == made.json()
    other = root.post("/users", body | {"email": "else@school.example"})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert client.sign_in("noor").user["id"] == ID
    assert PASSWORD not in made.text
    taken = root.post("/users", NEW)
    assert taken.json()["details"]["fields"] == {"email": ["email_taken"]}
    assert root.post("/users", body | {"id": NOBODY, "email": "q@school.example", "role": "king"}).status_code == 400
    assert names(root.get("/users?search=noor")) == ["Noor"]


def test_without_a_password_nobody_signs_in_until_one_is_set(client: Client, school: School) -> None:
    made = school.root.post("/users", NEW).json()
    for guess in ("", PASSWORD):
        answer = client.post("/auth/login", {"email": NEW["email"], "password": guess})
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    weak = school.root.ask("PUT", f"/users/{made['id']}/password", json={"password": "short"})
    assert weak.json()["details"]["fields"] == {"password": ["password_too_short"]}
    assert school.root.ask("PUT", f"/users/{made['id']}/password", json={"password": PASSWORD}).status_code == 204
    assert client.sign_in("noor").user["id"] == made["id"]


def test_owner_and_admin_change_an_account(client: Client, school: School) -> None:
    ada, root = school.ada, school.root
    path = f"/users/{ada.user['id']}"
    assert ada.ask("PATCH", path, json={"cohort": "8b"}).json()["cohort"] == "8b"
    own = ada.ask("PATCH", path, json={"email": "new@school.example"})
    assert own.json()["details"]["fields"] == {"email": ["reserved_field"]}
    said = root.ask("PATCH", path, json={"email": "new@school.example", "last_name": "Lee"}).json()
    assert (said["email"], said["last_name"], said["cohort"]) == ("new@school.example", "Lee", "8b")
    assert client.sign_in("new").user["id"] == ada.user["id"]
    taken = root.ask("PATCH", path, json={"email": "SAM@school.example"})
    assert taken.json()["details"]["fields"] == {"email": ["email_taken"]}
    put = root.ask("PUT", path, json={"first_name": "Ada", "last_name": "Moyo", "username": "ada"}).json()
    assert (put["cohort"], put["email"], put["username"]) == ("", "new@school.example", "ada")
    for field in ("role", "is_active", "id", "is_email_verified"):
        assert root.ask("PATCH", path, json={field: "admin"}).status_code == 400  # SEC-14


@pytest.mark.postgresql
def test_what_the_hub_changed_reaches_the_laptops(school: School, opened: Opened) -> None:
    who = school.ada.user["id"]
    with opened.hub.store.read() as snapshot:
        (feed,) = snapshot.feeds([f"account/{who}"]).values()
    school.root.ask("PUT", f"/users/{who}/role", json={"role": "instructor"})
    with opened.hub.store.read() as snapshot:
        changed, told = snapshot.entries(f"account/{who}", feed.seq, 10)
    assert b"instructor" in changed[1]
    assert b"role_changed" in told[1]


@pytest.mark.postgresql
def test_roles_are_given_by_admins_and_the_last_one_stays(school: School) -> None:  # ROL-01, ROL-02
    root, ada = school.root, school.ada
    mine = f"/users/{root.user['id']}"
    assert root.ask("PUT", f"{mine}/role", json={"role": "student"}).json()["code"] == "last_admin"
    assert root.post(f"{mine}/deactivate").json()["code"] == "last_admin"
    assert root.ask("PUT", f"/users/{ada.user['id']}/role", json={"role": "Admin"}).json()["code"] == "bad_choice"
    said = root.ask("PUT", f"/users/{ada.user['id']}/role", json={"role": "admin"}).json()
    assert (said["role"], ada.get("/users").status_code) == ("admin", 200)
    assert ada.ask("PUT", f"{mine}/role", json={"role": "student"}).json()["role"] == "student"
    assert (root.get("/users").status_code, root.get("/audit").status_code) == (403, 403)
    assert ada.post(f"/users/{ada.user['id']}/deactivate").json()["code"] == "last_admin"


@pytest.mark.postgresql(soak=True)
def test_a_closed_account_is_out_and_comes_back(client: Client, school: School) -> None:  # ACC-15
    root, ada = school.root, school.ada
    path = f"/users/{ada.user['id']}"
    assert root.post(f"{path}/deactivate").json()["is_active"] is False
    assert ada.get("/users/me").status_code in (401, 403)
    login = client.post("/auth/login", {"email": "ada@school.example", "password": PASSWORD})
    assert (login.status_code, login.json()["code"]) == (403, "account_disabled")
    assert root.post(f"{path}/deactivate").status_code == 200, "twice is once"
    assert root.post(f"{path}/reactivate").json()["is_active"] is True
    assert client.sign_in("ada").get("/users/me").status_code == 200
    assert root.get("/audit?action=account.deactivated").json()["count"] == 1


# --- rights
ADMIN_ONLY = (
    ("POST", "/users", NEW),
    ("PUT", "/users/{id}/role", {"role": "admin"}),
    ("POST", "/users/{id}/deactivate", None),
    ("POST", "/users/{id}/reactivate", None),
    ("PUT", "/users/{id}/password", {"password": "purple walrus parade"}),
    ("PATCH", "/users/{id}", {"first_name": "Eve"}),
    ("PUT", "/users/{id}", {"first_name": "Eve", "last_name": "X", "username": "evex"}),
    ("GET", "/users/{id}/sessions", None),
    ("GET", "/users/{id}/logins", None),
    ("DELETE", "/users/{id}/sessions/" + NOBODY, None),
    ("GET", "/sessions/suspicious", None),
    ("GET", "/audit", None),
)


@pytest.mark.parametrize(("method", "path", "body"), ADMIN_ONLY)
def test_the_account_of_somebody_else_is_for_admins(
    client: Client, school: School, method: str, path: str, body: Any
) -> None:  # SEC-04, API-13
    path = path.format(id=school.sam.user["id"])
    sent = {"json": body} if body else {}
    assert client.ask(method, path, **sent).status_code == 401
    for who in (school.ada, school.tess, school.mina):
        answer = who.ask(method, path, **sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "denied"), who.user["email"]
    for missing in (NOBODY, "no-id") if school.sam.user["id"] in path else ():
        gone = school.root.ask(method, path.replace(school.sam.user["id"], missing), **sent)
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    if body:
        assert school.root.ask(method, path, json={"x": 1}).status_code == 400
    assert school.sam.get("/users/me").json()["first_name"] == "Sam"


# --- sessions
@pytest.mark.postgresql
def test_an_admin_ends_a_session(school: School) -> None:
    root, ada, sam = school.root, school.ada, school.sam
    path = f"/users/{ada.user['id']}/sessions"
    (listed,) = root.get(path).json()
    assert (listed["current"], listed["ip_address"]) == (False, "testclient")
    assert ada.get(path).json()[0]["current"] is True
    assert root.delete(f"/users/{sam.user['id']}/sessions/{listed['id']}").status_code == 404
    assert root.delete(f"{path}/{listed['id']}").status_code == 204
    assert ada.get("/users/me").status_code == 401


def test_odd_sign_ins_are_suspicious(client: Client, school: School, clock: FakeClock) -> None:  # SEC-11
    root, login = school.root, {"email": "ada@school.example", "password": PASSWORD}
    assert root.get("/sessions/suspicious").json()["count"] == 0
    client.post("/auth/login", login, headers={"User-Agent": "LMS on iPhone"})
    clock.advance(ms=1000)
    for _ in range(MANY_FAILURES):
        client.post("/auth/login", login | {"password": "not this one"})
    client.post("/auth/login", login)
    found = root.get("/sessions/suspicious").json()
    assert [(each["email"], each["security_notes"]) for each in found["results"]] == [
        ("ada@school.example", "5 failed sign-ins before"),
        ("ada@school.example", "new device class: mobile, iOS"),
    ]
    assert root.get(f"/users/{school.ada.user['id']}/logins").json()["count"] == MANY_FAILURES + 3
