"""Sync bundles: somebody who reaches the server carries the file of a device that does not (SYNC.md section 9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from litestar import Request, Router, post
from litestar.response import Stream

from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from sync_server.context import Context
from sync_server.guards import MOVES_DATA, signed_in
from sync_server.lanes import Lanes
from sync_server.ranges import BINARY, pieces

BATCH = 1 << 20


@post("/bundles", guards=[signed_in], status_code=200, request_max_body_size=None, media_type=BINARY)
async def carry(request: Request[Caller, Any, Any]) -> Stream:
    """Take the bundle of whatever device and answer with the bundle for it.

    Its own signature says whose it is; who carries it can neither read nor change it.
    """
    context = Context.of(request)
    given = await context.lanes.run(context.served.filing.bundles.draft)
    out = given.with_name(given.name + ".out")
    try:
        await _receive(request, context, given)
        await context.lanes.run(context.served.filing.bundles.answer, given, out)
    except BaseException:
        await asyncio.shield(context.lanes.run(out.unlink, missing_ok=True))
        raise
    finally:
        await asyncio.shield(context.lanes.run(given.unlink, missing_ok=True))
    context.served.wrote()
    size = out.stat().st_size
    return Stream(sent_once(context.lanes, out, size), headers={"Content-Length": str(size)}, media_type=BINARY)


async def _receive(request: Request[Caller, Any, Any], context: Context, to: Path) -> None:
    size, batch = 0, bytearray()
    async for piece in request.stream():
        size += len(piece)
        if size > context.settings.largest_file_mb << 20:
            raise UserError("too_large")
        batch += piece
        if len(batch) >= BATCH:
            await context.lanes.run(_append, to, bytes(batch))
            batch.clear()
    await context.lanes.run(_append, to, bytes(batch))


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def sent_once(lanes: Lanes, path: Path, size: int) -> AsyncIterator[bytes]:
    """A file that goes when it was sent, or when nobody wants it any more."""
    try:
        async for piece in pieces(lanes, lambda: path.open("rb"), start=0, end=size):
            yield piece
    finally:
        await asyncio.shield(lanes.run(path.unlink, missing_ok=True))


router = Router("/", route_handlers=[carry], tags=["sync"], opt={MOVES_DATA: True})
