"""What a learner does: enrol, progress, study time, notes, bookmarks; and the figures that follow (ENR, PRG)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lms_core.changes import Topic
from lms_core.courses.entities import ASSESSMENT
from lms_core.courses.rules import instructor_id
from lms_core.errors import Denied, UserError
from lms_core.learning.model import is_done
from lms_core.learning.rules import Joining, can_user_enroll
from lms_core.ops import Op, Values
from lms_core.permissions import LEARNING, can_manage_course, is_course_instructor, is_enrolled, is_owner
from lms_core.schema import PERCENT, Actor, Entity, Field, HubFacts, Lookup, Row, Scopes

MAX_SESSION_S = 4 * 3600
MAX_VIDEO_S = 7 * 86_400
AHEAD_MS = 5 * 60_000
"""How far a device's clock may run ahead."""
DONE = frozenset({"done_at", "first_done_at"})
BY_STAFF = frozenset({"suspend", "reinstate"})
"""Steps of an enrolment that are for those who manage the students of the course."""
PAYMENTS = frozenset({"free", "paid", "refunded"})
COLOURS = frozenset({"", "amber", "mint", "rose", "sky"})
MEMO = 4_000
"""Characters of the memo of a lesson, which stands with its progress (C-15)."""
MOST_TAGS, TAG = 10, (2, 50)
"""How many tags a note has at most, and the least and most letters of each (PRG-12)."""


def _own(row: Row) -> Scopes:
    return {f"account/{row['user_id']}": None}


def _may_own(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return is_owner(actor, row["user_id"] if row else op.args.get("user_id"))


def _enrol_needs(op: Op, row: Row | None, actor: Actor) -> tuple[str, str]:
    course = str(row["course_id"] if row else op.args.get("course_id"))
    return (course, instructor_id(course, actor.account))


def _enrol_may(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    if op.kind == "state" and op.args.get("verb") in BY_STAFF:
        return can_manage_course(actor, find(_enrol_needs(op, row, actor)[1]), "can_manage_students")
    return _may_own(actor, op, row, find)


def _enrol_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """A course can be joined while it is published, and by those who teach it (ENR-06); leaving is always free.

    A learner's device does not have the draft, so there the hub decides. That a course is completed only the hub says.
    """
    if op.args.get("verb") == "complete" or "completed_at" in (op.args.get("field"), *op.args):
        raise Denied("forbidden")
    if op.kind == "state" and op.args.get("verb") != "enroll":
        return
    course, lead = _enrol_needs(op, row, actor)
    draft = find(course)
    if draft is None:
        return
    _raise_first(can_user_enroll(Joining(
        is_published=draft.get("status") == "published", price=float(draft.get("price") or 0),
        paid=bool(row and row.get("payment_status") == "paid"), teaches=find(lead) is not None,
    )))  # fmt: skip


def _raise_first(reasons: Sequence[str]) -> None:
    if reasons:
        raise UserError(reasons[0])


def _enrol_guard(actor: Actor, op: Op, row: Row | None, facts: HubFacts) -> None:
    """Courses that must be completed first are known at the hub (CRS-17); those who teach the course need none."""
    if op.args.get("verb") != "enroll" or row is None or actor.is_hub:
        return
    from lms_core.learning.joining import joining_of  # it reads the tables of these entities

    course = str(row["course_id"])
    found = joining_of(facts, actor.account, course)
    missing = [each.title for each in found.needed if each.mandatory and not each.met]
    if missing and not found.teaches:
        raise UserError("prerequisites_missing", titles=", ".join(missing))


def _joined(row: Row, changed: frozenset[str]) -> Iterable[tuple[str, str, Values]]:
    if "status" in changed and row["status"] == "completed":
        yield f"account/{row['user_id']}", "milestone", {"course_id": row["course_id"], "progress_percentage": 100.0}


ENROLLMENT = Entity(
    name="enrollment",
    topic=Topic.LEARNING,
    key=("user_id", "course_id"),
    owner="user_id",
    refs=("course_id",),
    fields={
        "user_id": Field("const", required=True),
        "course_id": Field("const", required=True),
        "status": Field("state", default="none"),
        "enrolled_at": Field("const", int),
        "completed_at": Field("min", int),
        "payment_status": Field("hub", default="free", choices=PAYMENTS),
    },
    scopes=_own,
    live=_joined,
    may=_enrol_may,
    check=_enrol_check,
    guard=_enrol_guard,
    needs=_enrol_needs,
    grants=lambda row: [(row["user_id"], f"talk/{row['course_id']}")] if row["status"] in LEARNING else [],
    states={
        "status": {
            ("none", "enroll"): "active",
            ("dropped", "enroll"): "active",
            ("unenrolled", "enroll"): "active",
            ("active", "drop"): "dropped",
            ("completed", "drop"): "dropped",
            ("active", "unenroll"): "unenrolled",
            ("completed", "unenroll"): "unenrolled",
            ("active", "complete"): "completed",
            ("active", "suspend"): "suspended",
            ("suspended", "reinstate"): "active",
        }
    },
)


def _done_needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    values = row or op.args
    lesson, course = str(values.get("lesson_id")), str(values.get("course_id"))
    return (ASSESSMENT.id_for(lesson), instructor_id(course, actor.account))


def _done_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """That a graded quiz is done the hub says (PRG-08), for devices have no key; authors may try their own."""
    if not DONE & {op.args.get("field"), *(name for name in DONE if op.args.get(name) is not None)}:
        return
    quiz, lead = (find(needed) for needed in _done_needs(op, row, actor))
    if quiz is not None and quiz.get("mode") != "practice" and lead is None:
        raise Denied("forbidden")


def _studied(row: Row, changed: frozenset[str]) -> Iterable[tuple[str, str, Values]]:
    if changed & {"done_at", "reopened_at", "percent"}:
        told = {"course_id": row["course_id"], "lesson_id": row["lesson_id"]}
        done = is_done(row["done_at"], row["reopened_at"])
        percent = {"progress_percentage": 100.0 if done else row["percent"] or 0.0, "is_completed": done}
        yield f"account/{row['user_id']}", "progress_update", told | percent


PROGRESS = Entity(
    name="progress",
    topic=Topic.LEARNING,
    key=("user_id", "lesson_id"),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "course_id": Field("const", required=True),
        "lesson_id": Field("const", required=True),
        "percent": Field("max", float, default=0.0, least=PERCENT[0], most=PERCENT[1]),
        "watched": Field("max", int, default=0, least=0, most=MAX_VIDEO_S),
        "total": Field("max", int, default=0, least=0, most=MAX_VIDEO_S),
        "position": Field("attr", dict, default={}),
        "notes": Field("text", default="", most=MEMO),
        "opened_at": Field("max", int),
        "done_at": Field("max", int),
        "reopened_at": Field("max", int),
        "first_done_at": Field("min", int),
    },
    scopes=_own,
    live=_studied,
    may=_may_own,
    check=_done_check,
    needs=_done_needs,
)


def _spent(row: Row, changed: frozenset[str]) -> Iterable[tuple[str, str, Values]]:
    told = {"course_id": row["course_id"], "lesson_id": row["lesson_id"], "seconds": row["seconds"]}
    yield f"account/{row['user_id']}", "time_update", told


def _session_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Nobody has studied before there were computers, or what is still to come when they say it (PRG-06)."""
    if not 0 <= (op.args.get("start") or 0) <= op.t + AHEAD_MS:
        raise UserError("time_implausible")


STUDY_SESSION = Entity(
    name="study_session",
    topic=Topic.LEARNING,
    made_by="append",
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "course_id": Field("const"),
        "lesson_id": Field("const"),
        "start": Field("const", int, required=True),
        "seconds": Field("const", int, default=0, least=0, most=MAX_SESSION_S),
    },
    scopes=_own,
    live=_spent,
    may=_may_own,
    check=_session_check,
)


def _course_scopes(row: Row) -> Scopes:
    """Those who learn a course, and those who teach it."""
    course = row["course_id"]
    return {f"talk/{course}": None, f"staff/{course}": None} if course else {}


def _note_scopes(row: Row) -> Scopes:
    """A note is its author's alone until they say otherwise; then those of the course have it, too."""
    return {**_own(row), **(_course_scopes(row) if row["is_private"] is False else {})}


def _note_needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    course = (row or op.args).get("course_id")
    return (ENROLLMENT.id_for(actor.account, str(course)), instructor_id(str(course), actor.account)) if course else ()


def _note_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Tags are words, and what others read is for a course that its author learns or teaches (PRG-12, PRG-13)."""
    values = {op.args.get("field", ""): op.args.get("value")} if row else op.args
    if not all(TAG[0] <= len(tag.strip()) and len(tag) <= TAG[1] for tag in values.get("tags") or ()):
        raise UserError("bad_tag", least=TAG[0], most=TAG[1])
    shown = (values.get("is_private", True) if "is_private" in values or not row else row["is_private"]) is False
    if shown and op.kind != "delete":
        needed = [*_note_needs(op, row, actor)]
        if not needed or not (is_enrolled(actor, find(needed[0])) or is_course_instructor(actor, find(needed[1]))):
            raise UserError("not_enrolled")


NOTE = Entity(
    name="note",
    topic=Topic.NOTES,
    owner="user_id",
    deletable=True,
    fields={
        "user_id": Field("const", required=True),
        "course_id": Field("const"),
        "lesson_id": Field("const"),
        "body": Field("text", default=""),
        "quote": Field("attr", default="", most=4000),
        "before": Field("attr", default="", most=200),
        "after": Field("attr", default="", most=200),
        "start": Field("attr", int),
        "anchor": Field("attr", default="", most=1000),
        "colour": Field("attr", default="", choices=COLOURS),
        "tags": Field("attr", list, default=[], most=MOST_TAGS),
        "is_private": Field("attr", bool, default=True),
        "created_at": Field("const", int),
        "edited_at": Field("max", int),
    },
    scopes=_note_scopes,
    may=_may_own,
    check=_note_check,
    needs=_note_needs,
)

CONTRIBUTOR = Entity(
    name="contributor",
    topic=Topic.NOTES,
    made_by="hub",
    key=("course_id", "user_id"),
    fields={"course_id": Field("hub"), "user_id": Field("hub"), "name": Field("hub", default="")},
    scopes=_course_scopes,
)
"""What those who share notes in a course are called by the others there; no more is told of them."""

BOOKMARK = Entity(
    name="bookmark",
    topic=Topic.NOTES,
    owner="user_id",
    deletable=True,
    fields={
        "user_id": Field("const", required=True),
        "course_id": Field("const", required=True),
        "lesson_id": Field("const", required=True),
        "anchor": Field("const", most=1000),
        "title": Field("attr", default="", most=200),
        "created_at": Field("const", int),
    },
    scopes=_own,
    may=_may_own,
)

COURSE_PROGRESS = Entity(
    name="course_progress",
    topic=Topic.LEARNING,
    made_by="hub",
    key=("user_id", "course_id"),
    fields={
        "user_id": Field("hub"),
        "course_id": Field("hub"),
        "percent": Field("hub", float, default=0.0),
        "lessons_done": Field("hub", int, default=0),
        "lessons_total": Field("hub", int, default=0),
        "seconds": Field("hub", int, default=0),
        "last_lesson": Field("hub"),
        "last_active_at": Field("hub", int),
    },
    scopes=_own,
)

ROSTER_ENTRY = Entity(
    name="roster_entry",
    topic=Topic.PEOPLE,
    made_by="hub",
    key=("course_id", "user_id"),
    fields={
        "course_id": Field("hub"),
        "user_id": Field("hub"),
        "name": Field("hub", default=""),
        "email": Field("hub", default=""),
        "status": Field("hub", default=""),
        "percent": Field("hub", float, default=0.0),
        "seconds": Field("hub", int, default=0),
        "last_active_at": Field("hub", int),
        "best_score": Field("hub", float),
        "unproved": Field("hub", int, default=0),
        "late": Field("hub", int, default=0),
    },
    scopes=lambda row: {f"staff/{row['course_id']}": None},
)

ACTIVITIES = frozenset({"login", "lesson_open", "download", "search", "resource_open", "video_play", "help"})
"""What no other row tells: completions, attempts, study time and notes are counted from theirs."""

ACTIVITY_LOG = Entity(
    name="activity_log",
    topic=Topic.ACTIVITY,
    made_by="append",
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "activity_type": Field("const", choices=ACTIVITIES, most=40, required=True),
        "course_id": Field("const", most=64),
        "lesson_id": Field("const", most=64),
        "occurred_at": Field("const", int, least=0, required=True),
        "duration_seconds": Field("const", int, default=0, least=0, most=MAX_SESSION_S),
        "metadata": Field("const", dict, default={}, most=20),
    },
    scopes=_own,
    may=_may_own,
)

SEARCH_LOG = Entity(
    name="search_log",
    topic=Topic.ACTIVITY,
    made_by="append",
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "query": Field("const", most=200, required=True),
        "filters": Field("const", dict, default={}, most=20),
        "result_count": Field("const", int, default=0, least=0),
        "clicked_course_id": Field("const", most=64),
        "clicked": Field("const", default="", most=20),
        "duration_ms": Field("const", int, default=0, least=0),
        "occurred_at": Field("const", int, least=0, required=True),
    },
    scopes=_own,
    may=_may_own,
)

ENTITIES = (
    ENROLLMENT,
    PROGRESS,
    STUDY_SESSION,
    ACTIVITY_LOG,
    SEARCH_LOG,
    NOTE,
    CONTRIBUTOR,
    BOOKMARK,
    COURSE_PROGRESS,
    ROSTER_ENTRY,
)
