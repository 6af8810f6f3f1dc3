"""Named scenarios of machines and networks that fail (SYNC.md section 11)."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.errors import Denied, DiskFull
from tests.simulator.entities import ANSWER, ATTEMPT, DRAFT, NOTE, PROGRESS, TALK
from tests.simulator.tables import Crash
from tests.sync.school import DAY, YEAR, School, change, draft, enrol, lesson, note, post, rewrite, section, step


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


def test_crash_at_every_statement_of_an_apply() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    for n in range(4):
        note(x, f"n{n}", shared=1)
    school.sync(x)
    note(y, "mine")
    reply = school.exchange(y)
    for statement in range(10_000):
        y.tables.fuse = statement
        before = {name: dict(rows) for name, rows in y.tables.data.items() if rows}
        try:
            y.receive(reply)
            break
        except Crash:
            y.restart()
            assert {name: rows for name, rows in y.tables.data.items() if rows} == before
    y.tables.fuse = None
    assert statement > 20
    school.settle()
    assert y.shown.keys() >= {"n0", "n3", "mine"}


def test_crash_at_every_statement_of_the_hub() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n", shared=1)
    enrol(x)
    request = x.request()
    for statement in range(10_000):
        school.hub.tables.fuse = statement
        try:
            school.hub.exchange(request, x.account)
            break
        except Crash:
            school.hub.start()
    school.hub.tables.fuse = None
    assert statement > 10
    school.settle()
    assert school.value("n", "shared") == 1


def test_full_disk_at_the_hub_is_no_verdict() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    request = x.request()
    school.hub.tables.fuse, school.hub.tables.blow = 2, DiskFull()
    with pytest.raises(DiskFull):
        school.hub.exchange(request, x.account)
    assert "n" not in school.hub.rows
    school.settle()
    assert "n" in school.hub.rows


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


def test_a_forged_receipt_is_worth_nothing() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    school.sync(x, y)
    school.grant("a1", DRAFT, False)
    change(y, "s", "title", "mine now")
    request = y.request()
    receipt = school.hub.engine._seal("a0", b"", 1, "applied", "", (1, 1))
    from lms_core.sync.wire import Receipt

    forged = {c: Receipt(school.now, "applied", "", (1, 1), receipt) for c in range(1, request.last_c + 1)}
    import msgspec

    y.receive(school.hub.exchange(msgspec.structs.replace(request, receipts=forged), "a1"))
    school.settle()
    assert school.value("s", "title") == "s"
    assert [code for _, code, _ in y.parked] == ["forbidden"]


def test_a_foreign_replica_is_denied() -> None:
    school = School()
    x = school.laptop("X")
    school.laptop("Y", "a1")
    with pytest.raises(Denied):
        school.hub.exchange(x.request(), "a1")


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
    for n in range(40):
        post(z, f"z{n}")
        if n % 10 == 0:
            school.sync(z)
    school.settle()
    assert school.hub.rows.keys() >= {"day4", "p4", "z39"}
    assert school.value("n", "star") == 9


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


def test_power_loss_right_after_the_reply() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    note(x, "n")
    school.sync(x)
    school.hub.restore(backup)  # even a disk that lied and lost the last commits
    school.settle()
    assert "n" in school.hub.rows


def test_text_that_lost_is_kept_again_at_a_restored_hub() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    lesson(x, "l", "s")
    school.sync(x, y)
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


def test_poison_op_at_the_head_of_five_hundred() -> None:
    school = School()
    x = school.laptop("X")
    post(x, "bad", "poison")
    for n in range(499):
        post(x, f"p{n}")
    school.settle()
    assert school.hub.rows.keys() >= {"p0", "p498"}
    assert "bad" not in school.hub.rows
    assert [code for _, code, _ in x.parked] == ["exception"]
    assert len(school.hub.tables.data["quarantined"]) == 1


def test_rejected_create_with_twenty_dependants() -> None:
    school = School()
    x = school.laptop("X")
    post(x, "top", "rude")
    for n in range(20):
        post(x, f"p{n}", re="top" if n % 2 else f"p{n - 1}" if n else "top")
    school.settle()
    assert not [row for row in x.shown if row.startswith("p")]
    assert sorted({code for _, code, _ in x.parked}) == ["bad_value", "depends"]
    assert len(x.parked) == 21


@pytest.mark.parametrize("statement", [0, 3, 9, 20, 40])
def test_submit_group_of_twelve_hit_by_a_crash(statement: int) -> None:
    school = School()
    x = school.laptop("X")
    mine = {"account_id": "a0", "txt": "t"}
    answers = [ops.create(ANSWER, f"answer:{n}", {**mine, "of": "attempt:0"}) for n in range(11)]
    x.write(ops.create(ATTEMPT, "attempt:0", mine), *answers, group="g")
    request = x.request(ops=1)
    assert len(request.ops) == 12
    school.hub.tables.fuse = statement
    with pytest.raises(Crash):
        school.hub.exchange(request, "a0")
    school.hub.start()
    assert not [row for row in school.hub.rows if row.startswith("answer")]
    school.settle()
    assert len([row for row in school.hub.rows if row.startswith("answer")]) == 11


def test_group_refused_in_its_middle() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    mine = {"account_id": "a0", "txt": "t"}
    x.write(
        ops.change(NOTE, "n", "star", 5),
        ops.create(ATTEMPT, "attempt:0", {**mine, "account_id": "somebody"}),
        ops.create(ANSWER, "answer:0", {**mine, "of": "attempt:0"}),
        group="g",
    )
    change(x, "n", "tags/a", 1)
    school.settle()
    assert school.value("n", "star") == 0
    assert school.value("n", "tags/a") == 1
    assert {(code, bool(cause)) for _, code, cause in x.parked} == {("forbidden", True), ("forbidden", False)}


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


def test_two_devices_create_the_same_row_offline() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    row = PROGRESS.id_for("a0", "0")
    for z, pct, first in ((x, 30, 200), (y, 70, 100)):
        values = {"account_id": "a0", "lesson_id": "0", "pct": pct, "first": first, "flag": pct}
        z.write(ops.create(PROGRESS, row, values))
        school.now += 10
    assert enrol(x) == enrol(y)
    step(x, enrol(x), "apply")
    school.sync(y, x)
    school.settle()
    assert (school.value(row, "pct"), school.value(row, "first"), school.value(row, "flag")) == (70, 100, 70)
    assert school.value(enrol(x), "status") == "applied"


def test_a_squatter_is_refused() -> None:
    school = School()
    x = school.laptop("X", "a1")
    row = PROGRESS.id_for("a0", "0")
    x.write(ops.create(PROGRESS, row, {"account_id": "a1", "lesson_id": "0", "pct": 1}))
    x.write(ops.create(PROGRESS, PROGRESS.id_for("a0", "1"), {"account_id": "a0", "lesson_id": "1", "pct": 1}))
    school.settle()
    assert row not in school.hub.rows
    assert sorted(code for _, code, _ in x.parked) == ["bad_id", "forbidden"]


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


def test_unreadable_and_unknown_ops_get_a_verdict() -> None:
    school = School()
    x = school.laptop("X")
    x.write(draft("nothing", "r1", "create", a=1))
    x.write(draft("note", "n", "dance"))
    x.write(draft("note", "m", "create", account_id="a0", secret=1))
    school.sync(x)
    assert sorted(code for _, code, _ in x.parked) == ["bad_op", "unknown_entity", "unknown_field"]


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
