"""Groups that wait at the hub come back as they were judged first."""

from __future__ import annotations

from sqlalchemy import create_engine

from lms_core.ops import Op, seal
from lms_core.sync import tables as t
from lms_core.sync.hub import held
from lms_core.sync.ports import Waiting
from lms_core.sync.rows import Writer
from lms_core.sync.sealed import Sealed
from lms_core.sync.wire import Receipt


def test_a_group_waits_with_its_receipts_its_times_and_its_last_contact() -> None:
    op = Op("note", "n", "attr", {"field": "star", "value": 1}, (1, 2), 3, 4)
    receipt = Receipt(5, "applied", "", (1, 2), b"mac", (("other", 6),))
    ops = [Sealed(7, op, seal(op), receipt, (8, 9)), Sealed(8, op, seal(op), None, (8, 9))]
    waiting = Waiting("row", Writer("R", "a0", "student", (("before", 3),), 2), ops, {7: 5, 8: 9})
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        t.HUB.create_all(conn)
        held.keep(conn, "R", waiting, at=(1, 1, 1))
        assert held.take(conn, {"another"}) == []
        assert held.take(conn, {"row"}) == [waiting]
        assert held.take(conn, {"row"}) == []
