"""A small schema with every merge kind: it plays the part of the domains."""

from __future__ import annotations

from collections.abc import Iterable

from lms_core.changes import Topic
from lms_core.errors import UserError
from lms_core.ops import Op
from lms_core.schema import Actor, Entity, Field, Lookup, Row, Schema, Scopes
from lms_core.sync.entities import CONFLICT

DRAFT, TALK, STAFF = "draft/d", "talk/t", "staff/d"
COURSE_ROW, COUNTER_ROW = "course:0", "counter:0"
SHARED_FIELDS = frozenset({"body", "shared"})
STEPS = {
    ("none", "apply"): "applied",
    ("withdrawn", "apply"): "applied",
    ("applied", "approve"): "active",
    ("applied", "withdraw"): "withdrawn",
    ("active", "withdraw"): "withdrawn",
}


def member_row(account: str, scope: str) -> str:
    """The row that says whether an account may read and write a scope."""
    return f"member:{account}:{scope}"


def _holds(actor: Actor, scope: str, find: Lookup) -> bool:
    found = find(member_row(actor.account, scope))
    return found is not None and bool(found["on"])


def _account(row: Row) -> Scopes:
    return {f"account/{row['account_id']}": None}


def _note_scopes(row: Row) -> Scopes:
    shared: Scopes = {TALK: SHARED_FIELDS} if row["shared"] else {}
    return {**_account(row), **shared}


def _enrolment_scopes(row: Row) -> Scopes:
    return {**_account(row), DRAFT: None}


def _member_scopes(row: Row) -> Scopes:
    return _account(row)


def _grants(row: Row) -> Iterable[tuple[str, str]]:
    return [(row["account_id"], row["scope"])] if row["on"] else []


def _own(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    who = op.args.get("account_id") if op.kind in ("create", "append") else row and row["account_id"]
    return (row is None and op.kind not in ("create", "append")) or who == actor.account


def _drafts(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return _holds(actor, DRAFT, find)


def _talks(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return _holds(actor, TALK, find)


def _enrols(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    if op.kind == "state" and op.args.get("verb") == "approve":
        return _holds(actor, DRAFT, find)
    return _own(actor, op, row, find)


def _anybody(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return True


def _poison(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    if op.args.get("txt") == "poison":
        raise RuntimeError("poison")
    if op.args.get("txt") == "rude":
        raise UserError("bad_value", field="txt")


def _needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    return [member_row(actor.account, DRAFT), member_row(actor.account, TALK)]


NOTE = Entity(
    name="note",
    topic=Topic.NOTES,
    fields={
        "account_id": Field("const"),
        "body": Field("text"),
        "summary": Field("attr"),
        "star": Field("attr", int),
        "shared": Field("attr", int, default=0),
        "tags": Field("attr", dict),
    },
    scopes=_note_scopes,
    may=_own,
    owner="account_id",
    deletable=True,
)
POST = Entity(
    name="post",
    topic=Topic.COURSES,
    made_by="append",
    fields={"txt": Field("const"), "re": Field("const")},
    scopes=lambda row: {TALK: None},
    may=_talks,
    check=_poison,
    needs=_needs,
    refs=("re",),
)
COURSE = Entity(
    name="course",
    topic=Topic.DRAFTS,
    made_by="hub",
    fields={"title": Field("hub")},
    scopes=lambda row: {DRAFT: None},
)
_TREE = {"title": Field("attr"), "place": Field("place", dict), "trashed_at": Field("hub", int)}
SECTION = Entity(
    name="section",
    topic=Topic.DRAFTS,
    fields=_TREE,
    scopes=lambda row: {DRAFT: None},
    may=_drafts,
    needs=_needs,
    parents=frozenset({"course"}),
)
LESSON = Entity(
    name="lesson",
    topic=Topic.DRAFTS,
    fields={**_TREE, "body": Field("text"), "summary": Field("attr")},
    scopes=lambda row: {DRAFT: None},
    may=_drafts,
    needs=_needs,
    parents=frozenset({"section"}),
)
ENROLMENT = Entity(
    name="enrolment",
    topic=Topic.LEARNING,
    fields={"account_id": Field("const"), "course_id": Field("const"), "status": Field("state", default="none")},
    scopes=_enrolment_scopes,
    may=_enrols,
    needs=_needs,
    owner="account_id",
    key=("account_id", "course_id"),
    states={"status": STEPS},
)
PROGRESS = Entity(
    name="progress",
    topic=Topic.LEARNING,
    fields={
        "account_id": Field("const"),
        "lesson_id": Field("const"),
        "pct": Field("max", int),
        "first": Field("min", int),
        "flag": Field("attr", int),
    },
    scopes=_account,
    may=_own,
    owner="account_id",
    key=("account_id", "lesson_id"),
)
ATTEMPT = Entity(
    name="attempt",
    topic=Topic.ASSESSMENT,
    made_by="append",
    fields={
        "account_id": Field("const"),
        "txt": Field("const"),
        "contact_at": Field("hub", int),
        "received_at": Field("hub", int),
    },
    stamps=("contact_at", "received_at"),
    scopes=_account,
    may=_anybody,
    owner="account_id",
)
ANSWER = Entity(
    name="answer",
    topic=Topic.ASSESSMENT,
    made_by="append",
    fields={"account_id": Field("const"), "txt": Field("const"), "of": Field("const")},
    scopes=_account,
    may=_own,
    owner="account_id",
    refs=("of",),
)
COUNTER = Entity(
    name="counter",
    topic=Topic.LEARNING,
    made_by="hub",
    fields={"n": Field("hub", int, default=0)},
    scopes=lambda row: {TALK: None},
    may=_anybody,
)
ROSTER = Entity(
    name="roster",
    topic=Topic.LEARNING,
    made_by="hub",
    fields={"account_id": Field("hub"), "status": Field("hub"), "pct": Field("hub", int)},
    scopes=lambda row: {STAFF: None},
    may=_anybody,
    key=("account_id",),
)
MEMBER = Entity(
    name="member",
    topic=Topic.ACCOUNT,
    made_by="hub",
    fields={"account_id": Field("hub"), "scope": Field("hub"), "on": Field("hub", int)},
    scopes=_member_scopes,
    grants=_grants,
)
SCHEMA = Schema([
    NOTE, POST, COURSE, SECTION, LESSON, ENROLMENT, PROGRESS, ATTEMPT, ANSWER, COUNTER, ROSTER, MEMBER, CONFLICT,
])  # fmt: skip
