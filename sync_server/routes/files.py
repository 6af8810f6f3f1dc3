"""Published packs and media by their SHA-256: immutable, in parts (SYNC.md section 7)."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from lms_core.accounts.model import Caller
from lms_core.errors import NotFound, UserError
from sync_server.context import Context
from sync_server.guards import MOVES_DATA, signed_in
from sync_server.ranges import BINARY, send_file

GET, HEAD = HttpMethod.GET, HttpMethod.HEAD
Ask = Request[Caller, Any, Any]


class FileNames(msgspec.Struct, frozen=True):
    """SHA-256 in hex, at most 5,000."""

    names: list[str]


@route("/packs/{sha256:str}", http_method=[GET, HEAD], guards=[signed_in], media_type=BINARY)
async def read_pack(request: Ask, sha256: FromPath[str]) -> Response[Any]:
    """A published course version. Knows `Range`, `If-Range` and `If-None-Match`; HEAD tells its size."""
    context = Context.of(request)
    if not await context.lanes.run(context.served.may_read_pack, request.user, sha256):
        raise NotFound
    return await send_file(request, context.lanes, context.served.packs, sha256=sha256)


@route("/blobs/{sha256:str}", http_method=[GET, HEAD], guards=[signed_in], media_type=BINARY)
async def read_blob(request: Ask, sha256: FromPath[str]) -> Response[Any]:
    """A media file. Knows `Range`, `If-Range` and `If-None-Match`; HEAD tells whether it is there, and its size."""
    context = Context.of(request)
    if not await context.lanes.run(context.served.may_read_blob, request.user, sha256):
        raise NotFound
    return await send_file(request, context.lanes, context.served.blobs, sha256=sha256)


@post("/files/lacking", guards=[signed_in], status_code=200)
async def lacking(request: Ask) -> FileNames:
    """Those of the named files that the server should have and has not, as far as the caller may bring them back."""
    context = Context.of(request)
    try:
        body = msgspec.json.decode(await request.body(), type=FileNames)
    except msgspec.MsgspecError as error:
        raise UserError("bad_request") from error
    found = await context.lanes.run(context.served.filing.uploads.lacking, request.user.account, body.names)
    return FileNames(found)


router = Router("/", route_handlers=[read_pack, read_blob, lacking], tags=["files"], opt={MOVES_DATA: True})
