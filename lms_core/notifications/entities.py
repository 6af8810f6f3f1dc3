"""A notification: what somebody is told (NTF-01). The hub writes it; its owner says that it is read or put away."""

from __future__ import annotations

from collections.abc import Iterable

from lms_core.changes import Topic
from lms_core.errors import Denied
from lms_core.notifications.events import KINDS, PRIORITIES
from lms_core.ops import Op, Values
from lms_core.permissions import is_owner
from lms_core.schema import Actor, Entity, Field, Lookup, Row, Scopes

FLAGS = frozenset({"read_at", "dismissed_at"})


def _own(row: Row) -> Scopes:
    return {f"account/{row['user_id']}": None}


def _may_own(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return row is not None and is_owner(actor, row["user_id"])


def _check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Once it is read it stays read (NTF-08)."""
    if op.args.get("value") is None:
        raise Denied("forbidden")


def _live(row: Row, changed: frozenset[str]) -> Iterable[tuple[str, str, Values]]:
    if "event" in changed:
        data = {"notification_id": row["id"], "notification_type": row["kind"], "priority": row["priority"]}
        yield f"account/{row['user_id']}", "notification", data


NOTIFICATION = Entity(
    name="notification",
    topic=Topic.INBOX,
    made_by="hub",
    key=("user_id", "event", "subject"),
    fields={
        "user_id": Field("hub", required=True),
        "event": Field("hub", most=50, required=True),
        "subject": Field("hub", default="", most=200),
        "kind": Field("hub", choices=KINDS, default="system"),
        "priority": Field("hub", choices=frozenset(PRIORITIES), default="normal"),
        "title": Field("hub", most=200, default=""),
        "message": Field("hub", default=""),
        "action_url": Field("hub", default=""),
        "metadata": Field("hub", dict, default={}),
        "created_at": Field("hub", int),
        "expires_at": Field("hub", int, default=None),
        "read_at": Field("min", int, least=0),
        "dismissed_at": Field("min", int, least=0),
    },
    scopes=_own,
    live=_live,
    may=_may_own,
    check=_check,
)
"""`subject` says which occurrence it is; `metadata` fills the gaps of the event's words. Both flags are monotone."""
