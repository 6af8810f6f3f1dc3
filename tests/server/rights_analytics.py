"""Who may call the routes of figures and reports: a part of the table in rights.py."""

from __future__ import annotations

from lms_core.permissions import is_anyone, is_authenticated, is_moderator_or_up
from tests.server.rights import EVERYBODY, SIGNED_IN, Case

STAFF = frozenset({"manager", "admin"})

CASES: dict[str, Case] = {
    "GET /statistics/platform": Case(is_anyone, EVERYBODY),
    "GET /analytics/platform": Case(is_moderator_or_up, STAFF),
    "GET /analytics/student": Case(is_authenticated, SIGNED_IN),
    "GET /dashboard": Case(is_authenticated, SIGNED_IN),
}
