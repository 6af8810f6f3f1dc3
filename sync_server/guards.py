"""Who may call a route. Every route names one of these guards; a test fails for a route that names none."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from lms_core.errors import AuthExpired, Denied, LmsError, NotFound, UserError
from lms_core.permissions import is_admin, is_anyone, is_authenticated, is_instructor_or_admin, is_moderator_or_up
from sync_server.context import Context
from sync_server.problems import refusal

Connection = ASGIConnection[Any, Any, Any, Any]

MOVES_DATA = "moves_data"
"""Marks routes by which sync and files go: they come in parts, and have a larger limit (SEC-07)."""

OLDEST, NEWEST = 1, 1
"""Versions of the interface that this server speaks; every answer says so in `API-Versions` (API-01)."""


def _speaks(connection: Connection) -> None:
    """Raise UserError `api_version` when the caller says in `API-Version` that it speaks another one."""
    said = connection.headers.get("api-version", str(NEWEST))
    if said not in map(str, range(OLDEST, NEWEST + 1)):
        raise UserError("api_version", oldest=OLDEST, newest=NEWEST)


def _allow(allowed: bool) -> None:
    """Raise Denied unless the predicate that a guard is named by holds (ROL-11)."""
    if not allowed:
        raise Denied


async def anyone(connection: Connection, _: BaseRouteHandler) -> None:
    """No sign-in is needed."""
    _speaks(connection)
    context = Context.of(connection)
    context.limits.address.take(context.address(connection))
    _allow(is_anyone(None))


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """A valid access token of an active account (API-04); the caller becomes `request.user`."""
    _speaks(connection)
    context = Context.of(connection)
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthExpired("auth_missing")
    accounts, token = context.served.accounts, token.strip()
    caller = accounts.known(token)
    if caller is None:
        caller = await context.lanes.run(accounts.authenticate, token)
    limits = context.limits
    (limits.transfers if handler.opt.get(MOVES_DATA) else limits.requests).take(caller.account)
    _allow(is_authenticated(caller))
    connection.scope["user"] = caller


async def admin(connection: Connection, handler: BaseRouteHandler) -> None:
    """The same, and the account is an administrator's now."""
    await signed_in(connection, handler)
    _allow(is_admin(connection.user))


async def maybe_signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """Anyone, but a token that is sent must be valid: then the answer may hold more."""
    if "authorization" in connection.headers:
        await signed_in(connection, handler)
    else:
        await anyone(connection, handler)
        connection.scope["user"] = None


async def author(connection: Connection, handler: BaseRouteHandler) -> None:
    """The same for those who write courses of their own."""
    await signed_in(connection, handler)
    _allow(is_instructor_or_admin(connection.user))


async def staff(connection: Connection, handler: BaseRouteHandler) -> None:
    """The same, and the account is a manager's or an administrator's now."""
    await signed_in(connection, handler)
    _allow(is_moderator_or_up(connection.user))


async def scraper(connection: Connection, _: BaseRouteHandler) -> None:
    """A monitor that knows the token of the settings; without one in the settings nobody."""
    context = Context.of(connection)
    context.limits.address.take(context.address(connection))
    wanted = context.settings.metrics_token
    if not wanted:
        raise NotFound
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(token.strip().encode(), wanted.encode()):
        raise AuthExpired("auth_missing")
    _allow(is_anyone(None))  # a program, which is nobody


async def signed_in_soon(connection: Connection, handler: BaseRouteHandler) -> None:
    """For a line that stays open: a token that is sent must be valid; without one the line asks for it first of all."""
    try:
        await (signed_in if "authorization" in connection.headers else anyone)(connection, handler)
    except LmsError as error:
        raise refusal(error) from error


GUARDS = frozenset({anyone, maybe_signed_in, signed_in, signed_in_soon, author, staff, admin, scraper})
