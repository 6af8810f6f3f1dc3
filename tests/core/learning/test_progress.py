"""How far somebody is: taken from rows on both sides, over versions, taken back, and seen by the instructor."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.accounts.entities import ACCOUNT
from lms_core.assessment.entities import ATTEMPT
from lms_core.courses import entities as c
from lms_core.errors import UserError
from lms_core.learning import entities as e
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz, forge, right_answers


class Class:
    """A teacher with a published course of two lessons, and a student who has it."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.teacher = school.laptop(school.person("tess", "instructor"))
        courses = self.teacher.courses
        self.course = courses.create_course("Between the tides")
        self.module = courses.add_module(self.course, "The shore")
        self.waves = courses.add_lesson(self.module, "Waves", body="Wind makes waves.")
        self.shells = courses.add_lesson(self.module, "Shells", body="Limpets have shells.")
        self.publish()
        self.sam = school.laptop(school.person("sam"))
        self.sam.learning.enroll(self.course)
        self.sam.installed.install(self.course)

    def publish(self) -> None:
        self.teacher.courses.publish(self.course)
        self.school.sync(self.teacher)

    def update(self) -> None:
        self.publish()
        self.school.sync(self.sam)
        self.sam.installed.install(self.course)

    def at_hub(self, laptop: Workspace) -> tuple[int, int, float]:
        self.school.sync(laptop)
        with laptop.work() as unit:
            row = unit.row(e.COURSE_PROGRESS, e.COURSE_PROGRESS.id_for(laptop.account, self.course))
        assert row is not None
        return row["lessons_done"], row["lessons_total"], row["percent"]


@pytest.fixture
def group(school: School) -> Class:
    return Class(school)


def shown(laptop: Workspace, course: str) -> tuple[int, int, float]:
    state = laptop.learning.course_state(course)
    return state.lessons_done, state.lessons_total, state.percent


def test_hub_and_device_reckon_the_same(group: Class) -> None:  # PRG-03
    sam = group.sam
    sam.learning.complete(group.waves)
    assert shown(sam, group.course) == group.at_hub(sam) == (1, 2, 50.0)
    sam.learning.reopen(group.waves)
    sam.learning.reopen(group.waves)
    assert shown(sam, group.course) == group.at_hub(sam) == (0, 2, 0.0)
    sam.learning.complete(group.waves)
    sam.learning.complete(group.waves)
    assert shown(sam, group.course) == group.at_hub(sam) == (1, 2, 50.0)


def test_lessons_that_left_the_course_do_not_count(group: Class) -> None:
    sam, courses = group.sam, group.teacher.courses
    sam.learning.complete(group.waves)
    courses.trash(group.waves)
    fresh = courses.add_lesson(group.module, "Sand", body="Sand is small stones.")
    group.update()
    assert shown(sam, group.course) == group.at_hub(sam) == (0, 2, 0.0)
    assert sam.learning.enrollment(group.course) == "active"
    sam.learning.complete(fresh)
    assert shown(sam, group.course) == group.at_hub(sam) == (1, 2, 50.0)


def test_all_lessons_complete_the_course_for_good(group: Class) -> None:  # ENR-08
    sam = group.sam
    for lesson in (group.waves, group.shells):
        sam.learning.complete(lesson)
    group.at_hub(sam)
    assert sam.learning.enrollment(group.course) == "completed"
    assert sam.learning.continue_item() is None
    sand = group.teacher.courses.add_lesson(group.module, "Sand", body="Sand is small stones.")
    group.update()
    assert shown(sam, group.course) == group.at_hub(sam) == (2, 3, 66.6)
    going_on = sam.learning.continue_item()
    assert going_on is not None
    assert going_on.lesson_id == sand, "what an update brought is there to be learned"
    assert sam.learning.enrollment(group.course) == "completed"


def test_going_on_leads_to_no_locked_lesson(group: Class) -> None:  # ENR-11
    sam, courses = group.sam, group.teacher.courses
    last = courses.add_lesson(group.module, "Sand", body="Sand is small stones.")
    courses.change_course(group.course, sequential_access=True)
    group.update()
    sam.learning.complete(group.waves)
    sam.learning.complete(group.shells)
    sam.learning.open_lesson(last)

    def leads_to() -> str:
        found = sam.learning.continue_item()
        assert found is not None
        assert found == sam.learning.continue_in(group.course)
        sam.learning.check_open(found.lesson_id)
        return found.lesson_id

    assert leads_to() == last
    sam.learning.reopen(group.waves)
    assert leads_to() == group.waves, "what was done is to be done again"
    sam.learning.complete(group.waves)
    first = courses.add_lesson(group.module, "Rocks", body="Rocks stay.")
    courses.move(first, parent=group.module, after=None)
    group.update()
    assert leads_to() == first, "an update puts a lesson before the others"


def test_a_quiz_is_done_when_it_is_passed(group: Class) -> None:  # PRG-08
    sam, courses = group.sam, group.teacher.courses
    practice = add_quiz(group.teacher, group.module, "Practice", mode="practice")
    graded = add_quiz(group.teacher, group.module, "Graded", mode="graded")
    group.update()
    assert [x[2] for x in sam.learning.quizzes_to_do()] == [practice, graded]
    sam.learning.drop(group.course)
    assert sam.learning.quizzes_to_do() == [], "who left is asked for nothing"
    sam.learning.enroll(group.course)
    assert [x[2] for x in sam.learning.quizzes_to_do()] == [practice, graded]
    for quiz in (practice, graded):
        sam.assessment.start(quiz)
        sam.assessment.submit(quiz)
        assert sam.learning.lesson_state(quiz).status == "in_progress"
    assert sam.learning.quizzes_to_do() == []
    for quiz in (practice, graded):
        sam.assessment.start(quiz)
        for question, correct in right_answers(group.teacher, group.course, quiz).items():
            sam.assessment.answer(quiz, question, correct)
        sam.assessment.submit(quiz)
    assert [sam.learning.lesson_state(q).status for q in (practice, graded)] == ["done", "in_progress"]
    assert group.at_hub(sam)[:2] == (2, 4)
    assert sam.learning.lesson_state(graded).status == "done"
    group.school.clock.advance(ms=1000)
    sam.learning.reopen(graded)
    courses.change_course(group.course, subtitle="Again")
    group.update()
    assert sam.learning.lesson_state(graded).status == "in_progress", "a second look does not bring it back"


def test_a_graded_quiz_is_not_done_by_saying_so(group: Class) -> None:  # PRG-08
    sam = group.sam
    graded = add_quiz(group.teacher, group.module, "Graded", mode="graded")
    group.update()
    with pytest.raises(UserError, match="passed"):
        sam.learning.complete(graded)
    sam.learning.finish(graded)  # what a forged client would send
    assert group.at_hub(sam)[:2] == (0, 3)
    assert {p.code for p in sam.sync.parked()} == {"forbidden"}
    assert sam.learning.lesson_state(graded).status != "done"


def test_a_passed_quiz_makes_the_progress_row(group: Class) -> None:
    graded = add_quiz(group.teacher, group.module, "Graded", mode="graded", pass_percent=0)
    group.update()
    sam = group.sam
    values = {
        "user_id": sam.account, "course_id": group.course, "lesson_id": graded,
        "assessment_id": c.ASSESSMENT.id_for(graded), "pack": sam.courses.card(group.course).pack,
        "started_at": 1, "submitted_at": 2,
    }  # fmt: skip
    forge(sam, ops.create(ATTEMPT, group.school.ids(), values))
    group.school.sync(sam)
    assert sam.learning.lesson_state(graded).status == "done"


def test_a_wish_to_join_that_was_never_said_is_nobody_in_the_roster(group: Class) -> None:
    ida = group.school.laptop(group.school.person("ida"))
    row = e.ENROLLMENT.id_for(ida.account, group.course)
    forge(ida, ops.create(e.ENROLLMENT, row, {"user_id": ida.account, "course_id": group.course}))
    group.school.sync(ida, group.teacher)
    assert ida.learning.enrollment(group.course) == "none"
    assert [p.name for p in group.teacher.learning.roster(group.course)] == []


def test_time_on_two_devices_counts_once(group: Class) -> None:  # PRG-09
    sam = group.sam
    other = group.school.laptop(sam.account)
    other.installed.install(group.course)
    start = group.school.clock.ms()
    for laptop, begin in ((sam, start), (other, start + 60_000)):
        laptop.learning.record_session(group.waves, start_ms=begin, seconds=120)
    group.school.sync(sam, other, sam)
    assert sam.learning.course_state(group.course).seconds == 180
    group.school.sync(group.teacher)
    assert group.teacher.learning.roster(group.course)[0].seconds == 180


def test_a_memo_of_two_devices_keeps_both_paragraphs(group: Class) -> None:  # PRG-01
    sam = group.sam
    other = group.school.laptop(sam.account)
    other.installed.install(group.course)
    sam.learning.write_memo(group.waves, "One.\n\nTwo.")
    group.school.sync(sam, other)
    sam.learning.write_memo(group.waves, "One and a half.\n\nTwo.")
    other.learning.write_memo(group.waves, "One.\n\nTwo and a half.")
    group.school.sync(sam, other, sam)
    for laptop in (sam, other):
        with laptop.work() as unit:
            row = unit.row(e.PROGRESS, e.PROGRESS.id_for(sam.account, group.waves))
        assert row is not None
        assert row["notes"] == "One and a half.\n\nTwo and a half."
    assert [*other.learning.lesson_states(group.course)] == [group.waves]


def test_a_memo_that_was_typed_while_another_came_keeps_both(group: Class) -> None:  # PRG-01
    sam = group.sam
    other = group.school.laptop(sam.account)
    other.installed.install(group.course)
    sam.learning.write_memo(group.waves, "One.\n\nTwo.")
    group.school.sync(sam, other)
    other.learning.write_memo(group.waves, "One.\n\nTwo and a half.")
    group.school.sync(other, sam)
    sam.learning.write_memo(group.waves, "One and a half.\n\nTwo.", base="One.\n\nTwo.")
    group.school.sync(sam, other)
    for laptop in (sam, other):
        assert laptop.learning.lesson_state(group.waves).memo == "One and a half.\n\nTwo and a half."


def test_the_roster_follows_names_and_states(group: Class) -> None:
    sam, school = group.sam, group.school
    school.sync(sam)
    with sam.work() as unit:
        unit.emit(ops.change(ACCOUNT, sam.account, "first_name", "Samir"))
    sam.learning.drop(group.course)
    school.sync(sam)
    school.sync(group.teacher)
    (entry,) = group.teacher.learning.roster(group.course)
    assert (entry.name, entry.status, entry.email) == ("Samir Moyo", "unenrolled", "sam@school.example")


def test_the_card_counts_learners(group: Class) -> None:  # ENR-05
    school = group.school
    ida = school.laptop(school.person("ida"))
    ida.learning.enroll(group.course)
    school.sync(group.sam, ida)
    school.sync(ida)
    assert ida.courses.card(group.course).enrolled == 2
    ida.learning.drop(group.course)
    school.sync(ida)
    group.publish()
    school.sync(ida)
    assert ida.courses.card(group.course).enrolled == 1
    assert ida.courses.card(group.course).version == "2.0"


def test_a_course_without_its_pack_is_reckoned_by_its_card(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    card = {"course_id": "c", "title": "Old", "lessons": 4, "is_published": True}
    with school.hub.unit() as unit:
        unit.derive(c.COURSE_CARD, c.COURSE_CARD.id_for("c"), card)
    school.sync(sam)
    assert (sam.learning.course_state("c").lessons_total, sam.learning.course_state("c").installed) == (4, False)


def test_the_first_quizzes_are_found_without_all_the_others(group: Class) -> None:  # PRF-05
    names = [add_quiz(group.teacher, group.module, f"Quiz {n}", mode="practice") for n in range(3)]
    group.update()
    assert [x[2] for x in group.sam.learning.quizzes_to_do(2)] == names[:2]
    assert len(group.sam.learning.quizzes_to_do(9)) == 3
