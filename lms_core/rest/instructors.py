"""Becoming an instructor, and what administrators decide of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an application; `is_verified`: it was confirmed by the mail."""

    status: str
    is_verified: bool
    applied_at: str | None
    suspension_reason: str


class InstructorApi:
    """The caller's own application (INS-06). Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def apply(self, **fields: Any) -> Application:
        """Apply with a profile; asked again before it is confirmed, the mail is sent again.

        Raises:
            Denied: `address_unconfirmed`, `instructor_suspended`. Conflict: `not_a_student`. UserError.
        """
        return msgspec.convert(self._line.ask("POST", "/instructor/apply", json=fields), Application)

    def confirm(self, code: str) -> Application:
        """Confirm it by the code of the mail. Raises UserError `proof_invalid`."""
        return msgspec.convert(self._line.ask("POST", "/instructor/verify", json={"code": code}), Application)


class Applicant(Application, frozen=True, kw_only=True):
    """Somebody who teaches or wishes to; `expertise_areas` are ids of categories."""

    user_id: str
    email: str
    first_name: str
    last_name: str
    role: str
    display_name: str
    bio: str
    expertise_areas: list[str]
    title: str
    organization: str
    years_experience: int
    website: str
    linkedin_profile: str
    twitter_handle: str


class Applicants(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them, and how many there are in all."""

    count: int
    results: list[Applicant]


class ApprovalApi:
    """Everybody's, for administrators. Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def find(self, *, status: str = "", search: str = "", page: int = 1) -> Applicants:
        """Who waits longest comes first, twenty to a page."""
        wanted = {"search": search, "page": str(page)} | ({"status": status} if status else {})
        return msgspec.convert(self._line.ask("GET", "/instructor/approval", params=wanted), Applicants)

    def decide(self, who: str, action: str, reason: str = "") -> Applicant:
        """Approve, reject, suspend or reactivate somebody. Raises Conflict, UserError `invalid_fields`."""
        body = {"user_id": who, "action": action, "reason": reason}
        return msgspec.convert(self._line.ask("POST", "/instructor/approval", json=body), Applicant)
