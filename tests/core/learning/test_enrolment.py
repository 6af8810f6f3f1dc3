"""Who may join a course, twice, offline, and after it was taken out of the catalogue."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from lms_core import ops
from lms_core.courses.entities import COURSE_PREREQUISITE
from lms_core.db.engine import write
from lms_core.errors import UserError
from lms_core.learning import entities as e
from lms_core.sync.tables import grant
from lms_core.sync.wire import MOST_SCOPES
from lms_core.workspace import Workspace
from tests.core.school import School, forge, refusals


@pytest.fixture
def teacher(school: School) -> Workspace:
    return school.laptop(school.person("tess", "instructor"))


def _course(school: School, teacher: Workspace, *, published: bool = True) -> str:
    course = teacher.courses.create_course("Between the tides")
    module = teacher.courses.add_module(course, "The shore")
    teacher.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    if published:
        teacher.courses.publish(course)
    school.sync(teacher)
    return course


@pytest.mark.postgresql(soak=True)
def test_joining_twice_is_one_enrolment(school: School, teacher: Workspace) -> None:  # ENR-01
    course = _course(school, teacher)
    one = school.laptop(school.person("sam"))
    two = school.laptop(one.account)
    for laptop in (one, two):
        laptop.learning.enroll(course)
        laptop.learning.enroll(course)
    school.sync(one, two)
    assert [one.learning.enrollment(course), two.learning.enrollment(course)] == ["active", "active"]
    assert refusals(one) + refusals(two) == []
    school.sync(teacher)
    assert [p.name for p in teacher.learning.roster(course)] == ["Sam Moyo"]


@pytest.mark.postgresql(soak=True)
def test_leaving_keeps_everything_and_joining_again_is_the_same_row(
    school: School, teacher: Workspace
) -> None:  # ENR-09
    course = _course(school, teacher)
    sam = school.laptop(school.person("sam"))
    sam.installed.install(course)
    lesson = sam.installed.document(course).lessons()[0].id
    sam.learning.enroll(course)
    sam.learning.open_lesson(lesson)
    sam.learning.drop(course)
    sam.learning.drop(course)
    school.sync(sam)
    assert sam.learning.enrollment(course) == "unenrolled"
    assert sam.learning.lesson_state(lesson).status == "in_progress"
    sam.learning.enroll(course)
    school.sync(sam)
    assert sam.learning.enrollment(course) == "active"
    assert refusals(sam) == []


@pytest.mark.postgresql(soak=True)
def test_only_published_courses_can_be_joined(school: School, teacher: Workspace) -> None:  # ENR-06
    hidden = _course(school, teacher, published=False)
    gone = _course(school, teacher)
    sam = school.laptop(school.person("sam"))
    teacher.courses.unpublish(gone)
    school.sync(teacher)
    for course in (hidden, gone, "no-such-course"):
        sam.learning.enroll(course)
    school.sync(sam)
    assert {"course_unavailable", "gone"} <= {code for _, code in refusals(sam)}
    assert [sam.learning.enrollment(c) for c in (hidden, gone)] == ["none", "none"]


@pytest.mark.postgresql(soak=True)
def test_a_course_with_a_price_is_not_joined_for_nothing(school: School, teacher: Workspace) -> None:  # ENR-06
    course = _course(school, teacher)
    sam = school.laptop(school.person("sam"))
    teacher.courses.change_course(course, price=20.0)
    teacher.courses.publish(course)
    school.sync(teacher)
    forge(sam, ops.create(e.ENROLLMENT, e.ENROLLMENT.id_for(sam.account, course),
                          {"user_id": sam.account, "course_id": course}))  # fmt: skip
    forge(sam, ops.act(e.ENROLLMENT, e.ENROLLMENT.id_for(sam.account, course), "enroll", expect="none"))
    school.sync(sam)
    assert "payment_needed" in {code for _, code in refusals(sam)}
    assert sam.learning.enrollment(course) == "none"
    with pytest.raises(UserError, match="money"):
        sam.learning.enroll(course)
    teacher.learning.enroll(course)
    school.sync(teacher)
    assert teacher.learning.enrollment(course) == "active"


@pytest.mark.postgresql(soak=True)
def test_those_who_teach_it_may_look_at_their_draft_as_learners(school: School, teacher: Workspace) -> None:
    course = _course(school, teacher, published=False)
    teacher.learning.enroll(course)
    school.sync(teacher)
    assert teacher.learning.enrollment(course) == "active"
    rival = school.laptop(school.person("ron", "instructor"))
    forge(rival, ops.create(e.ENROLLMENT, e.ENROLLMENT.id_for(rival.account, course),
                            {"user_id": rival.account, "course_id": course}))  # fmt: skip
    school.sync(rival)
    assert refusals(rival) == [("enrollment", "course_unavailable")]


@pytest.mark.postgresql(soak=True)
def test_one_course_too_many_waits_on_the_laptop(school: School, teacher: Workspace) -> None:
    first, second = _course(school, teacher), _course(school, teacher)
    sam = school.laptop(school.person("sam"))
    taught = range(MOST_SCOPES - len(("account", "catalog", "first")))
    with write(school.engine) as conn:
        conn.execute(insert(grant), [{"row": f"r{n}", "account": sam.account, "scope": f"draft/{n}"} for n in taught])
    for course in (first, second):
        sam.learning.enroll(course)
    sam.notes.add("Written behind it.")
    school.sync(sam)
    assert [sam.learning.enrollment(course) for course in (first, second)] == ["active", "none"]
    assert refusals(sam) == [("enrollment", "too_many_scopes")]
    assert sam.sync.status().waiting == 0, "the note arrived"
    sam.learning.drop(first)
    school.sync(sam)
    sam.sync.try_again(sam.sync.parked()[0].key)
    school.sync(sam)
    assert sam.learning.enrollment(second) == "active"
    assert refusals(sam) == []


@pytest.mark.postgresql(soak=True)
def test_nobody_enrols_somebody_else(school: School, teacher: Workspace) -> None:
    course = _course(school, teacher)
    sam = school.person("sam")
    row = e.ENROLLMENT.id_for(sam, course)
    forge(teacher, ops.create(e.ENROLLMENT, row, {"user_id": sam, "course_id": course}))
    school.sync(teacher)
    assert refusals(teacher) == [("enrollment", "forbidden")]


@pytest.mark.postgresql(soak=True)
def test_a_study_session_is_no_longer_than_four_hours(school: School) -> None:
    sam = school.laptop(school.person("sam"))
    with pytest.raises(UserError), sam.work() as unit:
        unit.emit(ops.create(e.STUDY_SESSION, unit.new_id(), {"user_id": sam.account, "start": 1, "seconds": 14_401}))


@pytest.mark.postgresql(soak=True)
def test_nobody_completes_a_course_by_saying_so(school: School, teacher: Workspace) -> None:  # ENR-08
    course = _course(school, teacher)
    sam = school.laptop(school.person("sam"))
    sam.learning.enroll(course)
    row = e.ENROLLMENT.id_for(sam.account, course)
    forge(sam, ops.act(e.ENROLLMENT, row, "complete", expect="active"))
    school.sync(sam)
    assert (sam.learning.enrollment(course), refusals(sam)) == ("active", [("enrollment", "forbidden")])


@pytest.mark.postgresql(soak=True)
def test_what_must_come_before_is_asked_on_the_laptop_and_at_the_hub(
    school: School, teacher: Workspace
) -> None:  # ENR-06, CRS-17
    first, second = _course(school, teacher), _course(school, teacher)
    teacher.contents.require(second, first)
    teacher.courses.publish(second)
    school.sync(teacher)
    sam = school.laptop(school.person("sam"))
    with pytest.raises(UserError, match="Complete these courses first: Between the tides"):
        sam.learning.enroll(second)
    row = e.ENROLLMENT.id_for(sam.account, second)
    forge(sam, ops.create(e.ENROLLMENT, row, {"user_id": sam.account, "course_id": second}),
          ops.act(e.ENROLLMENT, row, "enroll", expect="none"))  # fmt: skip
    school.sync(sam)
    assert refusals(sam) == [("enrollment", "prerequisites_missing")]
    teacher.learning.enroll(second)
    assert teacher.learning.enrollment(second) == "active", "who teaches it needs none"
    sam.installed.install(first)
    sam.learning.complete(sam.installed.document(first).lessons()[0].id)
    school.sync(sam, sam)
    assert sam.learning.enrollment(first) == "completed"
    sam.learning.drop(first)
    sam.learning.enroll(second)
    school.sync(sam)
    assert sam.learning.enrollment(second) == "active", "what was completed once counts"


@pytest.mark.postgresql(soak=True)
def test_a_course_that_was_withdrawn_is_waited_for_by_nobody(school: School, teacher: Workspace) -> None:  # CRS-17
    first, second = _course(school, teacher), _course(school, teacher)
    teacher.contents.require(second, first)
    teacher.courses.publish(second)
    school.sync(teacher)
    sam, ada = (school.laptop(school.person(name)) for name in ("sam", "ada"))
    with pytest.raises(UserError, match="Complete these courses first"):
        sam.learning.enroll(second)
    teacher.courses.unpublish(first)
    school.sync(teacher, sam)
    sam.learning.enroll(second)
    school.sync(sam)
    assert (sam.learning.enrollment(second), refusals(sam)) == ("active", [])
    teacher.courses.publish(first)
    school.sync(teacher, ada)
    with pytest.raises(UserError, match="Complete these courses first"):
        ada.learning.enroll(second)


@pytest.mark.postgresql(soak=True)
def test_two_devices_close_no_circle_of_courses(school: School, teacher: Workspace) -> None:  # CRS-17
    first, second, third = (_course(school, teacher) for _ in range(3))
    other = school.laptop(teacher.account)
    teacher.contents.require(second, first)
    teacher.contents.require(third, second)
    other.contents.require(first, third)
    school.sync(teacher, other)
    assert (refusals(teacher), refusals(other)) == ([], [("course_prerequisite", "prerequisite_cycle")])
    assert [each.course_id for each in teacher.contents.prerequisites(third)] == [second]
    assert teacher.contents.prerequisites(first) == []
    teacher.contents.release(second, first)
    school.sync(teacher, other)
    other.contents.require(first, second)
    school.sync(teacher, other)
    assert [each.course_id for each in teacher.contents.prerequisites(first)] == [second]
    forge(teacher, ops.change(COURSE_PREREQUISITE, COURSE_PREREQUISITE.id_for(second, first), "is_active", True))
    school.sync(teacher)
    assert refusals(teacher) == [("course_prerequisite", "prerequisite_cycle")], "nor does one that is taken up again"


@pytest.mark.postgresql(soak=True)
def test_when_a_course_was_completed_and_paid_only_the_hub_says(school: School, teacher: Workspace) -> None:  # ENR-04
    course = _course(school, teacher)
    sam = school.laptop(school.person("sam"))
    sam.installed.install(course)
    sam.learning.complete(sam.installed.document(course).lessons()[0].id)
    row, now = e.ENROLLMENT.id_for(sam.account, course), school.clock.ms()
    forge(sam, ops.change(e.ENROLLMENT, row, "completed_at", 1))
    school.sync(sam, sam)
    assert refusals(sam) == [("enrollment", "forbidden")]
    with sam.work() as unit:
        found = unit.row(e.ENROLLMENT, row)
    assert found is not None
    assert (found["status"], found["completed_at"], found["payment_status"]) == ("completed", now, "free")
