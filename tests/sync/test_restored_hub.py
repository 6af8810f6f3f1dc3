"""A hub that was brought back from a backup, and the laptops that make it whole (SYNC.md section 2)."""

from __future__ import annotations

import pytest

from lms_core import ops
from tests.simulator.entities import DRAFT, POST, TALK
from tests.sync.school import (
    DAY,
    YEAR,
    School,
    attempt,
    change,
    lesson,
    note,
    order,
    post,
    remove,
    rewrite,
    section,
    shared_lesson,
)


def test_hub_restored_after_its_clock_ran_ten_years_ahead() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    backup = school.hub.backup()
    school.hub.skew = 10 * YEAR
    school.hub.start()
    change(x, "n", "star", 5)
    school.sync(x)
    school.hub.skew = 0
    school.hub.restore(backup)
    school.settle()
    assert school.value("n", "star") == 5


def test_hub_restored_during_a_staged_pull() -> None:
    school = School()
    x = school.laptop("X")
    section(x, "old")
    school.sync(x)
    backup = school.hub.backup()
    for n in range(12):
        section(x, f"s{n}")
    school.sync(x)
    y = school.laptop("Y", "a1", synced=False)
    while not y.tx.staged().get(DRAFT):
        y.receive(school.exchange(y, limit=3))
    school.hub.restore(backup)
    school.sync(y)
    assert [row for row in y.shown if row.startswith("s")] == []
    school.settle()
    assert "s11" in y.shown


def test_what_was_staged_of_a_lost_timeline_is_not_gone_on_with() -> None:
    school = School()
    x, z = school.laptop("X"), school.laptop("Z")
    backup = school.hub.backup()
    for n in range(12):
        section(x, f"s{n}")
    school.sync(x)
    y = school.laptop("Y", "a1", synced=False)
    while not y.tx.staged().get(DRAFT):
        y.receive(school.exchange(y, limit=6))
    school.hub.restore(backup)
    for n in range(6):
        section(z, f"z{n}")
    school.sync(z, x)
    school.sync(y)
    assert y.shown.keys() >= {"z0", "z5", "s0", "s11"}
    school.settle()


def test_hub_restored_to_yesterday_then_new_writes() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    note(x, "n", shared=1)
    school.sync(x, y)
    backup = school.hub.backup()
    school.now += DAY
    for n in range(5):
        note(x, f"day{n}", shared=1)
        post(y, f"p{n}")
    change(x, "n", "star", 9)
    school.sync(x, y)
    school.hub.restore(backup)
    z = school.laptop("Z", "a1")
    for start in range(0, 10_000, 2000):
        z.write(*(ops.create(POST, f"z{n}", {"txt": "t", "re": None}) for n in range(start, start + 2000)))
        school.sync(z)
    school.settle()
    assert school.hub.rows.keys() >= {"day4", "p4", "z0", "z9999"}
    assert school.value("n", "star") == 9


def test_text_that_lost_is_kept_again_at_a_restored_hub() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    shared_lesson(school, x, y)
    backup = school.hub.backup()
    change(y, "l", "summary", "The one that loses, long enough to be missed by somebody.")
    school.now += 10
    change(x, "l", "summary", "The one that wins, long enough to be missed by somebody too.")
    school.sync(x, y)
    assert [c.value("mine")[:17] for c in school.conflicts()] == ["The one that lose"]
    for _ in range(2):
        school.hub.restore(backup)
        school.settle()
        assert [c.value("mine")[:17] for c in school.conflicts()] == ["The one that lose"]


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


@pytest.mark.parametrize("first", ["deleter", "editor"])
def test_a_deleted_note_stays_deleted_at_a_restored_hub(first: str) -> None:
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
    school.sync(*((x, y) if first == "deleter" else (y, x)))  # a delete that had seen the edit, on the lost timeline
    school.settle()
    assert school.row("n").gone
    assert not x.parked + y.parked


def test_words_of_a_later_lost_timeline_are_told_to_their_author() -> None:
    """The hub is restored twice: whoever deletes had seen the first timeline, the words were written on the second."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    backup = school.hub.backup()
    change(x, "n", "star", 1)
    school.sync(x, y)
    remove(y, "n")
    school.hub.restore(backup)
    rewrite(x, "n", "words of the second timeline")
    school.sync(x)
    school.hub.restore(backup)
    school.sync(y, x)
    school.settle()
    assert school.row("n").gone
    assert [(op.args["text"], code) for op, code, _ in x.parked] == [("words of the second timeline", "gone")]


def test_what_a_deleted_note_had_lost_before_is_kept_also_when_its_delete_comes_first() -> None:
    """Found by seed 225135: the summary that lost was in the note for its deleter, who had seen the other."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    backup = school.hub.backup()
    for z, word in ((x, "first"), (y, "second")):
        change(z, "n", "summary", f"A text that people would miss if it were lost: {word}")
        school.now += 1
    rewrite(x, "n", "one\n\ntwo\n\nfour")
    rewrite(y, "n", "one\n\ntwo\n\nfive")
    school.sync(x, y, x)
    before = {row.value("mine") for row in school.conflicts()}
    assert len(before) == 2
    remove(x, "n")
    school.sync(x)
    for _ in range(2):
        school.hub.restore(backup)
        school.sync(x, y)
        school.settle()
        assert school.row("n").gone
        assert {row.value("mine") for row in school.conflicts()} == before
    assert not x.parked + y.parked


@pytest.mark.parametrize("first", ["deleter", "editor"])
@pytest.mark.parametrize("seen", [True, False])
def test_what_the_deleter_of_a_note_had_replaced_is_not_refused_when_the_delete_comes_first(
    first: str, seen: bool
) -> None:
    """Found by seed 27405: it was replaced unseen, so the delete had no base that told of it; a text is kept."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    backup = school.hub.backup()
    for z, star, word in ((y, 1, "first"), (x, 2, "second")):
        change(z, "n", "star", star)
        change(z, "n", "summary", f"A text that people would miss if it were lost: {word}")
        school.now += 1
        school.sync(y, *[x][: int(seen)])
    remove(x, "n")
    school.sync(x)
    before = [row.value("mine") for row in school.conflicts()]
    assert len(before) == (not seen)
    for _ in range(2):
        school.hub.restore(backup)
        school.sync(*((x, y) if first == "deleter" else (y, x)))
        school.settle()
        assert school.row("n").gone
        assert [row.value("mine") for row in school.conflicts()] == before
    assert not x.parked + y.parked


def test_words_that_had_gone_into_another_text_are_told_when_that_was_deleted_before_they_came() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    backup = school.hub.backup()
    rewrite(y, "n", "one\n\ntwo\n\nthree\n\nof Y")
    rewrite(x, "n", "of X\n\none\n\ntwo\n\nthree")
    school.sync(y, x)
    school.hub.restore(backup)
    school.sync(x)
    remove(x, "n")
    school.sync(x)
    school.settle()
    assert school.row("n").gone
    assert [(op.args["text"], code) for op, code, _ in y.parked] == [("one\n\ntwo\n\nthree\n\nof Y", "gone")]


def test_words_that_came_again_and_went_on_in_another_text_are_not_refused_to_a_clone() -> None:
    """Found by seed 60985: their version is of the lost timeline, and the text has that of the edit after them."""
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    school.sync(x)
    backup = school.hub.backup()
    rewrite(x, "n", "one\n\ntwo")
    school.sync(x)
    school.hub.restore(backup)
    school.sync(x)
    y = school.clone(x, "Y")
    rewrite(x, "n", "one and a half\n\ntwo")
    school.sync(x)
    remove(x, "n")
    school.sync(x)
    note(y, "of the clone")
    school.now += 91 * DAY
    school.hub.compact()
    school.settle()
    assert school.row("n").gone
    assert not x.parked + y.parked


def test_a_reply_for_a_later_self_is_not_for_a_laptop_of_before_the_restore() -> None:
    """Found by seed 229032: brought back, it took the new timeline's mark and kept rows of the lost one."""
    school = School()
    x, y, z = (school.laptop(name) for name in "XYZ")
    backup = school.hub.backup()
    note(y, "lost")
    school.sync(y, x)
    old = x.tables.copy()
    school.laptops.remove(y)
    school.hub.restore(backup)
    school.sync(x)
    for row in ("m", "n"):
        note(z, row)
    school.sync(z)
    late = school.exchange(x)
    x = school.restore(x, old)
    assert x.receive(late) == "stale"
    school.settle()
    assert "lost" not in x.shown


def test_a_delete_has_not_seen_what_an_edit_hides_that_shows_again_after_a_restore() -> None:
    """Found by seed 306725: until the scope is here as a whole, edits of the lost timeline lie over what came after."""
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one")
    note(x, "other")
    school.sync(x, y)
    rewrite(x, "n", "one\n\ntwo")
    school.sync(x, y)
    backup = school.hub.backup()
    rewrite(y, "n", "one\n\ntwo\n\nwords of Y")
    school.sync(y, x)
    school.hub.restore(backup)
    x.receive(school.exchange(x))
    x.receive(school.exchange(x, limit=1))
    assert x.values("n")["body"] == "one\n\ntwo"
    remove(x, "n")
    school.sync(y, x)
    school.settle()
    assert school.value("n", "body") == "one\n\ntwo\n\nwords of Y"
    assert [code for _, code, _ in x.parked] == ["edited_elsewhere"]


def test_what_keeps_when_it_came_came_then_also_at_a_restored_hub() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    row = attempt(x)
    school.sync(x)
    stamps = [school.value(row, name) for name in ("contact_at", "received_at")]
    for _ in range(2):  # the second receipt says so, too
        school.now += DAY
        school.hub.restore(backup)
        school.settle()
        assert [school.value(row, name) for name in ("contact_at", "received_at")] == stamps
