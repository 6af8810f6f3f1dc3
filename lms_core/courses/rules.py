"""Who may write what of a course's draft, and what must hold before a version is published (ROL-08, CRS, INS-03)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.content.videos import read_video
from lms_core.errors import Denied, UserError
from lms_core.ops import Op
from lms_core.permissions import can_manage_course, is_active_instructor, is_instructor_or_admin
from lms_core.ports import v5_id
from lms_core.schema import MAX_NUMBER, Actor, HubFacts, Lookup, Row, Scopes


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


def may_edit(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    """Whether an op on a draft's row is the actor's to write."""
    return can_edit(actor, course_of(op, row), find)


def _above(op: Op) -> str:
    """What the op hangs its row on: the parent of a place, or the lesson of a quiz."""
    spot = op.args if op.kind == "place" else op.args.get("place")
    return str((spot.get("parent") if isinstance(spot, dict) else op.args.get("lesson_id")) or "")


def needs_of_draft(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    """Rows that the rules of a draft look at."""
    course = course_of(op, row)
    return tuple(filter(None, (instructor_id(course, actor.account), course, _above(op))))


def check_same_course(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Nobody hangs rows on the course of somebody else."""
    course, above = course_of(op, row), _above(op)
    found = find(above) if above not in ("", course) else None
    if found is not None and found.get("course_id") != course:
        raise Denied("forbidden")


def may_write_course(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    """Whether the actor may begin a course, or change this one."""
    if op.kind == "create":
        return is_instructor_or_admin(actor)
    return can_edit(actor, op.row, find)


def needs_of_course(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    """Rows that the rules of a course's settings look at."""
    return *needs_of_draft(op, row, actor), INSTRUCTOR_PROFILE.id_for(actor.account)


def check_author(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Only active instructors begin and publish courses (INS-03); a picture is named by its SHA-256 (RES-06)."""
    begins = op.kind == "create" or (op.kind == "state" and op.args.get("verb") == "publish")
    if begins and not is_active_instructor(actor, find(INSTRUCTOR_PROFILE.id_for(actor.account))):
        raise Denied("instructor_inactive")
    changed = op.args if op.kind == "create" else {op.args.get("field"): op.args.get("value")}
    if changed.get("thumbnail") and not re.fullmatch(r"[0-9a-f]{64}", str(changed["thumbnail"])):
        raise UserError("bad_value", field="thumbnail")


def check_question(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Options are an id and a text each: the hub and every reader build on it."""
    check_same_course(actor, op, row, find)
    given = op.args.get("options") if op.kind == "create" else op.args.get("value")
    if op.kind == "create" or op.args.get("field") == "options":
        for option in given or ():
            if option.keys() != {"id", "text"} or not all(isinstance(x, str) for x in option.values()):
                raise UserError("bad_value", field="options")


def check_item(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """A file is named by its SHA-256, an address leads to the web, that of a video to one (LES-06); captions are a
    language and a file each.
    """
    check_same_course(actor, op, row, find)
    changed = op.args if op.kind == "create" else {op.args.get("field"): op.args.get("value")}
    for name in ("media", "thumbnail"):
        if (file := changed.get(name)) and not re.fullmatch(r"[0-9a-f]{64}", file):
            raise UserError("bad_value", field=name)
    url = changed.get("url") or ""
    if url and (row or op.args).get("kind") == "video":
        read_video(url)
    elif url and not url.startswith(("https://", "http://")):
        raise UserError("bad_value", field="url")
    for caption in changed.get("captions") or ():
        if caption.keys() != {"language", "media"}:
            raise UserError("bad_value", field="captions")


def draft_scope(row: Row) -> Scopes:
    """Who edits a draft sees all its rows."""
    return {f"draft/{row['course_id']}": None}


def guard_prerequisite(actor: Actor, op: Op, row: Row | None, facts: HubFacts) -> None:
    """No two courses come before each other, whoever said so first without a network (CRS-17)."""
    changed: dict[Any, Any] = op.args if op.kind == "create" else {op.args.get("field"): op.args.get("value")}
    said = {**(row or {}), **changed}
    if said.get("is_active") is False:
        return
    from lms_core.courses.contents import courses_before  # it reads the tables of these entities

    if said["course_id"] in courses_before(facts, str(said["required_course_id"])):
        raise UserError("prerequisite_cycle")


def guard_publishing(actor: Actor, op: Op, row: Row | None, facts: HubFacts) -> None:
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
