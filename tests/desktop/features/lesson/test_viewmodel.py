"""Reading: place, time, notes, done and not done."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from desktop_lms.features.lesson.study import IDLE_MS, StudyTime
from desktop_lms.features.lesson.viewmodel import LessonModel, load
from desktop_lms.store import InlineStore
from lms_core.learning.entities import ENROLLMENT
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, write_course
from tests.fakes import FakeClock
from tests.sequences import lesson, one_by_one
from tests.told import tell


@pytest.fixture
def model(store: InlineStore, tides: Tides, clock: FakeClock) -> LessonModel:
    reading = LessonModel(store, tides.waves, study=StudyTime(clock))
    reading.open()
    yield reading
    reading.leave()


def test_opening_begins_the_lesson(model: LessonModel, workspace: Workspace, tides: Tides) -> None:
    assert model.reading.lesson.title == "Waves"
    assert (model.reading.number, model.reading.module) == ("1.1", "1 The shore")
    assert model.reading.previous is None
    assert model.reading.following.id == tides.shells
    assert [n.number for s in model.reading.outline for n in s.lessons] == ["1.1", "1.2", "Q1"]
    assert workspace.learning.lesson_state(tides.waves).status == "in_progress"


def test_notes_and_bookmarks_elsewhere_cost_an_opened_lesson_nothing(workspace: Workspace, tides: Tides) -> None:
    other = write_course(workspace, title="Between the dunes")  # PRF-01
    install(workspace, other.course)
    kept = {(workspace.notes.add("Foam", lesson=tides.waves), workspace.notes.add_bookmark(tides.shells))}
    steps = []
    for many in (5, 500):
        with workspace.work():
            for n in range(many):
                workspace.notes.add(f"{n}", lesson=tides.shells)
                workspace.notes.add_bookmark(other.waves)
        with workspace.work() as unit:
            driver: Any = unit.conn.connection.driver_connection
            taken = count()
            driver.set_progress_handler(lambda taken=taken: 0 * next(taken), 1)
            reading = load(workspace, tides.waves)
            driver.set_progress_handler(None, 0)
        steps.append(next(taken))
        assert {(note.id, mark.id) for note in reading.notes for mark in reading.bookmarks} == kept
    assert steps[1] < steps[0] + 10


def test_the_place_is_kept(model: LessonModel, workspace: Workspace, tides: Tides) -> None:
    model.moved_to(40.0, {"block": 3})
    model.moved_to(55.0, {"block": 5})
    model.save_place()
    state = workspace.learning.lesson_state(tides.waves)
    assert (state.percent, dict(state.position)) == (55.0, {"block": 5})
    model.save_place()


def test_only_active_time_is_sent(model: LessonModel, workspace: Workspace, tides: Tides, clock: FakeClock) -> None:
    model.active()
    clock.advance(ms=20_000)
    model.active()
    clock.advance(ms=3_600_000)
    model.leave()
    assert sum(day.seconds for day in workspace.days.week()) == 20 + IDLE_MS // 1000
    assert model.study.take() is None


def test_no_active_time_is_lost_when_it_is_sent(model: LessonModel, workspace: Workspace, clock: FakeClock) -> None:
    model.active()  # PRG-06
    clock.advance(ms=40_300)
    model.save_study()
    assert model._study_timer.isActive(), "what still counts is sent without another touch"
    clock.advance(ms=15_700)
    model.active()
    clock.advance(ms=30_000)
    model.leave()
    assert not model._study_timer.isActive()
    clock.advance(ms=50_000)
    model.leave()
    assert sum(day.seconds for day in workspace.days.week()) == 86


def test_each_record_covers_what_was_active_before_it(clock: FakeClock) -> None:
    study, begun = StudyTime(clock), clock.ms()
    study.touch()
    clock.advance(ms=20_700)
    assert study.take() == (begun, 20)
    clock.advance(ms=3_600_000)
    assert study.take() == (begun + 20_000, IDLE_MS // 1000 - 20)
    clock.advance(ms=3_600_000)
    assert study.take() is None
    study.touch()
    clock.advance(ms=4_000)
    assert study.take() is None, "too short for a record of its own"
    clock.advance(ms=6_000)
    assert study.take() == (begun + 7_220_700, 10)


def test_done_and_taken_back(model: LessonModel) -> None:
    assert not model.is_done
    model.mark(done=True)
    assert model.is_done
    model.mark(done=False)
    assert not model.is_done


def test_a_lesson_finished_on_another_laptop_shows_at_once(
    model: LessonModel, workspace: Workspace, tides: Tides
) -> None:
    told = []
    model.notes_changed.connect(lambda: told.append(model.is_done))
    workspace.learning.record_position(tides.waves, percent=30.0, place={"at": 4})
    assert told == [], "a scroll draws nothing anew"
    workspace.learning.complete(tides.waves)
    assert told == [True]


def test_a_highlight_can_be_undone_and_brought_back(model: LessonModel, workspace: Workspace) -> None:
    model.add_note("", quote="A sample is a witness", start=7, colour="amber")
    assert [(n.quote, n.colour) for n in model.notes] == [("A sample is a witness", "amber")]
    model.undo_stack.undo()
    assert model.notes == ()
    model.undo_stack.redo()
    model.colour_note(model.notes[0].id, "sky")
    assert [n.colour for n in model.notes] == ["sky"]
    model.delete_note(model.notes[0].id)
    assert model.notes == ()
    model.undo_stack.undo()
    assert [(n.quote, n.colour) for n in model.notes] == [("A sample is a witness", "sky")]
    model.undo_stack.redo()
    assert workspace.notes.all() == []


def test_a_deleted_note_comes_back_with_all_that_it_was(
    model: LessonModel, workspace: Workspace, clock: FakeClock
) -> None:
    model.add_note("Firs", quote="A sample is a witness", start=7)
    (written,) = model.notes
    workspace.notes.change(written.id, is_private=False, tags=["sea"])
    clock.advance(ms=60_000)
    model.writer.type(written.id, "First", base="Firs")
    model.delete_note(written.id)
    assert workspace.notes.all() == []
    model.undo_stack.undo()
    (back,) = workspace.notes.all()
    told = (back.body, back.quote, back.start, back.is_private, back.tags, back.created_at)
    assert told == ("First", "A sample is a witness", 7, False, ("sea",), written.created_at)


def test_words_written_since_come_back_with_a_note_that_is_brought_back(
    model: LessonModel, workspace: Workspace
) -> None:
    model.add_note("One")
    model.writer.type(model.notes[0].id, "One and two", base="One")
    model.writer.save()
    model.undo_stack.undo()
    model.undo_stack.redo()
    assert [note.body for note in workspace.notes.all()] == ["One and two"]


def test_typing_is_saved_within_a_second(model: LessonModel, workspace: Workspace) -> None:
    model.add_note("First")
    note = model.notes[0].id
    model.writer.type(note, "First and second", base="First")
    assert not model.writer.is_saved
    model.writer.save()
    assert model.writer.is_saved
    assert workspace.notes.get(note).body == "First and second"


def test_an_empty_note_is_none(model: LessonModel) -> None:
    model.add_note("  ")
    assert model.notes == ()


def test_a_lesson_that_went_away_says_so(store: InlineStore, tides: Tides, clock: FakeClock) -> None:
    gone = LessonModel(store, "00000000-0000-7000-8000-00000000dead", study=StudyTime(clock))
    gone.open()
    assert gone.error.code == "not_found"


def test_a_lesson_that_is_not_open_yet_says_what_comes_first(
    store: InlineStore, workspace: Workspace, clock: FakeClock
) -> None:  # ENR-09
    course = one_by_one(workspace)
    row = ENROLLMENT.id_for(workspace.account, course)
    tell(workspace, "enrollment", row, user_id=workspace.account, course_id=course, status="active")
    locked = LessonModel(store, lesson(1), study=StudyTime(clock))
    locked.open()
    assert (locked.reading, locked.error.code) == (None, "lesson_locked")
    first = LessonModel(store, lesson(0), study=StudyTime(clock))
    first.open()
    assert first.reading is not None
    tell(workspace, "enrollment", row, user_id=workspace.account, course_id=course, status="suspended")
    suspended = LessonModel(store, lesson(0), study=StudyTime(clock))
    suspended.open()
    assert (suspended.reading, suspended.error.code) == (None, "enrollment_suspended")
