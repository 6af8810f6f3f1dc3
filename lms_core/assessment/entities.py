"""Attempts, answers and grades (ATT): what a learner gives is append-only, what it is worth the hub says."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from lms_core.changes import Topic
from lms_core.errors import Denied, UserError
from lms_core.learning.entities import ENROLLMENT
from lms_core.ops import Op, Values
from lms_core.permissions import is_owner
from lms_core.ports import v5_id
from lms_core.schema import Actor, Entity, Field, HubFacts, Lookup, Row, Scopes


def _own(row: Row) -> Scopes:
    return {f"account/{row['user_id']}": None}


def _may_own(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return op.kind == "append" and is_owner(actor, op.args.get("user_id"))


def _attempt_needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    return (ENROLLMENT.id_for(actor.account, str(op.args.get("course_id"))),)


def _attempt_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Only who learns a course takes its quizzes (ATT-02); what was taken before leaving it still counts (ENR-09)."""
    joined = find(*_attempt_needs(op, row, actor))
    if joined is None or joined["status"] == "none":
        raise UserError("not_enrolled")


def _attempt_guard(actor: Actor, op: Op, row: Row | None, facts: HubFacts) -> None:
    """An exam is handed in by who started it at the hub, under the id that it was started with."""
    from lms_core.assessment.exams import exam_lease  # they read the tables of these entities
    from lms_core.courses.publishing import exam_paper

    pack, quiz = str(op.args.get("pack")), str(op.args.get("assessment_id"))
    if not facts.all(select(exam_paper.c.pack).where(exam_paper.c.pack == pack, exam_paper.c.assessment_id == quiz)):
        return
    lease = exam_lease.c
    mine = (lease.attempt == op.row, lease.account == actor.account, lease.assessment_id == quiz, lease.pack == pack)
    if not facts.all(select(lease.attempt).where(*mine)):
        raise UserError("exam_not_started")


def _answer_needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    attempt = str(op.args.get("attempt_id"))
    return (attempt, v5_id("grade", attempt))


def _answer_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """An answer belongs to an attempt of its author, and comes before the grade."""
    attempt, grade = map(find, _answer_needs(op, row, actor))
    if attempt is not None and not is_owner(actor, attempt["user_id"]):
        raise Denied("forbidden")
    if row is None and grade is not None:
        raise UserError("attempt_closed")


def _submitted(row: Row, changed: frozenset[str]) -> Iterable[tuple[str, str, Values]]:
    if "user_id" in changed:
        told = {name: row[name] for name in ("course_id", "lesson_id", "assessment_id")} | {"attempt_id": row["id"]}
        for scope in (f"account/{row['user_id']}", f"staff/{row['course_id']}"):
            yield scope, "assessment_submitted", told


ATTEMPT = Entity(
    name="attempt",
    topic=Topic.ASSESSMENT,
    made_by="append",
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "course_id": Field("const", required=True),
        "lesson_id": Field("const", required=True),
        "assessment_id": Field("const", required=True),
        "pack": Field("const", required=True),
        "version": Field("const", default=""),
        "number": Field("const", int, default=1, least=1),
        "started_at": Field("const", int, required=True),
        "submitted_at": Field("const", int, required=True),
        "seconds": Field("const", int, default=0, least=0),
        "timed_out": Field("const", bool, default=False),
        "questions": Field("const", list, default=[]),
        "contact_at": Field("hub", int, default=0),
        "received_at": Field("hub", int, default=0),
    },
    stamps=("contact_at", "received_at"),
    live=_submitted,
    scopes=_own,
    may=_may_own,
    check=_attempt_check,
    guard=_attempt_guard,
    needs=_attempt_needs,
)

ANSWER = Entity(
    name="answer",
    topic=Topic.ASSESSMENT,
    made_by="append",
    key=("attempt_id", "question_id"),
    owner="user_id",
    refs=("attempt_id",),
    fields={
        "user_id": Field("const", required=True),
        "attempt_id": Field("const", required=True),
        "question_id": Field("const", required=True),
        "response": Field("const", list, default=[], most=50),
    },
    scopes=_own,
    may=_may_own,
    check=_answer_check,
    needs=_answer_needs,
)

GRADE = Entity(
    name="grade",
    topic=Topic.ASSESSMENT,
    made_by="hub",
    key=("attempt_id",),
    fields={
        "attempt_id": Field("hub"),
        "user_id": Field("hub"),
        "course_id": Field("hub"),
        "lesson_id": Field("hub"),
        "assessment_id": Field("hub"),
        "number": Field("hub", int, default=1),
        "score": Field("hub", float, default=0.0),
        "max_score": Field("hub", float, default=0.0),
        "percent": Field("hub", float, default=0.0),
        "passed": Field("hub", bool, default=False),
        "status": Field("hub", default="final"),
        "over_limit": Field("hub", bool, default=False),
        "timing": Field("hub", default=""),
        "results": Field("hub", dict, default={}),
        "graded_at": Field("hub", int),
    },
    scopes=_own,
)

ENTITIES = (ATTEMPT, ANSWER, GRADE)
