"""Whether an op fits the declaration of its entity: asked by the verb on a laptop and again by the hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from lms_core.errors import UserError
from lms_core.ops import MAX_ANCHORS, Draft, Op
from lms_core.schema import Entity
from lms_core.sync.wire import MAX_GROUP_BYTES, MAX_GROUP_OPS

_BY_KIND = {"attr": ("field", "value"), "max": ("field", "value"), "min": ("field", "value"),
            "text": ("field", "text", "base"), "place": ("parent", "after"), "state": ("field", "verb", "expect"),
            "trash": (), "restore": (), "delete": ()}  # fmt: skip


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
    name = op.args["field"].partition("/")[0]
    field = entity.fields.get(name)
    if field is None:
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
