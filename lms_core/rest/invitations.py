"""Invitations by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation in the list of all; times in ISO 8601, `state` is open, accepted, expired or revoked."""

    id: str
    email: str
    first_name: str
    last_name: str
    role: str
    class_name: str
    state: str
    invited_by: str
    sent_at: str
    expires_at: str
    accepted_at: str | None


class Invitations(msgspec.Struct, frozen=True, kw_only=True):
    """A page of invitations, and how many there are in all."""

    count: int
    results: list[Invited]


class InvitationsApi:
    """Invitations (ACC-20): managers send those of students, administrators all. Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def invitations(self, *, search: str = "", state: str = "", page: int = 1) -> Invitations:
        """Invitations, the last sent first, twenty to a page."""
        wanted = {"search": search, "state": state, "page": str(page)}
        return msgspec.convert(self._line.ask("GET", "/invitations", params=wanted), Invitations)

    def invite(self, **wish: str) -> Invited:
        """Invite somebody by mail: email, role, first_name, last_name, class_id, message, language."""
        return msgspec.convert(self._line.ask("POST", "/invitations", json=wish), Invited)

    def resend(self, invitation: str) -> None:
        """Mail it again with another link and code. Raises Conflict `invitation_over`."""
        self._line.ask("POST", f"/invitations/{invitation}/resend")

    def revoke(self, invitation: str) -> None:
        """Call it back. Raises Conflict `invitation_over`."""
        self._line.ask("DELETE", f"/invitations/{invitation}")
