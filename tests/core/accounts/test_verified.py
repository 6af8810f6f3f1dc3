"""A confirmed e-mail address: the hub and the laptop say the same of it, and nobody needs one to learn."""

from __future__ import annotations

from contextlib import AbstractContextManager

from lms_core.accounts.entities import ACCOUNT
from lms_core.permissions import is_verified_user
from lms_core.schema import Actor
from lms_core.unit import Unit
from tests.core.school import School, refusals


def holds(work: AbstractContextManager[Unit]) -> bool:
    """What the predicate says of whoever acts in a unit of work."""
    with work as unit:
        return is_verified_user(unit.actor, unit.row(ACCOUNT, unit.actor.account))


def test_both_sides_say_the_same_and_learning_needs_none(school: School) -> None:  # ACC-11
    tess, sam = school.laptop(school.person("tess", "instructor")), school.laptop(school.person("sam"))
    about = "A week at the shore, told day by day, from one tide to the next."
    course = tess.courses.create_course("Between the tides", description=about)
    tess.courses.add_lesson(tess.courses.add_module(course, "The shore"), "Waves", body="Wind makes waves.")
    tess.courses.publish(course)
    school.sync(tess, sam)
    who = Actor(sam.account, "student")
    assert not holds(sam.work())
    assert not holds(school.hub.unit(who))
    sam.learning.enroll(course)
    sam.notes.add("Read and noted without a confirmed address.")
    school.sync(sam)
    assert refusals(sam) == []
    with school.hub.unit() as unit:
        row = {name: value for name, value in (unit.row(ACCOUNT, sam.account) or {}).items() if name != "id"}
        unit.derive(ACCOUNT, sam.account, row | {"is_email_verified": True})
    assert holds(school.hub.unit(who))
    assert not holds(sam.work()), "the laptop has not heard of it yet"
    school.sync(sam)
    assert holds(sam.work())
