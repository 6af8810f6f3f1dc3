"""The first page of a learner."""

from __future__ import annotations

from typing import Any

from desktop_lms.features.today.view import TodayPage
from desktop_lms.features.today.viewmodel import STEPS, TodayModel, load
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.checklist import Checklist
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.text import Label
from lms_core.courses.entities import COURSE_CARD
from lms_core.sync.replica import clock as clocks
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, write_course
from tests.fakes import FakeClock
from tests.told import tell


def test_a_new_person_has_an_empty_page(store: InlineStore) -> None:
    model = TodayModel(store)
    assert model.content is None
    model.refresh()
    assert model.content is not None
    assert model.content.is_empty
    assert model.content.name == "Amara"
    assert len(model.content.week) == 7


def test_continue_leads_to_the_lesson_opened_last(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = TodayModel(store)
    workspace.learning.open_lesson(tides.shells)
    assert model.content is not None, "a change of learning refreshes the page"
    resume = model.content.resume
    assert resume is not None
    assert resume.lesson_id == tides.shells
    assert model.content.minutes_left >= 1


def test_quizzes_wait_until_they_are_handed_in(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = TodayModel(store)
    model.refresh()
    assert model.content is not None
    assert [(d.lesson_id, d.questions, d.running) for d in model.content.due] == [(tides.quiz, 3, False)]
    workspace.assessment.start(tides.quiz)
    model.refresh()
    assert [d.running for d in model.content.due] == [True]
    workspace.assessment.submit(tides.quiz)
    assert model.content.due == ()


def test_study_shows_in_the_week_and_the_streak(
    store: InlineStore, workspace: Workspace, tides: Tides, clock: FakeClock
) -> None:
    workspace.learning.record_session(tides.waves, start_ms=clock.ms(), seconds=600)
    model = TodayModel(store)
    model.refresh()
    assert model.content is not None
    assert model.content.streak == 1
    assert sum(day.seconds for day in model.content.week) == 600


def test_other_courses_stand_below(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    other = write_course(workspace, title="Second")
    install(workspace, other.course)
    workspace.learning.open_lesson(tides.waves)
    model = TodayModel(store)
    model.refresh()
    assert model.content is not None
    assert [state.title for state in model.content.others] == ["Second"]


def test_a_second_try_that_goes_on_is_due(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = TodayModel(store)
    workspace.assessment.start(tides.quiz)
    workspace.assessment.submit(tides.quiz)
    assert model.content is not None
    assert (model.content.due, model.content.due_total) == ((), 0)
    workspace.assessment.start(tides.quiz)
    assert [(d.lesson_id, d.title, d.running) for d in model.content.due] == [(tides.quiz, "Quiz: waves", True)]


def test_an_attempt_at_a_quiz_that_is_not_here_any_more_is_due(
    store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    model = TodayModel(store)
    workspace.assessment.start(tides.quiz)
    workspace.installed.remove(tides.course)
    assert model.content is not None
    assert [(d.lesson_id, d.questions, d.running) for d in model.content.due] == [(tides.quiz, 3, True)]


def test_first_steps_tick_themselves_and_are_put_away(store: InlineStore, workspace: Workspace) -> None:
    model = TodayModel(store)
    model.refresh()
    assert model.content is not None
    assert model.content.steps == {"join": False, "lesson": False, "note": False, "quiz": False}
    ids = write_course(workspace)
    install(workspace, ids.course)
    workspace.learning.enroll(ids.course)
    workspace.learning.open_lesson(ids.waves)
    workspace.notes.add("A wave.", lesson=ids.waves)
    assert model.content.steps == {"join": True, "lesson": True, "note": True, "quiz": False}
    page = TodayPage(model, go=print)
    (card,) = page.findChildren(Checklist)
    next(b for b in card.findChildren(Button) if b.accessibleName() == "Put this list away").click()
    assert model.content.steps == {}
    workspace.choices.set(STEPS, False)
    workspace.assessment.start(ids.quiz)
    workspace.assessment.submit(ids.quiz)
    model.refresh()
    assert model.content.steps == {}
    assert workspace.choices.get(STEPS) is True, "all done: they do not come back"


def test_a_clock_that_is_off_is_told(store: InlineStore, workspace: Workspace, clock: FakeClock) -> None:
    with workspace.work() as unit:
        clocks.note(unit, clock.ms() - 600_000)
    model = TodayModel(store)
    page = TodayPage(model, go=print)
    (banner,) = page.findChildren(Banner)
    assert banner.accessibleName().startswith("The clock of this device is 10 min ahead of the server's")


def test_what_follows_in_the_course_stands_below(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = TodayModel(store)
    page = TodayPage(model, go=print)
    workspace.learning.open_lesson(tides.waves)
    assert model.content is not None
    assert [each.id for each in model.content.ahead] == [tides.shells], "a quiz stands among what is due"
    workspace.learning.complete(tides.shells)
    assert model.content.ahead == ()
    assert page.isEnabled()


def test_goals_stand_in_the_week(store: InlineStore, workspace: Workspace, tides: Tides, clock: FakeClock) -> None:
    workspace.personal.change_settings(goal_minutes=10)
    workspace.learning.record_session(tides.waves, start_ms=clock.ms(), seconds=300)
    page = TodayPage(TodayModel(store), go=print)
    said = " ".join(each.text() for each in page.findChildren(Label))
    assert "5 of 10 min today" in said


def test_what_somebody_was_told_is_new_until_it_is_read(
    store: InlineStore, workspace: Workspace, tides: Tides, clock: FakeClock
) -> None:
    routes: list[str] = []
    page = TodayPage(TodayModel(store), go=routes.append)
    certificate: dict[str, Any] = {"event": "certificate_issued", "kind": "certificate", "action_url": "certificates"}
    for n, said in enumerate((
        {"event": "announcement", "kind": "announcement", "title": "Low tide moved", "message": "To 7:40."},
        certificate, {"event": "graded", "kind": "grade", "action_url": "quiz/c/l"},
        {"event": "course_updated", "kind": "course_update", "action_url": "course/c"},
        {**certificate, "read_at": 5},
    )):  # fmt: skip
        clock.advance(ms=1000)
        values = {"user_id": workspace.account, "subject": str(n), "metadata": {"course": "Tides", "title": "Sampling"},
                  "created_at": workspace.clock.ms(), "title": "?", "message": "?", **said}  # fmt: skip
        tell(workspace, "notification", str(n), **values)

    def news() -> list[ListRow]:
        content = page._model.content
        titles = {row.title.text(): row for row in page.findChildren(ListRow)}
        return [titles[told.title] for told in content.told] if content else []

    assert len(news()) == 3, "neither what was read nor the version, which is told as one"
    moved = news()[-1]
    assert moved.accessibleName() == "Low tide moved. To 7:40."
    moved.clicked.emit()
    assert routes == ["inbox"], "its words are read there"
    news()[1].clicked.emit()
    assert routes[-1] == "certificates"
    assert len(news()) == 2, "what leads somewhere is read with that"


def test_the_catalogue_is_read_no_further_than_it_shows(workspace: Workspace, tides: Tides) -> None:  # PRF-11
    here = workspace.installed.find(tides.course)
    assert here is not None
    offered = {f"c{n}": (f"Shore {n}", "1.0", n % 7) for n in range(30)} | {tides.course: ("Tides", "9.0", 99)}
    for course, (title, version, at) in offered.items():
        told = {"title": title, "version": version, "published_at": at, "is_published": True}
        tell(workspace, "course_card", COURSE_CARD.id_for(course), course_id=course, description="long", **told)
    said: list[str] = []
    with workspace.work() as unit:
        driver: Any = unit.conn.connection.driver_connection
        driver.set_trace_callback(said.append)
        today = load(workspace, 0)
        driver.set_trace_callback(None)
    assert [(card.id, card.version) for card in today.updates] == [(tides.course, "9.0")]
    assert [card.published_at for card in today.fresh] == [6, 6, 6]
    (whole,) = (sql for sql in said if "course_card.description" in sql)
    assert whole.partition("course_id IN")[2].count("', '") == len(today.updates) + len(today.fresh) - 1
