"""Groups of ops that wait at the hub: for a row from another laptop, or for a newer program (SYNC.md section 2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, select

from lms_core.db.bulk import among, put
from lms_core.sync import tables as t
from lms_core.sync.checks import read_op
from lms_core.sync.ports import Waiting
from lms_core.sync.rows import Writer
from lms_core.sync.sealed import Sealed
from lms_core.sync.wire import Receipt


class _Op(NamedTuple):
    """An op as it is stored."""

    c: int
    body: bytes
    receipt: Receipt | None
    between: tuple[int, int] = (0, 0)


class _Group(NamedTuple):
    """A group as it is stored."""

    writer: Writer
    ops: list[_Op]
    times: dict[int, int]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Group).decode


def keep(conn: Connection, replica: str, waiting: Waiting, *, at: tuple[int, int, int]) -> None:
    """Store a group; `at` (epoch, commit, turn) is its place among those that wait."""
    group = _Group(waiting.writer, [_Op(s.c, s.body, s.receipt, s.between) for s in waiting.ops], waiting.times)
    epoch, n, turn = at
    row = {
        "account": waiting.writer.account, "replica": replica, "c": waiting.ops[0].c, "row": waiting.row,
        "epoch": epoch, "n": n, "turn": turn, "data": _encode(group),
    }  # fmt: skip
    put(conn, t.held, [row], ["account", "replica", "c"])


def take(conn: Connection, rows: Collection[str]) -> list[Waiting]:
    """The groups that wait for any of these, in the order in which they came; they wait no more."""
    out = []
    found = among(conn, 'SELECT epoch, n, turn, account, replica, c, "row", data FROM held WHERE "row"', rows)
    for _epoch, _n, _turn, account, replica, c, row, data in sorted(map(tuple, found)):
        mine = (t.held.c.account == account, t.held.c.replica == replica, t.held.c.c == c)
        conn.execute(delete(t.held).where(*mine))
        group = _decode(data)
        ops = [Sealed(op.c, read_op(op.body), op.body, op.receipt, op.between) for op in group.ops]
        out.append(Waiting(row, group.writer, ops, group.times))
    return out


def rows_of(conn: Connection, account: str, replica: str) -> set[str]:
    """Rows that held groups of a replica would create."""
    mine = (t.held.c.account == account, t.held.c.replica == replica)
    groups = [_decode(data) for (data,) in conn.execute(select(t.held.c.data).where(*mine))]
    ops = [read_op(op.body) for group in groups for op in group.ops]
    return {op.row for op in ops if op.kind in ("create", "append")}
