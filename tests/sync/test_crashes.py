"""Programs and disks that stop in the middle (SYNC.md section 11)."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.errors import DiskFull
from tests.simulator.entities import ANSWER, ATTEMPT
from tests.simulator.tables import Crash, PowerLoss
from tests.sync.school import School, change, enrol, note


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


def test_power_loss_at_every_statement_of_the_hub() -> None:
    school = School()
    x, tables = school.laptop("X"), school.hub.tables
    note(x, "n", shared=1)
    school.sync(x)
    change(x, "n", "star", 1)
    enrol(x)
    request, before, lost = x.request(), tables.rows(), 0
    for statement in range(10_000):
        tables.fuse, tables.blow = statement, PowerLoss()
        try:
            school.hub.exchange(request, x.account)
            break
        except PowerLoss:
            lost += 1
        with pytest.raises(RuntimeError):
            tables.put("meta", "commit", 0)
        assert tables.rows() == before
        tables.on()
        school.hub.start()
        before = tables.rows()
    assert lost > 10
    taken = tables.rows()
    tables.power_loss()
    assert tables.rows() == taken != before
    tables.on()
    school.hub.start()
    school.settle()
    assert (school.value("n", "star"), school.value("n", "shared")) == (1, 1)


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


def test_power_loss_right_after_the_reply() -> None:
    school = School()
    x = school.laptop("X")
    backup = school.hub.backup()
    note(x, "n")
    school.sync(x)
    school.hub.restore(backup)  # even a disk that lied and lost the last commits
    school.settle()
    assert "n" in school.hub.rows


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
