"""Programs of different age talk to each other (SYNC.md sections 5 and 10): two schemas ahead, six behind."""

from __future__ import annotations

import msgspec
import pytest

from lms_core.errors import VersionMismatch
from lms_core.schema import Entity, Schema
from tests.simulator.entities import SCHEMA
from tests.simulator.machines import Laptop
from tests.simulator.versions import ESSAY, PROGRAMS, RICHER
from tests.sync.school import DAY, School, change, draft, note


def _schema(version: int, *more: Entity, oldest: int = 1) -> Schema:
    return Schema([*({e.name: e for e in (*SCHEMA.entities.values(), *more)}.values())], version, oldest=oldest)


def _program(x: Laptop, schema: Schema) -> Laptop:
    """Another version of the app on this laptop."""
    x.use(schema)
    return x


def _essay(x: Laptop, row: str) -> None:
    x.write(draft("essay", row, "create", account_id=x.account, body="new kind", star=0, shared=0))


def test_what_a_newer_laptop_writes_waits_for_the_server() -> None:
    school = School()
    x = _program(school.laptop("X"), _schema(3, RICHER, ESSAY))
    note(x, "n", mood=7)
    change(x, "n", "star", 4)
    _essay(x, "s")
    note(x, "plain")
    with x.open() as tx:
        request = x.engine.request(tx)
    reply = school.hub.exchange(request, x.account)
    x.receive(reply)
    assert [v.verdict for v in reply.verdicts] == ["held", "held", "held", "applied"]
    assert x.shown.keys() >= {"n", "s", "plain"}
    assert school.hub.rows.keys() & {"n", "s", "plain"} == {"plain"}
    school.hub.use(_schema(2, RICHER))
    assert school.value("n", "mood") == 7
    assert school.value("n", "star") == 4
    assert "s" not in school.hub.rows
    school.hub.use(_schema(3, RICHER, ESSAY))
    assert school.value("s", "body") == "new kind"
    school.sync(x)
    assert not x.overlaying()
    assert not x.parked


def test_what_waits_for_long_is_not_forgotten() -> None:
    """Found by seed 108: after 90 days the hub forgot the answers of ops that it still held."""
    school = School()
    x = _program(school.laptop("X"), PROGRAMS[2])
    _essay(x, "e")
    school.sync(x)
    for _ in range(2):
        school.now += 91 * DAY
        note(x, f"at {school.now}")
        school.sync(x, x)
        school.hub.compact()
    school.sync(x)
    assert not x.parked
    assert "e" in x.shown
    school.hub.use(PROGRAMS[2])
    school.hub.compact()
    school.settle()
    assert school.value("e", "body") == "new kind"
    assert not x.overlaying()
    assert not x.parked


def test_all_that_was_forgotten_between_later_answers_is_told_at_once() -> None:
    school = School()
    x, y = (_program(school.laptop(name), PROGRAMS[2]) for name in "XY")
    note(x, "n")
    _essay(x, "e")
    note(x, "m")
    school.sync(x)
    school.now += 50 * DAY
    school.hub.use(PROGRAMS[2])  # only now the second is answered
    school.sync(x)
    school.now += 50 * DAY
    note(x, "late")
    school.sync(x, x)
    school.hub.compact()
    backup = school.hub.backup()
    note(y, "lost")
    school.sync(y, x)
    school.hub.restore(backup)
    school.sync(x)
    assert not x.overlaying()
    assert not x.parked
    school.settle()


def test_an_older_laptop_refuses_nothing_it_does_not_know() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    schema = _schema(7, RICHER, ESSAY)
    school.hub.use(schema)
    _program(x, schema)
    note(x, "n", mood=7)
    _essay(x, "s")
    school.sync(x)
    school.sync(y)
    change(y, "n", "star", 2)
    school.sync(y)
    assert school.value("n", "mood") == 7
    assert school.value("n", "star") == 2
    _program(y, schema)
    assert y.values("n")["mood"] == 7
    assert "s" in y.shown


def test_a_laptop_that_is_too_old_still_gives_its_work() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "old")
    school.sync(x)
    school.hub.use(_schema(7, RICHER, oldest=5))
    note(x, "new")
    reply = school.exchange(x)
    assert reply.status == "upgrade"
    assert not reply.slices
    assert x.receive(reply) == "upgrade"
    assert "new" in school.hub.rows
    assert x.shown.keys() >= {"old", "new"}
    _program(x, _schema(7, RICHER))
    school.settle()
    assert not x.overlaying()


def test_a_newer_protocol_is_told_so() -> None:
    school = School()
    x = school.laptop("X")
    with pytest.raises(VersionMismatch):
        school.hub.exchange(msgspec.structs.replace(x.request(), protocol=2), x.account)
