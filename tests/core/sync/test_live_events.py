"""What commits tell open lines beside where feeds stand: named events, for those who may read their scope (RT-04)."""

from __future__ import annotations

from typing import Any

from lms_core.notifications.notify import notify
from lms_core.sync.hub.hints import MOST_EVENTS, Event, Hint
from tests.core.school import School, add_quiz


def events(heard: list[Hint]) -> dict[tuple[str, str], dict[str, Any]]:
    """The last of each kind and scope."""
    found = {(each.type, each.scope): each.data for hint in heard for each in hint.events}
    heard.clear()
    return found


def test_learning_and_handing_in_are_told_as_they_happen(school: School) -> None:  # RT-03, RT-04
    heard: list[Hint] = []
    school.hub.store.hints.subscribe(heard.append)
    teacher, sam = school.laptop(school.person("tess", "instructor")), school.laptop(school.person("sam"))
    course = teacher.courses.create_course("Tides")
    module = teacher.courses.add_module(course, "The shore")
    lesson = teacher.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    quiz = add_quiz(teacher, module, mode="graded")
    teacher.courses.publish(course)
    events(heard)
    school.sync(teacher)
    version = {"course_id": course, "version": "1.0", "is_published": True}
    found = events(heard)
    assert found["course_update", f"staff/{course}"] == found["course_update", f"talk/{course}"] == version
    me, staff = f"account/{sam.account}", f"staff/{course}"
    school.sync(sam)
    sam.installed.install(course)
    sam.learning.enroll(course)
    school.sync(sam)
    assert events(heard)["analytics_update", staff] == {"course_id": course, "enrolled": 1}
    sam.learning.finish(lesson)
    sam.learning.record_session(lesson, start_ms=school.clock.ms(), seconds=60)
    school.sync(sam)
    found, one = events(heard), {"course_id": course, "lesson_id": lesson}
    assert found["progress_update", me] == one | {"progress_percentage": 100.0, "is_completed": True}
    assert found["time_update", me] == one | {"seconds": 60}
    sam.assessment.start(quiz)
    sam.assessment.submit(quiz)
    school.sync(sam)
    found = events(heard)
    assert found["assessment_submitted", me] == found["assessment_submitted", staff]
    assert found["assessment_submitted", me]["assessment_id"] == sam.assessment.assessment(quiz).id
    assert found["notification", me]["notification_type"] == "grade"
    assert {scope for _, scope in found} <= {me, staff}


def test_a_notification_is_told_to_its_owner_and_once(school: School) -> None:
    sam = school.person("sam")
    heard: list[Hint] = []
    school.hub.store.hints.subscribe(heard.append)
    with school.hub.unit() as unit:
        notify(unit, sam, "role_changed", subject="r1", values={"role": "student"})
    ((key, data),) = events(heard).items()
    assert key == ("notification", f"account/{sam}")
    assert (data["notification_type"], data["priority"]) == ("system", "high")
    laptop = school.laptop(sam)
    laptop.inbox.read(data["notification_id"])
    school.sync(laptop)
    assert events(heard) == {}  # that it is read is no news


def test_a_commit_tells_no_more_than_lines_can_carry(school: School) -> None:
    heard: list[Hint] = []
    school.hub.store.hints.subscribe(heard.append)
    with school.hub.store.write() as tx:
        tx.events = [Event("catalog", "odd", {})] * (MOST_EVENTS + 5)
        tx.changed = True
    assert len(heard[-1].events) == MOST_EVENTS
