"""Ops as they were sent, the groups in which they stand or fall, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lms_core.ops import Op, Version
from lms_core.sync.rows import Over
from lms_core.sync.wire import Receipt


class Sealed(NamedTuple):
    """An op with its number and bytes, its first receipt if sent again, written `between` a proved contact and now."""

    c: int
    op: Op
    body: bytes
    receipt: Receipt | None = None
    between: tuple[int, int] = (0, 0)


class Outcome(NamedTuple):
    """What became of one op."""

    verdict: str
    code: str
    t_eff: int
    ver: Version
    cause: int | None = None
    over: Over = ()


def groups(ops: Iterable[Sealed]) -> Iterator[list[Sealed]]:
    """Split a run of ops into groups that stand or fall together."""
    run: list[Sealed] = []
    for sealed in ops:
        if run and (sealed.op.g is None or sealed.op.g != run[-1].op.g):
            yield run
            run = []
        run.append(sealed)
    if run:
        yield run
