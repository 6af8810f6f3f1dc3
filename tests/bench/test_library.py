"""The laptop of benchmarks that has learned for a year is one that the app understands."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from bench.library import Size, course_id, lesson_id, library, shelf
from desktop_lms.features.courses.viewmodel import load as load_courses
from desktop_lms.features.today.viewmodel import load
from lms_core.session import Sessions


def test_a_year_of_study_is_shown_as_if_it_had_been_lived(tmp_path: Path) -> None:
    size = Size(courses=2, lessons=40, notes=30, days=5)
    folder = library(tmp_path / "data", size, password=None)
    assert library(folder, size) == folder, "it is kept"
    sessions = Sessions(folder)
    with_all = sessions.unlock(sessions.list()[0].id)
    try:
        today = load(with_all, 0)
        assert today.resume is not None
        assert (today.resume.percent, today.resume.seen) == (50.0, 40.0), "the lesson that is begun"
        assert (len(today.others), len(today.notes), today.due_total) == (1, 3, 2)
        assert with_all.days.streak(UTC) >= 5
        assert len(with_all.notes.all()) == 30
        assert with_all.learning.course_state(course_id(1)).seconds > 0
        with_all.learning.complete(lesson_id(0, 10))
        assert with_all.learning.course_state(course_id(0)).lessons_done == 11, "one can go on with it"
    finally:
        with_all.close()


def test_a_shelf_holds_courses_that_are_not_on_the_machine(tmp_path: Path) -> None:
    sessions = Sessions(shelf(tmp_path / "data", 30))
    workspace = sessions.unlock(sessions.list()[0].id)
    try:
        shown = load_courses(workspace)
        assert shown is not None
        assert [(row.status, row.where) for row in shown.rows] == [("active", "away")] * 30
    finally:
        workspace.close()
