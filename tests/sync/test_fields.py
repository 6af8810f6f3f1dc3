"""Several people who set one field (SYNC.md section 3, `attr`, `state`, natural keys)."""

from __future__ import annotations

import pytest

from lms_core import ops
from tests.simulator.entities import PROGRESS
from tests.simulator.machines import Laptop
from tests.sync.school import YEAR, School, change, enrol, note, remove, shared_lesson, step

LONG = "A sentence that somebody would miss if it were lost: "


def _rivals() -> tuple[School, Laptop, Laptop]:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    shared_lesson(school, x, y)
    return school, x, y


def test_the_later_of_two_edits_wins_whoever_comes_first() -> None:
    for reverse in (False, True):
        school, x, y = _rivals()
        change(x, "l", "title", "earlier")
        school.now += 10
        change(y, "l", "title", "later")
        school.sync(*((y, x) if reverse else (x, y)))
        school.settle()
        assert school.value("l", "title") == "later"


@pytest.mark.parametrize("reverse", [False, True])
def test_a_long_text_that_loses_is_kept_for_its_author(reverse: bool) -> None:
    school, x, y = _rivals()
    change(x, "l", "summary", LONG + "x")
    school.now += 10
    change(y, "l", "summary", LONG + "y")
    school.sync(*((y, x) if reverse else (x, y)))
    school.settle()
    assert school.value("l", "summary") == LONG + "y"
    assert [c.value("mine") for c in school.conflicts()] == [LONG + "x"]


def test_a_winner_by_base_stands_above_what_it_had_seen() -> None:
    school, x, y = _rivals()
    z = school.laptop("Z", "a1")
    x.skew = 0
    school.now += 1000
    change(x, "l", "title", "x")
    school.now += 1000
    school.sync(x)
    reply = school.exchange(y, limit=1000)
    y.receive(reply)
    y.skew = -900_000
    with y.open() as tx:  # its last completed sync was long ago
        state = tx.state()
        state.lo = 0
        tx.save_state(state)
    change(y, "l", "title", "y had seen x")
    school.sync(y)
    t = school.row("l").cells["title"].t
    assert school.value("l", "title") == "y had seen x"
    z.skew = 0
    assert t > school.row("l").cells["place"].t
    school.settle()
    assert school.value("l", "title") == "y had seen x"


def test_keys_of_a_map_merge_one_by_one() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", tags={"a": 1, "b": 1})
    school.sync(x, y)
    change(x, "n", "tags/a", 2)
    change(y, "n", "tags/b", 3)
    school.settle()
    assert (x.values("n") or {})["tags"] == {"a": 2, "b": 3}


def test_a_state_that_changed_meanwhile_is_told() -> None:
    school = School()
    student, teacher = school.laptop("X", "a1"), school.laptop("Y")
    row = enrol(student)
    step(student, row, "apply")
    school.sync(student, teacher)
    step(student, row, "withdraw")
    step(teacher, row, "approve")
    school.sync(student)
    school.settle()
    assert school.value(row, "status") == "withdrawn"
    assert [code for _, code, _ in teacher.parked] == ["state_changed"]
    assert (teacher.values(row) or {})["status"] == "withdrawn"


def test_the_same_step_twice_needs_nobody() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    row = enrol(x)
    school.sync(x, y)
    step(x, row, "apply")
    step(y, row, "apply")
    school.settle()
    assert school.value(row, "status") == "applied"
    assert not x.parked + y.parked


def test_two_devices_create_the_same_row_offline() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    row = PROGRESS.id_for("a0", "0")
    for z, pct, first in ((x, 30, 200), (y, 70, 100)):
        values = {"account_id": "a0", "lesson_id": "0", "pct": pct, "first": first, "flag": pct}
        z.write(ops.create(PROGRESS, row, values))
        school.now += 10
    assert enrol(x) == enrol(y)
    step(x, enrol(x), "apply")
    school.sync(y, x)
    school.settle()
    assert (school.value(row, "pct"), school.value(row, "first"), school.value(row, "flag")) == (70, 100, 70)
    assert school.value(enrol(x), "status") == "applied"


def test_a_delete_has_not_seen_what_a_waiting_edit_hides() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", summary="old")
    school.sync(x, y)
    x.skew = -YEAR
    change(y, "n", "summary", "Words of Y that nobody but Y has ever read")
    school.sync(y)
    request = x.request()
    change(x, "n", "summary", "mine")
    x.receive(school.hub.exchange(request, x.account))
    assert x.values("n")["summary"] == "mine"
    remove(x, "n")
    school.settle()
    assert school.value("n", "summary") == "Words of Y that nobody but Y has ever read"
    assert [code for _, code, _ in x.parked] == ["edited_elsewhere"]
