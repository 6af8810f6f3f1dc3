"""Rights that come and go (SYNC.md section 6)."""

from __future__ import annotations

import pytest

from tests.simulator.entities import DRAFT, TALK
from tests.sync.school import School, change, enrol, note, post, remove, section, step


@pytest.mark.parametrize("first", ["account", "talk"])
def test_row_in_two_scopes_leaving_either(first: str) -> None:
    school = School()
    owner, other = school.laptop("X"), school.laptop("Y", "a1")
    note(owner, "n", shared=1)
    school.settle()
    assert other.values("n") == {**(other.values("n") or {}), "body": "one\n\ntwo\n\nthree"}
    assert "star" not in (other.values("n") or {})
    if first == "talk":
        change(owner, "n", "shared", 0)
        school.settle()
        assert "n" not in other.shown
        assert "n" in owner.shown
    else:
        school.grant("a0", TALK, False)
        school.settle()
        assert "n" in owner.shown
        assert "n" in other.shown
    remove(owner, "n")
    school.settle()
    assert "n" not in owner.shown
    assert "n" not in other.shown


def test_enrolment_revoked_with_forty_ops_pending() -> None:
    school = School()
    x, y = school.laptop("X", "a1"), school.laptop("Y")
    section(y, "s")
    school.sync(y, x)
    note(x, "private")
    for n in range(40):
        post(x, f"p{n}")
    school.grant("a1", TALK, False)
    school.grant("a1", DRAFT, False)
    school.settle()
    assert "private" in x.shown
    assert "s" not in x.shown
    assert not [row for row in x.shown if row.startswith("p") and row != "private"]
    assert [code for _, code, _ in x.parked] == ["forbidden"] * 40


def test_a_lost_scope_stays_while_ops_wait_for_its_rows() -> None:
    school = School()
    x, y = school.laptop("X", "a1"), school.laptop("Y")
    section(y, "s")
    school.sync(y, x)
    school.grant("a1", DRAFT, False)
    reply = school.exchange(x)
    change(x, "s", "title", "while the reply is on its way")
    x.receive(reply)
    assert x.values("s")["title"].startswith("while")  # type: ignore[index]
    school.settle()
    assert "s" not in x.shown


def test_scope_gained_and_lost_five_times() -> None:
    school = School()
    x, y = school.laptop("X", "a1"), school.laptop("Y")
    section(y, "s")
    school.sync(y)
    for n in range(5):
        for on in (False, True):
            school.grant("a1", DRAFT, on)
            change(y, "s", "title", f"{n}{on}")
            if n % 2:
                school.sync(x)
            school.sync(y)
    school.settle()
    assert x.values("s")["title"] == "4True"  # type: ignore[index]
    school.grant("a1", DRAFT, False)
    school.settle()
    assert "s" not in x.shown


def test_an_op_shows_until_its_effect_has_come_in_a_scope_that_its_author_reads() -> None:
    school = School()
    student, teacher = school.laptop("X"), school.laptop("Y", "a1")
    row = enrol(student)
    step(student, row, "apply")
    school.sync(student, teacher)
    for n in range(4):
        section(student, f"s{n}")
    school.sync(student)
    step(teacher, row, "approve")
    teacher.receive(school.exchange(teacher, limit=1))  # the first scope of the row is the student's own
    assert (teacher.values(row) or {})["status"] == "active"
    school.settle()
    assert school.value(row, "status") == "active"


def test_a_scope_that_was_gained_and_lost_before_its_rows_came() -> None:
    school = School()
    x = school.laptop("X")
    for n in range(3):
        note(x, f"n{n}")
    post(x, "p")
    school.sync(x)
    backup = school.hub.backup()
    note(x, "later")
    school.sync(x)
    y = school.laptop("Y", synced=False)
    y.receive(school.exchange(y, limit=1))  # no room for any row of the talk
    assert TALK in y.rights
    school.grant("a0", TALK, False)
    school.hub.restore(backup)  # what was staged is of a lost timeline
    school.settle()
    assert TALK not in y.rights
