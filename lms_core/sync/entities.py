"""Rows that the engine itself makes: what a merge could not place waits for its author."""

from __future__ import annotations

from lms_core.changes import Topic
from lms_core.ops import Op
from lms_core.permissions import is_student
from lms_core.schema import Actor, Entity, Field, Lookup, Row, Scopes


def _audience(row: Row) -> Scopes:
    return dict.fromkeys(row["audience"] or (), None)


def _may_settle(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    """Its author; where the hub does not know any more who that was, whoever teaches."""
    if row is None or op.kind != "state":
        return False
    return f"account/{actor.account}" in (row["audience"] or ()) or (not row["account_id"] and not is_student(actor))


CONFLICT = Entity(
    name="conflict",
    topic=Topic.SYNC,
    made_by="hub",
    fields={
        "account_id": Field("hub"),
        "author": Field("hub", default=""),
        "by": Field("hub", default=""),
        "by_name": Field("hub", default=""),
        "audience": Field("hub", list),
        "entity": Field("hub"),
        "row": Field("hub"),
        "field": Field("hub"),
        "mine": Field("hub"),
        "theirs": Field("hub"),
        "before": Field("hub", default=""),
        "at": Field("hub", int),
        "status": Field("state", default="open"),
    },
    scopes=_audience,
    may=_may_settle,
    states={"status": {("open", "settle"): "settled", ("settled", "reopen"): "open"}},
)
