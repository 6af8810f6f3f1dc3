"""Exams: no question is on a laptop before the start, and time is the hub's."""

from __future__ import annotations

import msgspec
import pytest

from lms_core import ops
from lms_core.accounts.model import Caller
from lms_core.assessment import entities as e
from lms_core.assessment.exams import ExamsService
from lms_core.assessment.model import GRACE_MS, Grade, OpenAttempt, Paper, timing
from lms_core.content.model import AssessmentDoc
from lms_core.content.pack import read_pack
from lms_core.errors import NotFound, Offline, UserError
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz, forge, refusals, right_answers

MINUTE = 60_000


class Hall:
    """A published course with an exam, its teacher and a student who learns it."""

    def __init__(self, school: School, **settings: object) -> None:
        self.school, self.exams = school, ExamsService(school.hub.unit)
        self.tess = school.laptop(school.person("tess", "instructor"))
        courses = self.tess.courses
        self.course = courses.create_course("Between the tides")
        module = courses.add_module(self.course, "The shore")
        courses.add_lesson(module, "Waves", body="Wind makes waves.")
        self.lesson = add_quiz(self.tess, module, **{"mode": "exam", "time_limit_minutes": 30, **settings})
        courses.publish(self.course)
        school.sync(self.tess)
        self.sam = school.laptop(school.person("sam"))
        self.sam.installed.install(self.course)
        self.sam.learning.enroll(self.course)
        school.sync(self.sam)

    @property
    def exam(self) -> AssessmentDoc:
        """The exam as the student's laptop knows it before the start."""
        return self.sam.assessment.assessment(self.lesson)

    def paper(self, laptop: Workspace | None = None) -> Paper:
        """What the hub hands out, as it travels."""
        account = (laptop or self.sam).account
        given = self.exams.start(Caller(account, "session", "x@school.example", "student"), self.exam.id)
        return msgspec.json.decode(msgspec.json.encode(given), type=Paper)

    def start(self) -> OpenAttempt:
        return self.sam.assessment.begin(self.paper())

    def answer_all(self) -> None:
        for question, right in right_answers(self.tess, self.course, self.lesson).items():
            self.sam.assessment.answer(self.lesson, question, right)

    def grade(self, attempt: str) -> Grade:
        self.school.sync(self.sam)
        grade = self.sam.assessment.attempt(attempt).grade
        assert grade is not None
        assert grade.final
        return grade


@pytest.fixture
def hall(school: School) -> Hall:
    return Hall(school)


def test_no_question_is_on_a_laptop_before_the_start(hall: Hall) -> None:
    assert (hall.exam.questions, hall.exam.count) == ((), 3)
    for name in hall.sam.media:
        assert b"What makes waves" not in msgspec.msgpack.encode(read_pack(hall.sam.media.read(name)))
    assert not list(hall.sam.search.find("salt"))
    with pytest.raises(UserError, match="can be reached"):
        hall.sam.assessment.start(hall.lesson)


@pytest.mark.postgresql(soak=True)
def test_an_exam_is_started_at_the_hub_taken_offline_and_graded(hall: Hall, school: School) -> None:
    running = hall.start()
    assert running.questions[0].text == "What makes waves?"
    assert running.deadline_at == school.clock.ms() + 30 * MINUTE
    hall.answer_all()
    school.clock.advance(ms=20 * MINUTE)
    assert hall.sam.assessment.resume(hall.lesson) is not None
    receipt = hall.sam.assessment.submit(hall.lesson)
    assert (receipt.answered, receipt.questions) == (3, 3)
    assert hall.sam.assessment.key(receipt.attempt_id) is None
    grade = hall.grade(receipt.attempt_id)
    assert (grade.percent, grade.passed, grade.over_limit, grade.timing) == (100, True, False, "")
    assert hall.sam.assessment.resume(hall.lesson) is None, "the questions went with the attempt"


def test_asked_again_it_is_the_same_attempt_until_its_end(hall: Hall, school: School) -> None:
    first = hall.paper()
    school.clock.advance(ms=MINUTE)
    again = hall.paper()
    assert (again.attempt, again.deadline_at, again.now - first.now) == (first.attempt, first.deadline_at, MINUTE)
    assert hall.sam.assessment.begin(again).deadline_at == first.deadline_at
    assert hall.sam.assessment.begin(again).id == first.attempt
    school.clock.advance(ms=30 * MINUTE)
    assert hall.paper().attempt != first.attempt


def test_the_end_stands_whatever_the_clock_of_the_laptop_says(hall: Hall, school: School) -> None:
    paper = hall.paper()
    school.clock.advance(ms=500 * MINUTE)  # this laptop is fast
    running = hall.sam.assessment.begin(paper)
    assert hall.sam.assessment.time_left_ms(running) == 30 * MINUTE


def test_attempts_are_counted_at_the_start(school: School) -> None:
    hall = Hall(school, attempts_allowed=1)
    hall.start()
    hall.sam.assessment.submit(hall.lesson)
    school.sync(hall.sam)
    with pytest.raises(UserError) as refusal:
        hall.paper()
    assert refusal.value.code == "no_attempts_left"


def test_who_does_not_learn_the_course_gets_no_question(hall: Hall, school: School) -> None:
    eve = school.laptop(school.person("eve"))
    with pytest.raises(UserError, match="Enrol"):
        hall.paper(eve)
    with pytest.raises(NotFound):
        hall.exams.start(Caller(eve.account, "session", "x", "student"), "no such exam")


def test_a_running_exam_goes_on_in_its_version(hall: Hall, school: School) -> None:
    first = hall.paper()
    hall.tess.courses.change_course(hall.course, title="Below the tides")
    hall.tess.courses.publish(hall.course)
    school.sync(hall.tess)
    assert (hall.paper().pack, hall.paper().attempt) == (first.pack, first.attempt)


def test_an_attempt_that_was_not_started_is_refused(hall: Hall, school: School) -> None:
    eve = school.laptop(school.person("eve"))
    eve.installed.install(hall.course)
    eve.learning.enroll(hall.course)
    paper = hall.paper()  # sam's
    values = {
        "user_id": eve.account, "course_id": hall.course, "lesson_id": hall.lesson, "assessment_id": hall.exam.id,
        "pack": paper.pack, "started_at": 1, "submitted_at": 2,
    }  # fmt: skip
    forge(eve, ops.create(e.ATTEMPT, paper.attempt, values))
    forge(eve, ops.create(e.ATTEMPT, eve.new_id(), values))
    school.sync(eve)
    assert refusals(eve) == [("attempt", "exam_not_started")] * 2


def test_a_local_profile_has_no_exam(workspace: Workspace) -> None:
    with pytest.raises(Offline):
        workspace.fetch_exam("x")


# --- time
def test_a_hand_in_is_judged_by_what_is_proved() -> None:
    assert timing(None, contact_at=0, received_at=9**15) == ""
    assert timing(1000, contact_at=0, received_at=1000 + GRACE_MS) == ""
    assert timing(1000, contact_at=900, received_at=1001 + GRACE_MS) == "unverified"
    assert timing(1000, contact_at=1001 + GRACE_MS, received_at=2 * GRACE_MS + 9999) == "late"


@pytest.mark.parametrize("mode", ["exam", "graded", "practice"])
def test_a_hand_in_that_arrives_after_the_end_is_accepted_and_marked(school: School, mode: str) -> None:
    hall = Hall(school, mode=mode)
    attempt = (hall.start() if mode == "exam" else hall.sam.assessment.start(hall.lesson)).id
    hall.answer_all()
    hall.sam.assessment.submit(hall.lesson)
    school.clock.advance(ms=90 * MINUTE)
    grade = hall.grade(attempt)
    assert (grade.passed, grade.timing) == (True, "" if mode == "practice" else "unverified")
    school.sync(hall.tess)
    (seen,) = hall.tess.learning.roster(hall.course)
    assert (seen.unproved, seen.late) == (0 if mode == "practice" else 1, 0), "who teaches is told"


def test_a_hand_in_written_after_a_contact_after_the_end_is_late(hall: Hall, school: School) -> None:
    running = hall.start()
    school.clock.advance(ms=32 * MINUTE)
    school.sync(hall.sam)
    school.clock.advance(ms=1)
    hall.sam.assessment.hand_in_expired()
    assert hall.grade(running.id).timing == "late"
    school.sync(hall.tess)
    assert [(p.unproved, p.late) for p in hall.tess.learning.roster(hall.course)] == [(0, 1)]


def test_a_hand_in_that_comes_again_to_a_restored_hub_was_in_time(hall: Hall, school: School) -> None:
    running = hall.start()
    backup = school.back_up()
    hall.answer_all()
    hall.sam.assessment.submit(hall.lesson)
    assert hall.grade(running.id).timing == ""
    school.clock.advance(ms=90 * MINUTE)
    school.restore(backup)
    assert hall.grade(running.id).timing == ""
    school.sync(hall.tess)
    assert [p.unproved for p in hall.tess.learning.roster(hall.course)] == [0]


def test_a_clock_set_back_proves_nothing(hall: Hall, school: School) -> None:
    running = hall.start()
    at_start = school.clock.now()
    school.clock.advance(ms=300 * MINUTE)
    school.sync(hall.sam)
    late = school.clock.now()
    school.clock.set(at_start)
    hall.answer_all()
    hall.sam.assessment.submit(hall.lesson)
    school.clock.set(late)
    assert hall.grade(running.id).timing == "late"
