"""The line over which a device hears that there is something to fetch (SYNC.md section 8, RT-02, RT-03)."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import msgspec
from litestar import Router, WebSocket, websocket

from lms_core.accounts.model import Caller
from lms_core.errors import AuthExpired, Busy, LmsError
from sync_server.context import Context
from sync_server.guards import MOVES_DATA, signed_in_soon
from sync_server.problems import closing

log = logging.getLogger(__name__)

SIGN_IN_S = 10

Socket = WebSocket[Caller | None, Any, Any]


class _SignIn(msgspec.Struct, tag_field="type", tag="sign_in"):
    data: dict[str, str]


@websocket("/live", guards=[signed_in_soon])
async def live(socket: Socket) -> None:
    """Messages are `{type, timestamp, data}`.

    `scopes` says where everything stands that the account may read; it comes first and again when rights change.
    `poke` says that one scope has grown: fetch within `jitter` ms. A client may say `sign_in` with its access token
    when it cannot send a header, and `subscribe` to topics when it does not want to hear everything.
    """
    context = Context.of(socket)
    ear = None
    await socket.accept()
    try:
        if context.board.full:
            raise Busy
        caller = socket.scope.get("user") or await _sign_in(context, socket)
        ear = context.board.join(caller, socket.send)
        while (message := await socket.receive())["type"] == "websocket.receive":
            context.limits.transfers.take(caller.account)
            context.board.hear(ear, str(message.get("text") or ""))
    except LmsError as error:
        await socket.close(*closing(error))
    finally:
        if ear is not None:
            context.board.leave(ear)


async def _sign_in(context: Context, socket: Socket) -> Caller:
    """The caller by the first message."""
    try:
        async with asyncio.timeout(SIGN_IN_S):
            message = await socket.receive()
        text: Any = message.get("text") or ""
        token = msgspec.json.decode(text, type=_SignIn).data["token"]
    except (TimeoutError, msgspec.MsgspecError, KeyError) as error:
        raise AuthExpired("auth_missing") from error
    caller = await context.lanes.run(context.served.accounts.authenticate, token)
    socket.scope["user"] = caller
    return caller


router = Router("/", route_handlers=[live], opt={MOVES_DATA: True})
