"""Published packs and media by their SHA-256: immutable, in parts, verified on arrival (SYNC.md section 7)."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path
from typing import Any, BinaryIO

from litestar import Request, Response, Router, put, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from lms_core.accounts.model import Caller
from lms_core.db.engine import storage_errors
from lms_core.errors import DiskFull, NotFound, UserError
from sync_server.context import Context
from sync_server.guards import signed_in
from sync_server.ranges import BINARY, send_file

BATCH = 1 << 20
GET, HEAD = HttpMethod.GET, HttpMethod.HEAD
Ask = Request[Caller, Any, Any]


@route("/packs/{sha256:str}", http_method=[GET, HEAD], guards=[signed_in], media_type=BINARY)
async def read_pack(request: Ask, sha256: FromPath[str]) -> Response[Any]:
    """A published course version. Knows `Range`, `If-Range` and `If-None-Match`; HEAD tells its size."""
    context = Context.of(request)
    if not await context.lanes.run(context.served.may_read_pack, request.user, sha256):
        raise NotFound
    path = await context.lanes.run(context.served.packs.path, sha256)
    return await send_file(request, context.lanes, path, sha256=sha256)


@route("/blobs/{sha256:str}", http_method=[GET, HEAD], guards=[signed_in], media_type=BINARY)
async def read_blob(request: Ask, sha256: FromPath[str]) -> Response[Any]:
    """A media file. Knows `Range`, `If-Range` and `If-None-Match`; HEAD tells whether it is there, and its size."""
    context = Context.of(request)
    if not await context.lanes.run(context.served.may_read_blob, request.user, sha256):
        raise NotFound
    path = await context.lanes.run(context.served.blobs.path, sha256)
    return await send_file(request, context.lanes, path, sha256=sha256)


@put("/blobs/{sha256:str}", guards=[signed_in], status_code=204, request_max_body_size=None)
async def put_blob(request: Ask, sha256: FromPath[str]) -> None:
    """Give a media file. It is kept only when its bytes hash to its name; giving it twice changes nothing."""
    context = Context.of(request)
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise NotFound
    size = _announced(request)
    _check_size(context, size)
    await context.lanes.run(context.served.check_quota, request.user, size)
    draft = context.served.blobs.draft()
    await context.lanes.run(_check_room, context, draft.parent, size)
    try:
        taken, found = await _receive(request, context, draft)
        if found != sha256:
            raise UserError("blob_mismatch")
        await context.lanes.run(context.served.check_quota, request.user, taken)
        await context.lanes.run(context.served.blobs.adopt, draft, sha256)
    finally:
        await asyncio.shield(context.lanes.run(draft.unlink, missing_ok=True))


def _announced(request: Ask) -> int:
    length = request.headers.get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 16 else 0


def _check_size(context: Context, size: int) -> None:
    if size > context.settings.largest_file_mb << 20:
        raise UserError("too_large")


def _check_room(context: Context, folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free - size < context.settings.keep_free_mb << 20:
        raise DiskFull


async def _receive(request: Ask, context: Context, draft: Path) -> tuple[int, str]:
    """Write the body to a file as it comes; returns its size and hash."""
    digest, size = hashlib.sha256(), 0
    file = await context.lanes.run(draft.open, "xb")
    try:
        batch = bytearray()
        async for piece in request.stream():
            size += len(piece)
            _check_size(context, size)
            batch += piece
            if len(batch) >= BATCH:
                await context.lanes.run(_write, file, bytes(batch), digest)
                batch.clear()
        await context.lanes.run(_write, file, bytes(batch), digest)
    finally:
        await context.lanes.run(file.close)
    return size, digest.hexdigest()


def _write(file: BinaryIO, data: bytes, digest: Any) -> None:
    with storage_errors():
        file.write(data)
        file.flush()
    digest.update(data)


router = Router("/", route_handlers=[read_pack, read_blob, put_blob], tags=["files"])
