"""What makes the program fail beyond the rules blocks nothing (SYNC.md section 5)."""

from __future__ import annotations

import msgspec
import pytest

from lms_core.errors import UserError
from lms_core.schema import Field, Row, Schema, Scopes
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.sealed import halved
from lms_core.sync.wire import pack, unpack_request
from tests.simulator.entities import NOTE, SCHEMA
from tests.simulator.server import KEY
from tests.sync.school import School, draft, note, post


def _scopes(row: Row) -> Scopes:
    if row["body"] == "boom":
        raise ZeroDivisionError("no such scope")
    return NOTE.scopes(row)


def test_a_row_that_cannot_be_fed_is_set_aside_alone() -> None:
    school = School()
    x = school.laptop("X")
    entities = {**SCHEMA.entities, "note": msgspec.structs.replace(NOTE, scopes=_scopes)}
    hub = school.hub
    hub.engine = HubEngine(
        schema=Schema(entities.values()), store=hub.store, clock=hub.engine.clock, key=KEY
    )  # fmt: skip
    for n in range(9):
        note(x, f"n{n}", "boom" if n == 4 else f"note {n}")
    post(x, "after")
    school.sync(x)
    assert hub.rows.keys() >= {*(f"n{n}" for n in range(9) if n != 4), "after"}
    assert "n4" not in hub.rows
    assert [code for _, code, _ in x.parked] == ["exception"]
    assert len(hub.tables.data["quarantined"]) == 1


def test_a_rule_that_fails_holds_up_nothing_in_its_request() -> None:
    school = School()
    x = school.laptop("X")
    post(x, "bad", "poison")
    for n in range(4):
        post(x, f"p{n}")
    reply = school.exchange(x)
    assert [v.verdict for v in reply.verdicts] == ["quarantined", *["applied"] * 4]


def test_an_op_that_claims_another_entity_for_a_row_is_refused() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    x.write(draft("lesson", "n", "attr", field="title", value="not mine"))
    school.sync(x)
    assert [code for _, code, _ in x.parked] == ["wrong_entity"]


@pytest.mark.parametrize("value", [1 << 63, -(1 << 63) - 1, float("nan"), float("inf")])
def test_numbers_that_no_database_keeps_are_refused(value: float) -> None:
    with pytest.raises(UserError) as refused:
        Field("attr", (int, float)).check("n", value)
    assert refused.value.code in ("bad_value", "out_of_range")


@pytest.mark.parametrize("field", ["last_c", "at", "have", "limit"])
def test_a_request_with_numbers_beyond_reason_is_refused(field: str) -> None:
    school = School()
    request = msgspec.structs.replace(school.laptop("X").request(), **{field: 1 << 63})
    with pytest.raises(UserError):
        unpack_request(pack(request))


def test_half_of_a_request_has_whole_groups() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "a")
    for row in ("b", "c", "d"):
        x.write(draft("note", row, "create", account_id="a0", body=row, star=0, shared=0), group="one")
    note(x, "e")
    ops = x.request().ops
    assert len(halved(ops)) == 4
    assert halved(ops[1:4]) == []
    assert halved([msgspec.Raw(b"\xc1"), *ops[:1]]) == [msgspec.Raw(b"\xc1")]
