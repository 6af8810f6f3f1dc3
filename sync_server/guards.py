"""Who may call a route. Every route names one of these guards; a test fails for a route that names none."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from lms_core.errors import AuthExpired, Denied
from sync_server.context import Context

Connection = ASGIConnection[Any, Any, Any, Any]


async def anyone(connection: Connection, _: BaseRouteHandler) -> None:
    """No sign-in is needed."""
    context = Context.of(connection)
    context.limits.requests.take(f"address {context.address(connection)}")


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """A valid access token of an active account (API-04); the caller becomes `request.user`."""
    context = Context.of(connection)
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthExpired("auth_missing")
    caller = await context.lanes.run(context.served.accounts.authenticate, token.strip())
    context.limits.requests.take(f"account {caller.account}")
    connection.scope["user"] = caller


async def admin(connection: Connection, handler: BaseRouteHandler) -> None:
    """The same, and the account is an administrator's now."""
    await signed_in(connection, handler)
    if connection.user.role != "admin":
        raise Denied


GUARDS = frozenset({anyone, signed_in, admin})
