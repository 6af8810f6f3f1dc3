"""An instructor's courses: states, figures, the first step of a new one."""

from __future__ import annotations

from desktop_lms.features.teach.viewmodel import TeachModel
from tests.desktop.features.teaching import Desk
from tests.told import refuse, tell

DAY = 86_400_000


def model_of(desk: Desk) -> TeachModel:
    model = TeachModel(desk.store)
    model.refresh()
    assert model.content is not None
    return model


def test_there_is_nothing_at_first(desk: Desk) -> None:
    content = model_of(desk).content
    assert content is not None
    assert content.courses == ()
    assert content.name == "Ada Byron"


def test_a_new_course_is_ready_to_be_written(desk: Desk) -> None:
    model, made = model_of(desk), []
    model.created.connect(made.append)
    model.create("Weather", module="Module 1", lesson="Lesson 1")
    assert desk.lessons(made[0]) == ["Lesson 1"]
    assert model.content is not None
    assert [(c.title, c.state, c.lessons) for c in model.content.courses] == [("Weather", "draft", 1)]


def test_a_title_that_is_too_short_is_refused_and_nothing_is_made(desk: Desk) -> None:
    model = model_of(desk)
    model.create("W", module="Module 1", lesson="Lesson 1")
    assert model.error is not None
    assert not desk.workspace.courses.my_courses()


def test_states_follow_the_course(desk: Desk) -> None:
    course, model = desk.course(), model_of(desk)

    def state() -> str:
        assert model.content is not None
        return {c.id: c.state for c in (*model.content.courses, *model.content.archived)}[course]

    assert state() == "draft"
    desk.workspace.courses.publish(course)
    assert state() == "waiting"
    refuse(desk.workspace, desk.workspace.sync.outbox()[-1], "draft_moved")
    model.refresh()
    assert state() == "refused"
    desk.workspace.sync.discard(desk.workspace.sync.parked()[0].key)
    desk.workspace.courses.archive(course)
    model.refresh()
    assert state() == "archived"


def test_figures_come_from_the_roster(desk: Desk) -> None:
    course, now = desk.course(), desk.clock.ms()
    people = (("ana", 80.0, now - DAY), ("ben", 20.0, now - 20 * DAY), ("cy", 100.0, now - 30 * DAY))
    for user, percent, seen in people:
        tell(desk.workspace, "roster_entry", f"{course}-{user}", course_id=course, user_id=user, name=user, email="",
             status="active", percent=percent, seconds=60, last_active_at=seen)  # fmt: skip
    (row,) = model_of(desk).content.courses  # type: ignore[union-attr]
    assert (row.learners, row.average, row.at_risk) == (3, 66.7, 1)


def test_first_steps_of_teaching_tick_themselves(desk: Desk) -> None:
    model = TeachModel(desk.store)
    model.refresh()
    assert model.content is not None
    assert model.content.steps == {"course": False, "lesson": False, "quiz": False, "publish": False}
    model.create("Reading the sky", module="First module", lesson="First lesson")
    assert model.content.steps == {"course": True, "lesson": False, "quiz": False, "publish": False}
    desk.course()
    assert model.content.steps == {"course": True, "lesson": True, "quiz": True, "publish": False}
    model.put_steps_away()
    assert model.content.steps == {}
