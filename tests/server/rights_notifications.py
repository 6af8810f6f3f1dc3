"""The part of the table of rights that is about notifications and the links that end their mails."""

from __future__ import annotations

from lms_core.notifications.notify import notify
from lms_core.permissions import is_admin, is_anyone, is_authenticated, is_owner
from tests.server.rights import ADMINS, EVERYBODY, NOBODY, SIGNED_IN, WRONG, Case, World, at, body, whose


def _told(w: World, name: str, foreign: bool) -> str:
    """A notification of the caller, or of somebody else."""
    who = w.caller(whose(name, foreign))
    with w.opened.hub.unit() as unit:
        notify(unit, who.account, "role_changed", values={"role": "student"})
    return w.opened.served.inbox(who).list()[1][0].id


CASES = {
    "GET /notifications": Case(is_authenticated, SIGNED_IN),
    "POST /notifications": Case(is_admin, ADMINS, ask=body(lambda *_: {"title": "We rest on Saturday"})),
    "POST /notifications/read-all": Case(is_authenticated, SIGNED_IN),
    "POST /notifications/{notification}/read": Case(is_owner, SIGNED_IN, NOBODY, at(notification=_told)),
    "POST /notifications/{notification}/dismiss": Case(is_owner, SIGNED_IN, NOBODY, at(notification=_told)),
    "GET /auth/unsubscribe": Case(is_anyone, EVERYBODY),
    "POST /auth/unsubscribe": Case(is_anyone, EVERYBODY, says=WRONG),
}
