"""What somebody does is told with other writes and only while they agree (USR-10, ANA-15)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms_core.db.engine import read
from lms_core.learning.activity import DAY_MS, counted, sweep
from lms_core.learning.tables import activity_log
from lms_core.workspace import Workspace
from tests.core.school import School
from tests.fakes import FakeClock


def told(school: School) -> list[tuple[str, str | None]]:
    """What the hub knows, in its order."""
    c = activity_log.c
    with read(school.engine) as conn:
        rows = conn.execute(select(activity_log).order_by(c.occurred_at, c.id))
        return [(r.activity_type, r.lesson_id) for r in rows]


def kept(workspace: Workspace) -> int:
    with workspace.work() as unit:
        return len(unit.all(select(activity_log.c.id)))


def publish(school: School) -> tuple[str, str]:
    """A course with one lesson."""
    author = school.laptop(school.person("tess", "instructor"))
    course = author.courses.create_course("Between the tides")
    lesson = author.courses.add_lesson(author.courses.add_module(course, "One"), "Waves", body="Wind makes waves.")
    author.courses.publish(course)
    school.sync(author)
    return course, lesson


@pytest.mark.postgresql
def test_it_rides_along_with_other_writes(school: School, clock: FakeClock) -> None:  # USR-10
    course, lesson = publish(school)
    sam = school.laptop(school.person("sam"))
    sam.install(course)
    sam.search.find("wav")
    sam.search.find("wave")
    assert kept(sam) == 0, "asking and fetching write nothing of it"
    clock.advance(ms=1000)
    sam.learning.open_lesson(lesson)
    assert kept(sam) == 3
    sam.search.find("tides")
    school.sync(sam)
    assert told(school) == [("download", None), ("search", None), ("lesson_open", lesson)]
    with read(school.engine) as conn:
        assert dict(counted(conn, 0)) == {"download": 1, "search": 1, "lesson_open": 1}
        assert dict(counted(conn, clock.ms())) == {"lesson_open": 1}


def test_what_waits_is_written_when_the_profile_closes(school: School) -> None:
    publish(school)
    sam = school.person("sam")
    laptop = school.laptop(sam)
    laptop.search.find("wave")
    laptop.close()
    again = Workspace(laptop.profile, secrets=laptop._secrets, clock=laptop.clock)
    assert kept(again) == 1
    again.close()


def test_it_is_its_owners_alone(school: School) -> None:
    course, lesson = publish(school)
    sam, tess = school.laptop(school.person("sam")), school.laptop(school.person("tim", "instructor"))
    sam.install(course)
    sam.learning.open_lesson(lesson)
    other = school.laptop(sam.account)
    school.sync(sam, other, tess)
    assert (kept(other), kept(tess)) == (2, 0)


@pytest.mark.postgresql
def test_who_does_not_agree_is_not_watched(school: School) -> None:  # ANA-15
    course, lesson = publish(school)
    sam = school.laptop(school.person("sam"))
    other = school.laptop(sam.account)
    for each in (sam, other):
        each.install(course)
        each.learning.open_lesson(lesson)
    school.sync(sam)
    assert len(told(school)) == 2
    sam.personal.change_settings(analytics_enabled=False)
    sam.learning.open_lesson(lesson)
    assert kept(sam) == 2, "nothing more is written"
    school.sync(sam)
    assert told(school) == []
    school.sync(other)  # which did not know it when it wrote
    assert told(school) == []
    school.sync(sam)
    assert (kept(sam), kept(other)) == (0, 0)


@pytest.mark.postgresql
def test_what_is_old_goes(school: School, clock: FakeClock) -> None:
    course, lesson = publish(school)
    sam = school.laptop(school.person("sam"))
    sam.install(course)
    sam.learning.open_lesson(lesson)
    school.sync(sam)
    clock.advance(ms=30 * DAY_MS)
    sam.learning.open_lesson(lesson)
    school.sync(sam)
    with school.hub.unit() as unit:
        assert sweep(unit, keep_days=0) == 0
        assert sweep(unit, keep_days=30) == 0
    clock.advance(ms=1)
    with school.hub.unit() as unit:
        assert sweep(unit, keep_days=30) == 2
    assert told(school) == [("lesson_open", lesson)]
    school.sync(sam)
    assert kept(sam) == 1


def test_a_profile_without_a_server_keeps_nothing(workspace: Workspace) -> None:
    workspace.search.find("wave")
    workspace.courses.create_course("Shells")
    assert kept(workspace) == 0
