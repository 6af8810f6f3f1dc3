"""What a bundle takes along: requests for all that waits (SYNC.md section 9)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from lms_core.sync.ports import ReplicaTransaction
from lms_core.sync.replica.engine import ReplicaEngine
from lms_core.sync.wire import Request


def requests(engine: ReplicaEngine, tx: ReplicaTransaction, *, ops: int, rows: int) -> Iterator[Request]:
    """Requests for all that waits: unsettled old ids, then the present one; it asks for rows at the end."""
    segments = tx.segments()
    for turn, segment in enumerate(segments):
        if turn < len(segments) - 1 and not segment.offered:
            continue
        after, whole = 0, False
        while not whole:
            request = engine.request(tx, turn=turn, after=after, ops=ops, limit=rows)
            after = request.at + len(request.ops)
            whole = after >= request.last_c or not request.ops
            yield request if whole else replace(request, cursors=None)
