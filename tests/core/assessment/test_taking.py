"""Taking a quiz on one laptop: every answer is there after a crash, time runs out, attempts run out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lms_core.content.pack import build_key_pack, build_pack, pack_name
from lms_core.courses.drafts import from_draft
from lms_core.errors import NotFound, UserError
from lms_core.workspace import Workspace
from tests.core.school import add_quiz
from tests.fakes import FakeClock, MemorySecrets
from tests.told import new_workspace

Make = Callable[..., str]


@pytest.fixture
def quiz(workspace: Workspace) -> Make:
    """Make a course with one quiz, installed; returns the quiz's lesson."""

    def make(**settings: object) -> str:
        courses = workspace.courses
        course = courses.create_course("Between the tides")
        lesson = add_quiz(workspace, courses.add_module(course, "One"), **settings)
        with workspace.work() as unit:
            document, keys = from_draft(unit, course)
        names = [workspace.media.put(build_pack(document)), workspace.media.put(build_key_pack(keys))]
        workspace.installed.install_pack(names[0], build_pack(document), key_pack=names[1])
        return lesson

    return make


def test_an_attempt_stands_as_it_was_left(workspace: Workspace, quiz: Make) -> None:  # ATT-04
    lesson, taking = quiz(shuffle=True), workspace.assessment
    assert taking.resume(lesson) is None
    running = taking.start(lesson)
    assert taking.start(lesson) == running
    first, second = running.questions[0], running.questions[1]
    taking.answer(lesson, first.id, [first.options[0].id])
    taking.answer(lesson, second.id, [second.options[0].id])
    taking.answer(lesson, second.id, [])
    taking.flag(lesson, first.id, on=True)
    taking.flag(lesson, second.id, on=True)
    taking.flag(lesson, second.id, on=False)
    taking.turn_to(lesson, 2)
    again = taking.resume(lesson)
    assert again is not None
    assert (dict(again.answers), again.flags, again.at, again.answered) == (
        {first.id: (first.options[0].id,), second.id: ()}, {first.id}, 2, 1,
    )  # fmt: skip
    assert again.questions == running.questions
    assert taking.time_left_ms(again) is None
    taking.abandon(lesson)
    for act in (taking.submit, lambda x: taking.answer(x, first.id, []), lambda x: taking.flag(x, first.id, on=True)):
        with pytest.raises(NotFound) as refused:
            act(lesson)
        assert refused.value.code == "no_attempt"


def test_answers_that_do_not_fit_are_refused(workspace: Workspace, quiz: Make) -> None:
    lesson, taking = quiz(), workspace.assessment
    single, many, _ = taking.start(lesson).questions
    with pytest.raises(NotFound):
        taking.answer(lesson, "nothing", [])
    for question, chosen in ((single.id, ["o9"]), (single.id, ["o1", "o2"])):
        with pytest.raises(UserError, match="answer"):
            taking.answer(lesson, question, chosen)
    taking.answer(lesson, many.id, ["o1", "o2", "o1"])
    assert taking.resume(lesson).answers == {many.id: ("o1", "o2")}  # type: ignore[union-attr]


def test_time_runs_also_while_the_app_is_closed(workspace: Workspace, quiz: Make, clock: FakeClock) -> None:  # ATT-05
    lesson, taking = quiz(time_limit_minutes=1), workspace.assessment
    running = taking.start(lesson)
    assert taking.time_left_ms(running) == 60_000
    clock.advance(ms=59_000)
    taking.answer(lesson, running.questions[0].id, ["o2"])
    clock.advance(ms=3_600_000)
    assert taking.time_left_ms(running) == 0
    with pytest.raises(UserError) as refused:
        taking.answer(lesson, running.questions[1].id, ["o1"])
    assert refused.value.code == "time_is_up"
    receipt = taking.submit(lesson)
    assert (receipt.submitted_at, receipt.answered, receipt.questions) == (running.started_at + 60_000, 1, 3)
    (attempt,) = taking.attempts(lesson)
    assert (attempt.id, attempt.submitted_at) == (receipt.attempt_id, receipt.submitted_at)
    assert attempt.grade is not None
    assert {r.question_id: r.points for r in attempt.grade.results}[running.questions[0].id] == 1


def test_attempts_are_counted(workspace: Workspace, quiz: Make, clock: FakeClock) -> None:  # ATT-02
    lesson, taking = quiz(attempts_allowed=2), workspace.assessment
    for left in (2, 1):
        assert taking.attempts_left(lesson) == left
        taking.start(lesson)
        clock.advance(ms=1000)
        taking.submit(lesson)
    assert taking.attempts_left(lesson) == 0
    with pytest.raises(UserError) as refused:
        taking.start(lesson)
    assert (refused.value.code, refused.value.values) == ("no_attempts_left", {"allowed": 2})
    assert [a.number for a in taking.attempts(lesson)] == [2, 1]


def test_what_cannot_be_started(workspace: Workspace, quiz: Make) -> None:
    exam, free, taking = quiz(mode="exam"), quiz(), workspace.assessment
    with pytest.raises(UserError) as refused:
        taking.start(exam)
    assert refused.value.code == "exam_needs_network"
    assert taking.attempts_left(free) is None
    with pytest.raises(NotFound):
        taking.start("nothing")
    with pytest.raises(NotFound):
        taking.attempt("nothing")
    assert taking.key("nothing") is None


def test_a_lesson_without_a_quiz(workspace: Workspace) -> None:
    courses = workspace.courses
    course = courses.create_course("Between the tides")
    lesson = courses.add_lesson(courses.add_module(course, "One"), "Text", body="Words.")
    with workspace.work() as unit:
        body = build_pack(from_draft(unit, course)[0])
    workspace.installed.install_pack(workspace.media.put(body), body)
    with pytest.raises(NotFound) as refused:
        workspace.assessment.start(lesson)
    assert refused.value.code == "no_quiz"


def test_handing_in_is_whole_or_not_at_all(tmp_path: Path, clock: FakeClock) -> None:
    secrets = MemorySecrets()
    workspace = new_workspace(tmp_path / "own", clock=clock, secrets=secrets)
    courses = workspace.courses
    course = courses.create_course("Between the tides")
    lesson = add_quiz(workspace, courses.add_module(course, "One"))
    with workspace.work() as unit:
        body = build_pack(from_draft(unit, course)[0])
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)
    running = workspace.assessment.start(lesson)
    workspace.assessment.answer(lesson, running.questions[0].id, ["o2"])
    waiting = workspace.sync.status().waiting

    def fail() -> None:
        with workspace.work():
            workspace.assessment.submit(lesson)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert workspace.assessment.resume(lesson) is not None
    assert workspace.sync.status().waiting == waiting
    workspace.assessment.submit(lesson)
    batch = [op.g for op in workspace.sync.outbox() if op.entity in ("attempt", "answer")]
    assert len(batch) == 2
    assert len(set(batch)) == 1
    workspace.close()


def test_what_ran_out_is_handed_in_by_itself(workspace: Workspace, quiz: Make, clock: FakeClock) -> None:  # ATT-05
    short, long, free, taking = quiz(time_limit_minutes=1), quiz(time_limit_minutes=9), quiz(), workspace.assessment
    running = taking.start(short)
    taking.answer(short, running.questions[0].id, ["o2"])
    later = taking.start(long)
    taking.start(free)
    assert taking.hand_in_expired() == running.deadline_at
    assert len(taking.running()) == 3
    clock.advance(ms=60_001)
    with pytest.raises(UserError) as refused:
        taking.answer(short, running.questions[1].id, ["o1"])
    assert refused.value.code == "time_is_up"
    assert taking.hand_in_expired() == later.deadline_at
    assert [lesson for _, lesson, _ in taking.running()] == [long, free]
    (attempt,) = taking.attempts(short)
    assert (attempt.id, attempt.submitted_at) == (running.id, running.deadline_at)
    assert {q: len(chosen) for q, chosen in attempt.answers.items()} == {running.questions[0].id: 1}
    assert taking.receipt(attempt.id).answered == 1
    clock.advance(ms=3_600_000)
    assert taking.hand_in_expired() is None
    assert [lesson for _, lesson, _ in taking.running()] == [free]


def test_a_version_does_not_change_under_an_attempt(workspace: Workspace, quiz: Make) -> None:
    lesson, taking = quiz(), workspace.assessment
    running = taking.start(lesson)
    body = workspace.media.read(running.pack)
    with workspace.work() as unit:
        newer = build_pack(from_draft(unit, running.course_id, version="2.0")[0])
    name = workspace.media.put(newer)
    workspace.installed.install_pack(running.pack, body)
    with pytest.raises(UserError) as refused:
        workspace.installed.install_pack(name, newer)
    assert refused.value.code == "attempt_open"
    taking.submit(lesson)
    assert workspace.installed.install_pack(name, newer).version == "2.0"
