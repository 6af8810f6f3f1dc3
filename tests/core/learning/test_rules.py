"""The rules of progress as such, and that a laptop and the hub reckon the same by them whatever came when (PRG-09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lms_core.courses.plan import CoursePlan, PlannedLesson
from lms_core.errors import UserError
from lms_core.learning import entities as e
from lms_core.learning.rules import Joining, Needed, can_user_enroll, locked, percent_of
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz

KINDS = ("reading", "video", "quiz", "lab_exercise", "assignment", "discussion", "interactive")
MINUTE = 60_000
METHODS: tuple[tuple[str, dict[str, float]], ...] = (
    ("lesson", {}), ("time", {}), ("assessment", {}), ("weighted", {"lessons": 1, "assessments": 3, "video": 0.5}),
)  # fmt: skip


def plan(method: str = "lesson", *, weights: dict[str, float] | None = None, sequential: bool = False) -> CoursePlan:
    lessons = (
        PlannedLesson("text", "Text", "reading", 10), PlannedLesson("film", "Film", "video", 20, weight=2.0),
        PlannedLesson("lab", "Lab", "lab_exercise", 30, preview=True), PlannedLesson("quiz", "Quiz", "quiz", 0),
    )  # fmt: skip
    return CoursePlan(lessons, method, weights or {}, sequential)


def test_each_method_has_its_own_measure() -> None:  # PRG-04
    done = {"text", "film"}
    assert percent_of(plan("lesson"), {"text"}, 0) == 25.0
    assert percent_of(plan("time"), done, 1200) == 33.3, "20 of 60 minutes"
    assert percent_of(plan("time"), done, 4 * 3600) == 100.0, "never more than all (PRG-07)"
    assert percent_of(plan("time"), done, -5) == 0.0
    assert (percent_of(plan("assessment"), done, 0), percent_of(plan("assessment"), {"quiz"}, 0)) == (0.0, 100.0)
    assert percent_of(plan("weighted"), {"film"}, 0) == 40.0, "a weight of two among five"
    weights = {"lessons": 1, "assessments": 3, "video": 0.5, "activities": 2}
    assert percent_of(plan("weighted", weights=weights), {"quiz"}, 0) == 42.8, "three of seven, rounded down"
    assert percent_of(plan("weighted", weights=weights), {"lab"}, 0) == 28.5, "a lab is an activity"


def test_a_method_with_nothing_to_go_by_counts_lessons() -> None:
    bare = (PlannedLesson("a", "A", "reading"), PlannedLesson("b", "B", "reading"))
    for method in ("time", "assessment", "unheard-of"):
        assert percent_of(CoursePlan(bare, method), {"a"}, 90) == 50.0
    assert percent_of(CoursePlan(bare, "weighted", {"lessons": 0}), {"a"}, 0) == 50.0
    assert percent_of(CoursePlan(), {"a"}, 0) == 0.0


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-5, 600), st.floats(-1, 99), st.booleans()), max_size=12),
    st.sampled_from(METHODS), st.integers(-10, 10**6), st.data(),
)  # fmt: skip
def test_progress_stays_within_its_bounds_and_all_is_all(  # PRG-07
    lessons: list[tuple[str, int, float, bool]], method: tuple[str, dict[str, float]], seconds: int, data: Any
) -> None:
    made = tuple(PlannedLesson(str(n), "x", *each) for n, each in enumerate(lessons))
    course = CoursePlan(made, *method)
    some = data.draw(st.sets(st.sampled_from([x.id for x in made]))) if made else set()
    percent = percent_of(course, some, seconds)
    assert 0 <= percent <= 100
    assert percent_of(course, some | {"gone"}, seconds) == percent
    if made and method[0] != "time":
        assert percent_of(course, course.ids, seconds) == 100


def test_lessons_open_one_after_the_other() -> None:
    assert locked(plan(), set()) == {}
    needs = locked(plan(sequential=True), set())
    assert {lesson: first.title for lesson, first in needs.items()} == {"film": "Text", "quiz": "Text"}, (
        "a preview is open"
    )
    assert {x: f.id for x, f in locked(plan(sequential=True), {"text", "quiz"}).items()} == {}, "the next one is open"
    assert {x: f.id for x, f in locked(plan(sequential=True), {"film"}).items()} == {"quiz": "text"}
    assert locked(plan(sequential=True), {"text", "film", "lab", "quiz"}) == {}


def test_why_one_cannot_enrol() -> None:  # ENR-06, CRS-34
    must, advice = Needed("a", "A", True, False), Needed("b", "B", False, False)
    assert can_user_enroll(Joining()) == ()
    assert can_user_enroll(Joining(status="active", price=5)) == ("enrolled",)
    assert can_user_enroll(Joining(status="suspended", teaches=True)) == ("suspended",)
    assert can_user_enroll(Joining(needed=(advice,))) == (), "advice only tells"
    everything = Joining(is_published=False, price=5, needed=(must, advice))
    assert can_user_enroll(everything) == ("course_unavailable", "payment_needed", "prerequisites_missing")
    assert can_user_enroll(Joining(status="unenrolled", price=5, paid=True)) == (), "nobody pays twice"
    assert can_user_enroll(Joining(is_published=False, price=5, needed=(must,), teaches=True)) == ()


# --- through the engine
class Year:
    """A course by each method, somebody who learns them on two laptops, and what can happen there."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.tess = school.laptop(school.person("tess", "instructor"))
        self.lessons: dict[str, list[str]] = {}
        for method, weights in METHODS:
            course, lessons = _course(self.tess, method, weights)
            self.lessons[course] = lessons
        school.sync(self.tess)
        for course in self.lessons:
            self.tess.courses.publish(course)
        school.sync(self.tess)
        first = school.laptop(school.person("sam"))
        self.laptops = (first, school.laptop(first.account))
        for course in self.lessons:
            first.learning.enroll(course)
        school.sync(*self.laptops, *self.laptops)
        for laptop in self.laptops:
            for course in self.lessons:
                laptop.installed.install(course)

    def do(self, step: tuple[int, int, int, str, int]) -> None:
        who, which, at, verb, value = step
        laptop, course = self.laptops[who], list(self.lessons)[which]
        lesson = self.lessons[course][at % len(self.lessons[course])]
        learning, now = laptop.learning, self.school.clock.ms()
        acts: dict[str, Callable[[], object]] = {
            "done": lambda: learning.finish(lesson),
            "again": lambda: learning.reopen(lesson),
            "seen": lambda: learning.record_position(lesson, percent=value / 10, place={"at": value}),
            "watched": lambda: learning.record_watched(lesson, watched=value, total=1000, position=value),
            "studied": lambda: learning.record_session(lesson, start_ms=now - value * 1000, seconds=value),
            "sync": lambda: self.school.sync(laptop),
        }
        acts[verb]()
        self.school.clock.advance(ms=1 + value % 7 * MINUTE)

    def seen(self, laptop: Workspace, course: str) -> tuple[Any, ...]:
        state = laptop.learning.course_state(course)
        lessons = sorted(
            (s.lesson_id, s.status, s.percent, s.watched, s.total)
            for s in laptop.learning.lesson_states(course).values()
        )
        return state.percent, state.lessons_done, state.lessons_total, state.seconds, lessons

    def at_hub(self, course: str) -> tuple[Any, ...]:
        with self.school.hub.unit() as unit:
            row = unit.row(e.COURSE_PROGRESS, e.COURSE_PROGRESS.id_for(self.laptops[0].account, course))
        assert row is not None
        return row["percent"], row["lessons_done"], row["lessons_total"], row["seconds"]


def _course(tess: Workspace, method: str, weights: dict[str, float]) -> tuple[str, list[str]]:
    courses = tess.courses
    course = courses.create_course(f"By {method}")
    courses.change_course(course, progress_method=method, progress_weights=weights)
    module = courses.add_module(course, "The shore")
    text, film = (
        courses.add_lesson(module, kind, kind=kind, body="Wind makes waves, and waves make sand.")
        for kind in ("reading", "video")
    )
    courses.change_lesson(text, minutes=9)
    courses.change_lesson(film, minutes=30)
    return course, [text, film, add_quiz(tess, module, mode="practice")]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(0, len(METHODS) - 1), st.integers(0, 2),
        st.sampled_from(["done", "again", "seen", "watched", "studied", "sync"]), st.integers(5, 1000),
    ),
    min_size=4, max_size=14,
)  # fmt: skip


@pytest.fixture
def year(school: School) -> Year:
    return Year(school)


@settings(
    max_examples=25, derandomize=True, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS, last=st.integers(0, 1))
def test_laptops_and_hub_agree_whatever_came_when(year: Year, steps: list[Any], last: int) -> None:  # PRG-09
    for step in steps:
        year.do(step)
    one, other = year.laptops[last], year.laptops[1 - last]
    year.school.sync(one, other, one, other)
    for course in year.lessons:
        assert year.seen(one, course) == year.seen(other, course)
        assert year.seen(one, course)[:4] == year.at_hub(course)


def test_a_locked_lesson_says_what_it_needs(school: School) -> None:
    tess = school.laptop(school.person("tess", "instructor"))
    course, (text, film, quiz) = _course(tess, "lesson", {})
    tess.courses.change_course(course, sequential_access=True)
    tess.courses.publish(course)
    school.sync(tess)
    sam = school.laptop(school.person("sam"))
    sam.installed.install(course)
    assert {x: first.title for x, first in sam.learning.locks(course).items()} == {film: "reading", quiz: "reading"}
    for ask in (sam.learning.open_lesson, sam.learning.complete, sam.assessment.start):
        with pytest.raises(UserError, match="First do: reading"):
            ask(film if ask != sam.assessment.start else quiz)
    sam.learning.complete(text)
    sam.learning.open_lesson(film)
    assert [*sam.learning.locks(course)] == [quiz]
    tess.installed.install(course)
    assert tess.learning.locks(course) == {}, "who teaches it looks wherever they like"
    tess.learning.open_lesson(film)
