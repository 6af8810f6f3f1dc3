"""What a certificate says, how it is numbered and signed, and who gets one: pure rules of both sides (CER)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lms_core.errors import UserError

VERIFY_PATH = "/api/v1/certificates/verify"
MARK = "desktop-lms-certificate:"
"""Stands before the credential in the key words of a PDF."""
_MARKED = re.compile(re.escape(MARK.encode()) + rb"([A-Za-z0-9_-]{100,200000}={0,2})")
MOST_FILE = 16 << 20


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is certified, as it was when the certificate was issued; `minutes` of work, `completed_at` in ms.

    `signature_image` is the instructor's signature as a small PNG in base64. What holds its default is left out of what
    is signed, so that a later field changes no older signature.
    """

    student_name: str
    student_id: str
    course_title: str
    completed_at: int
    instructor: str = ""
    issuer: str = ""
    minutes: int = 0
    level: str = ""
    language: str = "en"
    signature_image: str = ""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A signed certificate: all that is needed to show it and to prove it without a network; `issued_at` in ms."""

    certificate_number: str
    enrollment_id: str
    user_id: str
    course_id: str
    issued_at: int
    template_version: str
    facts: Facts
    verification_hash: str
    signature: str = ""

    def body(self) -> bytes:
        """What is signed."""
        return msgspec.json.encode(msgspec.structs.replace(self, signature=""), order="sorted")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as lists show it; times in ms."""

    id: str
    credential: Credential
    is_valid: bool
    is_released: bool
    revoked_at: int | None
    revocation_reason: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody is told of a certificate (CER-06).

    `state`: `valid`; `revoked` (only where the hub or the own row says so); `forged` when no known key has signed it.
    `completed_at` in ms.
    """

    state: Literal["valid", "revoked", "forged"]
    certificate_number: str
    student_name: str = ""
    course_title: str = ""
    completed_at: int = 0
    revoked_at: int | None = None


def number_of(course: str, user: str, issued_at: int) -> str:
    """`CERT-course-user-stamp` with the last 12 hex digits of both ids and a UTC stamp of seconds (CER-03)."""
    stamp = datetime.fromtimestamp(issued_at / 1000, UTC).strftime("%Y%m%d%H%M%S")
    return f"CERT-{course.replace('-', '')[-12:]}-{user.replace('-', '')[-12:]}-{stamp}"


def hash_of(number: str, enrollment: str, user: str, course: str, issued_at: int) -> str:
    """SHA-256 over number, enrolment, user, course and time of issue in ms, a line each, in hex (CER-07)."""
    lines = "\n".join((number, enrollment, user, course, str(issued_at)))
    return hashlib.sha256(lines.encode()).hexdigest()


def unsigned(*, enrollment: str, user: str, course: str, issued_at: int, template: str, facts: Facts) -> Credential:
    """A credential with its number and hash, still to be signed."""
    number = number_of(course, user, issued_at)
    return Credential(
        certificate_number=number, enrollment_id=enrollment, user_id=user, course_id=course, issued_at=issued_at,
        template_version=template, facts=facts, verification_hash=hash_of(number, enrollment, user, course, issued_at),
    )  # fmt: skip


def is_genuine(credential: Credential, keys: Iterable[str]) -> bool:
    """Whether one of the hub's public keys (base64) has signed it and its hash is that of its fields."""
    c = credential
    if c.verification_hash != hash_of(c.certificate_number, c.enrollment_id, c.user_id, c.course_id, c.issued_at):
        return False
    body = c.body()
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(c.signature), body)
        except (InvalidSignature, binascii.Error, ValueError):
            continue
        return True
    return False


def read_row(row: Mapping[str, Any]) -> Shown:
    """The certificate of a row; one whose learner was erased says nothing any more."""
    blank = {"student_name": "", "student_id": row["user_id"], "course_title": "", "completed_at": row["issued_at"]}
    names = (
        "certificate_number", "enrollment_id", "user_id", "course_id", "issued_at", "template_version",
        "verification_hash", "signature",
    )  # fmt: skip
    facts = msgspec.convert(blank | (row["payload"] or {}), Facts)
    return Shown(
        id=row["id"], credential=Credential(facts=facts, **{name: row[name] for name in names}),
        is_valid=bool(row["is_valid"]), is_released=bool(row["is_released"]), revoked_at=row["revocation_date"],
        revocation_reason=row["revocation_reason"] or "",
    )  # fmt: skip


def judged(shown: Shown) -> Verdict:
    """What a row of the hub says."""
    return verdict_of(shown.credential, "valid" if shown.is_valid else "revoked", revoked_at=shown.revoked_at)


def verdict_of(
    credential: Credential, state: Literal["valid", "revoked", "forged"], *, revoked_at: int | None = None
) -> Verdict:
    """A verdict on a credential; of a forged one nothing is repeated but its number."""
    number, facts = credential.certificate_number, credential.facts
    if state == "forged":
        return Verdict(state=state, certificate_number=number)
    return Verdict(
        state=state, certificate_number=number, student_name=facts.student_name, course_title=facts.course_title,
        completed_at=facts.completed_at, revoked_at=revoked_at,
    )  # fmt: skip


# --- addresses and files
def verification_url(server: str, number: str) -> str:
    """Where anybody may ask whether a certificate is valid."""
    return f"{server.rstrip('/')}{VERIFY_PATH}?{urlencode({'certificate_number': number})}"


def marked(credential: Credential) -> str:
    """The credential as a word for a PDF."""
    return MARK + base64.urlsafe_b64encode(msgspec.json.encode(credential)).decode()


def read_file(data: bytes) -> Credential:
    """The credential in a PDF that was made here. Raises UserError `certificate_unreadable`."""
    found = _MARKED.search(data[:MOST_FILE])
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(found[1]) if found else b"", type=Credential)
    except (binascii.Error, msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        raise UserError("certificate_unreadable") from error


# --- who gets one
def is_earned(*, status: str, has_certificate: bool, required: Iterable[str], passed: Iterable[str]) -> bool:
    """Whether an enrolment has earned one: completed, the course gives them, every required quiz passed (CER-02)."""
    return status == "completed" and has_certificate and set(required) <= set(passed)


def is_released(*, needs_premium: bool, price: float, has_paid: bool, is_premium: bool) -> bool:
    """Whether a learner may have an issued one: free courses give it to everybody, others to payers (CER-09)."""
    return not needs_premium or price == 0 or has_paid or is_premium
