"""Sums over the rows of a scope, by bucket, equal on both sides when their rows are (SYNC.md section 5, checksums)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from xxhash import xxh3_64_intdigest

from lms_core.ops import Version

BUCKETS = 16
ALL = (1 << BUCKETS) - 1
_LIMIT = (1 << 64) - 1
_PACKED = struct.Struct(f"<{BUCKETS}Q")
_VERSION = struct.Struct(">QQ")


def bucket_of(row: str) -> int:
    """The bucket of a row, 0 to 15."""
    return xxh3_64_intdigest(row.encode()) & (BUCKETS - 1)


def mask_of(row: str) -> int:
    """The bit of a row's bucket."""
    return 1 << bucket_of(row)


class Sums:
    """Sixteen sums modulo 2^64 of xxh3(version, seeded by xxh3(row id)) over the rows of a scope."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[int] = ()) -> None:
        self.values = list(values) or [0] * BUCKETS

    @classmethod
    def read(cls, packed: bytes | None) -> Sums:
        """Sums as they are stored."""
        return cls(_PACKED.unpack(packed) if packed else ())

    def packed(self) -> bytes:
        """As bytes, to be stored."""
        return _PACKED.pack(*self.values)

    def change(self, row: str, old: Version | None, new: Version | None) -> None:
        """A row comes (`old` None), goes (`new` None) or gets another version."""
        key = xxh3_64_intdigest(row.encode())
        by = (_term(key, new) if new else 0) - (_term(key, old) if old else 0)
        at = key & (BUCKETS - 1)
        self.values[at] = (self.values[at] + by) & _LIMIT

    def add(self, other: Sums) -> Sums:
        """Both together."""
        return Sums([(a + b) & _LIMIT for a, b in zip(self.values, other.values, strict=True)])


def _term(key: int, ver: Version) -> int:
    return xxh3_64_intdigest(_VERSION.pack(*ver), key)


def sums_of(rows: Iterable[tuple[str, Version]]) -> Sums:
    """The sums of some rows."""
    out = Sums()
    for row, ver in rows:
        out.change(row, None, ver)
    return out


def differing(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """The buckets, as bits, whose sums are not the same; all when the lists do not fit."""
    if len(ours) != len(theirs):
        return ALL
    return sum(1 << n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
