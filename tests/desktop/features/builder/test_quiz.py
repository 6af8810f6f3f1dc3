"""Editing a quiz: questions, options, the key; and publishing what it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_lms.features.builder.publish.viewmodel import PublishModel
from desktop_lms.features.builder.quiz.viewmodel import QuizModel
from desktop_lms.features.builder.steps import Steps
from tests.desktop.features.teaching import Desk
from tests.told import refuse


def open_quiz(desk: Desk) -> tuple[QuizModel, Steps, str]:
    course = desk.course()
    steps = Steps(desk.store)
    model = QuizModel(desk.store, steps)
    model.open(desk.id_of(course, "Check yourself"))
    return model, steps, course


def test_questions_are_added_moved_and_taken_back(desk: Desk) -> None:
    model, steps, _ = open_quiz(desk)
    added: list[str] = []
    model.added.connect(added.append)
    model.add("true_false", ("True", "False"))
    model.edit(added[0], text="Stratus is low.")
    assert model.quiz is not None
    assert [q.text for q in model.quiz.questions] == ["Which cloud is high?", "Stratus is low."]
    model.move(added[0], -1)
    assert [q.text for q in model.quiz.questions] == ["Stratus is low.", "Which cloud is high?"]
    steps.stack.undo()
    assert model.quiz.questions[1].id == added[0]
    model.trash(added[0])
    assert len(model.quiz.questions) == 1
    steps.stack.undo()
    assert len(model.quiz.questions) == 2
    assert model.points == 2


def test_the_key_follows_kind_and_options(desk: Desk) -> None:
    model, steps, _ = open_quiz(desk)
    assert model.quiz is not None
    row = model.quiz.questions[0].id
    first, second = (i for i, _ in model.quiz.questions[0].options)
    model.mark(row, second, right=True)
    assert model.question(row).correct == (second,)  # type: ignore[union-attr]
    model.set_kind(row, "multiple", ("True", "False"))
    model.mark(row, first, right=True)
    assert model.question(row).correct == (first, second)  # type: ignore[union-attr]
    model.add_option(row)
    third = model.question(row).options[-1][0]  # type: ignore[union-attr]
    model.edit_option(row, third, "Nimbus")
    model.move_option(row, third, -1)
    model.remove_option(row, second)
    question = model.question(row)
    assert question is not None
    assert (question.options, question.correct) == (((first, "Cirrus"), (third, "Nimbus")), (first,))
    model.set_kind(row, "true_false", ("True", "False"))
    assert model.question(row).correct == ("true",)  # type: ignore[union-attr]
    steps.stack.undo()
    assert model.question(row).kind == "multiple"  # type: ignore[union-attr]


def test_a_quiz_that_was_renamed_takes_the_next_click(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _, _ = open_quiz(desk)
    waiting: list[tuple[Any, ...]] = []
    with monkeypatch.context() as patch:  # the lane of the store has something else to do
        patch.setattr(desk.store, "run", lambda *asked: waiting.append(asked))
        model.open(model.lesson)
        model.add("single", ("", ""))
    for asked in waiting:
        desk.store.run(*asked)
    assert model.quiz is not None
    assert len(model.quiz.questions) == 2


def test_settings_of_the_quiz(desk: Desk) -> None:
    model, steps, _ = open_quiz(desk)
    model.change(mode="practice", pass_percent=75, attempts_allowed=2)
    assert model.quiz is not None
    assert (model.quiz.mode, model.quiz.pass_percent, model.quiz.attempts_allowed) == ("practice", 75, 2)
    steps.stack.undo()
    assert model.quiz.mode == "graded"


def test_publishing_waits_is_refused_and_goes_out_again(desk: Desk) -> None:
    quiz, _, course = open_quiz(desk)
    model = PublishModel(desk.store, course)
    model.refresh()
    assert model.publication is not None
    assert model.publication.ready
    model.publish("First version")
    assert model.publication.state == "waiting"
    assert model.publication.course.change_note == "First version"
    refuse(desk.workspace, desk.workspace.sync.outbox()[-1], "draft_moved")
    model.refresh()
    assert (model.publication.state, model.publication.reason) == ("refused", "draft_moved")
    model.publish("First version")
    assert model.publication.state == "waiting"
    assert quiz.quiz is not None
    quiz.edit(quiz.quiz.questions[0].id, correct=())
    assert [f.code for f in model.publication.errors] == ["question_no_key"]
    model.publish("x")
    assert model.error is not None
    assert model.error.code == "not_ready"
