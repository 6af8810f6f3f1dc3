"""Laptops that were cloned or brought back from a backup (SYNC.md section 2)."""

from __future__ import annotations

import pytest

from tests.simulator import invariants
from tests.sync.school import DAY, School, change, draft, enrol, lesson, move, note, rewrite, section, step, trash


def test_cloned_laptop_and_both_work_on() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    y = school.clone(x, "Y")
    for k in range(3):
        note(x, f"x{k}")
        note(y, f"y{k}")
        school.sync(x, y)
    school.settle()
    assert school.hub.rows.keys() >= {"x0", "x2", "y0", "y2"}
    assert sorted(len(z.tx.segments()) for z in (x, y)) == [1, 2]


def test_cloned_laptop_with_a_sealed_log() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    x.request()
    y = school.clone(x, "Y")
    change(x, "n", "star", 1)
    change(y, "n", "star", 2)
    school.settle()
    assert school.value("n", "star") in (1, 2)


@pytest.mark.parametrize("more", [0, 3])
def test_laptop_restored_from_an_old_backup(more: int) -> None:
    school = School()
    x = school.laptop("X")
    note(x, "before")
    school.sync(x)
    backup = x.tables.copy()
    school.now += 60 * DAY
    for n in range(4):
        note(x, f"after{n}")
    school.sync(x)
    y = school.restore(x, backup)
    for n in range(more):
        note(y, f"again{n}")
    school.settle()
    assert y.shown.keys() >= {"before", "after3", *(f"again{n}" for n in range(more))}


def test_a_backup_restored_twice_acts_once() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    school.sync(x)
    rewrite(x, "n", "one\n\ntwo")
    x.request()
    backup = x.tables.copy()
    school.sync(x)
    note(x, "later")
    school.sync(x)
    for _ in range(2):
        x = school.restore(x, backup)
        note(x, "again")
        x.tables.data["unsealed"] = {k: op for k, op in x.tables.data["unsealed"].items()}
        school.sync(x)
    school.settle()
    assert school.value("n", "body") == "one\n\ntwo"


def test_both_sides_restored() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one")
    school.sync(x, y)
    old, backup = x.tables.copy(), school.hub.backup()
    rewrite(x, "n", "one\n\nmine")
    rewrite(y, "n", "yours\n\none")
    school.sync(x, y)
    school.hub.restore(backup)
    school.restore(x, old)
    school.settle()
    assert "yours" in school.value("n", "body")


def test_hub_restored_while_a_fork_is_looked_for() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    school.sync(x)
    backup = school.hub.backup()
    rewrite(x, "n", "one\n\ntwo")
    school.sync(x)
    y = school.clone(x, "Y")
    note(x, "x")
    note(y, "y")
    school.sync(x)
    assert y.receive(school.exchange(y)) == "fork"
    school.hub.restore(backup)
    school.settle()
    assert school.value("n", "body") == "one\n\ntwo"
    assert school.row("n").cells["body"].rep  # nobody merged it with itself
    assert school.hub.rows.keys() >= {"x", "y"}


def test_what_one_copy_is_told_of_its_fork_does_not_part_the_other() -> None:
    """Its answer is brought as a file to the copy whose log the hub has taken."""
    school = School()
    x = school.laptop("X")
    y = school.clone(x, "Y")
    note(x, "of X")
    note(y, "of Y")
    school.sync(x)
    assert y.receive(school.exchange(y)) == "fork"
    told = school.exchange(y)
    assert (told.status, told.fork_above) == ("fork", 1)
    assert x.receive(told) == "late"
    assert [s.length for s in x.tx.segments()] == [1]
    assert y.receive(told) == "fork"
    school.settle()
    assert [len(z.tx.segments()) for z in (x, y)] == [1, 2]


def test_both_restored_and_the_laptop_hears_of_its_fork_before_the_lost_timeline() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x)
    backup = school.hub.backup()
    change(x, "n", "star", 1)
    school.sync(x)
    disk = x.tables.copy()
    school.hub.restore(backup)
    note(y, "other")
    school.sync(y, x)  # the edit is further on in the new timeline
    note(x, "more")
    school.sync(x)
    z = school.restore(x, disk)
    reply = school.exchange(z)
    while z.receive(reply) == "fork":
        assert z.values("n") == x.values("n")
        invariants.visible(z, school.hub)
        reply = school.exchange(z)
    assert reply.status == "reset"
    invariants.visible(z, school.hub)
    school.settle()
    assert z.values("n") == x.values("n")
    assert z.shown.keys() >= {"other", "more"}


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


def test_what_was_answered_under_an_older_id_shows_until_rows_are_told() -> None:
    """A laptop that was never told any is copied twice: the logs part once more before it learns what it reads."""
    school = School()
    x = school.laptop("X", synced=False)
    note(x, "n")
    school.exchange(x)
    y = school.clone(x, "Y")
    note(x, "of X")
    school.exchange(x)
    y.write(draft("counter", "counter:0", "create", n=5))  # refused
    assert [y.receive(school.exchange(y)) for _ in range(3)] == ["fork", "fork", "ok"]
    school.exchange(y)
    z = school.clone(y, "Z")
    note(z, "of Z")
    school.exchange(z)
    note(y, "later")
    for result in ("fork", "fork", "ok"):
        assert y.receive(school.exchange(y)) == result
        assert {"n", "later"} <= y.shown.keys()
    school.settle()


def test_what_a_hub_said_of_an_older_id_is_of_its_timeline() -> None:
    """Found by seed 89799: after a restore nobody sent again what only that answer had settled."""
    school = School()
    x = school.laptop("X")
    section(x, "s")
    school.sync(x)
    known = school.hub.backup()
    trash(x, "s")
    x.request()
    disk = x.tables.copy()
    note(x, "lost with the disk")
    school.sync(x)
    x = school.restore(x, disk)
    note(x, "n")
    while x.tx.have(x.tx.segments()[0].rep) < 2:  # until the older id has its answers, but no rows came
        x.receive(school.exchange(x))
    school.hub.restore(known)
    school.settle()
    assert school.value("s", "trashed_at")
