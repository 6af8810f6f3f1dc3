"""Certificates, the keys that prove them and how they look; the hub alone writes all three (CER-01)."""

from __future__ import annotations

from lms_core.certificates.pictures import MOST
from lms_core.changes import Topic
from lms_core.ports import v5_id
from lms_core.schema import Entity, Field, Row, Scopes


def _own(row: Row) -> Scopes:
    """The learner's devices have it, once it need not wait for a premium account (CER-09)."""
    return {f"account/{row['user_id']}": None} if row["is_released"] else {}


def certificate_id(enrollment: str, turn: int) -> str:
    """The row of an enrolment's first certificate (`turn` 0), or of one that came in its place."""
    return v5_id("certificate", enrollment, str(turn))


CERTIFICATE = Entity(
    name="certificate",
    topic=Topic.LEARNING,
    made_by="hub",
    fields={
        "enrollment_id": Field("hub"),
        "user_id": Field("hub"),
        "course_id": Field("hub"),
        "certificate_number": Field("hub", default="", most=50),
        "is_valid": Field("hub", bool, default=True),
        "is_released": Field("hub", bool, default=False),
        "revocation_date": Field("hub", int),
        "revocation_reason": Field("hub", default="", most=1000),
        "verification_hash": Field("hub", default="", most=64),
        "signature": Field("hub", default="", most=128),
        "template_version": Field("hub", default="v1", most=10),
        "issued_at": Field("hub", int),
        "payload": Field("hub", dict, default={}),
    },
    scopes=_own,
)

CERTIFICATE_TEMPLATE = Entity(
    name="certificate_template",
    topic=Topic.LEARNING,
    made_by="hub",
    key=("version",),
    fields={
        "version": Field("hub", default="v1", most=10),
        "name": Field("hub", default="", most=100),
        "layout": Field("hub", dict, default={}),
        "logo": Field("hub", default="", most=MOST),
        "is_active": Field("hub", bool, default=True),
    },
    scopes=lambda row: {"catalog": None},
)

SIGNING_KEY = Entity(
    name="signing_key",
    topic=Topic.LEARNING,
    made_by="hub",
    key=("public_key",),
    fields={"public_key": Field("hub", default="", most=64), "created_at": Field("hub", int)},
    scopes=lambda row: {"catalog": None},
)

ENTITIES = (CERTIFICATE, CERTIFICATE_TEMPLATE, SIGNING_KEY)
