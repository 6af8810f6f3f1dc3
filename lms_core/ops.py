"""An op is one change to one row: the only way anything is ever written (SYNC.md section 3).

Verbs make `Draft`s, a replica stamps and seals them into `Op`s, the hub merges them. `fold` shows pending ops over the
last hub state; it never merges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from lms_core.schema import Entity

Number = Annotated[int, msgspec.Meta(ge=-(1 << 60), le=1 << 60)]
Version = tuple[int, int]
Values = dict[str, Any]
NIL: Version = (0, 0)
ROOT_CHAIN = blake2b(b"desktop-lms", digest_size=8).digest()
MAX_ANCHORS = 8
TURNS = 16
"""Changes of one row within a millisecond whose order is told apart."""
RECOVERED = "recovered"
"""Parent of a row whose own parent was lost."""


class Op(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One change as it stands in the log; its position in the log is its number `c`.

    `args` by kind: create, append {field: value}; attr, max, min {field, value}; text {field, text, base};
    place {parent, after}; state {field, verb, expect, ...}; trash, restore, delete {}.
    `base` is the version its author saw (of the field for attr, of the row otherwise), `t` the claimed time and `lo`
    the hub time of the replica's last completed sync, both in ms. Ops with the same `g` stand or fall together.
    """

    entity: str
    row: str
    kind: str
    args: Values
    base: tuple[Number, Number] | None
    t: Number
    lo: Number
    g: str | None = None


class Draft(msgspec.Struct, frozen=True):
    """What a verb wants to change, before the replica adds base, time and number."""

    entity: str
    row: str
    kind: str
    args: Values


def create(entity: Entity, row: str, values: Values) -> Draft:
    """Make a new row; a row with a natural key may already exist elsewhere and is then merged."""
    return Draft(entity.name, row, "append" if entity.made_by == "append" else "create", values)


def change(entity: Entity, row: str, field: str, value: Any) -> Draft:
    """Set one field by the kind it declares; `field` may be `name/key` for one key of a map."""
    kind = entity.fields[field.partition("/")[0]].kind
    return Draft(entity.name, row, kind, {"field": field, "value": value})


def edit_text(entity: Entity, row: str, *, field: str, base: str, text: str) -> Draft:
    """Replace a text; `base` is what the author saw when the edit began."""
    return Draft(entity.name, row, "text", {"field": field, "text": text, "base": base})


def place(entity: Entity, row: str, *, parent: str, after: Sequence[str]) -> Draft:
    """Move a row below `parent`, behind the first of `after` that is there (nearest first; empty means first)."""
    return Draft(
        entity.name,
        row,
        "place",
        {"parent": parent, "after": list(after[:MAX_ANCHORS])},
    )


def act(
    entity: Entity,
    row: str,
    verb: str,
    *,
    expect: str,
    field: str = "status",
    extra: Values | None = None,
) -> Draft:
    """Ask a state machine for a step from the state the user sees."""
    return Draft(
        entity.name,
        row,
        "state",
        {"field": field, "verb": verb, "expect": expect, **(extra or {})},
    )


def trash(entity: Entity, row: str) -> Draft:
    """Put a draft row into the trash for 30 days."""
    return Draft(entity.name, row, "trash", {})


def restore(entity: Entity, row: str) -> Draft:
    """Take a draft row out of the trash."""
    return Draft(entity.name, row, "restore", {})


def delete(entity: Entity, row: str) -> Draft:
    """Delete a row that its owner alone uses."""
    return Draft(entity.name, row, "delete", {})


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Op).decode


def seal(op: Op) -> bytes:
    """The bytes of an op that will never change again."""
    return _encode(op)


def unseal(body: bytes | msgspec.Raw) -> Op:
    """Read sealed bytes; raises msgspec.DecodeError or ValidationError."""
    return _decode(body)


def digest_of(op: Op) -> bytes:
    """Identity of what an op says: entity, row and arguments."""
    return blake2b(_encode((op.entity, op.row, op.args)), digest_size=16).digest()


def next_chain(chain: bytes, body: bytes | msgspec.Raw) -> bytes:
    """Chain value after one more op: blake2b-8 over the last value and the op's bytes."""
    return blake2b(chain + bytes(body), digest_size=8).digest()


class Place(NamedTuple):
    """Where a row stands: hub-owned `pos`, or the anchors of a move that is still pending, and when (`turn`)."""

    parent: str
    pos: int | None
    after: tuple[str, ...] = ()
    turn: int = 0


def fold(entity: Entity, base: Mapping[str, Any] | None, pending: Iterable[Op]) -> Values | None:
    """Show pending ops over the last hub state of one row; None when there is nothing to show.

    An op on a row of another entity, which the hub will refuse, shows nothing.
    """
    row: Values | None = dict(base) if base is not None else None
    for n, op in enumerate(pending):
        if op.entity != entity.name:
            continue
        turn = op.t * TURNS + min(n, TURNS - 1)
        if op.kind in ("create", "append"):
            row = entity.initial(op.args, turn) if row is None else _fold_again(entity, row, op.args)
        elif row is None:
            continue
        elif op.kind == "delete":
            return None
        else:
            _fold_one(entity, row, op, turn)
    return row


def _fold_again(entity: Entity, row: Values, values: Values) -> Values:
    """A create over a row with a natural key that is already there."""
    for name, value in values.items():
        field = entity.fields.get(name)
        if field is None:
            continue
        if field.kind in ("max", "min"):
            row[name] = bound(field.kind, row.get(name), value)
        elif field.kind == "attr":
            row[name] = value
    return row


def _fold_one(entity: Entity, row: Values, op: Op, turn: int) -> None:
    args = op.args
    if op.kind == "attr":
        name, _, key = args["field"].partition("/")
        row[name] = {**(row.get(name) or {}), key: args["value"]} if key else args["value"]
    elif op.kind == "text":
        row[args["field"]] = args["text"]
    elif op.kind in ("max", "min"):
        row[args["field"]] = bound(op.kind, row.get(args["field"]), args["value"])
    elif op.kind == "place":
        row["place"] = Place(args["parent"], None, tuple(args["after"]), turn)
    elif op.kind in ("trash", "restore"):
        row["trashed_at"] = op.t if op.kind == "trash" else None
    elif op.kind == "state" and row.get(args["field"]) == args["expect"]:
        row[args["field"]] = entity.states[args["field"]].get((args["expect"], args["verb"]), args["expect"])


def bound(kind: str, old: Any, new: Any) -> Any:
    """The larger (max) or smaller (min) of two values, None counting as absent."""
    if old is None or new is None:
        return new if old is None else old
    return max(old, new) if kind == "max" else min(old, new)


def arrange(places: Mapping[str, Place]) -> list[str]:
    """Order siblings: placed ones by position, then each pending move behind its first anchor."""
    order = [row for _, row in sorted((p.pos, row) for row, p in places.items() if p.pos is not None)]
    moves = sorted((p.turn, row, p.after) for row, p in places.items() if p.pos is None)
    waiting = {row: turn for turn, row, _ in moves}
    while moves:
        # of moves at one time, one that follows another comes after it
        at = next((n for n, (turn, _, after) in enumerate(moves) if not after or waiting.get(after[0]) != turn), 0)
        _, row, after = moves.pop(at)
        del waiting[row]
        anchor = next((a for a in after if a in order), None)
        order.insert(order.index(anchor) + 1 if anchor else len(order) if after else 0, row)
    return order
