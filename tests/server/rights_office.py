"""Who may call the routes of the server's own affairs: its administrators. A part of the table in rights.py."""

from __future__ import annotations

from lms_core.permissions import is_admin
from tests.server.rights import ADMINS, GONE, WRONG, Case, World, at, body
from tests.server.test_replicas import KEY


def replica_of_somebody(w: World, name: str, foreign: bool) -> str:
    made = f"{w.number():016x}"
    w.client.join(f"new{w.number()}").post("/replicas", {"replica_id": made, "public_key": KEY})
    return made


CASES: dict[str, Case] = {
    "GET /system/jobs": Case(is_admin, ADMINS),
    "GET /system/jobs/plan": Case(is_admin, ADMINS),
    "POST /system/jobs/{name}/run": Case(is_admin, ADMINS, ask=at(name=lambda *_: "none"), says=GONE),
    # no folder is set here
    "GET /system/backups": Case(is_admin, ADMINS, says=WRONG),
    "POST /system/backups": Case(is_admin, ADMINS, says=WRONG),
    "POST /system/backups/{name}/trial": Case(is_admin, ADMINS, ask=at(name=lambda *_: "none"), says=WRONG),
    "GET /audit/export": Case(is_admin, ADMINS),
    "GET /devices": Case(is_admin, ADMINS),
    "POST /devices/{replica_id}/revoke": Case(
        is_admin, ADMINS, ask=body(lambda *_: {"reason": "Lost"}, replica_id=replica_of_somebody)
    ),
    "GET /system/sync": Case(is_admin, ADMINS),
    "POST /system/sync/retry": Case(is_admin, ADMINS),
    "GET /system/settings": Case(is_admin, ADMINS),
    "GET /system/check": Case(is_admin, ADMINS),
    "POST /system/check": Case(is_admin, ADMINS, says=frozenset({202})),
    "GET /system/mail": Case(is_admin, ADMINS),
    "GET /system/mail/state": Case(is_admin, ADMINS),
    "POST /system/mail/test": Case(is_admin, ADMINS),
    "POST /system/mail/{name}/retry": Case(is_admin, ADMINS, ask=at(name=lambda *_: "none"), says=GONE),
    "DELETE /system/mail/{name}": Case(is_admin, ADMINS, ask=at(name=lambda *_: "none"), says=GONE),
}
