"""Courses: drafts that several authors edit, who may do so, and the card that everyone sees (CRS, MOD, LES, INS)."""

from __future__ import annotations

from collections.abc import Iterable

from lms_core.changes import Topic
from lms_core.content.model import ACCESS, ITEM_KINDS, LESSON_KINDS, PROGRESS_METHODS, RESOURCE_KINDS
from lms_core.courses.rules import (
    check_author,
    check_item,
    check_question,
    check_same_course,
    course_of,
    draft_scope,
    guard_prerequisite,
    guard_publishing,
    instructor_id,
    may_edit,
    may_write_course,
    needs_of_course,
    needs_of_draft,
)
from lms_core.ops import Op, Values
from lms_core.permissions import is_admin, is_lead_instructor, is_owner, is_owner_or_admin
from lms_core.schema import (
    MINUTES,
    PART_TITLE,
    PERCENT,
    PRICE,
    QUALITY,
    TITLE,
    Actor,
    Entity,
    Field,
    Lookup,
    Row,
)

LEVELS = frozenset({"beginner", "intermediate", "advanced", "all_levels"})


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
        "tags": Field("attr", list, default=[], most=30),
        "subtitle_languages": Field("attr", list, default=[], most=50),
        "target_audience": Field("text", default=""),
        "has_certificate": Field("attr", bool, default=False),
        "certificate_template": Field("attr", default="v1", most=10),
        "progress_method": Field("attr", default="lesson", choices=frozenset(PROGRESS_METHODS)),
        "progress_weights": Field("attr", dict, default={}, most=20),
        "sequential_access": Field("attr", bool, default=False),
        "thumbnail": Field("attr", default=None, most=64),
        "change_note": Field("attr", default="", most=1000),
        "status": Field("state", default="draft"),
    },
    scopes=lambda row: {f"draft/{row['id']}": None},
    may=may_write_course,
    check=check_author,
    guard=guard_publishing,
    needs=needs_of_course,
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
        "title": Field("attr", least=PART_TITLE[0], most=PART_TITLE[1], required=True),
        "description": Field("text", default=""),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=draft_scope,
    may=may_edit,
    check=check_same_course,
    needs=needs_of_draft,
)

LESSON = Entity(
    name="lesson",
    topic=Topic.DRAFTS,
    refs=("course_id",),
    parents=frozenset({"module"}),
    fields={
        "course_id": Field("const", required=True),
        "title": Field("attr", least=PART_TITLE[0], most=PART_TITLE[1], required=True),
        "kind": Field("attr", default="reading", choices=frozenset(LESSON_KINDS)),
        "body": Field("text", default=""),
        "guest_content": Field("text", default=""),
        "registered_content": Field("text", default=""),
        "access_level": Field("attr", default="registered", choices=frozenset(ACCESS)),
        "access_denied_message": Field("attr", default="", most=1000),
        "transcript": Field("text", default=""),
        "minutes": Field("attr", int, least=MINUTES[0], most=MINUTES[1]),
        "preview": Field("attr", bool, default=False),
        "has_lab": Field("attr", bool, default=False),
        "weight": Field("attr", float, default=1.0, least=0, most=999.99, decimals=2),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=draft_scope,
    may=may_edit,
    check=check_same_course,
    needs=needs_of_draft,
)

ASSESSMENT = Entity(
    name="assessment",
    topic=Topic.DRAFTS,
    key=("lesson_id",),
    refs=("course_id", "lesson_id"),
    fields={
        "course_id": Field("const", required=True),
        "lesson_id": Field("const", required=True),
        "title": Field("attr", default="", most=PART_TITLE[1]),
        "mode": Field("attr", default="graded", choices=frozenset({"practice", "graded", "exam"})),
        "pass_percent": Field("attr", int, default=70, least=PERCENT[0], most=PERCENT[1]),
        "attempts_allowed": Field("attr", int, default=3, least=1, most=100),
        "time_limit_minutes": Field("attr", int, least=1, most=1440),
        "shuffle": Field("attr", bool, default=False),
    },
    scopes=draft_scope,
    may=may_edit,
    check=check_same_course,
    needs=needs_of_draft,
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
    scopes=draft_scope,
    may=may_edit,
    check=check_question,
    needs=needs_of_draft,
)

CONTENT_ITEM = Entity(
    name="content_item",
    topic=Topic.DRAFTS,
    refs=("course_id",),
    parents=frozenset({"lesson"}),
    fields={
        "course_id": Field("const", required=True),
        "kind": Field("const", choices=frozenset(ITEM_KINDS), required=True),
        "title": Field("attr", default="", most=255),
        "is_primary": Field("attr", bool, default=False),
        "media": Field("attr", default="", most=64),
        "url": Field("attr", default="", most=2000),
        "duration": Field("attr", int, least=0, most=MINUTES[1] * 60),
        "captions": Field("attr", list, default=[], most=50, items=dict),
        "thumbnail": Field("attr", default="", most=64),
        "quality": Field("attr", default="", most=QUALITY),
        "pages": Field("attr", int, least=0, most=100_000),
        "downloadable": Field("attr", bool, default=True),
        "body": Field("text", default=""),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=draft_scope,
    may=may_edit,
    check=check_item,
    needs=needs_of_draft,
)

RESOURCE = Entity(
    name="resource",
    topic=Topic.DRAFTS,
    refs=("course_id",),
    parents=frozenset({"lesson"}),
    fields={
        "course_id": Field("const", required=True),
        "title": Field("attr", least=2, most=255, required=True),
        "kind": Field("attr", default="document", choices=frozenset(RESOURCE_KINDS)),
        "description": Field("text", default=""),
        "media": Field("attr", default="", most=64),
        "url": Field("attr", default="", most=2000),
        "premium": Field("attr", bool, default=False),
        "minutes": Field("attr", int, least=0, most=MINUTES[1]),
        "place": Field("place", dict),
        "trashed_at": Field("hub", int),
    },
    scopes=draft_scope,
    may=may_edit,
    check=check_item,
    needs=needs_of_draft,
)

COURSE_PREREQUISITE = Entity(
    name="course_prerequisite",
    topic=Topic.DRAFTS,
    key=("course_id", "required_course_id"),
    refs=("course_id",),
    fields={
        "course_id": Field("const", required=True),
        "required_course_id": Field("const", most=128, required=True),
        "is_mandatory": Field("attr", bool, default=True),
        "is_active": Field("attr", bool, default=True),
    },
    scopes=draft_scope,
    may=may_edit,
    guard=guard_prerequisite,
    needs=needs_of_draft,
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
    scopes=draft_scope,
    may=may_edit,
    needs=needs_of_draft,
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
    needs=needs_of_draft,
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
        "tags": Field("hub", list, default=[]),
        "subtitle_languages": Field("hub", list, default=[]),
        "prerequisites": Field("hub", list, default=[], items=dict),
        "progress_method": Field("hub", default="lesson"),
        "progress_weights": Field("hub", dict, default={}),
        "sequential_access": Field("hub", bool, default=False),
        "thumbnail": Field("hub", default=""),
        "avg_rating": Field("hub", float, default=0.0),
        "total_reviews": Field("hub", int, default=0),
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

ENTITIES = (
    COURSE, MODULE, LESSON, CONTENT_ITEM, RESOURCE, ASSESSMENT, QUESTION, COURSE_PREREQUISITE, COURSE_FILE,
    COURSE_INSTRUCTOR, COURSE_CARD, CATEGORY,
)  # fmt: skip


def files_of(values: Values) -> tuple[str, ...]:
    """The files that a content item or a resource names, each by its SHA-256."""
    words = (each["media"] for each in values.get("captions") or ())
    return tuple(filter(None, (values.get("media"), values.get("thumbnail"), *words)))
