"""Courses: drafts that several authors edit, who may do so, and the card that everyone sees (CRS, MOD, LES, INS)."""

from __future__ import annotations

from collections.abc import Iterable

from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.changes import Topic
from lms_core.errors import Denied, UserError
from lms_core.ops import Op, Values
from lms_core.permissions import (
    can_manage_course,
    is_active_instructor,
    is_admin,
    is_instructor_or_admin,
    is_lead_instructor,
    is_owner,
    is_owner_or_admin,
)
from lms_core.ports import v5_id
from lms_core.schema import (
    MAX_NUMBER,
    MINUTES,
    PERCENT,
    PRICE,
    TITLE,
    Actor,
    Entity,
    Field,
    HubFacts,
    Lookup,
    Row,
    Scopes,
)

LEVELS = frozenset({"beginner", "intermediate", "advanced", "all_levels"})


def instructor_id(course: str, user: str) -> str:
    """The row that makes a user an instructor of a course."""
    return v5_id("course_instructor", course, user)


def course_of(op: Op, row: Row | None) -> str:
    """The course that a draft row belongs to."""
    if op.entity == "course":
        return op.row
    return str((row["course_id"] if row else op.args.get("course_id")) or "")


def can_edit(actor: Actor, course: str, find: Lookup) -> bool:
    """Whether the actor may change the content of a course (ROL-08)."""
    return can_manage_course(actor, find(instructor_id(course, actor.account)))


def _edit(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return can_edit(actor, course_of(op, row), find)


def _above(op: Op) -> str:
    """What the op hangs its row on: the parent of a place, or the lesson of a quiz."""
    spot = op.args if op.kind == "place" else op.args.get("place")
    return str((spot.get("parent") if isinstance(spot, dict) else op.args.get("lesson_id")) or "")


def _needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    course = course_of(op, row)
    return tuple(filter(None, (instructor_id(course, actor.account), course, _above(op))))


def _same_course(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Nobody hangs rows on the course of somebody else."""
    course, above = course_of(op, row), _above(op)
    found = find(above) if above not in ("", course) else None
    if found is not None and found.get("course_id") != course:
        raise Denied("forbidden")


def _course_may(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    if op.kind == "create":
        return is_instructor_or_admin(actor)
    return can_edit(actor, op.row, find)


def _course_needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    return *_needs(op, row, actor), INSTRUCTOR_PROFILE.id_for(actor.account)


def _course_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Only active instructors begin and publish courses (INS-03)."""
    begins = op.kind == "create" or (op.kind == "state" and op.args.get("verb") == "publish")
    if begins and not is_active_instructor(actor, find(INSTRUCTOR_PROFILE.id_for(actor.account))):
        raise Denied("instructor_inactive")


def _question_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Options are an id and a text each: the hub and every reader build on it."""
    _same_course(actor, op, row, find)
    given = op.args.get("options") if op.kind == "create" else op.args.get("value")
    if op.kind == "create" or op.args.get("field") == "options":
        for option in given or ():
            if option.keys() != {"id", "text"} or not all(isinstance(x, str) for x in option.values()):
                raise UserError("bad_value", field="options")


def _draft(row: Row) -> Scopes:
    return {f"draft/{row['course_id']}": None}


def _publish_guard(actor: Actor, op: Op, row: Row | None, facts: HubFacts) -> None:
    """A version is published when its author has seen all that is in it, nothing lacks and its files are there."""
    if op.kind != "state" or op.args.get("verb") != "publish":
        return
    from lms_core.courses.checklist import check_draft  # they read the tables of these entities
    from lms_core.courses.publishing import freeze

    cursor, media = op.args.get("cursor", 0), op.args.get("media", [])
    if not isinstance(cursor, int) or not 0 <= cursor <= MAX_NUMBER or not isinstance(media, list):
        raise UserError("bad_op")
    others = facts.changed_by_others(f"draft/{op.row}", cursor)
    if others:
        raise UserError("draft_moved", rows=others)
    errors = [f.code for f in check_draft(facts, op.row) if f.severity == "error"]
    if errors:
        raise UserError("not_ready", findings=errors)
    if facts.missing_blobs([str(h) for h in media]):
        raise UserError("blob_missing")
    if row and row["status"] == op.args.get("expect"):  # else nothing will come of it
        freeze(facts, op.row)


COURSE = Entity(
    name="course",
    topic=Topic.DRAFTS,
    owner="created_by",
    fields={
        "created_by": Field("const", required=True),
        "creation_method": Field("const", default="builder"),
        "parent_version": Field("const", most=64),
        "family_root": Field("const", most=64),
        "first_version": Field("const", default="1.0", most=8),
        "title": Field("attr", least=TITLE[0], most=TITLE[1], required=True),
        "subtitle": Field("attr", default="", most=255),
        "description": Field("text", default=""),
        "short_description": Field("attr", default="", most=300),
        "category": Field("attr", default="General", most=100),
        "language": Field("attr", default="en", most=35),
        "level": Field("attr", default="all_levels", choices=LEVELS),
        "price": Field("attr", float, default=0.0, least=PRICE[0], most=PRICE[1], decimals=2),
        "currency": Field("attr", default="USD", most=3),
        "authors": Field("attr", list, default=[], most=50),
        "license": Field("attr", default="", most=200),
        "learning_objectives": Field("attr", list, default=[], most=15),
        "requirements": Field("attr", list, default=[], most=20),
        "skills": Field("attr", list, default=[], most=50),
        "target_audience": Field("text", default=""),
        "has_certificate": Field("attr", bool, default=False),
        "certificate_template": Field("attr", default="v1", most=10),
        "progress_method": Field("attr", default="lesson", choices=frozenset({"lesson", "time", "assessment"})),
        "sequential_access": Field("attr", bool, default=False),
        "thumbnail": Field("attr", default=None, most=64),
        "change_note": Field("attr", default="", most=1000),
        "status": Field("state", default="draft"),
    },
    scopes=lambda row: {f"draft/{row['id']}": None},
    may=_course_may,
    check=_course_check,
    guard=_publish_guard,
    needs=_course_needs,
    states={
        "status": {
            ("draft", "publish"): "published",
            ("published", "publish"): "published",
            ("published", "unpublish"): "draft",
            ("published", "archive"): "archived",
            ("draft", "archive"): "archived",
            ("archived", "publish"): "published",
            ("archived", "reopen"): "draft",
        }
    },
)

MODULE = Entity(
    name="module",
    topic=Topic.DRAFTS,
    refs=("course_id",),
    parents=frozenset({"course"}),
    fields={
        "course_id": Field("const", required=True),
        "title": Field("attr", least=1, most=200, required=True),
        "description": Field("text", default=""),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=_draft,
    may=_edit,
    check=_same_course,
    needs=_needs,
)

LESSON = Entity(
    name="lesson",
    topic=Topic.DRAFTS,
    refs=("course_id",),
    parents=frozenset({"module"}),
    fields={
        "course_id": Field("const", required=True),
        "title": Field("attr", least=1, most=200, required=True),
        "kind": Field("attr", default="text", choices=frozenset({"text", "quiz", "assignment"})),
        "body": Field("text", default=""),
        "minutes": Field("attr", int, least=MINUTES[0], most=MINUTES[1]),
        "preview": Field("attr", bool, default=False),
        "tiers": Field("attr", list, default=["enrolled"], most=4),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=_draft,
    may=_edit,
    check=_same_course,
    needs=_needs,
)

ASSESSMENT = Entity(
    name="assessment",
    topic=Topic.DRAFTS,
    key=("lesson_id",),
    refs=("course_id", "lesson_id"),
    fields={
        "course_id": Field("const", required=True),
        "lesson_id": Field("const", required=True),
        "title": Field("attr", default="", most=200),
        "mode": Field("attr", default="graded", choices=frozenset({"practice", "graded", "exam"})),
        "pass_percent": Field("attr", int, default=70, least=PERCENT[0], most=PERCENT[1]),
        "attempts_allowed": Field("attr", int, default=3, least=1, most=100),
        "time_limit_minutes": Field("attr", int, least=1, most=1440),
        "shuffle": Field("attr", bool, default=False),
    },
    scopes=_draft,
    may=_edit,
    check=_same_course,
    needs=_needs,
)

QUESTION = Entity(
    name="question",
    topic=Topic.DRAFTS,
    refs=("course_id",),
    parents=frozenset({"assessment"}),
    fields={
        "course_id": Field("const", required=True),
        "kind": Field("attr", default="single", choices=frozenset({"single", "multiple", "true_false"})),
        "text": Field("text", default=""),
        "points": Field("attr", float, default=1.0, least=0, most=1000),
        "options": Field("attr", list, default=[], most=20, items=dict),
        "correct": Field("attr", list, default=[], most=20),
        "explanation": Field("text", default=""),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=_draft,
    may=_edit,
    check=_question_check,
    needs=_needs,
)

COURSE_FILE = Entity(
    name="course_file",
    topic=Topic.DRAFTS,
    key=("course_id", "sha256"),
    refs=("course_id",),
    fields={
        "course_id": Field("const", required=True),
        "sha256": Field("const", least=64, most=64, required=True),
        "name": Field("attr", default="", most=255),
        "mime": Field("const", default="application/octet-stream", most=100),
        "size": Field("const", int, default=0, least=0),
        "alt": Field("attr", default="", most=500),
    },
    scopes=_draft,
    may=_edit,
    needs=_needs,
)


def _instructor_may(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    """The lead instructor names co-instructors; who makes a course leads it, until somebody else does (INS)."""
    if op.kind == "create" and row is None and is_owner(actor, op.args.get("user_id")):
        course = find(course_of(op, row))
        return is_owner_or_admin(actor, course["created_by"] if course else None)
    return is_admin(actor) or is_lead_instructor(actor, find(instructor_id(course_of(op, row), actor.account)))


def _instructor_grants(row: Row) -> Iterable[tuple[str, str]]:
    if row["is_active"]:
        if row["can_edit_content"]:
            yield row["user_id"], f"draft/{row['course_id']}"
        if row["can_manage_students"]:
            yield row["user_id"], f"staff/{row['course_id']}"


COURSE_INSTRUCTOR = Entity(
    name="course_instructor",
    topic=Topic.PEOPLE,
    key=("course_id", "user_id"),
    refs=("course_id",),
    fields={
        "course_id": Field("const", required=True),
        "user_id": Field("const", required=True),
        "title": Field("attr", default="", most=100),
        "is_lead": Field("attr", bool, default=False),
        "is_active": Field("attr", bool, default=True),
        "can_edit_content": Field("attr", bool, default=True),
        "can_manage_students": Field("attr", bool, default=True),
        "can_view_analytics": Field("attr", bool, default=True),
    },
    scopes=lambda row: {f"account/{row['user_id']}": None, f"draft/{row['course_id']}": None},
    may=_instructor_may,
    needs=_needs,
    grants=_instructor_grants,
)


def _renewed(row: Row, changed: frozenset[str]) -> Iterable[tuple[str, str, Values]]:
    course = row["course_id"]
    if changed & {"version", "is_published"}:
        told = {"course_id": course, "version": row["version"], "is_published": row["is_published"]}
        for scope in (f"talk/{course}", f"staff/{course}"):
            yield scope, "course_update", told
    if "enrolled" in changed:
        yield f"staff/{course}", "analytics_update", {"course_id": course, "enrolled": row["enrolled"]}


COURSE_CARD = Entity(
    name="course_card",
    topic=Topic.COURSES,
    made_by="hub",
    key=("course_id",),
    fields={
        "course_id": Field("hub"),
        "slug": Field("hub", default=""),
        "title": Field("hub", default=""),
        "subtitle": Field("hub", default=""),
        "short_description": Field("hub", default=""),
        "description": Field("hub", default=""),
        "category": Field("hub", default=""),
        "category_id": Field("hub", default=""),
        "level": Field("hub", default="all_levels"),
        "language": Field("hub", default="en"),
        "authors": Field("hub", list, default=[]),
        "instructors": Field("hub", list, default=[]),
        "objectives": Field("hub", list, default=[]),
        "price": Field("hub", float, default=0.0),
        "currency": Field("hub", default="USD"),
        "modules": Field("hub", int, default=0),
        "lessons": Field("hub", int, default=0),
        "minutes": Field("hub", int, default=0),
        "version": Field("hub", default=""),
        "change_note": Field("hub", default=""),
        "pack": Field("hub", default=""),
        "pack_size": Field("hub", int, default=0),
        "key_pack": Field("hub", default=""),
        "media_size": Field("hub", int, default=0),
        "published_at": Field("hub", int, default=0),
        "is_published": Field("hub", bool, default=False),
        "source": Field("hub", list, default=[]),
        "enrolled": Field("hub", int, default=0),
        "has_certificate": Field("hub", bool, default=False),
        "certificate_template": Field("hub", default="v1", most=10),
        "is_featured": Field("hub", bool, default=False),
    },
    scopes=lambda row: {"catalog": None} if row["is_published"] else {},
    live=_renewed,
)

CATEGORY = Entity(
    name="category",
    topic=Topic.COURSES,
    made_by="hub",
    fields={
        "name": Field("hub", least=2, most=100, required=True),
        "slug": Field("hub", default="", most=100),
        "description": Field("hub", default="", most=2000),
        "icon": Field("hub", default="", most=50),
        "sort_order": Field("hub", int, default=0, least=0, most=1_000_000),
        "is_active": Field("hub", bool, default=True),
        "parent_category_id": Field("hub"),
        "course_count": Field("hub", int, default=0),
        "created_at": Field("hub", int, default=0),
        "updated_at": Field("hub", int, default=0),
    },
    scopes=lambda row: {"catalog": None} if row["is_active"] else {},
)

ENTITIES = (COURSE, MODULE, LESSON, ASSESSMENT, QUESTION, COURSE_FILE, COURSE_INSTRUCTOR, COURSE_CARD, CATEGORY)
