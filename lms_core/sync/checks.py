"""Whether an op can be read at all, asked at the hub's door, and whether it fits the declaration of its entity.

The second is asked by the verb on a laptop and again by the hub. Rules rely on both: they look at no type again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from lms_core.errors import UserError
from lms_core.ops import MAX_ANCHORS, Draft, Op, unseal
from lms_core.schema import Entity
from lms_core.sync.wire import MAX_GROUP_BYTES, MAX_GROUP_OPS

_BY_KIND = {"attr": ("field", "value"), "max": ("field", "value"), "min": ("field", "value"),
            "text": ("field", "text", "base"), "place": ("parent", "after"), "state": ("field", "verb", "expect"),
            "trash": (), "restore": (), "delete": ()}  # fmt: skip
_WORDS = {"attr": ("field",), "max": ("field",), "min": ("field",), "text": ("field", "text", "base"),
          "state": ("field", "verb", "expect")}  # fmt: skip
LONGEST = 128
DEEPEST = 4
UNREADABLE = "unreadable"
"""Kind that stands for an op that cannot be read."""


def read_op(body: bytes | msgspec.Raw) -> Op:
    """The op that sealed bytes say; of what no program of ours writes nothing is left but its group."""
    try:
        op = unseal(body)
    except (ValueError, RecursionError):  # broken UTF-8 is no error of msgspec's own
        return Op("", "", UNREADABLE, {}, None, 0, 0)
    if _readable(op):
        return op
    return Op("", "", UNREADABLE, {}, None, 0, 0, op.g)


def _readable(op: Op) -> bool:
    if not is_id(op.row) or (op.g is not None and not is_id(op.g)):
        return False
    for name in _WORDS.get(op.kind, ()):
        if not isinstance(op.args.get(name), str):
            return False
    nested = [x for x in op.args.values() if x and (x.__class__ is list or x.__class__ is dict)]
    return not nested or not any(_deep(x, DEEPEST) for x in nested)


def is_id(text: str) -> bool:
    """Whether it may name a row, a replica or a group."""
    return text.isascii() and text.isprintable() and 0 < len(text) <= LONGEST


def _deep(value: Any, most: int) -> bool:
    """Whether lists and maps lie in each other more than `most` times."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not most or any(_deep(x, most - 1) for x in inner)


def check_args(entity: Entity, op: Op) -> None:
    """Raise UserError when an op does not fit the declaration of its entity."""
    if op.kind in ("create", "append"):
        _check_create(entity, op)
        return
    wanted = _BY_KIND.get(op.kind)
    if wanted is None or any(name not in op.args for name in wanted):
        raise UserError("bad_op")
    if op.kind == "delete" and not entity.deletable:
        raise UserError("bad_op")
    if op.kind in ("place", "trash", "restore") and not entity.is_tree:
        raise UserError("bad_op")
    if op.kind == "place":
        _check_spot(op.args)
    if "field" not in wanted:
        return
    name, slash, key = op.args["field"].partition("/")
    field = entity.fields.get(name)
    if field is None or bool(slash and key) != (name in entity.maps):
        raise UserError("unknown_field", field=name)
    if field.kind == "hub":
        raise UserError("reserved_field", field=name)
    if field.kind != op.kind:
        raise UserError("bad_op")
    if name in entity.maps:
        field.check_entry(op.args["field"], op.args["value"])
    elif op.kind != "state":
        field.check(name, op.args["text" if op.kind == "text" else "value"])


def _check_create(entity: Entity, op: Op) -> None:
    made_by = "append" if op.kind == "append" else "create"
    if entity.made_by != made_by:
        raise UserError("reserved_field" if entity.made_by == "hub" else "bad_op", field=entity.name)
    for name, value in op.args.items():
        field = entity.fields.get(name)
        if field is None:
            raise UserError("unknown_field", field=name)
        if field.kind == "hub":
            raise UserError("reserved_field", field=name)
        if name == "place":
            _check_spot(value)
            continue
        if field.kind == "state":
            if value != field.default:
                raise UserError("bad_choice", field=name)
            continue
        field.check(name, value)
    for name in entity.required:
        if op.args.get(name) is None:
            raise UserError("missing_field", field=name)


def _check_spot(spot: Any) -> None:
    """A place names a parent and up to some siblings before it."""
    fits = (
        isinstance(spot, dict) and isinstance(spot.get("parent"), str) and isinstance(spot.get("after"), list | tuple)
    )
    if not fits or len(spot["after"]) > MAX_ANCHORS or not all(isinstance(x, str) for x in spot["after"]):
        raise UserError("bad_op")


def check_group(ops: Sequence[Draft]) -> None:
    """Raise UserError when a group is too large to travel in one request (SYNC.md section 3)."""
    if len(ops) > MAX_GROUP_OPS or len(msgspec.msgpack.encode([d.args for d in ops])) > MAX_GROUP_BYTES:
        raise UserError("group_too_large")
