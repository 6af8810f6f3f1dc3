"""Quizzes over HTTP: started, answered, handed in and graded, as from a laptop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms_core.accounts.passwords import PasswordHasher
from lms_core.assessment import tables as t
from lms_core.courses.entities import ASSESSMENT
from lms_core.courses.service import CoursesService
from lms_core.db.engine import read
from lms_core.learning.tables import progress
from lms_core.schema import Actor
from lms_core.workspace import Workspace
from sync_server.config import Settings
from tests.core.school import add_quiz
from tests.fakes import FakeClock
from tests.server.learners import NONE, laptop_of, open_world, sync
from tests.server.people import Client
from tests.server.rights import Desk, World


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


@pytest.fixture
def laptop(world: World, tmp_path: Path, clock: FakeClock) -> Iterator[Workspace]:
    """A laptop of `student`."""
    with laptop_of(world, "student", tmp_path, clock) as each:
        yield each


class Quiz:
    """A free course with a quiz."""

    def __init__(self, world: World, **settings: Any) -> None:
        self.course = world.course("foreign", price=0.0)
        with world.opened.hub.unit(Actor(world.account("foreign"), "instructor")) as unit:
            courses = CoursesService(lambda: nullcontext(unit))
            module = courses.outline(self.course).modules[0].id
            self.lesson = add_quiz(Desk(courses), module, **settings)
            draft = courses.assessment_draft(self.lesson)
            assert draft
            self.right = {q.id: list(q.correct) for q in draft.questions}
            courses.publish(self.course)
        world.opened.hub.project()
        self.id = ASSESSMENT.id_for(self.lesson)

    def take(self, client: Client) -> str:
        """Enrol, start and give every right answer."""
        client.post(f"/courses/{self.course}/enroll")
        attempt = client.post(f"/assessments/{self.id}/start").json()["id"]
        for question, response in self.right.items():
            said = client.post(f"/attempts/{attempt}/answers", {"question_id": question, "response": response})
            assert said.status_code == 200, said.text
        return str(attempt)


@pytest.mark.postgresql(soak=True)
@pytest.mark.parametrize("mode", ["practice", "graded", "exam"])
def test_a_quiz_is_taken_handed_in_and_graded(world: World, mode: str) -> None:  # ATT-02, ATT-04, ATT-06
    quiz, student = Quiz(world, mode=mode), world.people["student"]
    assert student.post(f"/assessments/{quiz.id}/start").json()["code"] == "not_enrolled"
    attempt = quiz.take(student)
    again = student.post(f"/assessments/{quiz.id}/start").json()
    assert (again["id"], again["number"], again["status"], again["answers"]) == (attempt, 1, "open", quiz.right)
    assert len(again["questions"]) == 3
    assert "correct" not in str(again), "the key stays at the hub"
    assert student.get(f"/attempts/{attempt}").json() == again
    assert student.get(f"/attempts/{attempt}/result").status_code == 404
    done = student.post(f"/attempts/{attempt}/submit").json()
    assert (done["status"], done["answers"], done["questions"]) == ("handed_in", quiz.right, [])
    assert student.post(f"/attempts/{attempt}/submit").json() == done
    assert student.get(f"/attempts/{attempt}/result").json()["status"] == "pending"
    late = student.post(f"/attempts/{attempt}/answers", {"question_id": next(iter(quiz.right)), "response": []})
    assert late.json()["code"] == "attempt_closed"
    world.opened.hub.project()
    worth = student.get(f"/attempts/{attempt}/result").json()
    assert (worth["status"], worth["percent"], worth["passed"], worth["timing"]) == ("final", 100.0, True, "")
    assert {each["question_id"] for each in worth["results"]} == quiz.right.keys()
    assert student.get(f"/lessons/{quiz.lesson}/progress").json()["status"] == "done"
    assert world.people["foreign"].get(f"/attempts/{attempt}/result").json() == worth
    assert world.people["instructor"].get(f"/attempts/{attempt}").status_code == 404


def test_time_runs_out(world: World, clock: FakeClock) -> None:  # ATT-05
    quiz = Quiz(world, mode="graded", time_limit_minutes=10, attempts_allowed=1)
    student = world.people["student"]
    attempt = quiz.take(student)
    clock.advance(ms=600_000)
    answer = {"question_id": next(iter(quiz.right)), "response": []}
    assert student.post(f"/attempts/{attempt}/answers", answer).json()["code"] == "time_is_up"
    done = student.get(f"/attempts/{attempt}").json()
    assert (done["status"], done["timed_out"], done["answers"]) == ("handed_in", True, quiz.right)
    assert student.post(f"/assessments/{quiz.id}/start").json()["code"] == "no_attempts_left"
    world.opened.hub.project()
    assert student.get(f"/attempts/{attempt}/result").json()["timing"] == ""


def test_what_is_no_answer_and_no_attempt(world: World) -> None:
    quiz, student = Quiz(world), world.people["student"]
    attempt = quiz.take(student)
    question = next(iter(quiz.right))
    for body, status in (
        ({"question_id": NONE, "response": []}, 404), ({"question_id": question, "response": ["none"]}, 400),
        ({"question_id": question, "response": ["o1", "o2"]}, 400), ({"question_id": question}, 400), ({}, 400),
        ({"question_id": question, "response": [], "points_earned": 9}, 400),
    ):  # fmt: skip
        assert student.post(f"/attempts/{attempt}/answers", body).status_code == status, body
    for path in (NONE, "1"):
        assert student.post(f"/assessments/{path}/start").status_code == 404
        assert student.get(f"/attempts/{path}").status_code == 404
        assert student.get(f"/attempts/{path}/result").status_code == 404
        assert student.post(f"/attempts/{path}/submit").status_code == 404
    other = world.people["manager"]
    assert other.get(f"/attempts/{attempt}").status_code == 404
    assert other.post(f"/attempts/{attempt}/submit").status_code == 404
    started = student.post(f"/exams/{Quiz(world, mode='exam').id}/start")
    assert started.json()["code"] == "not_enrolled"


def test_an_exam_that_a_laptop_takes_is_not_handed_in_for_it(world: World, clock: FakeClock) -> None:
    quiz, student = Quiz(world, mode="exam", time_limit_minutes=10), world.people["student"]
    student.post(f"/courses/{quiz.course}/enroll")
    paper = student.post(f"/exams/{quiz.id}/start").json()
    clock.advance(ms=600_000)
    assert student.get(f"/attempts/{paper['attempt']}").json()["code"] == "no_attempt"
    assert student.post(f"/attempts/{paper['attempt']}/submit").json()["code"] == "no_attempt"
    assert student.post(f"/assessments/{quiz.id}/start").json()["number"] == 2
    assert student.get(f"/attempts/{paper['attempt']}").json()["code"] == "no_attempt", "the laptop hands it in"


@pytest.mark.postgresql(soak=True)
def test_a_laptop_and_the_interface_write_the_same_rows(world: World, laptop: Workspace) -> None:
    quiz, manager = Quiz(world), world.people["manager"]
    sync(world, laptop)
    laptop.installed.install(quiz.course)
    laptop.assessment.start(quiz.lesson)
    for question, response in quiz.right.items():
        laptop.assessment.answer(quiz.lesson, question, response)
    laptop.assessment.submit(quiz.lesson)
    sync(world, laptop)
    manager.post(f"/attempts/{quiz.take(manager)}/submit")
    world.opened.hub.project()
    for table in (t.attempt, t.answer, t.grade, progress):
        assert _rows(world, table, "student") == _rows(world, table, "manager") != []


def _rows(world: World, table: Any, who: str) -> list[dict[str, Any]]:
    """Somebody's rows without what names them, and without when a laptop was last heard."""
    with read(world.opened.hub.engine) as conn:
        found = conn.execute(select(table).where(table.c.user_id == world.account(who))).mappings()
        left = ("id", "user_id", "attempt_id", "contact_at", "received_at")
        return sorted(({k: v for k, v in row.items() if k not in left} for row in found), key=str)
