"""How somebody comes into a class, inside a unit of the hub: named by who runs it, invited, or by its code."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select, update

from lms_core.accounts.reading import rows_of
from lms_core.classes import entities as e
from lms_core.classes import tables as t
from lms_core.classes.model import code_key
from lms_core.errors import NotFound
from lms_core.unit import Unit


def join_class(unit: Unit, name: str, user: str, called: str, kind: str) -> bool:
    """Put somebody into a class; whether that is new."""
    member = e.COHORT_MEMBER.id_for(name, user)
    there = unit.row(e.COHORT_MEMBER, member)
    if there is not None and there["is_active"] and there["kind"] == kind:
        return False
    values = {"cohort_id": name, "user_id": user, "kind": kind, "name": called, "is_active": True}
    unit.derive(e.COHORT_MEMBER, member, values | {"joined_at": unit.now_ms})
    return True


def is_class_code(source: Unit | Connection, typed: str, *, now: int) -> bool:
    """Whether a class has this code and it works at `now` (ms)."""
    return bool(rows_of(source, _usable(typed, now)))


def _usable(typed: str, now: int) -> Select[Any]:
    code = t.class_code.c
    return select(t.class_code).where(code.code == code_key(typed), code.expires_at > now, code.uses_left > 0)


def join_by_code(unit: Unit, typed: str, person: Any) -> str:
    """Let the person of an account's row join the class whose code this is; returns its id. Twice is once.

    Raises:
        NotFound: `class_code_unknown`, the same for one that has run out.
    """
    rows = unit.all(_usable(typed, unit.now_ms))
    if not rows:
        raise NotFound("class_code_unknown")
    name, code = str(rows[0].cohort_id), t.class_code.c
    there = unit.row(e.COHORT_MEMBER, e.COHORT_MEMBER.id_for(name, person.id))
    if there is None or not there["is_active"]:
        join_class(unit, name, person.id, f"{person.first_name} {person.last_name}", "student")
        unit.local(update(t.class_code).where(code.cohort_id == name).values(uses_left=code.uses_left - 1))
    return name
