"""What follows from classes: their students learn their courses (ENR-01). Who dropped a course stays out of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from lms_core.classes import tables as t
from lms_core.courses.tables import course_card
from lms_core.db.bulk import chunks
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.tables import enrollment
from lms_core.notifications.notify import notify_all
from lms_core.unit import Effect, Unit


def _enrol(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    member, course, cohort = t.cohort_member.c, t.cohort_course.c, t.cohort.c
    lacking = (
        select(member.user_id, course.course_id)
        .join(t.cohort_course, course.cohort_id == member.cohort_id)
        .join(t.cohort, cohort.id == member.cohort_id)
        .outerjoin(
            enrollment, (enrollment.c.user_id == member.user_id) & (enrollment.c.course_id == course.course_id)
        )
        .where(
            member.kind == "student", member.is_active, course.is_active, cohort.archived_at.is_(None),
            enrollment.c.id.is_(None),
        )
        .distinct()
    )  # fmt: skip
    new: dict[str, list[str]] = {}
    for name, key in (("cohort_member", member.id), ("cohort_course", course.id), ("cohort", cohort.id)):
        for part in chunks(changed.get(name, frozenset())):
            for user, learned in unit.all(lacking.where(key.in_(part))):
                row = {"user_id": user, "course_id": learned, "status": "active", "enrolled_at": unit.now_ms}
                unit.derive(ENROLLMENT, ENROLLMENT.id_for(user, learned), row)
                new.setdefault(learned, []).append(user)
    for learned, users in new.items():
        _tell(unit, learned, users)


def _tell(unit: Unit, learned: str, users: list[str]) -> None:
    cards = unit.all(select(course_card.c.title).where(course_card.c.course_id == learned))
    values = {"course": str(cards[0].title) if cards else ""}
    notify_all(unit, users, "enrolled", subject=learned, values=values, action_url=f"course/{learned}")


CLASS_ENROLMENT = Effect(frozenset({"cohort", "cohort_member", "cohort_course"}), _enrol)
