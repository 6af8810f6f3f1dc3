"""Replies and requests that are lost, late or in parts (SYNC.md section 11)."""

from __future__ import annotations

from tests.simulator.entities import DRAFT
from tests.sync.school import DAY, School, change, note, post, remove, rewrite, section


def test_reply_lost_after_commit_and_retried_five_times() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    change(x, "n", "star", 7)
    school.hub.project()
    school.exchange(x)
    school.hub.project()
    before = school.hub.tables.data["meta"]["commit"]
    for _ in range(5):
        school.exchange(x)
    school.settle()
    assert school.value("n", "star") == 7
    assert school.hub.tables.data["meta"]["commit"] == before


def test_refusal_in_a_lost_reply_is_told_later() -> None:
    school = School()
    x = school.laptop("X")
    post(x, "p", "rude")
    school.exchange(x)
    school.settle()
    assert [code for _, code, _ in x.parked] == ["bad_value"]
    assert "p" not in x.shown


def test_request_three_days_late_changes_nothing() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n")
    change(x, "n", "star", 1)
    late = x.request()
    school.sync(x, y)
    change(y, "n", "star", 2)
    school.sync(y)
    school.now += 3 * DAY
    before = school.hub.tables.data["meta"]["commit"]
    x.receive(school.hub.exchange(late, x.account))
    assert school.hub.tables.data["meta"]["commit"] == before
    school.settle()
    assert school.value("n", "star") == 2


def test_late_reply_revives_nothing() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", shared=1)
    school.sync(x)
    stranger = school.laptop("Z", "a1", synced=False)
    late = school.exchange(stranger)
    change(x, "n", "shared", 0)
    school.sync(x, y, stranger)
    stranger.receive(late)
    school.settle()
    assert "n" not in stranger.shown


def test_staged_backfill_while_the_hub_moves_on() -> None:
    school = School()
    x = school.laptop("X")
    for n in range(12):
        section(x, f"s{n}")
    school.sync(x)
    y = school.laptop("Y", "a1", synced=False)
    while not y.tx.staged().get(DRAFT):
        y.receive(school.exchange(y, limit=3))
    assert not any(row.startswith("s") for row in y.shown)
    change(x, "s0", "title", "later")
    section(x, "s12")
    school.sync(x)
    school.sync(y, limit=3)
    school.settle()
    assert y.values("s0")["title"] == "later"  # type: ignore[index]


def test_a_gap_is_asked_for_again() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.exchange(x)
    with x.open() as tx:
        segments = tx.segments()
        segments[-1].hw = 1
        tx.save_segments(segments)
    change(x, "n", "star", 1)
    backup = school.hub.tables
    school.hub.store.tables.data["replica"].clear()
    school.hub.store.tables.data[("chain", x.tx.segments()[-1].rep)].clear()
    assert school.exchange(x).status == "gap"
    assert backup is school.hub.tables


def test_one_way_partition_for_seven_days() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "day")
    school.sync(x)
    for day in range(7):
        rewrite(x, "n", f"{x.values('n')['body']}\n\nday {day}")  # type: ignore[index]
        note(x, f"n{day}")
        for _ in range(4):
            school.exchange(x)  # the request gets through, the reply never does
        school.now += DAY
    assert school.value("n", "body") == x.values("n")["body"]  # type: ignore[index]
    assert len(list(x.logged())) == 2 * 7 + 1
    before = school.hub.tables.data["meta"]["commit"]
    school.sync(x)
    assert school.hub.tables.data["meta"]["commit"] == before
    school.settle()
    assert y.values("n") == x.values("n")
    assert not school.conflicts()


def test_five_hundred_days_away() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    for row in ("gone", "live"):
        note(x, row, "one")
    school.sync(x, y)
    rewrite(y, "gone", "one\n\nfrom afar")
    rewrite(y, "live", "one\n\nfrom afar")
    remove(x, "gone")
    for _ in range(50):
        school.now += 10 * DAY
        change(x, "live", "star", school.now)
        school.sync(x)
    school.settle()
    assert school.row("gone").gone
    assert school.value("live", "body") == "one\n\nfrom afar"
    assert [(op.row, code) for op, code, _ in y.parked] == [("gone", "gone")]
