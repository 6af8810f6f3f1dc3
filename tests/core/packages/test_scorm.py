"""What a lesson of SCORM 1.2 may write, and how it goes on where it was left."""

from __future__ import annotations

import pytest

from lms_core.errors import UserError
from lms_core.packages.scorm import CELL, MOST_VALUES, Run


def test_a_lesson_goes_on_where_it_was_left() -> None:
    run = Run(mastery=60, data="spring=yes")
    told = run.begin(student="u1", name="Okafor, Amara")
    assert (told["cmi.core.entry"], told["cmi.core.lesson_status"]) == ("ab-initio", "not attempted")
    assert (told["cmi.student_data.mastery_score"], told["cmi.launch_data"]) == ("60", "spring=yes")
    run.commit({"cmi.suspend_data": "row=3", "cmi.core.lesson_location": "3", "cmi.core.lesson_status": "incomplete"})
    run.commit({"cmi.core.exit": "suspend", "cmi.core.session_time": "00:02:30.5"}, finished=True)
    told = Run(run.cells(), mastery=60).begin()
    assert (told["cmi.core.entry"], told["cmi.suspend_data"], told["cmi.core.lesson_location"]) == (
        "resume",
        "row=3",
        "3",
    )
    assert told["cmi.core.lesson_status"] == "incomplete"
    assert told["cmi.core.total_time"] == "0000:02:30"


def test_times_of_several_openings_add_up() -> None:
    run = Run()
    for _ in range(3):
        run.begin()
        run.commit({"cmi.core.session_time": "00:00:10"})
        run.commit({"cmi.core.session_time": "00:01:00"})  # it tells the whole of this opening each time
    assert run.result.seconds == 180
    again = Run(run.cells())
    assert again.begin()["cmi.core.total_time"] == "0000:03:00"


def test_a_long_memory_is_kept_whole_in_values_that_fit() -> None:
    run = Run()
    run.begin()
    long = "".join(chr(97 + n % 26) for n in range(4096))
    run.commit({"cmi.suspend_data": long})
    assert all(len(value) <= CELL for value in run.cells().values())
    assert Run(run.cells()).begin()["cmi.suspend_data"] == long
    run.commit({"cmi.suspend_data": "short"})
    assert Run(run.cells()).begin()["cmi.suspend_data"] == "short"


@pytest.mark.parametrize(("raw", "status"), [("80", "passed"), ("60", "passed"), ("59.5", "failed")])
def test_mastery_decides_over_what_is_completed(raw: str, status: str) -> None:
    run = Run(mastery=60)
    run.begin()
    assert run.commit({"cmi.core.score.raw": raw, "cmi.core.lesson_status": "incomplete"}).status == "incomplete"
    assert run.commit({"cmi.core.lesson_status": "completed"}).status == status
    assert run.result.done == (status == "passed")


def test_one_that_says_nothing_is_completed_when_it_ends() -> None:
    run = Run()
    run.begin()
    assert not run.commit({"cmi.core.lesson_location": "2"}).done
    assert run.commit({}, finished=True).status == "completed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cmi.core.student_id", "eve"),
        ("cmi.core.lesson_status", "great"),
        ("cmi.core.lesson_status", "passed\n"),
        ("cmi.core.score.raw", "101"),
        ("cmi.core.score.raw", "-1"),
        ("cmi.core.session_time", "2 h"),
        ("cmi.suspend_data", "x" * 4097),
        ("cmi.objectives.1000.id", "x"),
        ("cmi.objectives.01.id", "x"),
        ("cmi.mood", "good"),
        ("__proto__", "x"),
        ("cmi.core.lesson_location", 3),
        ("cmi.interactions.0.type", "guess"),
    ],
)
def test_what_a_lesson_may_not_write_is_refused_as_a_whole(name: str, value: object) -> None:
    run = Run()
    run.begin()
    before = run.cells()
    with pytest.raises(UserError) as caught:
        run.commit({"cmi.core.lesson_location": "9", name: value})  # type: ignore[dict-item]
    assert caught.value.code == "bad_value"
    assert run.cells() == before


def test_answers_are_taken_and_the_number_of_values_is_bounded() -> None:
    run = Run()
    run.begin()
    run.commit({"cmi.interactions.0.id": "q1", "cmi.interactions.0.correct_responses.0.pattern": "a"})
    assert not any("interactions" in name for name in run.cells())
    with pytest.raises(UserError):
        run.commit({f"cmi.objectives.{n}.id": "x" for n in range(MOST_VALUES + 1)})


def test_kept_values_that_nobody_wrote_are_left_out() -> None:
    told = Run({"cmi.core.lesson_status": "great", "cmi.mood": "good", "cmi.core.total_time": "never"}).begin()
    assert told["cmi.core.lesson_status"] == "not attempted"
    assert told["cmi.core.total_time"] == "0000:00:00"
    assert "cmi.mood" not in told
