"""What the hub refused, as the things that a person did: each is looked at, tried again or given up as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, select, text, update

from lms_core.errors import NotFound
from lms_core.ops import Op, unseal
from lms_core.sync import tables as t
from lms_core.sync.echo import MADE

if TYPE_CHECKING:
    from lms_core.sync.replica.unit import ReplicaUnit


class Parked(msgspec.Struct, frozen=True):
    """A refused thing: its ops in the order in which they were written, the reason's code, when it came back (ms)."""

    digests: tuple[bytes, ...]
    ops: tuple[Op, ...]
    code: str
    at: int

    @property
    def key(self) -> str:
        """What names it."""
        return self.digests[0].hex()

    @property
    def op(self) -> Op:
        """The first of its ops."""
        return self.ops[0]


def parked(conn: Connection) -> list[Parked]:
    """Refused things that nobody has settled yet, the oldest first.

    A group is one thing, as are edits of a row that were refused for one reason, and a row with what was done with it
    before it was refused. A step of a state is a thing of its own.
    """
    rows = conn.execute(select(t.parked).where(t.parked.c.settled.is_(False)).order_by(t.parked.c.at, text("rowid")))
    things: dict[tuple[str, str], Parked] = {}
    made: dict[str, tuple[str, str]] = {}
    for r in rows:
        op = unseal(r.body)
        thing = ("", op.g) if op.g else (op.row, str(op.args.get("verb", r.code)))
        if r.code == "depends":
            thing = made.get(op.row, thing)
        if op.kind in MADE:
            made[op.row] = thing
        there = things.get(thing) or Parked((), (), r.code, r.at)
        things[thing] = Parked((*there.digests, r.digest), (*there.ops, op), there.code, there.at)
    return list(things.values())


def try_again(unit: ReplicaUnit, key: str) -> None:
    """Queue a refused thing once more, as new ops with what is visible now as their base; raises NotFound."""
    found = _named(unit, key)
    if found is None:
        raise NotFound
    _settle(unit, found)
    unit.emit_again(found.ops)


def discard(unit: ReplicaUnit, key: str) -> None:
    """Settle a refused thing without doing it."""
    found = _named(unit, key)
    if found:
        _settle(unit, found)


def _named(unit: ReplicaUnit, key: str) -> Parked | None:
    return next((each for each in parked(unit.conn) if each.key == key), None)


def _settle(unit: ReplicaUnit, thing: Parked) -> None:
    unit.local(update(t.parked).where(t.parked.c.digest.in_(thing.digests)).values(settled=True))
