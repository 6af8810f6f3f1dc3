"""Codes beside the password: switch them on and off, and the recovery codes that stand in for a lost phone (ACC-04)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.model import Caller
from sync_server.context import Context
from sync_server.guards import signed_in
from sync_server.routes.bodies import moment, readable

Text = Annotated[str, Meta(max_length=1000)]


class ProvedBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The account's password, asked for again."""

    password: Text


class CodeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A code that an authenticator app shows."""

    code: Annotated[str, Meta(max_length=20, examples=["123456"])]


class FactorBody(Struct, frozen=True, kw_only=True):
    """Whether a sign-in asks for a code, since when, and how many recovery codes are left."""

    on: bool
    since: str | None
    codes_left: int


class SetupBody(Struct, frozen=True, kw_only=True):
    """What an authenticator app is given, as text and as an address for a QR code."""

    secret: str
    uri: str


class CodesBody(Struct, frozen=True, kw_only=True):
    """Recovery codes; each works once, and they are told this once."""

    recovery_codes: list[str]


@get("/", guards=[signed_in])
async def state(request: Request[Caller, Any, Any]) -> FactorBody:
    """Whether a sign-in asks for a code."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.second_factor.state, request.user)
    return FactorBody(
        on=found.on, since=None if found.since is None else moment(found.since), codes_left=found.codes_left
    )


@post("/", guards=[signed_in], status_code=200)
async def begin(request: Request[Caller, Any, Any], data: JSONBody[ProvedBody]) -> SetupBody:
    """Make a secret; it counts once a first code has confirmed it."""
    context = _counted(request)
    made = await context.lanes.slow(context.served.second_factor.begin, request.user, data.password)
    return SetupBody(secret=made.secret, uri=made.uri)


@post("/confirm", guards=[signed_in], status_code=200)
async def confirm(request: Request[Caller, Any, Any], data: JSONBody[CodeBody]) -> CodesBody:
    """Switch it on; the answer holds the recovery codes."""
    context = _counted(request)
    codes = await context.lanes.run(context.served.second_factor.confirm, request.user, data.code)
    return CodesBody(recovery_codes=codes)


@post("/recovery-codes", guards=[signed_in], status_code=200)
async def renew(request: Request[Caller, Any, Any], data: JSONBody[ProvedBody]) -> CodesBody:
    """Other recovery codes in the place of all former ones."""
    context = _counted(request)
    codes = await context.lanes.slow(context.served.second_factor.renew_codes, request.user, data.password)
    return CodesBody(recovery_codes=codes)


@post("/end", guards=[signed_in], status_code=204)
async def end(request: Request[Caller, Any, Any], data: JSONBody[ProvedBody]) -> None:
    """Switch it off."""
    context = _counted(request)
    await context.lanes.slow(context.served.second_factor.end, request.user, data.password)


def _counted(request: Request[Caller, Any, Any]) -> Context:
    """Who has somebody's token shall not try out passwords and codes with it."""
    context = Context.of(request)
    context.limits.sign_in.take(f"password {request.user.account}")
    return context


router = Router(
    "/auth/second-factor",
    route_handlers=[state, begin, confirm, renew, end],
    before_request=readable,
    tags=["accounts"],
)
