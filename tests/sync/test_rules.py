"""Histories that need one rule of the protocol each, too rare for random play (SYNC.md sections 2 to 5)."""

from __future__ import annotations

from lms_core import ops
from tests.simulator.entities import ATTEMPT, DRAFT
from tests.sync.school import YEAR, School, change, enrol, note, post, remove, rewrite, section, step


def test_ops_that_move_to_a_new_id_keep_their_receipts() -> None:
    school = School()
    x = school.laptop("X")
    section(x, "s")
    school.sync(x)
    backup = school.hub.backup()
    y = school.clone(x, "Y")
    change(x, "s", "title", "while I had the right")
    school.sync(x)
    school.hub.restore(backup)
    school.grant("a0", DRAFT, False)
    note(y, "other")
    school.sync(y)  # the same id goes on with another op
    school.settle()
    assert school.value("s", "title") == "while I had the right"
    assert not x.parked


def test_a_fork_gets_the_same_id_wherever_it_happens() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    school.sync(x)
    twin = school.clone(x, "Y")
    note(twin, "other")
    rewrite(x, "n", "one\n\ntwo")
    x.request()  # sealed, not sent
    again = school.clone(x, "Z")
    school.sync(twin, x, twin)
    rewrite(twin, "n", "one")
    school.sync(twin)
    school.sync(again)
    school.settle()
    assert [s.rep for s in again.tx.segments()] == [s.rep for s in x.tx.segments()]
    assert school.value("n", "body") == "one"


def test_a_reset_takes_nothing_before_the_older_ids_have_spoken() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    note(x, "n")
    school.sync(x)
    with x.open() as tx:
        segments = tx.segments()
        x.engine.fork(tx, segments, 0, segments[0].length)
    school.sync(x)
    school.hub.restore(backup)
    change(x, "n", "star", 5)
    school.settle()
    assert school.value("n", "star") == 5
    assert not x.parked


def test_the_first_state_of_a_row_yields_to_every_step() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    backup = school.hub.backup()
    row = enrol(y)
    step(y, row, "apply")
    school.sync(y)
    school.hub.restore(backup)
    school.now += 1000
    enrol(x)
    school.sync(x)
    school.settle()
    assert school.value(row, "status") == "applied"


def test_an_edit_tells_the_version_of_its_field_not_of_its_row() -> None:
    school = School()
    x, y, z = school.laptop("X"), school.laptop("Y"), school.laptop("Z")
    note(x, "n")
    school.sync(x, y, z)
    backup = school.hub.backup()
    school.now += 10 * YEAR  # the server's clock ran ahead before it was restored
    change(z, "n", "star", 7)
    school.sync(z)
    school.now -= 10 * YEAR
    school.hub.restore(backup)
    change(x, "n", "tags/a", 1)
    school.sync(x, y)
    change(y, "n", "star", 8)  # has seen the new row, not the star that Z still brings
    school.sync(z, y)
    school.settle()
    assert school.value("n", "star") == 7


def test_a_merge_is_as_new_as_what_it_merged_with() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one\n\ntwo")
    school.sync(x, y)
    backup = school.hub.backup()
    rewrite(x, "n", "one more\n\ntwo")
    school.sync(x)
    remove(x, "n")  # has seen no edit but its own
    school.hub.restore(backup)
    rewrite(y, "n", "one\n\ntwo much later")
    school.sync(y)
    school.settle()
    assert school.value("n", "body") == "one more\n\ntwo much later"
    assert not school.row("n").gone


def test_edits_that_coalesce_keep_what_the_first_had_seen() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    school.sync(x, y)
    theirs = "A title that somebody thought about for a long while"
    change(x, "s", "title", theirs)
    school.sync(x)
    reply = school.exchange(y)
    change(y, "s", "title", "A title written while the reply was on its way to me")
    y.receive(reply)
    change(y, "s", "title", "A title written by one who still had not seen theirs")
    school.settle()
    assert [c.value("mine") for c in school.conflicts()] == [theirs]


def test_nobody_creates_in_the_name_of_another() -> None:
    school = School()
    x = school.laptop("X")
    x.write(ops.create(ATTEMPT, "attempt:0", {"account_id": "a1", "txt": "t"}))
    school.settle()
    assert "attempt:0" not in school.hub.rows
    assert [code for _, code, _ in x.parked] == ["forbidden"]


def test_a_slice_that_starts_further_on_is_left_alone() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    for n in range(4):
        post(x, f"p{n}")
    school.sync(x, y)
    backup = school.hub.backup()
    post(x, "p4")
    school.sync(x)
    late = school.exchange(y)
    note(y, "mine")
    school.sync(y)
    school.hub.restore(backup)
    reply = school.exchange(y)
    assert reply.status == "reset"
    y.receive(reply)
    y.receive(late)
    assert y.shown.keys() >= {f"p{n}" for n in range(4)}
    school.settle()
    assert "p4" in y.shown
