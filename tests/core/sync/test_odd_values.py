"""Values that one database takes and another does not hold up no queue."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lms_core.errors import UserError
from lms_core.ops import ROOT_CHAIN, Draft, Op, seal
from lms_core.ports import new_uuid7
from lms_core.sync.wire import PROTOCOL, Request, decode_entry
from lms_core.workspace import Workspace
from tests.core.school import School

ODD = {
    "a null byte in a text": ("note", "{id}", {"body": "before\0after"}, "applied"),
    "a null byte in an id": ("note", "{id}\0", {"body": "x"}, "rejected"),
    "a null byte in the id of another row": ("note", "{id}", {"body": "x", "lesson_id": "\0"}, "applied"),
    "half a pair as a replacement": ("note", "{id}", {"body": "\ufffd\ufffe\U0010ffff"}, "applied"),
    "a number beyond all columns": ("study_session", "{id}", {"seconds": 1, "start": 1 << 63}, "rejected"),
    "an entity with a null byte": ("no\0te", "{id}", {}, "rejected"),
}


@pytest.mark.postgresql
def test_odd_values_hold_up_nothing(school: School) -> None:
    account = school.person("ada")
    rows, ops = {}, []
    for name, (entity, row, args, _) in ODD.items():
        rows[name] = row.format(id=new_uuid7())
        kind = "append" if entity == "study_session" else "create"
        ops.append(Op(entity, rows[name], kind, {"user_id": account, **args}, None, 1, 0))
    last = Op("note", new_uuid7(), "create", {"user_id": account, "body": "the last"}, None, 1, 0)
    bodies: list[Any] = [msgspec.Raw(seal(op)) for op in [*ops, last]]
    request = Request(PROTOCOL, 1, "00c0ffee00c0ffee", account, len(bodies), 0, ROOT_CHAIN, 0, None, {}, bodies)
    reply = school.hub.exchanges.exchange(request, account)
    said = dict(zip([*ODD, "the last"], [(v.verdict, v.code) for v in reply.verdicts], strict=True))
    assert {name: said[name][0] for name in ODD} == {name: wanted for name, (*_, wanted) in ODD.items()}, said
    assert said["the last"] == ("applied", "")
    other = Request(PROTOCOL, 1, "00c0ffee00c0ffef", account, 0, 0, ROOT_CHAIN, 0, None, {})
    reply = school.hub.exchanges.exchange(other, account)
    entries = [decode_entry(e) for s in reply.slices if s.scope == f"account/{account}" for e in s.entries]
    bodies_there = {e.row: e.doc.values["body"] for e in entries if e.entity == "note" and e.doc}
    assert bodies_there[rows["a null byte in a text"]] == "before\0after", "laptops lose no character"
    assert school.hub.troubles().ops == 0


def test_who_changes_what_is_gone_hears_so(workspace: Workspace) -> None:
    with workspace.work() as unit, pytest.raises(UserError) as refused:
        unit.emit(Draft("note", new_uuid7(), "attr", {"field": "colour", "value": "amber"}))
    assert refused.value.code == "gone"
