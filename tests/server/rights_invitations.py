"""Who may call which route of invitations: a part of the table in rights.py."""

from __future__ import annotations

from typing import Any

from lms_core.accounts.model import Origin
from lms_core.invitations.model import Wish
from lms_core.permissions import can_invite, is_anyone
from tests.server.people import PASSWORD
from tests.server.rights import ADMINS, DESK, EVERYBODY, WRONG, Case, World, at, body, form


def _student(w: World, *_: Any) -> Any:
    return {"email": f"new{w.number()}@school.example"}


def _invitation(w: World, name: str, foreign: bool) -> str:
    """One of a student, or of somebody whom administrators alone invite."""
    wish = Wish(email=f"new{w.number()}@school.example", role="instructor" if foreign else "student")
    return w.opened.served.invitations.invite(w.caller("admin"), wish, origin=Origin()).id


CASES = {
    "GET /invitations": Case(can_invite, DESK),
    "POST /invitations": Case(can_invite, DESK, ask=body(_student)),
    "POST /invitations/{invitation_id}/resend": Case(can_invite, DESK, ADMINS, at(invitation_id=_invitation)),
    "DELETE /invitations/{invitation_id}": Case(can_invite, DESK, ADMINS, at(invitation_id=_invitation)),
    # what proves something is the mail, not who asks
    "POST /invitations/accept": Case(
        is_anyone, EVERYBODY, ask=body(lambda *_: {"token": "x", "password": PASSWORD}), says=WRONG
    ),
    "GET /invitations/accept": Case(is_anyone, EVERYBODY, says=WRONG),
    "POST /invitations/accept/page": Case(is_anyone, EVERYBODY, ask=form(token="x"), says=WRONG),
}
