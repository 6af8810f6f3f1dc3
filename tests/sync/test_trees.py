"""Several people who order one draft (SYNC.md section 3, `tree`)."""

from __future__ import annotations

from itertools import permutations

import pytest

from lms_core import ops
from lms_core.ops import RECOVERED
from tests.simulator.entities import SECTION
from tests.sync.school import School, lesson, move, order, rewrite, section, trash


@pytest.mark.parametrize("turn", list(permutations(range(3))))
def test_section_trashed_while_its_lesson_is_edited_and_another_moved_out(turn: tuple[int, ...]) -> None:
    school = School()
    a, b, c = (school.laptop(name) for name in "ABC")
    section(a, "s")
    section(a, "t", "s")
    lesson(a, "l", "s")
    lesson(a, "m", "s", "l")
    school.sync(a, b, c)
    trash(a, "s")
    rewrite(b, "l", "one\n\nedited\n\ntwo")
    move(c, "m", "t")
    for k in turn:
        school.sync((a, b, c)[k])
    school.settle()
    assert school.value("s", "trashed_at") is not None
    assert school.value("l", "body") == "one\n\nedited\n\ntwo"
    assert (school.value("l", "place")[0], school.value("m", "place")[0]) == ("s", "t")


def test_opposite_moves_by_six_authors() -> None:
    school = School()
    authors = [school.laptop(f"A{n}", f"a{n % 2}") for n in range(6)]
    x = authors[0]
    section(x, "s0")
    section(x, "s1", "s0")
    for n in range(6):
        lesson(x, f"l{n}", "s0", *(f"l{k}" for k in reversed(range(n))))
    school.sync(*authors)
    for n, author in enumerate(authors):
        move(author, "s0", "course:0", *(("s1",) if n % 2 else ()))
        move(author, "l0", "s1" if n % 2 else "s0", *(() if n % 3 else ("l5",)))
        move(author, f"l{n}", "s0", f"l{5 - n}")
    for author in reversed(authors):
        school.sync(author)
    school.settle()
    assert {tuple(order(author)) for author in authors} == {tuple(order(x))}
    assert sorted(order(x, "s0") + order(x, "s1")) == [f"l{n}" for n in range(6)]


def test_runs_typed_offline_stay_together() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    school.sync(x, y)
    for z in (x, y):
        before: list[str] = []
        for n in range(20):
            before.insert(0, lesson(z, f"{z.name}{n:02}", "s", *before[:8]))
    school.settle()
    found = order(x, "s")
    runs = [[row for row in found if row.startswith(name)] for name in "XY"]
    assert found in (runs[0] + runs[1], runs[1] + runs[0])
    assert all(run == sorted(run) for run in runs)


def test_a_thousand_rows_at_one_spot() -> None:
    school = School()
    x = school.laptop("X")
    section(x, "s")
    rows = [lesson(x, f"l{n:03}", "s") for n in range(60)]
    school.settle()
    assert order(x, "s") == rows[::-1]


@pytest.mark.parametrize("state", ["pending", "trashed", "moved"])
def test_an_anchor_that_is(state: str) -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    section(x, "t", "s")
    lesson(x, "l0", "s")
    lesson(x, "l1", "s", "l0")
    school.sync(x, y)
    if state == "pending":
        lesson(y, "new", "s", "l0")
        lesson(y, "newer", "s", "new", "l0")
    elif state == "trashed":
        trash(x, "l0")
        school.sync(x)
        lesson(y, "newer", "s", "l0")
    else:
        move(x, "l0", "t")
        school.sync(x)
        lesson(y, "newer", "s", "l0")
    assert order(y, "s").index("newer") == (2 if state == "pending" else 1)
    school.settle()
    assert order(y, "s") == {
        "pending": ["l0", "new", "newer", "l1"], "trashed": ["l0", "newer", "l1"], "moved": ["l1", "newer"],
    }[state]  # fmt: skip


def test_a_lost_parent_puts_the_row_under_recovered() -> None:
    school = School()
    x = school.laptop("X")
    section(x, "s")
    school.sync(x)
    lesson(x, "l", "never")
    school.settle()
    assert school.value("l", "place")[0] == RECOVERED


@pytest.mark.parametrize("kind", ["section under a section", "lesson under the course"])
def test_depth_is_fixed(kind: str) -> None:
    school = School()
    x = school.laptop("X")
    section(x, "s")
    section(x, "t")
    lesson(x, "l", "s")
    school.sync(x)
    move(x, *(("t", "s") if kind.startswith("section") else ("l", "course:0")))
    school.settle()
    assert [code for _, code, _ in x.parked] == ["depth"]


def test_a_pending_move_shows_where_it_will_be() -> None:
    school = School()
    x = school.laptop("X")
    for n in range(3):
        section(x, f"s{n}", *(f"s{k}" for k in reversed(range(n))))
    assert order(x) == ["s0", "s1", "s2"]
    school.sync(x)
    x.write(ops.place(SECTION, "s2", parent="course:0", after=[]))
    x.write(ops.place(SECTION, "s0", parent="course:0", after=["s2"]))
    shown = order(x)
    school.settle()
    assert shown == order(x) == ["s2", "s0", "s1"]
