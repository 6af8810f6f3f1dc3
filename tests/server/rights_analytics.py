"""Who may call the routes of figures and reports: a part of the table in rights.py."""

from __future__ import annotations

from lms_core.permissions import is_anyone, is_authenticated, is_moderator_or_up
from tests.server.rights import ADMINS, EVERYBODY, SIGNED_IN, Case, World, at, body

STAFF = frozenset({"manager", "admin"})


def _report(w: World, name: str, foreign: bool) -> str:
    """A report of the caller's, or of an administrator; where the caller may ask for none, an administrator's too."""
    who = w.people[name if name in STAFF and not foreign else "admin"]
    found: str = who.post("/reports", {"kind": "storage"}).json()["id"]
    w.opened.served.reports.run()
    return found


CASES: dict[str, Case] = {
    "GET /statistics/platform": Case(is_anyone, EVERYBODY),
    "GET /analytics/platform": Case(is_moderator_or_up, STAFF),
    "GET /analytics/student": Case(is_authenticated, SIGNED_IN),
    "GET /dashboard": Case(is_authenticated, SIGNED_IN),
    "GET /reports": Case(is_moderator_or_up, STAFF),
    "POST /reports": Case(is_moderator_or_up, STAFF, ask=body(lambda *_: {"kind": "storage"})),
    "GET /reports/{report_id}": Case(is_moderator_or_up, STAFF, ADMINS, at(report_id=_report)),
    "GET /reports/{report_id}/file": Case(is_moderator_or_up, STAFF, ADMINS, at(report_id=_report)),
    "DELETE /reports/{report_id}": Case(is_moderator_or_up, STAFF, ADMINS, at(report_id=_report)),
}
