"""Taking a quiz: saved at once, resumed, handed in, explained."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from desktop_lms.features.quiz.deadline import Deadlines
from desktop_lms.features.quiz.viewmodel import QuizModel
from desktop_lms.store import InlineStore, Store
from lms_core.assessment.model import Paper
from lms_core.errors import LmsError
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, write_course
from tests.fakes import FakeClock


@pytest.fixture
def model(store: InlineStore, tides: Tides) -> QuizModel:
    quiz = QuizModel(store, tides.quiz)
    quiz.refresh()
    return quiz


def test_it_begins_with_what_the_quiz_is(model: QuizModel) -> None:
    assert model.stage == "start"
    assert model.opening is not None
    assert len(model.opening.quiz.questions) == 3
    assert model.opening.left is None


def test_an_answer_is_on_the_disk_before_it_is_called_saved(
    model: QuizModel, workspace: Workspace, tides: Tides
) -> None:
    model.start()
    assert model.saved_at is None
    model.pick(1)
    assert model.saved_at is not None
    stored = workspace.assessment.resume(tides.quiz)
    assert stored is not None
    assert stored.answers == model.attempt.answers


def test_an_exam_asks_the_server_for_its_questions_first(
    store: InlineStore, workspace: Workspace, qtbot: QtBot
) -> None:
    tides = write_course(workspace)
    workspace.courses.change_assessment(tides.assessment, mode="exam")
    install(workspace, tides.course)
    quiz = QuizModel(store, tides.quiz)
    quiz.refresh()
    with qtbot.waitSignal(quiz.refused) as told:
        quiz.start()
    assert (told.args[0].code, quiz.stage) == ("exam_needs_network", "start")


def test_an_exam_goes_on_in_a_version_that_is_not_here(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    quiz = workspace.assessment.assessment(tides.quiz)
    paper = Paper(
        attempt="attempt", course_id=tides.course, lesson_id=tides.quiz, pack="f" * 64, version="2.0", number=1,
        started_at=0, deadline_at=60_000, now=10_000, assessment=replace(quiz, mode="exam"),
    )  # fmt: skip
    workspace.assessment.begin(paper)
    again = QuizModel(store, tides.quiz)
    again.refresh()
    assert (again.stage, again.time_left_ms) == ("asking", 50_000)
    again.pick(1)
    again.submit()
    assert again.stage == "receipt"


def test_several_answers_come_and_go(model: QuizModel) -> None:
    model.start()
    model.turn_to(1)
    for number in (0, 2, 2, 1, 7):
        model.pick(number)
    assert model.chosen == tuple(o.id for o in model.question.options[:2])
    model.clear()
    assert model.chosen == ()


def test_a_restart_goes_on_where_it_stopped(model: QuizModel, store: InlineStore, tides: Tides) -> None:
    model.start()
    model.pick(0)
    model.turn_to(2)
    model.flag()
    again = QuizModel(store, tides.quiz)
    again.refresh()
    assert (again.stage, again.index) == ("asking", 2)
    assert again.attempt.answered == 1
    assert again.question.id in again.attempt.flags
    assert again.open_numbers == (2, 3)


def test_handing_in_gives_a_receipt_and_the_right_answers(model: QuizModel) -> None:
    model.start()
    model.pick(1)
    model.turn_to(1)
    model.pick(0)
    model.submit()
    assert model.stage == "receipt"
    assert (model.receipt.answered, model.receipt.questions) == (2, 3)
    assert len(model.receipt.digest) == 12
    model.show_result(model.receipt.attempt_id)
    assert [row.correct for row in model.outcome.rows] == [True, False, False]
    assert model.outcome.rows[0].explanation == "It blows."
    assert model.outcome.rows[0].right == (model.outcome.rows[0].question.options[1].id,)
    assert not model.outcome.attempt.grade.final


def test_a_graded_quiz_keeps_its_answers_to_itself(store: InlineStore, workspace: Workspace) -> None:
    ids = write_course(workspace)
    workspace.courses.change_assessment(ids.assessment, mode="graded", attempts_allowed=1)
    install(workspace, ids.course)
    model = QuizModel(store, ids.quiz)
    model.refresh()
    model.start()
    model.pick(1)
    model.submit()
    assert all(row.right == () for row in model.outcome.rows)
    refused: list[LmsError] = []
    model.refused.connect(refused.append)
    model.back_to_start()
    assert model.opening.left == 0
    model.start()
    assert [error.code for error in refused] == ["no_attempts_left"]
    assert model.stage == "start"


def test_time_that_runs_out_hands_in(store: InlineStore, workspace: Workspace, clock: FakeClock) -> None:
    ids = write_course(workspace, limit=1)
    install(workspace, ids.course)
    model = QuizModel(store, ids.quiz)
    model.refresh()
    model.start()
    assert model.time_left_ms == 60_000
    model.pick(1)
    clock.advance(ms=61_000)
    model._on_tick()
    assert model.stage == "receipt"
    assert model.receipt.answered == 1


def test_two_quick_answers_are_both_kept(qtbot: QtBot, workspace: Workspace, tides: Tides) -> None:
    store = Store(workspace)
    model = QuizModel(store, tides.quiz)
    with qtbot.waitSignal(model.changed):
        model.refresh()
    with qtbot.waitSignal(model.changed):
        model.start()
    model.turn_to(1)
    model.pick(0)
    model.pick(1)
    assert model.saving
    qtbot.waitUntil(lambda: not model.saving)
    assert model.attempt.answered == 1
    assert len(model.chosen) == 2
    model.pause()
    store.close()


def test_time_that_runs_out_on_another_page_hands_in(
    store: InlineStore, workspace: Workspace, clock: FakeClock
) -> None:  # ATT-05
    ids = write_course(workspace, limit=1)
    install(workspace, ids.course)
    watch = Deadlines(store)
    watch.start()
    assert not watch.waits
    model = QuizModel(store, ids.quiz)
    model.refresh()
    model.start()
    model.pick(1)
    assert watch.waits
    attempt = model.attempt.id
    clock.advance(ms=61_000)
    watch.look()
    assert not watch.waits
    assert [a.id for a in workspace.assessment.attempts(ids.quiz)] == [attempt]
    model.submit()
    assert (model.stage, model.receipt.attempt_id, model.receipt.answered) == ("receipt", attempt, 1)
    watch.stop()


def test_handing_in_twice_is_once(qtbot: QtBot, workspace: Workspace, tides: Tides) -> None:
    store = Store(workspace)
    model, refused = QuizModel(store, tides.quiz), []
    model.refused.connect(refused.append)
    with qtbot.waitSignal(model.changed):
        model.refresh()
    with qtbot.waitSignal(model.changed):
        model.start()
    model.submit()
    model.submit()
    model.pick(0)
    qtbot.waitUntil(lambda: model.stage == "receipt")
    with qtbot.waitSignal(model.changed):
        model.refresh()
    assert refused == []
    assert (model.stage, len(workspace.assessment.attempts(tides.quiz))) == ("receipt", 1)
    store.close()


def test_a_result_shows_the_questions_that_were_asked(
    model: QuizModel, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    model.start()
    model.pick(1)
    model.submit()
    attempt, asked = model.receipt.attempt_id, [row.question for row in model.outcome.rows]
    questions = workspace.courses.assessment_draft(tides.quiz).questions
    workspace.courses.trash(questions[0].id)
    install(workspace, tides.course)
    model.show_result(attempt)
    assert [row.question for row in model.outcome.rows] == asked
    assert len(model.opening.quiz.questions) == 3
    workspace.courses.trash(tides.quiz)
    install(workspace, tides.course)
    again = QuizModel(store, tides.quiz)
    again.refresh()
    assert (again.error, again.opening.left, [a.id for a in again.opening.past]) == (None, 0, [attempt])
    workspace.media.delete(workspace.assessment.attempt(attempt).pack)
    again.show_result(attempt)
    assert (again.error, again.outcome.rows, again.outcome.attempt.grade.score) == (None, (), 1)
    gone = QuizModel(store, tides.quiz)
    gone.refresh()
    assert gone.error.code == "not_found"


def test_an_attempt_outlives_its_quiz(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = QuizModel(store, tides.quiz)
    model.refresh()
    model.start()
    workspace.installed.remove(tides.course)
    again = QuizModel(store, tides.quiz)
    again.refresh()
    assert (again.stage, again.opening.title, again.opening.left) == ("asking", "Quiz: waves", 0)
    again.pick(1)
    again.submit()
    assert (again.error, again.stage, again.receipt.answered) == (None, "receipt", 1)
