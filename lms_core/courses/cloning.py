"""Copies: of a lesson with its quiz, and of a whole course, which then goes its own way (CRS-29 to CRS-31)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from lms_core import ops
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.drafts import course_row, ordered, rows_of
from lms_core.courses.importing import behind, relinked
from lms_core.courses.rules import instructor_id
from lms_core.errors import UserError
from lms_core.ops import Values
from lms_core.schema import Entity
from lms_core.unit import Reader, Unit

FIRST = "1.0"
STEP = Decimal("0.1")
_MEDIA = re.compile(r"media:([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What of a course is copied; without a title it is the old one with the version behind it.

    Without `copy_resources` only the files that the copied text shows go along.
    """

    title: str = ""
    description: str | None = None
    copy_modules: bool = True
    copy_resources: bool = True
    copy_assessments: bool = True


def clone(unit: Unit, course: str, wish: Wish, new: str) -> None:
    """Copy a course under an id of its own; the actor leads it. Enrolments and figures stay where they are.

    Raises:
        NotFound. UserError: `invalid_fields` for a title that a course of its family has.
    """
    source, me = course_row(unit, course), unit.actor.account
    version = next_version(version_of(unit, source))
    title = wish.title.strip() or f"{source.title[:150]} (v{version})"
    _check_title(unit, source, title)
    about = {} if wish.description is None else {"description": wish.description}
    kept = {"parent_version": course, "family_root": source.family_root or course, "first_version": version}
    values = copied(e.COURSE, dict(source._mapping), title=title, change_note="", created_by=me, **kept, **about)
    lead = {"course_id": new, "user_id": me, "is_lead": True}
    unit.emit(
        ops.create(e.COURSE, new, values), ops.create(e.COURSE_INSTRUCTOR, instructor_id(new, me), lead)
    )  # fmt: skip
    shown = _copy_modules(unit, course, new, quizzes=wish.copy_assessments) if wish.copy_modules else set()
    for file in unit.all(select(t.course_file).where(t.course_file.c.course_id == course)):
        if wish.copy_resources or file.sha256 in shown:
            row = e.COURSE_FILE.id_for(new, file.sha256)
            unit.emit(ops.create(e.COURSE_FILE, row, copied(e.COURSE_FILE, dict(file._mapping), course_id=new)))


def version_of(reader: Reader, source: Any) -> str:
    """The version that a course has: of what is published, else the one with which it will begin."""
    card = reader.all(select(t.course_card.c.version).where(t.course_card.c.course_id == source.id))
    return (card[0].version if card else "") or source.first_version or FIRST


def next_version(version: str) -> str:
    """The version of a copy: a tenth more."""
    return f"{max(Decimal(version), Decimal(FIRST)) + STEP:.1f}"


def _check_title(unit: Reader, source: Any, title: str) -> None:
    """Raise UserError for the title of another course with the same oldest ancestor."""
    root, c = source.family_root or source.id, t.course.c
    family = unit.all(select(c.title).where(or_(c.id == root, c.family_root == root)))
    if title.casefold() in {row.title.casefold() for row in family}:
        raise UserError("invalid_fields", fields={"title": ["name_taken"]}, names="title")


def _copy_modules(unit: Unit, course: str, new: str, *, quizzes: bool) -> set[str]:
    """Copy the tree without its trash; returns the files that its texts show."""
    lessons = ordered(rows_of(unit, t.lesson, course))
    modules = ordered(rows_of(unit, t.module, course)).get(course, [])
    fresh = {x.id: unit.new_id() for module in modules for x in lessons.get(module.id, ())}
    shown: set[str] = set()
    line: list[str] = []
    for module in modules:
        row = unit.new_id()
        words = relinked(module.description or "", fresh)
        values = copied(e.MODULE, dict(module._mapping), course_id=new, description=words, place=behind(new, line))
        unit.emit(ops.create(e.MODULE, row, values))
        line.append(row)
        before: list[str] = []
        for lesson in lessons.get(module.id, ()):
            words = relinked(lesson.body or "", fresh)
            shown.update(_MEDIA.findall(words))
            kind = {"kind": "reading"} if lesson.kind == "quiz" and not quizzes else {}
            place = behind(row, before)
            values = copied(e.LESSON, dict(lesson._mapping), course_id=new, body=words, place=place, **kind)
            unit.emit(ops.create(e.LESSON, fresh[lesson.id], values))
            shown |= copy_contents(unit, lesson.id, fresh[lesson.id], new)
            if quizzes:
                copy_quiz(unit, lesson.id, fresh[lesson.id], new)
            before.append(fresh[lesson.id])
    return shown


def copy_contents(unit: Unit, lesson: str, copy: str, course: str) -> set[str]:
    """Give a copied lesson the content items and resources of the other; returns their files."""
    files: set[str] = set()
    for entity, table in ((e.CONTENT_ITEM, t.content_item), (e.RESOURCE, t.resource)):
        held = select(table).where(table.c.parent == lesson, table.c.trashed_at.is_(None))
        before: list[str] = []
        for each in ordered(unit.all(held)).get(lesson, []):
            row = unit.new_id()
            values = copied(entity, dict(each._mapping), course_id=course, place=behind(copy, before))
            unit.emit(ops.create(entity, row, values))
            before.append(row)
            files.update(e.files_of(values))
    return files


def copy_quiz(unit: Unit, lesson: str, copy: str, course: str) -> None:
    """Give a copied lesson the quiz of the other, if it has one."""
    old, new = e.ASSESSMENT.id_for(lesson), e.ASSESSMENT.id_for(copy)
    quiz = unit.row(e.ASSESSMENT, old)
    if quiz is None:
        return
    unit.emit(ops.create(e.ASSESSMENT, new, copied(e.ASSESSMENT, quiz, lesson_id=copy, course_id=course)))
    asked = select(t.question).where(t.question.c.parent == old, t.question.c.trashed_at.is_(None))
    before: list[str] = []
    for question in ordered(unit.all(asked)).get(old, []):
        row = unit.new_id()
        values = copied(e.QUESTION, dict(question._mapping), course_id=course, place=behind(new, before))
        unit.emit(ops.create(e.QUESTION, row, values))
        before.append(row)


def copied(entity: Entity, row: Values, **other: Any) -> Values:
    """What an author gave a row, for a copy of it."""
    given = {n: row.get(n) for n, field in entity.fields.items() if field.kind in ("const", "attr", "text")}
    return {**{name: value for name, value in given.items() if value is not None}, **other}
