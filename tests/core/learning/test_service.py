"""Reading and studying on one laptop without a network."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update

from lms_core.content.pack import build_pack, pack_name
from lms_core.courses.drafts import from_draft
from lms_core.courses.tables import installed_lesson
from lms_core.errors import NotFound, UserError
from lms_core.learning.days import HOUR_MS, days_studied
from lms_core.learning.model import Goal
from lms_core.workspace import Workspace
from tests.core.school import add_quiz
from tests.fakes import FakeClock
from tests.told import tell

MINUTE = 60


class Reader:
    """Ids of a course that is installed from its own draft."""

    def __init__(self, workspace: Workspace) -> None:
        courses = workspace.courses
        self.course = courses.create_course("Between the tides")
        self.module = courses.add_module(self.course, "One")
        self.waves = courses.add_lesson(self.module, "Waves", body="Wind makes waves.")
        self.shells = courses.add_lesson(self.module, "Shells", body="Limpets.")
        self.quiz = add_quiz(workspace, self.module)
        install(workspace, self.course)


def install(workspace: Workspace, course: str) -> None:
    """Install a course from its own draft."""
    with workspace.work() as unit:
        body = build_pack(from_draft(unit, course)[0])
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)


@pytest.fixture
def reader(workspace: Workspace) -> Reader:
    return Reader(workspace)


def test_opening_a_lesson_joins_its_course(workspace: Workspace, reader: Reader) -> None:  # ENR-07
    learning = workspace.learning
    assert learning.enrollment(reader.course) == "none"
    assert learning.lesson_state(reader.waves).status == "not_started"
    learning.open_lesson(reader.waves)
    assert learning.enrollment(reader.course) == "active"
    assert learning.lesson_states(reader.course)[reader.waves].status == "in_progress"
    for ask in (learning.open_lesson, learning.complete, learning.course_state):
        with pytest.raises(NotFound):
            ask("nothing")


def test_a_video_is_done_at_ninety_of_a_hundred(workspace: Workspace, reader: Reader) -> None:  # PRG-02, PRG-08
    learning, video, lesson = workspace.learning, reader.shells, installed_lesson
    with workspace.work() as unit:
        unit.local(update(lesson).where(lesson.c.id == video).values(kind="video"))
    learning.record_watched(video, watched=0, total=0)
    assert learning.lesson_state(video).status == "not_started"
    learning.record_watched(video, watched=89, total=100, position=93)
    state = learning.lesson_state(video)
    assert (state.status, state.percent, state.watched, state.total) == ("in_progress", 89.0, 89, 100)
    assert dict(state.position) == {"seconds": 93}
    learning.record_watched(video, watched=10, total=100, position=10)
    assert (learning.lesson_state(video).watched, learning.lesson_state(video).percent) == (89, 89.0)
    learning.record_watched(video, watched=120, total=100)
    assert (learning.lesson_state(video).status, learning.lesson_state(video).watched) == ("done", 100)
    learning.reopen(video)
    learning.record_watched(video, watched=100, total=100)
    assert learning.lesson_state(video).status == "in_progress", "what was taken back comes back by hand alone"
    learning.record_watched(reader.waves, watched=95, total=100)
    assert learning.lesson_state(reader.waves).status == "in_progress", "a video in a text makes it not done"


def test_the_place_is_kept_and_the_share_never_falls(workspace: Workspace, reader: Reader) -> None:
    learning = workspace.learning
    learning.record_position(reader.waves, percent=40, place={"anchor": "wind", "y": 120})
    learning.record_position(reader.waves, percent=20, place={"anchor": "wind", "y": 60})
    learning.record_position(reader.waves, percent=120, place={})
    state = learning.lesson_state(reader.waves)
    assert (state.percent, dict(state.position), state.status) == (100.0, {"anchor": "wind", "y": 60}, "in_progress")


def test_where_to_go_on(workspace: Workspace, reader: Reader, clock: FakeClock) -> None:  # ENR-11
    learning = workspace.learning
    first = learning.continue_in(reader.course)
    assert first is not None
    assert (first.lesson_id, first.percent, first.position, first.begun) == (reader.waves, 0.0, {}, False)
    learning.open_lesson(reader.waves)
    clock.advance(ms=1000)
    learning.record_position(reader.shells, percent=10, place={"y": 5})
    now = learning.continue_item()
    assert now is not None
    assert (now.lesson_id, now.position, now.begun) == (reader.shells, {"y": 5}, True)
    learning.complete(reader.shells)
    assert learning.continue_in(reader.course).lesson_id == reader.waves  # type: ignore[union-attr]
    learning.complete(reader.waves)
    with pytest.raises(UserError, match="passed"):
        learning.complete(reader.quiz)
    learning.finish(reader.quiz)
    assert learning.continue_in(reader.course) is None
    assert learning.continue_item() is None
    assert learning.continue_in("nothing") is None


def test_left_courses_stay_while_they_are_here(workspace: Workspace, reader: Reader) -> None:
    workspace.learning.enroll(reader.course)
    workspace.learning.drop(reader.course)
    (state,) = workspace.learning.my_courses()
    assert (state.status, state.installed, state.lessons_total) == ("unenrolled", True, 3)
    assert workspace.learning.continue_item() is None
    workspace.installed.remove(reader.course)
    assert workspace.learning.my_courses() == []


def test_study_time(workspace: Workspace, reader: Reader, clock: FakeClock) -> None:
    learning, start = workspace.learning, clock.ms()
    clock.advance(timedelta(hours=6))
    learning.record_session(reader.waves, start_ms=start, seconds=4)
    learning.record_session(reader.waves, start_ms=start, seconds=5 * 3600)
    for begin, seconds in ((start + 86_400_000, 59), (-1, 59), (start, 86_401)):
        with pytest.raises(UserError, match="cannot have been studied"):
            learning.record_session(reader.waves, start_ms=begin, seconds=seconds)
    clock.advance(timedelta(days=1))
    learning.record_session(reader.waves, start_ms=start + 86_400_000, seconds=59)
    assert learning.course_state(reader.course).seconds == 5 * 3600 + 59
    week = workspace.days.week(UTC)
    assert (week[0].day, [d.seconds for d in week]) == (date(2026, 1, 5), [18_000, 59, 0, 0, 0, 0, 0])
    assert workspace.days.week(UTC, first_weekday=6)[0].day == date(2026, 1, 4)


def test_a_day_counts_from_one_minute_or_one_lesson(workspace: Workspace, reader: Reader, clock: FakeClock) -> None:
    learning = workspace.learning
    assert workspace.days.streak(UTC) == 0
    learning.record_session(reader.waves, start_ms=clock.ms(), seconds=MINUTE)
    clock.advance(timedelta(days=1))
    learning.record_session(reader.waves, start_ms=clock.ms(), seconds=MINUTE - 1)
    assert workspace.days.streak(UTC) == 1
    learning.complete(reader.shells)
    assert workspace.days.streak(UTC) == 2
    clock.advance(timedelta(days=2))
    assert workspace.days.streak(UTC) == 0


def test_goals_are_minutes_of_today_and_days_of_this_week(
    workspace: Workspace, reader: Reader, clock: FakeClock
) -> None:  # PRG-14, USR-04
    assert workspace.days.goals(UTC) == ()
    with pytest.raises(UserError):
        workspace.personal.change_settings(goal_days=8)
    workspace.personal.change_settings(goal_minutes=20, goal_days=2)
    workspace.learning.record_session(reader.waves, start_ms=clock.ms(), seconds=25 * MINUTE)
    assert workspace.days.goals(UTC) == (Goal("minutes", 20, 25), Goal("days", 2, 1))
    clock.advance(timedelta(days=1))
    workspace.learning.complete(reader.shells)
    minutes, days = workspace.days.goals(UTC)
    assert (minutes.reached, minutes.is_met, days.reached, days.is_met) == (0, False, 2, True)
    clock.advance(timedelta(days=6))
    assert [goal.reached for goal in workspace.days.goals(UTC)] == [0, 0], "a new week"
    workspace.personal.change_settings(goal_minutes=0)
    assert [goal.kind for goal in workspace.days.goals(UTC)] == ["days"]


def test_notes(workspace: Workspace, reader: Reader, clock: FakeClock) -> None:
    notes = workspace.notes
    anchored = notes.add("Ask *why*.", lesson=reader.waves, quote="Wind makes\nwaves.", start=3, colour="mint")
    loose = notes.add("Buy a lens.", tags=["shore"])
    assert [n.id for n in notes.all()] == [loose, anchored]
    assert (
        [n.id for n in notes.all(lesson=reader.waves)] == [n.id for n in notes.all(course=reader.course)] == [anchored]
    )
    clock.advance(ms=10)
    notes.edit(anchored, base="Ask *why*.", body="Ask *how*.")
    notes.change(anchored, tags=("sea", "shore"), colour="")
    found = notes.get(anchored)
    assert (found.body, found.tags, found.colour, found.course_id) == (
        "Ask *how*.",
        ("sea", "shore"),
        "",
        reader.course,
    )
    assert found.edited_at == found.created_at + 10
    workspace.notes.add("", lesson=reader.shells, quote="Limpets.")
    workspace.installed.remove(reader.course)
    kept = notes.add("Lost lesson.", lesson=reader.waves)
    assert notes.get(kept).course_id is None
    for note in (anchored, kept):
        notes.delete(note)
        with pytest.raises(NotFound):
            notes.get(note)


def test_only_notes_without_words_and_without_a_highlight_are_dropped(workspace: Workspace, reader: Reader) -> None:
    notes = workspace.notes
    blank, marked = notes.add(" \n\t", lesson=reader.waves, tags=["sea"]), notes.add("", quote="Limpets.")
    said, mark = notes.add("Words"), notes.add_bookmark(reader.waves)
    notes.drop_empty([blank, marked, said, mark, "nothing"])
    assert ({n.id for n in notes.all()}, len(notes.bookmarks())) == ({marked, said}, 1)


def test_bookmarks(workspace: Workspace, reader: Reader) -> None:
    notes = workspace.notes
    first = notes.add_bookmark(reader.waves, anchor="wind", title="The wind")
    second = notes.add_bookmark(reader.shells)
    assert [b.id for b in notes.bookmarks()] == [second, first]
    (found,) = notes.bookmarks(lesson=reader.waves)
    assert (found.course_id, found.anchor, found.title) == (reader.course, "wind", "The wind")
    assert [b.id for b in notes.bookmarks(course=reader.course)] == [second, first]
    assert notes.bookmarks(course="another") == []
    notes.delete_bookmark(first)
    assert [b.id for b in notes.bookmarks()] == [second]
    with pytest.raises(NotFound):
        notes.add_bookmark("nothing")


def test_a_place_holds_small_values_only(workspace: Workspace, reader: Reader) -> None:
    for value in ({"deep": 1}, ["x"], "x" * 5000):
        with pytest.raises(UserError):
            workspace.learning.record_position(reader.waves, percent=1, place={"y": value})
    with pytest.raises(UserError):
        workspace.notes.add("x", tags=[1])


@pytest.mark.parametrize("table", ["progress", "study_session", "bookmark"])
def test_what_somebody_did_in_a_course_is_found_by_the_course(workspace: Workspace, table: str) -> None:  # PRF-01
    asked = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE user_id IN ('me') AND course_id = 'one of many'"
    with workspace.work() as unit:
        [found] = unit.conn.exec_driver_sql(asked).all()
    assert "user_id=? AND course_id=?" in found[-1], "else each lesson that is opened reads a year of lessons"


def test_days_with_lessons_cost_by_the_hour_not_by_the_lesson(workspace: Workspace) -> None:  # PRF-01
    hours, zone = [9, 10, 33, 34, 81], timezone(timedelta(hours=3))
    steps, days = [], []
    for lessons in (4, 400):
        with workspace.work():
            for n in range(lessons):
                at = hours[n % len(hours)] * HOUR_MS + n * 1000
                told = {"user_id": workspace.account, "course_id": "c", "lesson_id": f"{n}", "first_done_at": at}
                tell(workspace, "progress", f"row{n}", **told)
        with workspace.work() as unit:
            driver: Any = unit.conn.connection.driver_connection
            taken = count()
            driver.set_progress_handler(lambda taken=taken: 0 * next(taken), 1)
            days.append(sorted(set(days_studied(unit, workspace.account, zone))))
            driver.set_progress_handler(None, 0)
        steps.append(next(taken))
    assert days == [[date(1970, 1, n) for n in (1, 2)], [date(1970, 1, n) for n in (1, 2, 4)]]
    assert steps[1] <= steps[0] * 2
