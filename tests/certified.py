"""Certificates as a hub would issue them, for workspaces that have no hub."""

from __future__ import annotations

from typing import Any

import msgspec

from lms_core.accounts.keys import AccountKeys
from lms_core.certificates.entities import CERTIFICATE_TEMPLATE, SIGNING_KEY, certificate_id
from lms_core.certificates.model import Credential, Facts, unsigned
from lms_core.certificates.templates import SHIPPED
from lms_core.learning.entities import ENROLLMENT
from lms_core.workspace import Workspace
from tests.told import tell

KEYS = AccountKeys(b"certificates of tests are signed")


def signed(credential: Credential, keys: AccountKeys = KEYS) -> Credential:
    """The credential with the signature of a hub."""
    return msgspec.structs.replace(credential, signature=keys.sign_certificate(credential.body()))


def credential_of(user: str, course: str, *, issued_at: int = 1_772_000_000_000, template: str = "v1",
                  **facts: Any) -> Credential:  # fmt: skip
    """A signed one."""
    told = {"student_name": "Amara Okafor", "course_title": "Between the tides", "instructor": "Tess Harbour",
            "minutes": 320, "level": "beginner"} | facts  # fmt: skip
    about = Facts(student_id=user, completed_at=issued_at, **told)
    return signed(unsigned(enrollment=ENROLLMENT.id_for(user, course), user=user, course=course, issued_at=issued_at,
                           template=template, facts=about))  # fmt: skip


def certify(workspace: Workspace, credential: Credential, *, turn: int = 0, **more: Any) -> str:
    """Let a workspace have a certificate, the key that proves it and the templates; returns its row."""
    key, row = KEYS.certificate_key, certificate_id(credential.enrollment_id, turn)
    tell(workspace, "signing_key", SIGNING_KEY.id_for(key), public_key=key, created_at=1)
    for version, values in SHIPPED.items():
        tell(workspace, "certificate_template", CERTIFICATE_TEMPLATE.id_for(version), version=version, **values)
    values = {name: getattr(credential, name) for name in (
        "enrollment_id", "user_id", "course_id", "certificate_number", "verification_hash", "signature",
        "template_version", "issued_at",
    )}  # fmt: skip
    payload = msgspec.to_builtins(credential.facts)
    tell(workspace, "certificate", row, **values, payload=payload, is_released=True, **more)
    return row
