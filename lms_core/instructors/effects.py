"""What follows from roles: with that of an instructor comes an active profile, and it goes with it (INS-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.accounts.tables import account, instructor_profile
from lms_core.db.bulk import chunks
from lms_core.ops import Values
from lms_core.permissions import AUTHORS, INSTRUCTOR
from lms_core.unit import Effect, Unit

STANDING = frozenset({"active", "suspended"})
"""What an instructor by role can be."""


def _follow(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    for part in chunks(sorted(changed["account"])):
        for row in unit.all(select(account).where(account.c.id.in_(part), account.c.deleted_at.is_(None))):
            _follow_role(unit, row)


def follow_all(unit: Unit) -> None:
    """The same for instructors of before there were profiles."""
    known = select(instructor_profile.c.user_id)
    for row in unit.all(select(account).where(account.c.role == INSTRUCTOR, account.c.id.not_in(known))):
        _follow_role(unit, row)


def _follow_role(unit: Unit, person: Any) -> None:
    name = INSTRUCTOR_PROFILE.id_for(person.id)
    now = unit.row(INSTRUCTOR_PROFILE, name)
    status = now["status"] if now else None
    if person.role == INSTRUCTOR and status not in STANDING:
        called = f"{person.first_name} {person.last_name}".strip()[:100]
        fresh: Values = {} if now else {"user_id": person.id, "display_name": called}
        given = {"status": "active", "is_verified": True, "approval_date": unit.now_ms, "suspension_reason": ""}
        unit.derive(INSTRUCTOR_PROFILE, name, fresh | given)
    elif person.role not in AUTHORS and status == "active":
        unit.derive(INSTRUCTOR_PROFILE, name, {"status": "inactive"})


ROLE_PROFILE = Effect(frozenset({"account"}), _follow)
"""At the hub alone."""
