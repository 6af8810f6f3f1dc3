"""What a laptop wrote is not sent back to it: the hub names the ops that rows consist of, and the laptop has those.

A row that one `create` made, and nothing has changed since, is told as (position, op, how many) in its slice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lms_core.ops import unseal
from lms_core.schema import Schema
from lms_core.sync.bench import Bench
from lms_core.sync.ports import ReplicaTransaction
from lms_core.sync.sealed import Sealed
from lms_core.sync.wire import Doc, Entry, Run, Verdict

MADE = frozenset({"create", "append"})


def told_by_op(bench: Bench, sealed: Sealed, scope: str, *, replica: str) -> bool:
    """Whether an author need not be told the row that stands in a feed now, for it is just what the op says."""
    if sealed.op.kind not in MADE or sealed.receipt or sealed.op.row not in bench.fresh:
        return False
    row = bench.dirty[sealed.op.row]
    own = not row.gone and all(cell.rep == replica and cell.c == sealed.c for cell in row.cells.values())
    entity = bench.schema[row.entity]
    return own and not entity.is_tree and not entity.stamps and (row.id, scope) not in bench.partial


def echoes(verdicts: Iterable[Verdict]) -> dict[str, dict[int, int]]:
    """By scope the positions of rows that ops of these verdicts made."""
    out: dict[str, dict[int, int]] = {}
    for verdict in verdicts:
        if verdict.echo and verdict.seen:
            out.setdefault(verdict.seen[0], {})[verdict.seen[1]] = verdict.c
    return out


def part(entries: Sequence[tuple[int, bytes]], own: Mapping[int, int]) -> tuple[list[bytes], list[Run]]:
    """Leave out the entries at positions of one's own; they are told as runs of position and op."""
    if not own:
        return [body for _, body in entries], []
    kept: list[bytes] = []
    runs: list[Run] = []
    for seq, body in entries:
        c = own.get(seq)
        if c is None:
            kept.append(body)
        elif runs and (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]) == (seq, c):
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((seq, c, 1))
    return kept, runs


def join(
    tx: ReplicaTransaction, schema: Schema, runs: Sequence[Run], verdicts: Mapping[int, Verdict], *, replica: str
) -> dict[int, Entry] | None:
    """The entries that runs of one's own ops stand for, by op; None when something of them is not here."""
    out = {}
    for seq, c, count in runs:
        ops = tx.ops(replica, c - 1, count)
        if len(ops) != count:
            return None
        for n, logged in enumerate(ops):
            op, verdict = unseal(logged.body), verdicts.get(logged.c) or logged.verdict
            entity = schema.find(op.entity)
            if verdict is None or entity is None or logged.c != c + n:
                return None
            out[logged.c] = Entry(seq + n, op.row, op.entity, verdict.ver, Doc(entity.made(op.args)))
    return out
