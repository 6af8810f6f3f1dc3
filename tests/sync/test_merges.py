"""Named scenarios of people who work on the same things (SYNC.md section 11)."""

from __future__ import annotations

from itertools import permutations

import pytest

from lms_core import ops
from lms_core.ops import RECOVERED
from tests.simulator.entities import DRAFT, SECTION, TALK
from tests.simulator.machines import Laptop
from tests.sync.school import (
    School,
    change,
    draft,
    enrol,
    lesson,
    move,
    note,
    order,
    post,
    remove,
    rewrite,
    section,
    step,
    trash,
)

LONG = "A sentence that somebody would miss if it were lost: "


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


def test_a_lesson_whose_section_was_refused_depends_on_it() -> None:
    school = School()
    x = school.laptop("X", "a1")
    school.grant("a1", DRAFT, False)
    section(x, "s")
    lesson(x, "l", "s")
    school.settle()
    assert [code for _, code, _ in x.parked] == ["forbidden", "depends"]
    assert not x.places()


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


def test_two_authors_rewrite_one_paragraph() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    lesson(x, "l", "s", body="one\n\ntwo\n\nthree")
    school.sync(x, y)
    rewrite(x, "l", "one\n\ntwo of X\n\nthree")
    for text in ("of", "of Y", "of Y!"):
        rewrite(y, "l", f"one\n\ntwo {text}\n\nthree\n\nfour")
    y.request()  # lost
    rewrite(y, "l", "one\n\ntwo of Y!\n\nthree\n\nfour\n\nfive")
    school.sync(x)
    school.settle()
    assert school.value("l", "body") == "one\n\ntwo of X\n\nthree\n\nfour\n\nfive"
    assert [c.value("mine") for c in school.conflicts()] == ["two of Y!"]
    assert all(f"conflict:{z.name}" or True for z in (x, y))
    assert all(any(e == "conflict" for e, _ in z.shown.values()) for z in (x, y))


def test_an_edit_of_a_text_that_nobody_else_changed_fast_forwards() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    rewrite(x, "n", "two")
    x.request()
    rewrite(x, "n", "three")
    school.settle()
    assert school.value("n", "body") == "three"
    assert not school.conflicts()


def test_a_merged_text_belongs_to_nobody() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one")
    school.sync(x, y)
    rewrite(x, "n", "one\n\nx")
    rewrite(y, "n", "y\n\none")
    school.sync(x)
    reply = school.exchange(y)
    remove(y, "n")  # of a text that lacks the words of X
    y.receive(reply)
    school.settle()
    assert not school.row("n").gone
    assert [code for _, code, _ in y.parked] == ["edited_elsewhere"]


@pytest.mark.parametrize("deleter_first", [True, False])
def test_note_deleted_here_and_edited_there(deleter_first: bool) -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one")
    school.sync(x, y)
    remove(x, "n")
    rewrite(y, "n", "one\n\nmore")
    school.sync(*((x, y) if deleter_first else (y, x)))
    school.settle()
    if deleter_first:
        assert school.row("n").gone
        assert [(op.args["text"], code) for op, code, _ in y.parked] == [("one\n\nmore", "gone")]
    else:
        assert school.value("n", "body") == "one\n\nmore"
        assert [code for _, code, _ in x.parked] == ["edited_elsewhere"]


def test_own_pending_edit_does_not_save_a_note_from_its_own_delete() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    change(x, "n", "star", 1)
    remove(x, "n")
    school.settle()
    assert school.row("n").gone


def _rivals() -> tuple[School, Laptop, Laptop]:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    lesson(x, "l", "s")
    school.sync(x, y)
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


def test_fork_with_moves_and_state_verbs_in_the_resent_log() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    section(x, "t", "s")
    lesson(x, "l", "s")
    row = enrol(x)
    school.sync(x, y)
    backup = school.hub.backup()
    move(x, "l", "t")
    step(x, row, "apply")
    school.sync(x)
    clone = school.clone(x, "C")
    change(clone, "l", "title", "of the clone")
    school.sync(clone)
    school.now += 100
    move(y, "l", "s")
    step(x, row, "withdraw")
    school.sync(y, x)
    school.hub.restore(backup)
    school.sync(y)
    school.settle()
    assert school.value("l", "place")[0] == "s"
    assert school.value(row, "status") == "withdrawn"
    assert school.value("l", "title") == "of the clone"


def test_a_resent_child_waits_for_its_parent() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    backup = school.hub.backup()
    section(x, "s")
    school.sync(x, y)
    lesson(y, "l", "s")
    post(x, "p")
    school.sync(x, y)
    post(y, "q", re="p")
    rewrite(y, "l", "more")
    school.sync(y)
    school.hub.restore(backup)
    school.sync(y)
    assert "l" not in school.hub.rows
    assert order(y, "s") == ["l"]
    school.settle()
    assert school.value("l", "body") == "more"
    assert school.value("l", "place")[0] == "s"
    assert "q" in school.hub.rows


def test_what_was_refused_stays_refused_at_a_restored_hub() -> None:
    school = School()
    x = school.laptop("X", "a1")
    backup = school.hub.backup()
    school.grant("a1", TALK, False)
    post(x, "p")
    school.sync(x)
    school.grant("a1", TALK, True)
    school.sync(x)
    school.hub.restore(backup)
    school.settle()
    assert "p" not in school.hub.rows
    assert [code for _, code, _ in x.parked] == ["forbidden"]


def test_a_deleted_note_stays_deleted_at_a_restored_hub() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    backup = school.hub.backup()
    change(y, "n", "star", 3)
    school.sync(y, x)
    remove(x, "n")
    school.sync(x, y)
    school.hub.restore(backup)
    school.sync(x)
    school.settle()
    assert school.row("n").gone
    assert not x.parked + y.parked


def test_hub_fields_are_reserved() -> None:
    school = School()
    x = school.laptop("X")
    section(x, "s")
    school.hub.project()
    x.write(draft("section", "s", "attr", field="trashed_at", value=1))
    x.write(draft("counter", "counter:0", "create", n=5))
    post(x, "p")
    school.settle()
    x.write(draft("counter", "counter:0", "attr", field="n", value=99))
    school.settle()
    assert sorted(code for _, code, _ in x.parked) == ["reserved_field"] * 3


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
