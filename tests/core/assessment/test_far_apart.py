"""Attempts that arrive in another order than they were made, and for versions that are gone (SYNC.md section 11)."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import insert, select

from lms_core.assessment import tables as t
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz, right_answers


def _published(school: School, **settings: object) -> tuple[Workspace, str, str]:
    teacher = school.laptop(school.person("tess", "instructor"))
    course = teacher.courses.create_course("Between the tides")
    module = teacher.courses.add_module(course, "The shore")
    quiz = add_quiz(teacher, module, mode="graded", **settings)
    teacher.courses.publish(course)
    school.sync(teacher)
    return teacher, course, quiz


ORDERS = [pytest.param(each, marks=[pytest.mark.soak] * (n != 5)) for n, each in enumerate(permutations(range(3)))]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.postgresql(soak=True)
def test_one_allowed_attempt_on_three_devices(school: School, order: tuple[int, ...]) -> None:
    _, course, quiz = _published(school, attempts_allowed=1)
    account = school.person("sam")
    devices = [school.laptop(account) for _ in range(3)]
    devices[0].learning.enroll(course)
    school.sync(*devices)
    attempts = []
    for device in devices:
        device.installed.install(course)
        device.assessment.start(quiz)
        attempts.append(device.assessment.submit(quiz).attempt_id)
        school.clock.advance(ms=1000)
    for k in order:
        school.sync(devices[k])
    school.sync(*devices)
    for device in devices:
        grades = [device.assessment.attempt(attempt).grade for attempt in attempts]
        assert [(g.number, g.over_limit) for g in grades if g] == [(1, False), (2, True), (3, True)]


@pytest.mark.postgresql(soak=True)
def test_an_attempt_on_a_withdrawn_version_is_graded_by_its_own_key(school: School) -> None:
    teacher, course, quiz = _published(school)
    sam = school.laptop(school.person("sam"))
    sam.installed.install(course)
    sam.learning.enroll(course)
    school.sync(sam)
    sam.assessment.start(quiz)
    for question, correct in right_answers(teacher, course, quiz).items():
        sam.assessment.answer(quiz, question, correct)
    attempt = sam.assessment.submit(quiz).attempt_id
    for question in right_answers(teacher, course, quiz):
        teacher.courses.trash(question)
        break
    for _ in range(2):
        teacher.courses.publish(course)
        school.sync(teacher)
    teacher.courses.unpublish(course)
    school.sync(teacher)
    school.sync(sam)
    grade = sam.assessment.attempt(attempt).grade
    assert grade is not None
    assert (grade.score, grade.max_score, grade.final) == (4, 4, True)


@pytest.mark.postgresql(soak=True)
def test_what_was_handed_in_is_open_no_more_in_a_copy_from_before(school: School) -> None:
    _, course, quiz = _published(school)
    account = school.person("sam")
    sam, copy = school.laptop(account), school.laptop(account)
    sam.learning.enroll(course)
    school.sync(sam, copy)
    for laptop in (sam, copy):
        laptop.installed.install(course)
    sam.assessment.start(quiz)
    with sam.work() as unit:
        (running,) = [dict(row) for row in unit.conn.execute(select(t.open_attempt)).mappings()]
    with copy.work() as unit:
        unit.local(insert(t.open_attempt), [running])
    assert copy.assessment.start(quiz).id == running["id"]
    sam.assessment.submit(quiz)
    school.sync(sam, copy)
    assert copy.assessment.resume(quiz) is None
    assert copy.assessment.start(quiz).id != running["id"]
