"""Who people are: the account as its owner's devices and the desk see it."""

from __future__ import annotations

from lms_core.changes import Topic
from lms_core.ops import Op
from lms_core.permissions import ROLES, is_owner
from lms_core.schema import Actor, Entity, Field, Lookup, Row, Scopes


def _scopes(row: Row) -> Scopes:
    return {f"account/{row['id']}": None}


def _may(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return is_owner(actor, op.row) and op.kind == "attr"


ACCOUNT = Entity(
    name="account",
    topic=Topic.ACCOUNT,
    made_by="hub",
    fields={
        "email": Field("hub", most=254),
        "username": Field("hub", most=150),
        "first_name": Field("attr", least=1, most=150, required=True),
        "last_name": Field("attr", least=1, most=150, required=True),
        "role": Field("hub", choices=frozenset(ROLES), default="student"),
        "cohort": Field("attr", default="", most=100),
        "is_active": Field("hub", bool, default=True),
        "is_email_verified": Field("hub", bool, default=False),
        "joined_at": Field("hub", int),
        "deleted_at": Field("hub", int),
    },
    scopes=_scopes,
    may=_may,
)
