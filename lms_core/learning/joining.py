"""What tells whether somebody may enrol in a course, from the rows of this side (ENR-06, CRS-17)."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import Table, select
from sqlalchemy.sql import Executable

from lms_core.courses.rules import instructor_id
from lms_core.courses.tables import course_card, course_instructor
from lms_core.learning import tables as t
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.rules import Joining, Needed
from lms_core.permissions import is_admin
from lms_core.unit import Unit


class Source(Protocol):
    """What rows are read from: a unit, a reader, or what the hub knows when it judges an op."""

    def all(self, statement: Executable) -> Any:
        """Rows of a SELECT."""


def joining_of(source: Source, account: str, course: str) -> Joining:
    """The facts for `rules.can_user_enroll`; a course without a card is one that the hub has to judge."""

    def row(table: Table, column: str, name: str) -> Any:
        found = source.all(select(table).where(table.c[column] == name))
        return found[0] if found else None

    card = row(course_card, "course_id", course)
    mine = row(t.enrollment, "id", ENROLLMENT.id_for(account, course))
    return Joining(
        status=mine.status if mine else "none",
        is_published=card is None or bool(card.is_published),
        price=float(card.price or 0) if card else 0.0,
        paid=mine is not None and mine.payment_status == "paid",
        teaches=row(course_instructor, "id", instructor_id(course, account)) is not None,
        needed=_needed(source, account, card.prerequisites or () if card else ()),
    )


def gets_premium(unit: Unit, course: str) -> bool:
    """Whether the actor gets premium resources of a course: who has paid for it, teaches it or administers (RES-04).

    A course that no hub has told of is one's own.
    """
    me, joined, lead = unit.actor.account, t.enrollment.c, course_instructor.c
    paid = select(joined.id).where(joined.id == ENROLLMENT.id_for(me, course), joined.payment_status == "paid")
    teaches = select(lead.id).where(lead.id == instructor_id(course, me), lead.is_active)
    told = select(course_card.c.id).where(course_card.c.course_id == course)
    return is_admin(unit.actor) or bool(unit.all(paid)) or bool(unit.all(teaches)) or not unit.all(told)


def _needed(source: Source, account: str, named: Any) -> tuple[Needed, ...]:
    """The courses that come before one; a course that was withdrawn or is gone is advice, for nobody can learn it."""
    c = t.enrollment.c
    ids = [str(each["course_id"]) for each in named]
    done = c.completed_at.is_not(None) | (c.status == "completed")
    met = {r.course_id for r in source.all(select(c.course_id).where(c.user_id == account, c.course_id.in_(ids), done))}
    card = course_card.c
    there = source.all(select(card.course_id).where(card.course_id.in_(ids), card.is_published)) if ids else ()
    open_ = {r.course_id for r in there}
    return tuple(
        Needed(name, str(each["title"]), bool(each["mandatory"]) and name in open_, name in met)
        for name, each in zip(ids, named, strict=True)
    )
