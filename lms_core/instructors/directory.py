"""Who teaches here, for everybody: active instructors whose profile is public (INS-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.accounts.service import Look
from lms_core.accounts.tables import account, instructor_profile
from lms_core.courses.tables import category, course_card, course_instructor
from lms_core.errors import NotFound
from lms_core.instructors.model import PublicInstructor

p = instructor_profile.c


class InstructorDirectory:
    """Read the public profiles."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def all(self, *, search: str = "", offset: int, most: int) -> tuple[int, list[PublicInstructor]]:
        """How many there are, and some of them by name."""
        found = [p.display_name.icontains(word, autoescape=True) for word in search.split()[:8]]
        query = _public().where(*found)
        with self._look() as conn:
            count = conn.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = conn.execute(query.order_by(func.lower(p.display_name), p.id).offset(offset).limit(most))
            return int(count), _shown(conn, rows.all())

    def get(self, who: str) -> PublicInstructor:
        """One of them by account. Raises NotFound, also for those whose profile is not public."""
        with self._look() as conn:
            rows = conn.execute(_public().where(p.user_id == who)).all()
            if not rows:
                raise NotFound
            return _shown(conn, rows)[0]

    def reach(self, who: str) -> tuple[int, int]:
        """How many published courses somebody teaches, and about how many learn them."""
        with self._look() as conn:
            return _figures(conn, [who]).get(who, (0, 0))


def _public() -> Select[Any]:
    query = select(instructor_profile).join(account, account.c.id == p.user_id)
    return query.where(p.status == "active", p.public_profile.is_not(False), account.c.is_active)


def _shown(conn: Connection, rows: Any) -> list[PublicInstructor]:
    names: Mapping[str, str] = dict(conn.execute(select(category.c.id, category.c.name)).all())  # type: ignore[arg-type]
    figures = _figures(conn, [row.user_id for row in rows])
    return [_instructor(row, names, *figures.get(row.user_id, (0, 0))) for row in rows]


def _figures(conn: Connection, people: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Published courses and their learners by account, of those who teach any."""
    taught, card = course_instructor.c, course_card.c
    query = select(taught.user_id, func.count(), func.sum(card.enrolled))
    query = query.join(course_card, card.course_id == taught.course_id)
    query = query.where(taught.is_active, card.is_published, taught.user_id.in_(people)).group_by(taught.user_id)
    return {who: (int(count), int(learners or 0)) for who, count, learners in conn.execute(query)}


def _instructor(row: Any, names: Mapping[str, str], courses: int, students: int) -> PublicInstructor:
    fields = INSTRUCTOR_PROFILE.fields
    said = {name: getattr(row, name) for name in PublicInstructor.__struct_fields__ if name in fields}
    said = {name: fields[name].default if value is None else value for name, value in said.items()}
    said["expertise_areas"] = [names[each] for each in said["expertise_areas"] or () if each in names]
    return PublicInstructor(id=row.user_id, total_courses=courses, total_students=students, **said)
