"""Clocks that are wrong, and people who set them so (SYNC.md sections 4 and 11)."""

from __future__ import annotations

from tests.sync.school import DAY, YEAR, School, change, note


def test_clock_ten_years_fast_then_corrected() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    x.skew = 10 * YEAR
    change(x, "n", "star", 1)
    school.sync(x, y)
    x.skew = 0
    change(y, "n", "star", 2)
    school.sync(y, x)
    assert school.value("n", "star") == 2
    change(x, "n", "star", 3)
    school.settle()
    assert school.value("n", "star") == 3
    assert school.row("n").cells["star"].t <= school.now


def test_clock_five_years_slow_and_thirty_days_offline() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    change(y, "n", "star", 1)
    school.now += 10
    school.sync(y)
    last = school.now
    school.sync(x)
    x.skew = -5 * YEAR
    change(x, "n", "star", 2)
    school.now += 30 * DAY
    school.settle()
    assert school.value("n", "star") == 2
    assert last <= school.row("n").cells["star"].t <= school.now


def test_clock_set_back_between_two_edits_of_one_person() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    for skew, value in ((0, 1), (-YEAR, 2), (10 * YEAR, 3), (-5 * YEAR, 4)):
        x.skew = skew
        change(x, "n", "star", value)
        x.request()  # sealed: the next edit does not coalesce
    school.settle()
    assert school.value("n", "star") == 4


def test_nobody_can_back_date() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    school.sync(x, y)
    change(x, "n", "star", 1)
    school.sync(x)
    with y.open() as tx:
        state = tx.state()
        tx.remember_time(school.now + 9 * YEAR, b"forged!!")
        state.lo = school.now + 9 * YEAR
        tx.save_state(state)
    change(y, "n", "star", 2)
    school.sync(y)
    assert school.row("n").cells["star"].t <= school.now
