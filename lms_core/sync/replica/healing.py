"""Where sums show that rows are not what the hub has, their buckets come anew; nothing is wiped before they are here.

A replica counts its sums from the rows in its file, not from what it applied, so that damage shows too.
"""

from __future__ import annotations

from lms_core.sync.ports import Healing, ReplicaTransaction
from lms_core.sync.sums import Sums
from lms_core.sync.wire import Reply, decode_entry

AT_ONCE = 5000
MINUTE = 60_000
PAUSES = (MINUTE, 60 * MINUTE, 24 * 60 * MINUTE)
"""Time from an audit that found something to the next one, ever longer; the last is the time between audits."""


class Audit:
    """Count the sums of all scopes, some rows at a time; a cursor that moves meanwhile makes it begin again."""

    def __init__(self) -> None:
        self._sums: dict[str, Sums] = {}
        self._at: tuple[str, str] | None = None
        self._cursors: dict[str, int] = {}

    def count(self, tx: ReplicaTransaction) -> dict[str, list[int]] | None:
        """Count on; returns the sums by scope once all are counted."""
        cursors = tx.cursors()
        if cursors != self._cursors:
            self._sums, self._at, self._cursors = {}, None, cursors
        left = sorted(s for s in cursors if s not in self._sums or (self._at and s == self._at[0]))
        if left:
            scope = left[0]
            after = self._at[1] if self._at and self._at[0] == scope else ""
            rows = tx.versions(scope, after, AT_ONCE)
            sums = self._sums.setdefault(scope, Sums())
            for row, ver in rows:
                sums.change(row, None, ver)
            self._at = (scope, rows[-1][0]) if len(rows) == AT_ONCE else None
        done = self._at is None and self._sums.keys() == cursors.keys()
        return {scope: sums.values for scope, sums in self._sums.items()} if done else None


def pause(tries: int) -> int:
    """Milliseconds to the next audit after `tries` in a row that found something."""
    return PAUSES[min(tries, len(PAUSES)) - 1]


def heal(tx: ReplicaTransaction, reply: Reply) -> set[str]:
    """Note what differs, and take in the parts that heal; returns the rows touched."""
    touched: set[str] = set()
    stale = tx.stale()
    cursors = {scope: seq for scope, seq in tx.cursors().items() if scope not in stale}
    open_ = tx.healing()
    for piece in reply.slices:
        now = open_.get(piece.scope)
        if not piece.buckets or now is None or (piece.buckets, piece.frm) != now or piece.scope not in cursors:
            continue
        entries = [decode_entry(raw) for raw in piece.entries]
        tx.heal(piece.scope, Healing(now.buckets, piece.to), entries)
        if not piece.more and cursors[piece.scope] == piece.to:
            touched.update(tx.healed(piece.scope))
    for scope, buckets in reply.differ.items():
        if scope in cursors and scope not in open_:
            tx.heal(scope, Healing(buckets, 0))
    return touched
