"""Histories that the reference simulation of the design left open, by its seed, and the hole found by thought alone.

What each was, in the protocol or in the accounting, stands in docs/reliability.md.
"""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.sync.entities import CONFLICT
from lms_core.sync.wire import Reply
from tests.simulator.machines import Laptop
from tests.sync.school import (
    YEAR,
    School,
    change,
    enrol,
    lesson,
    note,
    post,
    remove,
    rewrite,
    section,
    shared_lesson,
    step,
    summarise,
)


def _lost(school: School, x: Laptop) -> Reply:
    """An exchange whose reply never comes."""
    return school.exchange(x)


def test_seed_6903_words_that_a_deleter_never_saw_are_told() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(y, "n", "one")
    school.sync(y, x)
    backup = school.hub.backup()
    rewrite(x, "n", "one\n\nwords of X")
    school.sync(x)
    rewrite(y, "n", "words of Y\n\none")
    school.sync(y)  # merged, on a version that holds the words of X
    school.hub.restore(backup)
    school.sync(y)
    assert "words of X" not in str(y.values("n"))
    remove(y, "n")
    school.sync(y)
    school.settle()
    assert school.row("n").gone
    assert [(op.args["text"], code) for op, code, _ in x.parked] == [("one\n\nwords of X", "gone")]


def test_seed_11736_a_deleted_note_stays_deleted_when_its_texts_merge_in_another_order() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(y, "n", "one")
    school.sync(y, x)
    backup = school.hub.backup()
    rewrite(y, "n", "one of Y")
    rewrite(x, "n", "one of X")
    school.sync(y, x)  # the paragraph of X finds no place
    kept = [row.value("mine") for row in school.conflicts()]
    rewrite(y, "n", "one of Y\n\nmore")
    remove(y, "n")
    school.sync(y)
    assert school.row("n").gone
    school.hub.restore(backup)
    school.sync(x, y)  # now that of Y finds none
    school.settle()
    assert school.row("n").gone
    assert set(kept) <= {row.value("mine") for row in school.conflicts()}


def test_seed_14852_an_id_used_twice_does_not_cost_the_answers_to_its_first_owner() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    backup = school.hub.backup()
    post(x, "p", "the first")
    school.sync(x, y)
    post(y, "p", "another by the same id")
    post(y, "answer", "to the first", re="p")
    school.sync(y)
    assert [code for _, code, _ in y.parked] == ["id_reused"]
    school.hub.restore(backup)
    school.sync(y, x)  # the answer comes before what it answers
    school.settle()
    assert school.value("answer", "txt") == "to the first"
    assert [code for _, code, _ in y.parked] == ["id_reused"]


def test_seed_12509_a_held_edit_of_a_clone_is_answered() -> None:
    school = School()
    x, z = school.laptop("X"), school.laptop("Z")
    section(z, "s")
    school.sync(z)
    backup = school.hub.backup()
    lesson(z, "l", "s", body="one")
    school.sync(z, x)
    for text in ("one\n\ntwo", "one\n\ntwo\n\nthree"):
        rewrite(x, "l", text)
        school.sync(x)
    twin = school.clone(x, "T")
    section(x, "of X")
    school.sync(x)
    section(twin, "of T")
    school.hub.restore(backup)
    school.sync(x)  # held: its lesson is not there
    school.sync(twin)  # forks from a log that the hub has taken to its end
    school.settle()
    assert school.value("l", "body") == "one\n\ntwo\n\nthree"
    assert not twin.overlaying()


@pytest.mark.parametrize("first", ["X", "T"])
def test_seeds_13297_and_18306_a_clone_is_answered_on_the_new_timeline(first: str) -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    row = enrol(x)
    school.sync(x)
    step(x, row, "apply")
    school.sync(x)  # its effect stands further on in the feed than it ever will again
    twin = school.clone(x, "T")
    section(twin, "of T")
    twin.request()
    section(x, "of X")
    school.hub.restore(backup)
    school.sync(*((x, twin) if first == "X" else (twin, x)))
    school.settle()
    assert school.value(row, "status") == "applied"
    assert not x.overlaying()
    assert not twin.overlaying()
    assert {"of T", "of X"} <= school.hub.rows.keys()


@pytest.mark.parametrize("order", ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"])
def test_a_fast_clock_does_not_beat_an_edit_that_had_seen_its_own(order: str) -> None:
    """The reply is lost, the hub restored: the early edit comes again without a receipt, and with a time."""
    school = School()
    people = {"X": school.laptop("X"), "Y": school.laptop("Y", "a1"), "Z": school.laptop("Z")}
    section(people["X"], "s")
    school.sync(*people.values())
    backup = school.hub.backup()
    people["X"].skew = 10 * YEAR
    change(people["X"], "s", "title", "early, and long enough to be missed by people")
    _lost(school, people["X"])
    for name in "YZ":  # each over what came before
        school.sync(people[name])
        change(people[name], "s", "title", f"over it, and long enough to be missed by people: {name}")
        school.sync(people[name])
    school.now += 1000
    school.hub.restore(backup)
    school.sync(*(people[name] for name in order))
    school.settle()
    assert school.value("s", "title")[-1] == "Z"


def test_words_that_came_between_the_last_look_and_a_delete_are_not_deleted() -> None:
    """The same as seed 6903 with the words there first: their version is older than what the deleter had seen."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(y, "n", "one")
    school.sync(y, x)
    backup = school.hub.backup()
    rewrite(x, "n", "one\n\nwords of X")
    school.sync(x)
    school.hub.restore(backup)
    school.sync(y)
    change(y, "n", "star", 1)
    school.sync(y, x)
    remove(y, "n")
    school.settle()
    assert school.value("n", "body") == "one\n\nwords of X"
    assert [code for _, code, _ in y.parked] == ["edited_elsewhere"]


@pytest.mark.parametrize("first", ["winner", "loser"])
def test_what_a_person_settled_stays_settled_in_whatever_order_texts_come_again(first: str) -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    shared_lesson(school, x, y)
    backup = school.hub.backup()
    summarise(school, x, y)
    school.sync(x, y)
    (row,) = school.conflicts()
    x.write(ops.act(CONFLICT, row.id, "settle", expect="open"))  # whose text it is, whoever came first
    school.sync(x, y)
    school.hub.restore(backup)
    school.sync(*((y, x) if first == "winner" else (x, y)))
    school.settle()
    assert [(c.value("mine")[:11], c.value("status")) for c in school.conflicts()] == [("A text of X", "settled")]
    assert not x.overlaying()


@pytest.mark.parametrize("first", ["winner", "loser"])
def test_what_was_settled_is_asked_again_only_for_words_that_found_no_place_since(first: str) -> None:
    school = School()
    x, y, z = school.laptop("X"), school.laptop("Y", "a1"), school.laptop("Z", "a1")
    shared_lesson(school, x, y, z)
    backup = school.hub.backup()
    rewrite(y, "l", "one of Y\n\ntwo")
    rewrite(z, "l", "one\n\ntwo of Z")
    rewrite(x, "l", "one of X\n\ntwo of X")
    school.sync(y, x)
    (row,) = school.conflicts()
    assert row.value("mine") == "one of X"
    x.write(ops.act(CONFLICT, row.id, "settle", expect="open", extra={"seen": row.value("mine")}))
    school.sync(x, z)
    for _ in range(2):  # the answer to what it did a second time is the first
        school.hub.restore(backup)
        school.sync(*((y, z, x) if first == "winner" else (x, y, z)))
        school.settle()
        of_x = {c.value("mine"): c.value("status") for c in school.conflicts() if c.value("account_id") == "a0"}
        wanted = {"two of X": "open"} if first == "winner" else {"one of X\n\ntwo of X": "settled"}
        assert of_x == wanted


def test_a_text_whose_conflict_was_lost_with_the_timeline_is_kept_again() -> None:
    """Found by seed 9607: the edit that had beaten it comes after one that had seen only that edit."""
    school = School()
    x, y, z = school.laptop("X"), school.laptop("Y", "a1"), school.laptop("Z", "a1")
    shared_lesson(school, x, y, z)
    summarise(school, x, y)
    school.sync(x)
    backup = school.hub.backup()
    school.sync(y, z)  # the text of X is kept as a conflict
    change(z, "l", "summary", "A text of Z that is long enough to be missed by people")
    school.hub.restore(backup)
    school.sync(z, y)
    school.settle()
    assert school.value("l", "summary")[:11] == "A text of Z"
    assert "A text of X" in {row.value("mine")[:11] for row in school.conflicts()}


@pytest.mark.parametrize("answered", [True, False])
def test_a_text_that_its_author_goes_on_without_is_kept_again(*, answered: bool) -> None:
    """Found by seed 69429: who goes on from what beat their text had not seen it replaced by themselves."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    shared_lesson(school, x, y)
    backup = school.hub.backup()
    summarise(school, x, y)
    school.sync(x, y, x)  # the text of X is kept as a conflict
    change(x, "l", "summary", "A second text of X that is long enough to be missed by people")
    if answered:
        school.sync(x)
    school.hub.restore(backup)
    school.sync(x, y)
    school.settle()
    assert school.value("l", "summary")[:13] == "A second text"
    assert "A text of X" in {row.value("mine")[:11] for row in school.conflicts()}


def test_a_text_that_somebody_had_seen_before_its_author_went_on_is_no_conflict_at_a_restored_hub() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    shared_lesson(school, x, y)
    backup = school.hub.backup()
    for who, n in ((x, 1), (y, 2), (x, 3)):
        change(who, "l", "summary", f"Text {n}, which is long enough to be missed by people")
        school.sync(x, y, x)
    school.hub.restore(backup)
    school.sync(x, y)
    school.settle()
    assert school.value("l", "summary")[:6] == "Text 3"
    assert not school.conflicts()
