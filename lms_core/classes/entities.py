"""Classes: who learns what together in which term (ACC-20). The hub writes them; members' laptops have theirs."""

from __future__ import annotations

from collections.abc import Iterable

from lms_core.changes import Topic
from lms_core.schema import Entity, Field, Row, Scopes

KINDS = frozenset({"student", "instructor"})

COHORT = Entity(
    name="cohort",
    topic=Topic.PEOPLE,
    made_by="hub",
    fields={
        "name": Field("hub", least=2, most=100, required=True),
        "term": Field("hub", default="", most=50),
        "starts_on": Field("hub", default=None, most=10),
        "ends_on": Field("hub", default=None, most=10),
        "came_from": Field("hub", default=None),
        "archived_at": Field("hub", int, default=None),
        "created_by": Field("hub"),
        "created_at": Field("hub", int),
    },
    scopes=lambda row: {f"cohort/{row['id']}": None},
)


def _member_scopes(row: Row) -> Scopes:
    """A member's own devices know of it, and those of who teaches the class; not the others' in it."""
    return {f"account/{row['user_id']}": None, f"cohort_staff/{row['cohort_id']}": None}


def _member_grants(row: Row) -> Iterable[tuple[str, str]]:
    if row["is_active"]:
        yield row["user_id"], f"cohort/{row['cohort_id']}"
        if row["kind"] == "instructor":
            yield row["user_id"], f"cohort_staff/{row['cohort_id']}"


COHORT_MEMBER = Entity(
    name="cohort_member",
    topic=Topic.PEOPLE,
    made_by="hub",
    key=("cohort_id", "user_id"),
    fields={
        "cohort_id": Field("hub", required=True),
        "user_id": Field("hub", required=True),
        "kind": Field("hub", choices=KINDS, default="student"),
        "name": Field("hub", default="", most=301),
        "is_active": Field("hub", bool, default=True),
        "joined_at": Field("hub", int),
    },
    scopes=_member_scopes,
    grants=_member_grants,
)

COHORT_COURSE = Entity(
    name="cohort_course",
    topic=Topic.PEOPLE,
    made_by="hub",
    key=("cohort_id", "course_id"),
    fields={
        "cohort_id": Field("hub", required=True),
        "course_id": Field("hub", required=True),
        "title": Field("hub", default=""),
        "is_active": Field("hub", bool, default=True),
    },
    scopes=lambda row: {f"cohort/{row['cohort_id']}": None},
)

ENTITIES = (COHORT, COHORT_MEMBER, COHORT_COURSE)
