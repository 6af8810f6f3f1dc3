"""Answers that the hub does not remember any more, as it gave them the first time (SYNC.md section 2, retention)."""

from __future__ import annotations

from lms_core.sync.ports import ReplicaTransaction
from lms_core.sync.wire import Verdict

FORGOTTEN = "forgotten"


def recalled(tx: ReplicaTransaction, rep: str, verdicts: list[Verdict]) -> list[Verdict]:
    """Put the first answer where the hub has forgotten its own; an op that was never answered here is parked."""
    lost = [v.c for v in verdicts if v.verdict == FORGOTTEN]
    if not lost:
        return verdicts
    first = {entry.c: entry.receipt for entry in tx.ops(rep, lost[0] - 1, lost[-1] - lost[0] + 1)}
    again = {c: Verdict(c, "rejected", FORGOTTEN) for c in lost}
    for c in lost:
        if r := first.get(c):
            again[c] = Verdict(c, r.verdict, r.code, None, r.t_eff, r.ver, None, r.mac, r.over, came=r.came)
    return [again.get(v.c, v) for v in verdicts]
