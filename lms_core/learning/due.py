"""Quizzes that wait for somebody: those of the first courses are found without a look into all the others."""

from __future__ import annotations

from sqlalchemy import select

from lms_core.courses.tables import installed, installed_lesson
from lms_core.db.bulk import CHUNK
from lms_core.learning.tables import enrollment, progress
from lms_core.permissions import LEFT
from lms_core.unit import Unit

FIRST = 20
"""Courses that are looked into at first when only some quizzes are wanted; then four times as many, and so on."""

ToDo = tuple[str, str, str, str]


def quizzes_to_do(unit: Unit, most: int | None) -> list[ToDo]:
    """The first of the actor's (course, course title, lesson, lesson title), by titles of courses; None wants all.

    What is in a course that was left waits for nobody.
    """
    e, c = enrollment.c, installed.c
    left = select(e.course_id).where(e.user_id == unit.actor.account, e.status.in_(LEFT))
    here = [r.course_id for r in unit.all(select(c.course_id).where(c.course_id.not_in(left)).order_by(c.title))]
    found: list[ToDo] = []
    size = CHUNK if most is None else FIRST
    while here and (most is None or len(found) < most):
        found += _of_courses(unit, here[:size])
        here, size = here[size:], min(CHUNK, size * 4)
    return found[:most]


def _of_courses(unit: Unit, courses: list[str]) -> list[ToDo]:
    c, p = installed_lesson.c, progress.c
    # handing in sets the percentage, passing makes it done
    done = select(p.lesson_id).where(p.user_id == unit.actor.account, p.course_id.in_(courses), p.percent >= 100)
    rows = unit.all(
        select(c.course_id, installed.c.title.label("course_title"), c.id, c.title)
        .join(installed, installed.c.course_id == c.course_id)
        .where(c.course_id.in_(courses), c.kind == "quiz", c.id.not_in(done))
        .order_by(installed.c.title, c.ord)
    )
    return [(*r,) for r in rows]
