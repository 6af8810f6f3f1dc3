"""What a quiz is worth is decided at the hub, from answers alone: nothing that a laptop claims can raise it."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.assessment import entities as e
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz, forge, refusals, right_answers


def _published(school: School, **settings: object) -> tuple[Workspace, Workspace, str, str]:
    """A teacher, an enrolled student with the course installed, the course, and its quiz."""
    teacher = school.laptop(school.person("tess", "instructor"))
    course = teacher.courses.create_course("Between the tides")
    module = teacher.courses.add_module(course, "The shore")
    teacher.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    quiz = add_quiz(teacher, module, **settings)
    teacher.courses.publish(course)
    school.sync(teacher)
    student = school.laptop(school.person("sam"))
    student.installed.install(course)
    student.learning.enroll(course)
    return teacher, student, course, quiz


@pytest.mark.postgresql(soak=True)
def test_graded_quiz_is_graded_at_the_hub_alone(school: School) -> None:  # ATT-06
    teacher, student, course, quiz = _published(school, mode="graded", pass_percent=50)
    student.assessment.start(quiz)
    for question, correct in right_answers(teacher, course, quiz).items():
        student.assessment.answer(quiz, question, correct)
    receipt = student.assessment.submit(quiz)
    assert student.assessment.attempt(receipt.attempt_id).grade is None
    assert student.assessment.key(receipt.attempt_id) is None
    school.sync(student)
    grade = student.assessment.attempt(receipt.attempt_id).grade
    assert grade is not None
    assert (grade.score, grade.max_score, grade.percent, grade.passed, grade.final) == (4, 4, 100, True, True)
    school.sync(teacher)
    assert teacher.learning.roster(course)[0].best_score == 100


def _take(student: Workspace, quiz: str, answers: dict[str, list[str]]) -> str:
    student.assessment.start(quiz)
    for question, chosen in answers.items():
        student.assessment.answer(quiz, question, chosen)
    return student.assessment.submit(quiz).attempt_id


def _forged(student: Workspace, quiz: str, **claims: object) -> dict[str, object]:
    running = student.assessment.start(quiz)
    return {
        "user_id": student.account, "course_id": running.course_id, "lesson_id": quiz,
        "assessment_id": running.assessment.id, "pack": running.pack, "started_at": 1, "submitted_at": 2, **claims,
    }  # fmt: skip


def test_practice_is_graded_here_and_confirmed_by_the_hub(school: School) -> None:
    teacher, student, course, quiz = _published(school, mode="practice")
    right = dict(right_answers(teacher, course, quiz))
    attempt = _take(student, quiz, {next(iter(right)): next(iter(right.values()))})
    here = student.assessment.attempt(attempt).grade
    assert here is not None
    assert (here.final, here.percent, here.passed) == (False, 25, False)
    key = student.assessment.key(attempt)
    assert key is not None
    assert {q: list(v) for q, v in key.correct.items()} == right
    school.sync(student)
    there = student.assessment.attempt(attempt).grade
    assert there is not None
    assert (there.final, there.percent) == (True, 25)


@pytest.mark.postgresql(soak=True)
def test_the_hub_numbers_attempts_of_two_laptops(school: School) -> None:  # ATT-03
    _, one, _, quiz = _published(school, mode="graded", attempts_allowed=1)
    school.sync(one)
    two = school.laptop(one.account)
    two.installed.install(one.installed.installed()[0].course_id)
    first = _take(one, quiz, {})
    school.clock.advance(ms=1000)
    second = _take(two, quiz, {})
    school.sync(two)
    school.sync(one)
    school.sync(two)
    grades = {a.id: a.grade for a in two.assessment.attempts(quiz)}
    assert [(g.number, g.over_limit) for g in (grades[first], grades[second]) if g] == [(1, False), (2, True)]


def test_a_device_cannot_choose_its_questions(school: School) -> None:
    teacher, student, course, quiz = _published(school, mode="graded")
    question, correct = next(iter(right_answers(teacher, course, quiz).items()))
    attempt = school.ids()
    forge(student, ops.create(e.ATTEMPT, attempt, _forged(student, quiz, questions=[question])))
    given = {"user_id": student.account, "attempt_id": attempt, "question_id": question, "response": correct}
    forge(student, ops.create(e.ANSWER, e.ANSWER.id_for(attempt, question), given))
    school.sync(student)
    grade = student.assessment.attempt(attempt).grade
    assert grade is not None
    assert (grade.score, grade.max_score) == (1, 4)


def test_answers_end_with_the_grade_and_belong_to_their_attempt(school: School) -> None:
    teacher, student, course, quiz = _published(school, mode="graded")
    attempt = _take(student, quiz, {})
    school.sync(student)
    late, correct = next(iter(right_answers(teacher, course, quiz).items()))
    given = {"user_id": student.account, "attempt_id": attempt, "question_id": late, "response": correct}
    forge(student, ops.create(e.ANSWER, e.ANSWER.id_for(attempt, late), given))
    rival = school.laptop(school.person("ron"))
    theirs = {**given, "user_id": rival.account, "question_id": "q"}
    forge(rival, ops.create(e.ANSWER, e.ANSWER.id_for(attempt, "q"), theirs))
    school.sync(student, rival)
    assert refusals(student) == [("answer", "attempt_closed")]
    assert refusals(rival) == [("answer", "forbidden")]
    grade = student.assessment.attempt(attempt).grade
    assert grade is not None
    assert grade.score == 0


def test_only_learners_of_the_course_take_its_quiz(school: School) -> None:  # ATT-02
    _, student, course, quiz = _published(school, mode="graded")
    values = _forged(student, quiz)
    student.assessment.abandon(quiz)
    stranger = school.laptop(school.person("ida"))
    forge(stranger, ops.create(e.ATTEMPT, school.ids(), {**values, "user_id": stranger.account}))
    school.sync(stranger)
    assert refusals(stranger) == [("attempt", "not_enrolled")]
    stranger.learning.enroll(course)
    stranger.learning.drop(course)
    forge(stranger, ops.create(e.ATTEMPT, school.ids(), {**values, "user_id": stranger.account}))
    school.sync(stranger)
    assert len(refusals(stranger)) == 1, "what was taken before leaving counts"


def test_an_easy_course_lends_no_marks_to_another(school: School) -> None:
    teacher, student, course, quiz = _published(school, mode="graded")
    easy = teacher.courses.create_course("Easy")
    module = teacher.courses.add_module(easy, "Only")
    lesson = add_quiz(teacher, module, mode="graded")
    teacher.courses.publish(easy)
    school.sync(teacher, student)
    pack = student.courses.card(easy).pack
    other = teacher.courses.ensure_assessment(lesson)
    for claims in (
        {"pack": pack, "assessment_id": other}, {"assessment_id": other}, {"lesson_id": lesson}, {"pack": "none"},
    ):  # fmt: skip
        forge(student, ops.create(e.ATTEMPT, school.ids(), _forged(student, quiz, **claims)))
    school.sync(student, teacher)
    found = [a.grade for x in (quiz, lesson) for a in student.assessment.attempts(x)]
    assert found == [None, None, None, None]
    assert teacher.learning.roster(course)[0].best_score is None
