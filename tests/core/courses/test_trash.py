"""What lies in the trash for 30 days goes, unless somebody still works on it (SYNC.md section 3)."""

from __future__ import annotations

from datetime import timedelta

from tests.core.school import School


def test_the_trash_is_emptied_after_thirty_days(school: School) -> None:
    tess = school.laptop(school.person("tess", "instructor"))
    courses = tess.courses
    course = courses.create_course("Weather")
    old, busy, kept = (courses.add_module(course, title) for title in ("Old", "Busy", "Kept"))
    courses.add_lesson(old, "With it")
    written = courses.add_lesson(busy, "Still written")
    lesson = courses.add_lesson(kept, "Thrown away")
    school.sync(tess)
    for row in (old, busy, lesson):
        courses.trash(row)
    school.sync(tess)
    school.clock.advance(timedelta(days=20))
    courses.edit_lesson(written, base="", text="More words.")
    school.sync(tess)
    school.hub.tidy()
    school.sync(tess)
    assert len(courses.trashed(course)) == 3
    school.clock.advance(timedelta(days=11))
    school.hub.tidy()
    school.sync(tess)
    assert [x.title for x in courses.trashed(course)] == ["Busy"]
    assert courses.lesson_draft(written).body == "More words."
    courses.restore(busy)
    school.sync(tess)
    assert [m.title for m in courses.outline(course).modules] == ["Busy", "Kept"]


def test_an_edit_of_what_went_is_kept_for_its_author(school: School) -> None:
    tess = school.laptop(school.person("tess", "instructor"))
    away = school.laptop(tess.account)
    course = tess.courses.create_course("Weather")
    lesson = tess.courses.add_lesson(tess.courses.add_module(course, "One"), "Wind")
    school.sync(tess, away)
    tess.courses.trash(lesson)
    school.sync(tess)
    school.clock.advance(timedelta(days=40))
    school.hub.tidy()
    away.courses.edit_lesson(lesson, base="", text="Far away.")
    school.sync(away)
    assert [refused.code for refused in away.sync.parked()] == ["gone"]
