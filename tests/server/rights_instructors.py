"""Who may call which route of instructors: those of the table in rights.py."""

from __future__ import annotations

from typing import Any

from lms_core.learning.entities import ROSTER_ENTRY
from lms_core.permissions import can_manage_course, is_admin, is_anyone, is_authenticated, is_instructor_or_admin
from tests.server.rights import (
    ADMINS,
    AUTHORS,
    EVERYBODY,
    GONE,
    SIGNED_IN,
    WRONG,
    Case,
    World,
    at,
    body,
    form,
    lead_of,
)

READING = EVERYBODY - {"deactivated"}
REFUSED = frozenset({403})
"""What succeeds in nothing more than being refused for the state that everybody here is in: no address is confirmed."""


def _somebody(w: World, name: str, foreign: bool) -> str:
    w.opened.hub.project()
    return w.account("instructor")


def _student(w: World, name: str, foreign: bool) -> str:
    course = w.published(lead_of(foreign))
    if foreign:
        w.enrol("enrolled", course)
    w.opened.hub.project()
    return ROSTER_ENTRY.id_for(course, w.account("enrolled"))


def _decision(w: World, name: str, foreign: bool) -> Any:
    who = w.client.join(f"new{w.number()}")
    w.opened.served.accounts.set_role(who.user["email"], "instructor")
    w.opened.hub.project()
    return {"user_id": who.user["id"], "action": "suspend", "reason": "None but this test."}


CASES = {
    "GET /instructors": Case(is_anyone, EVERYBODY),
    "GET /instructors/{user_id}": Case(is_anyone, READING, ask=at(user_id=_somebody)),
    "POST /instructor/apply": Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {}), says=REFUSED),
    "POST /instructor/verify": Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {"code": "no"}), says=WRONG),
    "POST /instructor/verify/{token}": Case(is_anyone, EVERYBODY, ask=at(token=lambda *_: "x"), says=WRONG),
    "GET /instructor/verify": Case(is_anyone, EVERYBODY),
    "POST /instructor/verify/page": Case(is_anyone, EVERYBODY, ask=form(token="x"), says=WRONG),
    "GET /instructor/status": Case(is_authenticated, SIGNED_IN, says=frozenset({200, *GONE})),
    "GET /instructor/approval": Case(is_admin, ADMINS),
    "POST /instructor/approval": Case(is_admin, ADMINS, ask=body(_decision)),
    **{
        f"{method} /instructor/profile": Case(
            is_instructor_or_admin, AUTHORS, ask=body(lambda *_: {"title": "Diver"}) if method != "GET" else at()
        )
        for method in ("GET", "PUT", "PATCH")
    },
    "GET /instructor/courses": Case(is_instructor_or_admin, AUTHORS),
    "GET /instructor/students": Case(is_instructor_or_admin, AUTHORS),
    "GET /instructor/students/{student_id}": Case(
        can_manage_course, frozenset({"instructor", "admin"}), frozenset({"foreign", "admin"}), at(student_id=_student)
    ),
    "PATCH /instructor/students/{student_id}": Case(
        can_manage_course,
        frozenset({"instructor", "admin"}),
        frozenset({"foreign", "admin"}),
        body(lambda *_: {"status": "active"}, student_id=_student),
    ),
}
