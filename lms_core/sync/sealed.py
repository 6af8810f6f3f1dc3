"""Ops as they were sent, the groups in which they stand or fall, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from lms_core.ops import NIL, Op, Version
from lms_core.sync.checks import read_op
from lms_core.sync.rows import Over
from lms_core.sync.wire import Receipt


class Sealed(msgspec.Struct, frozen=True):
    """An op with its number and bytes, its first receipt if sent again, and the times that it was written `between`.

    These are the last contact that is proved and the arrival: now, or what the receipt says of the first.
    """

    c: int
    op: Op
    body: bytes
    receipt: Receipt | None = None
    between: tuple[int, int] = (0, 0)


class Refused(Exception):
    """A rule says no to an op for good."""

    def __init__(self, code: str) -> None:
        self.code = code


class Held(Exception):
    """An op waits until a row arrives."""

    def __init__(self, row: str) -> None:
        self.row = row


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of one op."""

    verdict: str
    code: str
    t_eff: int
    ver: Version
    cause: int | None = None
    over: Over = ()


def alike(ops: Sequence[Sealed], verdict: str, code: str, cause: int, times: dict[int, int]) -> dict[int, Outcome]:
    """The outcome of ops that were not taken."""
    return {s.c: Outcome(verdict, code, times[s.c], NIL, cause if len(ops) > 1 else None) for s in ops}


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


def halved(bodies: Sequence[msgspec.Raw]) -> list[msgspec.Raw]:
    """The first half of what a request brings, no group in part; nothing when it is one group."""
    marks = [read_op(body).g for body in bodies]
    ends = [n for n in range(1, len(marks)) if marks[n] is None or marks[n] != marks[n - 1]]
    return list(bodies[: ends[len(ends) // 2]]) if ends else []
