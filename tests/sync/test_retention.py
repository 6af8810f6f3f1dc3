"""What both sides forget in time, and what that costs (SYNC.md sections 2 and 5)."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.sync.forks import FORGOTTEN
from lms_core.sync.replica import engine as replica_module
from tests.simulator.entities import COURSE_ROW, DRAFT, PROGRESS, TALK
from tests.simulator.machines import Laptop
from tests.sync.school import DAY, School, change, lesson, move, note, order, post, remove, rewrite, section, trash


def _log(x: Laptop) -> list[int]:
    return [c for _, c, _ in x.logged()]


def test_answered_ops_are_let_go_after_ninety_days() -> None:
    school = School()
    x = school.laptop("X")
    for n in range(3):
        note(x, f"n{n}")
        school.sync(x)
    school.now += 91 * DAY
    note(x, "late")
    school.sync(x)
    x.forget()
    assert _log(x) == [3, 4]
    change(x, "n0", "star", 2)
    school.settle()
    assert school.value("n0", "star") == 2


def test_what_waits_is_never_let_go() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    x.request()
    school.now += 200 * DAY
    x.forget()
    assert _log(x) == [1]
    school.settle()
    assert "n" in school.hub.rows


def test_a_log_that_grows_too_large_loses_its_oldest(monkeypatch) -> None:
    monkeypatch.setattr(replica_module, "RETENTION_BYTES", 2000)
    school = School()
    x = school.laptop("X")
    for n in range(10):
        note(x, f"n{n}", "word " * 100)
        school.sync(x)
    x.forget()
    assert 1 < len(_log(x)) < 6
    assert _log(x)[-1] == 10


def test_a_hub_restored_to_before_the_retention_gets_what_is_still_there() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "first")
    school.sync(x)
    backup = school.hub.backup()
    note(x, "forgotten")
    school.sync(x)
    school.now += 91 * DAY
    note(x, "kept")
    school.sync(x)
    x.forget()
    note(x, "fresh")
    school.hub.restore(backup)
    school.sync(x)
    school.sync(x)
    assert school.hub.rows.keys() >= {"first", "kept", "fresh"}
    assert {"first", "kept", "fresh"} <= x.shown.keys()


def test_what_follows_on_forgotten_ops_is_sent_once_and_with_its_receipts() -> None:
    """Found by seed 100420: sent under the numbers of forgotten ops, it was judged anew, and then once more."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    backup = school.hub.backup()
    note(x, "forgotten")
    section(y, "s")
    school.sync(x, y, x)
    school.now += 91 * DAY
    note(x, "n")
    lesson(x, "l", "s")
    school.sync(x)
    x.forget()
    school.hub.restore(backup)
    school.grant("a0", DRAFT, False)
    change(x, "n", "star", 1)
    school.sync(x)  # its lesson waits for the section, and this laptop may not see it any more
    assert x.rights == {"account/a0", TALK}
    school.settle()
    assert school.hub.rows.keys() >= {"n", "s", "l"}
    assert [s.rep in school.hub.tables.data["replica"] for s in x.tx.segments()] == [False, True]
    assert not x.parked


def test_a_laptop_away_for_longer_than_deletions_are_remembered() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    for n in range(5):
        note(x, f"n{n}")
    school.settle()
    remove(x, "n1")
    school.sync(x)
    change(y, "n1", "star", 1)
    change(y, "n2", "star", 1)
    school.now += 401 * DAY
    note(x, "later")
    school.sync(x)
    assert school.hub.compact() > 0
    school.settle()
    assert "n1" not in y.shown
    assert y.values("n2")["star"] == 1
    assert [code for _, code, _ in y.parked] == ["gone"]


def test_a_laptop_that_saw_the_deletion_is_not_told_anew() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.settle()
    remove(x, "n")
    school.settle()
    school.now += 401 * DAY
    school.hub.compact()
    assert school.exchange(y).expired == []


def test_the_hub_forgets_answers_after_ninety_days_and_still_skips_what_it_took() -> None:
    school = School()
    x = school.laptop("X")
    for n in range(4):
        note(x, f"n{n}")
    late = x.request()
    school.sync(x)
    school.now += 91 * DAY
    assert school.hub.compact() == 0  # the reply may have been lost
    change(x, "n0", "star", 1)
    school.sync(x)
    assert school.hub.compact() == 4
    before = dict(school.hub.rows)
    assert school.hub.exchange(late, x.account).hw == 5
    assert school.hub.rows == before
    note(x, "more")
    school.settle()
    assert "more" in school.hub.rows


def test_a_clone_from_before_what_the_hub_remembers_sends_all_it_has() -> None:
    school = School()
    x = school.laptop("X")
    for n in range(3):
        note(x, f"n{n}")
    school.sync(x)
    y = school.clone(x, "Y")
    note(y, "clone")
    for n in range(3):
        note(x, f"m{n}")
    school.sync(x)
    school.now += 91 * DAY
    school.hub.compact()
    school.sync(y)
    assert {"clone", "n0", "m2"} <= y.shown.keys()
    assert "clone" in school.hub.rows
    assert FORGOTTEN == -1
    school.settle()


def test_a_reply_that_comes_after_years_is_no_fork() -> None:
    """Found by seed 103551: how far the hub was then lies in what the laptop has let go."""
    school = School()
    x = school.laptop("X")
    note(x, "n")
    late = school.exchange(x)
    for n in range(2):
        change(x, "n", "star", n)
        school.sync(x)
    school.now += 91 * DAY
    change(x, "n", "star", 7)
    school.sync(x)
    x.forget()
    assert x.receive(late) == "stale"
    assert len(x.tx.segments()) == 1
    school.settle()


def test_a_refusal_whose_reply_was_lost_is_told_after_half_a_year() -> None:
    school = School()
    x = school.laptop("X")
    school.grant("a0", TALK, False)
    post(x, "p")
    note(x, "n")
    school.exchange(x)  # its reply never comes
    school.now += 180 * DAY
    school.hub.compact()
    school.settle()
    assert [code for _, code, _ in x.parked] == ["forbidden"]
    assert not x.overlaying()


def test_a_hub_that_was_restored_has_forgotten_what_a_laptop_still_asks() -> None:
    school = School()
    x = school.laptop("X")
    school.grant("a0", TALK, False)
    note(x, "n")
    post(x, "p")
    school.sync(x)
    change(x, "n", "star", 1)
    school.sync(x)
    school.now += 100 * DAY
    school.hub.compact()
    school.hub.restore(school.hub.backup())
    y = school.laptop("Y")
    note(y, "other")
    school.sync(y)
    backup = school.hub.backup()
    note(y, "lost")
    school.sync(y, x)
    school.hub.restore(backup)
    school.settle()
    assert not x.overlaying()
    assert [code for _, code, _ in x.parked] == ["forbidden"]
    assert (x.values("n") or {})["star"] == 1


@pytest.mark.parametrize(("seen", "restored"), [(True, False), (False, False), (False, True)])
def test_what_a_clone_sends_again_of_a_deleted_note_is_not_refused(seen: bool, restored: bool) -> None:
    """Also an edit whose version its deleter had not seen yet, for it was his own (seeds 103039, 205981)."""
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    backup = school.hub.backup()
    if not restored:
        change(x, "n", "star", 0)
        school.sync(x)
    change(x, "n", "star", 1)
    if seen:
        school.sync(x)
    else:
        remove(x, "n")
    note(x, "m")
    school.sync(x)
    if restored:
        school.hub.restore(backup)
        school.sync(x)
    y = school.clone(x, "Y")
    if seen:
        remove(x, "n")
    school.sync(x)
    note(x, "later")
    school.sync(x)
    note(y, "of the clone")
    school.now += 91 * DAY
    school.hub.compact()
    school.settle()
    assert not y.parked
    assert not x.parked
    assert {"m", "later", "of the clone"} <= x.shown.keys()


@pytest.mark.parametrize("what", ["text", "attr", "trash", "place", "delete"])
def test_what_a_clone_sends_again_and_finds_there_acts_at_the_next_restored_hub(what: str) -> None:
    """Found by seed 8816: told that nothing was to do, it did nothing either where nobody else had it any more."""
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    for row in ("s", "t"):
        section(x, row)
    school.sync(x)
    backup = school.hub.backup()
    {
        "text": lambda: rewrite(x, "n", "one two"),
        "attr": lambda: change(x, "n", "star", 1),
        "trash": lambda: trash(x, "s"),
        "place": lambda: move(x, "s", COURSE_ROW, "t"),
        "delete": lambda: remove(x, "n"),
    }[what]()
    school.sync(x)
    y = school.clone(x, "Y")
    note(x, "of X")
    note(y, "of Y")
    school.sync(x)
    school.now += 91 * DAY
    school.sync(x)
    school.hub.compact()
    school.sync(y)
    x.forget()
    want = order(x), x.values("n"), x.values("s")
    school.hub.restore(backup)
    school.settle()
    assert (order(x), x.values("n"), x.values("s")) == want


def test_what_only_rises_rises_again_to_what_a_laptop_still_has() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    row = PROGRESS.id_for("a0", "0")
    x.write(ops.create(PROGRESS, row, {"account_id": "a0", "lesson_id": "0", "pct": 0, "first": 100, "flag": 0}))
    school.sync(x, y)
    backup = school.hub.backup()
    for z, pct, first in ((x, 70, 30), (y, 50, 40)):
        change(z, row, "pct", pct)
        change(z, row, "first", first)
        school.sync(z)
    school.now += 91 * DAY
    school.sync(x)
    x.forget()
    school.hub.restore(backup)
    school.settle()
    assert (school.value(row, "pct"), school.value(row, "first")) == (50, 40)


def test_an_old_id_of_which_nothing_is_left_waits_for_no_answer() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    note(x, "n")
    school.sync(x)
    y = school.clone(x, "Y")
    note(x, "of X")
    note(y, "of Y")
    school.settle()
    for z in (y, x):
        change(z, "n", "star", len(z.name))
        school.sync(z)
    school.now += 91 * DAY
    school.sync(x, y)
    for z in (x, y):
        z.forget()
    school.hub.restore(backup)  # older than all that laptops remember
    school.settle()
    assert not x.overlaying()
    assert not y.overlaying()


@pytest.mark.parametrize("restored", [True, False])
def test_a_scope_that_came_in_part_before_the_hub_forgot_comes_anew(restored: bool) -> None:
    """Found by seed 205229: a row that had come left, and nobody told."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1", synced=restored)
    for n in range(4):
        note(x, f"n{n}", shared=1)
    backup = school.hub.backup()
    school.sync(x, *[y][: int(restored)])
    if restored:
        school.hub.restore(backup)
        school.sync(x)
    while not y.tx.staged().get(TALK):
        y.receive(school.exchange(y, limit=2))
    row = min(y.tables.data["stage", TALK])
    change(x, row, "shared", 0)
    school.sync(x)
    school.now += 401 * DAY
    school.hub.compact()
    school.sync(y)
    assert y.shown.keys() & {f"n{n}" for n in range(4)} == {f"n{n}" for n in range(4)} - {row}
    school.settle()


def test_a_scope_that_was_gone_on_with_too_late_is_asked_for_again_in_the_same_run() -> None:
    """Found by seed 27081: the run ended with a reply whose rows went on from what was dropped."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    for n in range(4):
        note(x, f"n{n}", shared=1)
    school.sync(x)
    while not y.tx.staged().get(TALK):
        y.receive(school.exchange(y, limit=2))
    school.now += 391 * DAY
    school.sync(y)
    assert y.shown.keys() >= {f"n{n}" for n in range(4)}
    school.settle()


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_scope_whose_last_entries_were_forgotten_comes_whole_in_slices(limit: int) -> None:
    school = School()
    x = school.laptop("X")
    for n in range(6):
        note(x, f"n{n}")
    school.sync(x)
    remove(x, "n5")
    school.sync(x)
    school.now += 401 * DAY
    school.hub.compact()
    y = school.laptop("Y", synced=False)
    school.sync(y, limit=limit)
    assert y.shown.keys() >= {f"n{n}" for n in range(5)}
    school.settle()
