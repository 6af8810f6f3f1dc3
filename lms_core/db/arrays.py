"""Columns of many rows as PostgreSQL's binary arrays, a third of the time that its driver takes for a list.

The driver dumps a list value by value. A column of ours has one kind, so it is packed in one go; a column that holds
the same value everywhere (an account, a time) is packed once and repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary
from sqlalchemy.types import TypeEngine

NULL = b"\xff\xff\xff\xff"
SHORT = 1024
_HEAD, _SIZE = Struct("!5i").pack, Struct("!i").pack
_SIZES = [_SIZE(n) for n in range(SHORT)]
_INT, _BIG, _REAL = Struct("!ii").pack, Struct("!iq").pack, Struct("!id").pack

TEXT = 25
_KINDS: tuple[tuple[type[TypeEngine[Any]], int, Callable[[Any], bytes]], ...] = (
    (Boolean, 16, lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0"),
    (BigInteger, 20, lambda value: _BIG(8, value)),
    (Integer, 23, lambda value: _INT(4, value)),
    (Float, 701, lambda value: _REAL(8, value)),
    (LargeBinary, 17, lambda value: _sized(value)),
)


class Array(bytes):
    """A packed array; the statement says of what."""


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj


def register() -> None:
    """Let the driver send arrays as they are, on every connection that is made from now on."""
    adapters.register_dumper(Array, _ArrayDumper)


def packed(kind: TypeEngine[Any], items: Sequence[Any]) -> Array:
    """Pack a column of values, at least one; whatever is no number, truth value or bytes is text.

    Raises:
        struct.error: a whole number that the kind has no room for.
    """
    number, pack = next(((n, p) for known, n, p in _KINDS if isinstance(kind, known)), (TEXT, _text))
    first = items[0]
    if items.count(first) == len(items):
        body, nulls = (NULL if first is None else pack(first)) * len(items), first is None
    else:
        nulls = None in items
        body = b"".join([NULL if each is None else pack(each) for each in items] if nulls else map(pack, items))
    return Array(_HEAD(1, nulls, number, len(items), 1) + body)


def _text(value: str) -> bytes:
    return _sized(value.encode())


def _sized(value: bytes) -> bytes:
    size = len(value)
    return (_SIZES[size] if size < SHORT else _SIZE(size)) + value
