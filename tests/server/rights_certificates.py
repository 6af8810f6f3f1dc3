"""Who may call which route of certificates: those of the table in rights.py."""

from __future__ import annotations

from contextlib import nullcontext

from lms_core.certificates.entities import certificate_id
from lms_core.courses.service import CoursesService
from lms_core.learning.entities import ENROLLMENT
from lms_core.permissions import is_admin, is_anyone, is_authenticated, is_owner_or_admin
from lms_core.schema import Actor
from tests.server.rights import ADMINS, EVERYBODY, SIGNED_IN, Case, World, at, body, whose

UNKNOWN = frozenset({404})


def certified_course(w: World, *, price: float = 0.0, lead: str = "foreign") -> str:
    """A published course with one lesson that gives certificates."""
    course = w.course(lead, price=price, has_certificate=True)
    with w.opened.hub.unit(Actor(w.account(lead), "instructor")) as unit:
        CoursesService(lambda: nullcontext(unit)).publish(course)
    w.opened.hub.project()
    return course


def complete(w: World, name: str, course: str) -> str:
    """Let somebody do the whole course; returns where their certificate is once the server has issued it."""
    lesson = w.lesson(course)
    answer = w.people[name].post(f"/lessons/{lesson}/progress", {"is_completed": True})
    assert answer.status_code == 200, answer.text
    w.opened.hub.project()
    return certificate_id(ENROLLMENT.id_for(w.account(name), course), 0)


def certified(w: World, name: str) -> str:
    """The certificate of somebody for the same course."""
    if "certified" not in w.drafts:
        w.drafts["certified"] = certified_course(w)
    course = w.drafts["certified"]
    assert w.people[name].post(f"/courses/{course}/enroll").status_code == 200
    certificate = complete(w, name, course)
    w.opened.served.certificates.issue_due()
    return certificate


def _certificate(w: World, name: str, foreign: bool) -> str:
    return certified(w, whose(name, foreign))


def _course(w: World, name: str, foreign: bool) -> dict[str, str]:
    certified(w, "student")
    return {"action": "issue", "course_id": w.drafts["certified"]}


CASES = {
    "GET /certificates": Case(is_authenticated, SIGNED_IN),
    "GET /certificates/verify": Case(
        is_anyone, EVERYBODY, ask=lambda *_: ({}, {"params": {"certificate_number": "x"}}), says=UNKNOWN
    ),
    "GET /certificates/{certificate_id}/file": Case(
        is_owner_or_admin, SIGNED_IN, ADMINS, at(certificate_id=_certificate)
    ),
    "POST /certificates/{certificate_id}/revoke": Case(
        is_admin, ADMINS, ADMINS, body(lambda *_: {"reason": "A mistake"}, certificate_id=_certificate)
    ),
    "POST /certificates/{certificate_id}/reissue": Case(
        is_admin, ADMINS, ADMINS, body(lambda *_: {}, certificate_id=_certificate)
    ),
    "POST /certificates/bulk": Case(is_admin, ADMINS, ask=body(_course)),
}
