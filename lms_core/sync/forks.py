"""Two machines that share one id (a cloned disk, a restored backup): find where their logs part, and part them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from lms_core.ops import next_chain, unseal
from lms_core.ports import NewId
from lms_core.sync.ports import ReplicaTransaction, Segment
from lms_core.sync.wire import Reply

PROBES = 64
FORGOTTEN = -1
"""The hub's answer to a search among ops whose chain values it does not keep any more."""


class Search:
    """Look for the last common op by asking the hub for chain values, not by sending the log (SYNC.md section 2)."""

    def __init__(self) -> None:
        self._spans: dict[str, tuple[int, int]] = {}

    def probe(self, tx: ReplicaTransaction, segment: Segment) -> list[tuple[int, bytes]]:
        """Points to ask for; none while nothing is looked for."""
        if segment.rep not in self._spans:
            return []
        low, high = self._spans[segment.rep]
        low = max(low, segment.floor - 1)
        step = max(1, (high - low - 1) // PROBES)
        points = sorted({*range(low + 1, high, step), high - 1} - {low}) or [low]
        known = tx.chain_at(segment.rep, points)
        return [(c, known[c]) for c in points if c in known]

    def stop(self, segment: Segment) -> None:
        """The logs agree."""
        self._spans.pop(segment.rep, None)

    def narrow(self, segment: Segment, reply: Reply) -> int | None:
        """Learn from a reply; returns the last common op once it is known."""
        top = min(reply.hw, segment.length) + 1
        low, high = self._spans.pop(segment.rep, (0, top))
        if reply.fork_above == FORGOTTEN:  # then the ops above go once more, each with its receipt
            return max(low, segment.floor)
        if reply.status == "fork" and (reply.fork or reply.fork_above):
            low, high = max(low, reply.fork), min(high, reply.fork_above or top)
        high = min(high, top)
        if high <= segment.floor:  # it lies in what was forgotten
            return segment.floor
        if high - low == 1:
            return low
        self._spans[segment.rep] = (low, high) if low < high else (0, top)
        return None


def part(tx: ReplicaTransaction, segments: list[Segment], *, index: int, end: int, new_id: NewId) -> set[str]:
    """End an id at op `end`; later ops move to a derived id, so that a backup restored twice acts once."""
    old = segments[index]
    moved = tx.cut(old.rep, end)
    chain = tx.chain_at(old.rep, (end,))[end]
    new = Segment(derived_id(old.rep, end, next_chain(chain, moved[0].body)) if moved else new_id())
    entries = []
    for each in moved:
        new.length += 1
        new.chain = next_chain(new.chain, each.body)
        entries.append((new.length, unseal(each.body).row, each.body, new.chain, each.receipt))
    tx.append(new.rep, entries)
    old.length, old.chain, old.hw, old.dirty = end, chain, min(old.hw, end), True
    segments.insert(index + 1, new)
    tx.save_segments(segments)
    return {row for _, row, *_ in entries}


def derived_id(*key: object) -> str:
    """The id after a fork: the same wherever the same log parts at the same op."""
    return blake2b(msgspec.msgpack.encode(key), digest_size=8).hexdigest()


def before(segments: Sequence[Segment], index: int) -> list[tuple[str, int]]:
    """The ids that this one goes on from, and where they ended."""
    return [(s.rep, s.length) for s in segments[:index]]
