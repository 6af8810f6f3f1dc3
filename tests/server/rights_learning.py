"""The part of the table of rights that is about learning: enrolments, progress, notes and bookmarks."""

from __future__ import annotations

from typing import Any

from lms_core.courses.entities import ASSESSMENT
from lms_core.learning.entities import ENROLLMENT
from lms_core.permissions import can_manage_course, can_read_course, is_authenticated, is_enrolled, is_owner
from tests.server.rights import COURSE_READERS, FOREIGN_READERS, NOBODY, SIGNED_IN, Case, World, at, body, lead_of


def _to_join(w: World, name: str, foreign: bool) -> str:
    """A course that everybody may join, or a draft of `foreign`."""
    return w.course("foreign") if foreign else w.free()


def _enrolment(w: World, name: str, foreign: bool) -> str:
    """The enrolment of `enrolled` in a course of `instructor`, or that of `student` in one of `foreign`."""
    course, who = w.course(lead_of(foreign)), "student" if foreign else "enrolled"
    w.enrol(who, course)
    return ENROLLMENT.id_for(w.account(who), course)


def _lesson(w: World, name: str, foreign: bool) -> str:
    """A lesson that `enrolled` learns, or one of a course that nobody but `assistant` has to do with."""
    return w.lesson(w.published("assistant" if foreign else "instructor"))


def _progress(w: World, name: str, foreign: bool) -> str:
    return w.opened.served.learning.study(w.caller("enrolled"), _lesson(w, name, False)).id


def _note(w: World, name: str, foreign: bool) -> str:
    return w.opened.served.notes.add(w.caller("enrolled"), _lesson(w, name, False), {"body": "Foam."}).id


def _bookmark(w: World, name: str, foreign: bool) -> str:
    return w.opened.served.notes.add_bookmark(w.caller("enrolled"), _lesson(w, name, False), {"title": "Foam"}).id


def _quiz(w: World, name: str, foreign: bool) -> str:
    """The exam of the courses of `_lesson`."""
    lesson = w.draft("").outline(w.published("assistant" if foreign else "instructor")).modules[0].lessons[-1]
    return ASSESSMENT.id_for(lesson.id)


def _open(w: World, name: str, foreign: bool) -> str:
    """The attempt of `enrolled` that goes on; a new one after it was handed in."""
    return w.opened.served.attempts.start(w.caller("enrolled"), _quiz(w, name, False)).id


def _answer(w: World, name: str, foreign: bool) -> Any:
    attempts = w.opened.served.attempts
    asked = attempts.start(w.caller("enrolled"), _quiz(w, name, False)).questions[0]
    return {"question_id": asked.id, "response": [asked.options[0].id]}


def _handed_in(w: World, name: str, foreign: bool) -> str:
    attempts, learner = w.opened.served.attempts, w.caller("enrolled")
    if not w.handed_in:
        w.handed_in = attempts.submit(learner, _open(w, name, foreign)).id
    return w.handed_in


STUDIED = {"percent": 40, "position": {"seconds": 3}, "is_completed": False}
ENROLLED, STUDENT = frozenset({"enrolled"}), frozenset({"student"})
MANAGE_STUDENTS, FOREIGN_STUDENTS = ENROLLED | {"instructor", "admin"}, STUDENT | {"foreign", "admin"}
NO_LEARNER = frozenset({400, 403, 404})

CASES = {
    "POST /courses/{course}/enroll": Case(
        is_authenticated, SIGNED_IN, frozenset({"foreign"}), at(course=_to_join), refused=NO_LEARNER
    ),
    "GET /courses/{course}/can-enroll": Case(
        is_authenticated, SIGNED_IN, FOREIGN_READERS, at(course=_to_join), refused=NO_LEARNER
    ),
    "GET /enrollments": Case(is_authenticated, SIGNED_IN),
    "POST /enrollments": Case(
        is_authenticated,
        SIGNED_IN,
        frozenset({"foreign"}),
        body(lambda w, name, foreign: {"course_id": _to_join(w, name, foreign)}),
        refused=NO_LEARNER,
    ),
    "GET /enrollments/{enrollment}": Case(
        can_manage_course, MANAGE_STUDENTS, FOREIGN_STUDENTS, at(enrollment=_enrolment)
    ),
    "POST /enrollments/{enrollment}/unenroll": Case(is_owner, ENROLLED, STUDENT, at(enrollment=_enrolment)),
    "DELETE /enrollments/{enrollment}": Case(is_owner, ENROLLED, STUDENT, at(enrollment=_enrolment)),
    "GET /enrollments/{enrollment}/progress": Case(
        can_manage_course, MANAGE_STUDENTS, FOREIGN_STUDENTS, at(enrollment=_enrolment)
    ),
    "GET /enrollments/{enrollment}/notes": Case(is_owner, ENROLLED, STUDENT, at(enrollment=_enrolment)),
    "GET /enrollments/{enrollment}/bookmarks": Case(is_owner, ENROLLED, STUDENT, at(enrollment=_enrolment)),
    "GET /progress": Case(is_authenticated, SIGNED_IN),
    "PUT /progress/{progress}": Case(is_owner, ENROLLED, ask=body(lambda *_: STUDIED, progress=_progress)),
    "PATCH /progress/{progress}": Case(is_owner, ENROLLED, ask=body(lambda *_: {"percent": 50}, progress=_progress)),
    "GET /lessons/{lesson}/progress": Case(is_enrolled, ENROLLED, NOBODY, at(lesson=_lesson), refused=NO_LEARNER),
    "POST /lessons/{lesson}/progress": Case(
        is_enrolled, ENROLLED, NOBODY, body(lambda *_: {}, lesson=_lesson), refused=NO_LEARNER
    ),
    "PUT /lessons/{lesson}/progress": Case(
        is_enrolled, ENROLLED, NOBODY, body(lambda *_: STUDIED, lesson=_lesson), refused=NO_LEARNER
    ),
    "GET /users/me/progress-stats": Case(is_authenticated, SIGNED_IN),
    "GET /notes": Case(is_authenticated, SIGNED_IN),
    "GET /lessons/{lesson}/notes": Case(
        is_enrolled,
        ENROLLED | {"instructor", "assistant"},
        frozenset({"assistant"}),
        at(lesson=_lesson),
        refused=NO_LEARNER,
    ),
    "POST /lessons/{lesson}/notes": Case(
        can_read_course,
        COURSE_READERS,
        frozenset({"assistant", "admin"}),
        body(lambda *_: {"body": "Foam."}, lesson=_lesson),
        refused=NO_LEARNER,
    ),
    "PUT /notes/{note}": Case(is_owner, ENROLLED, ask=body(lambda *_: {"body": "Spray."}, note=_note)),
    "DELETE /notes/{note}": Case(is_owner, ENROLLED, ask=at(note=_note)),
    "POST /lessons/{lesson}/bookmarks": Case(
        is_enrolled, ENROLLED, NOBODY, body(lambda *_: {}, lesson=_lesson), refused=NO_LEARNER
    ),
    "PUT /bookmarks/{bookmark}": Case(is_owner, ENROLLED, ask=body(lambda *_: {"title": "Spray"}, bookmark=_bookmark)),
    "DELETE /bookmarks/{bookmark}": Case(is_owner, ENROLLED, ask=at(bookmark=_bookmark)),
    "POST /assessments/{assessment}/start": Case(
        is_enrolled, ENROLLED, NOBODY, at(assessment=_quiz), refused=NO_LEARNER
    ),
    "POST /attempts/{attempt}/answers": Case(is_owner, ENROLLED, ask=body(_answer, attempt=_open)),
    "POST /attempts/{attempt}/submit": Case(is_owner, ENROLLED, ask=at(attempt=_open)),
    "GET /attempts/{attempt}": Case(can_manage_course, MANAGE_STUDENTS, ask=at(attempt=_handed_in)),
    "GET /attempts/{attempt}/result": Case(can_manage_course, MANAGE_STUDENTS, ask=at(attempt=_handed_in)),
}
