"""What travels in a bundle: requests for all that waits, and the answers to them (SYNC.md section 9)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from lms_core.sync.ports import ReplicaTransaction
from lms_core.sync.replica import ReplicaEngine
from lms_core.sync.wire import Reply, Request


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


def further(request: Request, reply: Reply) -> Request | None:
    """The request that a laptop would make after such a reply; None when it would make none."""
    if reply.status != "ok" or not reply.more or request.cursors is None:
        return None
    cursors = {scope: at for scope, at in request.cursors.items() if scope not in reply.lost}
    for piece in reply.slices:
        if not piece.buckets:  # what heals moves no cursor
            anew = piece.more and request.cursors.get(piece.scope, -1) < 0
            cursors[piece.scope] = -1 - piece.to if anew else piece.to
    cursors.update(dict.fromkeys(reply.expired, -1))
    have = max((v.c for v in reply.verdicts), default=request.have)
    return replace(
        request, ops=[], receipts={}, times={}, at=reply.hw, chain=reply.chain, have=have, mark=reply.mark,
        cursors=cursors, audit={}, heal={}, last_c=max(request.last_c, reply.hw),
    )  # fmt: skip
