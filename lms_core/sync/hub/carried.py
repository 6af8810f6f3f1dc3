"""What answers a bundle: all that a laptop would ask for in turn (SYNC.md section 9)."""

from __future__ import annotations

from msgspec.structs import replace

from lms_core.sync.wire import Reply, Request


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
