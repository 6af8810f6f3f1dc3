"""How values of the protocol are written in the vectors: bytes as hex, structures by the names of their fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from lms_core.ops import unseal
from lms_core.sync.rows import Cell
from lms_core.sync.wire import Request

FOLDER = Path(__file__).parent


def shown(value: Any) -> Any:
    """A value with all its parts as JSON can say them."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, msgspec.Raw):
        return shown(msgspec.msgpack.decode(value))
    if isinstance(value, Request):
        return _fields(value) | {"ops": [shown(unseal(op)) for op in value.ops]}
    if isinstance(value, Cell):
        parts = msgspec.structs.astuple(value)
        return [shown(each) for each in (parts if value.at or value.over else parts[:5])]
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, dict):
        return {str(name): shown(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [shown(each) for each in value]
    return value


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    """Fields that say something: those that stand at their default are left out, as on the line."""
    return {
        field.name: shown(getattr(value, field.name))
        for field in msgspec.structs.fields(value)
        if field.required or getattr(value, field.name) not in (field.default, *_made(field))
    }


def _made(field: Any) -> list[Any]:
    return [] if field.default_factory is msgspec.NODEFAULT else [field.default_factory()]


def text_of(value: Any) -> str:
    """The text of a file: one line for each value that fits."""
    return _lines(value, 0) + "\n"


def _lines(value: Any, depth: int) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + depth < 250 or not isinstance(value, dict | list) or not value:
        return short
    space = " " * (depth + 1)
    if isinstance(value, dict):
        parts = [f"{space}{json.dumps(name)}: {_lines(each, depth + 1)}" for name, each in value.items()]
        return "{\n" + ",\n".join(parts) + "\n" + " " * depth + "}"
    return "[\n" + ",\n".join(space + _lines(each, depth + 1) for each in value) + "\n" + " " * depth + "]"
