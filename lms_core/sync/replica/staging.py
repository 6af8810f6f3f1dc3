"""Scopes that came in part: what is staged counts as long as the hub remembers what left them since (SYNC.md 5)."""

from __future__ import annotations

from lms_core.sync.ports import ReplicaTransaction, State

STAGE_MS = 390 * 86_400_000
"""Shorter than the hub's memory of what left a scope (`compaction.KEEP_LEFT_MS`)."""


def cursors(tx: ReplicaTransaction) -> dict[str, int]:
    """Where each scope stands; -1 asks for one of a lost timeline as a whole, and -1 - n goes on with that behind n."""
    stale, known = tx.stale(), tx.cursors()
    staged = {s: c if s in known.keys() - stale else -1 - c for s, c in tx.staged().items()}
    return {s: -1 if s in stale else c for s, c in known.items()} | staged


def begun(tx: ReplicaTransaction, state: State, now: int) -> int:
    """The hub's time when the present staging began; one that is too old begins anew."""
    staged = tx.staged()
    if staged and now - state.staged_at < STAGE_MS:
        return state.staged_at
    tx.drop_stage(staged)
    stale, known = tx.stale(), tx.cursors()
    for scope in staged:  # it stays open, or the run would end before it is asked for again
        tx.stage(scope, 0 if scope in stale else known.get(scope, 0), [])
    return now
