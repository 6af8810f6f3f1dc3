"""Certificates at the hub: verified by anybody, revoked and issued anew by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as administrators see it; times in ISO 8601."""

    id: str
    certificate_number: str
    student_name: str
    course_id: str
    course_title: str
    completion_date: str
    is_valid: bool
    revocation_reason: str
    verification_url: str


class Certificates(msgspec.Struct, frozen=True, kw_only=True):
    """A page of certificates, and how many there are in all."""

    count: int
    results: list[Certificate]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub tells anybody of a certificate (CER-06)."""

    certificate_number: str
    is_valid: bool
    student_name: str
    course_title: str
    completion_date: str
    revocation_date: str | None


class CertificatesApi:
    """Certificates (CER). Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def verify(self, number: str) -> Verified:
        """Whether a certificate is valid now. Raises NotFound `certificate_unknown`."""
        said = self._line.ask("GET", "/certificates/verify", params={"certificate_number": number})
        return msgspec.convert(said, Verified)

    def find(self, *, search: str = "", course: str = "", page: int = 1) -> Certificates:
        """Everybody's by number, name or address, twenty to a page; for administrators."""
        wanted = {"everyone": "true", "search": search, "course": course, "page": str(page)}
        return msgspec.convert(self._line.ask("GET", "/certificates", params=wanted), Certificates)

    def revoke(self, certificate: str, reason: str) -> None:
        """Say that one counts no more. Raises Conflict `certificate_revoked`, UserError `invalid_fields`."""
        self._line.ask("POST", f"/certificates/{certificate}/revoke", json={"reason": reason})

    def reissue(self, certificate: str, reason: str = "") -> None:
        """Issue another in its place. Raises Conflict `certificate_replaced`."""
        self._line.ask("POST", f"/certificates/{certificate}/reissue", json={"reason": reason})

    def issue_all(self, course: str) -> int:
        """Issue what is earned in a course and lacking; returns how many."""
        return self._bulk(action="issue", course_id=course)

    def _bulk(self, **body: Any) -> int:
        return int(self._line.ask("POST", "/certificates/bulk", json=body)["count"])
