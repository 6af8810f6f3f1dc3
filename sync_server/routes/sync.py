"""The exchange of SYNC.md section 5. The body is taken as it comes and decoded by the core, once."""

from __future__ import annotations

from typing import Any

import zstandard
from litestar import Request, Response, Router, post

from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from lms_core.sync.wire import MAX_COMPRESSED
from sync_server.context import Context
from sync_server.guards import MOVES_DATA, signed_in
from sync_server.routes.sync_json import inflated, reply_to_json, request_from_json

JSON, MSGPACK, ZSTD = "application/json", "application/msgpack", "application/zstd"


@post("/sync", guards=[signed_in], status_code=200, request_max_body_size=None, media_type=ZSTD)
async def exchange(request: Request[Caller, Any, Any]) -> Response[bytes]:
    """Send ops, get verdicts and changes.

    The request is msgpack with `Content-Encoding: zstd` (or without), or JSON. The reply to msgpack is a zstd frame of
    msgpack under the media type application/zstd, so that no HTTP library unpacks it without a limit; the reply to JSON
    is JSON. At most 1 MB as sent and 8 MB unpacked.
    """
    context = Context.of(request)
    kind = request.headers.get("content-type", MSGPACK).partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if kind not in (JSON, MSGPACK) or coding not in ("identity", "zstd"):
        raise UserError("wrong_media_type")
    body = await _body(request)
    answer = await context.lanes.run(_answer, context, request.user.account, body, as_json=kind == JSON, coding=coding)
    context.served.wrote()
    return Response(answer, media_type=JSON if kind == JSON else ZSTD)


async def _body(request: Request[Caller, Any, Any]) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_COMPRESSED:
            raise UserError("too_large")
    return bytes(body)


def _answer(context: Context, account: str, body: bytes, *, as_json: bool, coding: str) -> bytes:
    if as_json:
        plain = inflated(body) if coding == "zstd" else body
        return reply_to_json(context.served.exchange(account, request_from_json(plain)))
    packed = body if coding == "zstd" else zstandard.ZstdCompressor(level=1).compress(body)
    return context.served.exchange(account, packed)


router = Router("/", route_handlers=[exchange], tags=["sync"], opt={MOVES_DATA: True})
