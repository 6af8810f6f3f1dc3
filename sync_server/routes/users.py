"""The caller's own account (ACC-18)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get

from lms_core.accounts.model import Caller
from sync_server.context import Context
from sync_server.guards import signed_in
from sync_server.routes.bodies import UserBody, user_body


@get("/me", guards=[signed_in])
async def me(request: Request[Caller, Any, Any]) -> UserBody:
    """Who the access token belongs to."""
    context = Context.of(request)
    return user_body(await context.lanes.run(context.served.accounts.me, request.user))


router = Router("/users", route_handlers=[me], tags=["accounts"])
