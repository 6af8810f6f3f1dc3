"""Who may call the routes of accounts, one's own and those of others: a part of the table in rights.py."""

from __future__ import annotations

from typing import Any

from lms_core.permissions import is_admin, is_authenticated, is_moderator_or_up, is_owner, is_owner_or_admin
from tests.server.people import PASSWORD
from tests.server.rights import ADMINS, GONE, NOBODY, SIGNED_IN, Ask, Case, World, at, body, whose


def _password(w: World, name: str, foreign: bool) -> Any:
    return {"password": PASSWORD}


def _names(w: World, name: str, foreign: bool) -> Any:
    return {"first_name": "Ada", "last_name": "Moyo", "username": f"user{w.number()}"}


def _newcomer(w: World, name: str, foreign: bool) -> Any:
    return {"email": f"new{w.number()}@school.example", "first_name": "Noor", "last_name": "Ali"}


def _account(w: World, name: str, foreign: bool) -> str:
    return w.account(whose(name, foreign))


def _somebody(w: World, name: str, foreign: bool) -> str:
    return str(w.client.join(f"new{w.number()}").user["id"])


def _session_of_somebody(w: World, name: str, foreign: bool) -> Ask:
    somebody = w.client.join(f"new{w.number()}")
    (found,) = somebody.get("/auth/sessions").json()
    return {"user_id": somebody.user["id"], "session_id": found["id"]}, {}


def _skill(w: World, name: str, foreign: bool) -> str:
    return str(w.people[whose(name, foreign)].post("/users/me/skills", {"name": "Knots"}).json()["id"])


CASES: dict[str, Case] = {
    "PATCH /users/me": Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {"cohort": "8b"})),
    "PUT /users/me": Case(is_authenticated, SIGNED_IN, ask=body(_names)),
    "PUT /users/me/photo": Case(
        is_authenticated, SIGNED_IN, ask=lambda *_: ({}, {"files": {"photo": b"no picture"}}), says=frozenset({400})
    ),
    "DELETE /users/me/photo": Case(is_authenticated, SIGNED_IN),
    "GET /users/me/export": Case(is_authenticated, SIGNED_IN),
    "GET /users/me/logins": Case(is_authenticated, SIGNED_IN),
    "GET /users/me/skills": Case(is_authenticated, SIGNED_IN),
    "POST /users/me/skills": Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {"name": "Knots"})),
    "DELETE /users/me/skills/{skill_id}": Case(is_owner, SIGNED_IN, NOBODY, at(skill_id=_skill)),
    "GET /users": Case(is_moderator_or_up, frozenset({"manager", "admin"})),
    "POST /users": Case(is_admin, ADMINS, ask=body(_newcomer)),
    "POST /users/import": Case(
        is_admin,
        ADMINS,
        ask=lambda *_: ({}, {"content": b"email,first_name,last_name", "headers": {"Content-Type": "text/csv"}}),
    ),
    "GET /users/{user_id}": Case(is_authenticated, SIGNED_IN, SIGNED_IN, at(user_id=_account)),
    "PATCH /users/{user_id}": Case(
        is_owner_or_admin, SIGNED_IN, ADMINS, body(lambda *_: {"cohort": "8b"}, user_id=_account)
    ),
    "PUT /users/{user_id}": Case(is_owner_or_admin, SIGNED_IN, ADMINS, body(_names, user_id=_account)),
    "DELETE /users/me": Case(
        is_authenticated, SIGNED_IN, ask=body(lambda *_: {"password": "not this one"}), says=frozenset({400})
    ),
    "DELETE /users/{user_id}": Case(is_admin, ADMINS, ask=at(user_id=_somebody)),
    "GET /users/{user_id}/led-courses": Case(is_owner_or_admin, SIGNED_IN, ADMINS, at(user_id=_account)),
    "POST /users/{user_id}/hand-over": Case(
        is_owner_or_admin, SIGNED_IN, ADMINS, body(lambda *_: {"to": "nobody"}, user_id=_account), frozenset({400})
    ),
    "PUT /users/{user_id}/role": Case(is_admin, ADMINS, ask=body(lambda *_: {"role": "instructor"}, user_id=_somebody)),
    "PUT /users/{user_id}/password": Case(is_admin, ADMINS, ask=body(_password, user_id=_somebody)),
    "POST /users/{user_id}/deactivate": Case(is_admin, ADMINS, ask=at(user_id=_somebody)),
    "POST /users/{user_id}/reactivate": Case(is_admin, ADMINS, ask=at(user_id=_somebody)),
    "GET /users/{user_id}/photo": Case(is_authenticated, SIGNED_IN, ask=at(user_id=_account), says=GONE),
    "GET /users/{user_id}/sessions": Case(is_owner_or_admin, SIGNED_IN, ADMINS, at(user_id=_account)),
    "GET /users/{user_id}/logins": Case(is_owner_or_admin, SIGNED_IN, ADMINS, at(user_id=_account)),
    "DELETE /users/{user_id}/sessions/{session_id}": Case(is_admin, ADMINS, ask=_session_of_somebody),
    "GET /sessions/suspicious": Case(is_admin, ADMINS),
    "GET /audit": Case(is_admin, ADMINS),
}
for _kind, _methods in (("profile", ("PUT", "PATCH")), ("social", ("PUT",)), ("settings", ("PUT", "PATCH"))):
    for _method in _methods:
        CASES[f"{_method} /users/me/{_kind}"] = Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {}))
    CASES[f"GET /users/me/{_kind}"] = Case(is_authenticated, SIGNED_IN)
