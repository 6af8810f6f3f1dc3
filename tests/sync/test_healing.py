"""Sums over the rows of a scope, and healing where they are not the same (SYNC.md section 5, checksums)."""

from __future__ import annotations

import pytest

from lms_core.sync.replica import healing
from lms_core.sync.sums import Sums, bucket_of, sums_of
from tests.simulator.entities import DRAFT
from tests.simulator.machines import Laptop
from tests.sync.school import School, change, note, section


def _same(school: School, x: Laptop) -> bool:
    feeds = _feeds(school, x)
    return all(list(feeds[scope].sums) == sums for scope, sums in x.sums().items() if scope in feeds)


def _feeds(school: School, x: Laptop):
    with school.hub.store.read() as snapshot:
        return snapshot.feeds(snapshot.scopes_of(x.account))


def _spoil(x: Laptop, scope: str, *rows: str) -> None:
    with x.open() as tx:
        for row in rows:
            tx.t.drop(("base", scope), row)
        x.engine.refold(tx, rows)


def test_sums_follow_every_change() -> None:
    one = sums_of([("a", (1, 1)), ("b", (1, 2))])
    two = Sums()
    for row, old, new in (("a", None, (1, 0)), ("b", None, (1, 2)), ("c", None, (9, 9)), ("a", (1, 0), (1, 1)),
                          ("c", (9, 9), None)):  # fmt: skip
        two.change(row, old, new)
    assert one.values == two.values
    assert Sums.read(two.packed()).values == two.values
    assert sum(v != 0 for v in one.values) == len({bucket_of("a"), bucket_of("b")})


def test_both_sides_count_the_same() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    for n in range(20):
        note(x, f"n{n}", shared=n % 2)
        section(x, f"s{n}")
    school.settle()
    change(x, "n1", "shared", 0)
    change(y, "s3", "title", "other")
    school.settle()
    assert _same(school, x)
    assert _same(school, y)
    assert school.audit(x) == {}


@pytest.mark.parametrize("limit", [2000, 3])
def test_lost_rows_come_back_and_nothing_else_moves(limit: int) -> None:
    school = School()
    x = school.laptop("X")
    for n in range(40):
        section(x, f"s{n}")
    school.settle()
    _spoil(x, DRAFT, "s3", "s7")
    assert "s3" not in x.shown
    assert school.audit(x).keys() == {DRAFT}
    change(x, "s9", "title", "waiting")
    school.sync(x, limit=limit)
    school.settle()
    assert _same(school, x)
    assert {"s3", "s7"} <= x.shown.keys()
    assert school.value("s9", "title") == "waiting"


def test_rows_that_should_not_be_there_go() -> None:
    school = School()
    x = school.laptop("X")
    section(x, "s")
    school.settle()
    with x.open() as tx:
        ghost = tx.base(("s",))["s"][0]
        tx.t.put(("base", DRAFT), "ghost", ghost)
        x.engine.refold(tx, ("ghost",))
    assert "ghost" in x.shown
    school.audit(x)
    school.sync(x)
    assert "ghost" not in x.shown
    assert _same(school, x)


def test_healing_goes_on_while_the_scope_changes() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    for n in range(30):
        section(x, f"s{n}")
    school.settle()
    _spoil(x, DRAFT, *(f"s{n}" for n in range(0, 30, 2)))
    sums = x.sums()
    with x.open() as tx:
        request = x.engine.request(tx, audit=sums)
    x.receive(school.hub.exchange(request, x.account))
    assert x.tx.healing()
    for n in range(30):
        reply = school.exchange(x, limit=4)
        x.receive(reply)
        change(y, f"s{n % 5}", "title", f"again{n}")
        school.sync(y)
        if not x.tx.healing():
            break
    school.settle()
    assert _same(school, x)
    assert x.shown.keys() >= {f"s{n}" for n in range(30)}


def test_audits_are_rarer_the_more_they_find() -> None:
    assert [healing.pause(n) for n in (1, 2, 3, 9)] == [60_000, 3_600_000, 86_400_000, 86_400_000]
