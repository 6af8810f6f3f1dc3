"""Getting an account, signing in, staying in, getting out (ACC-02 to ACC-08, ACC-13)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.model import Caller, Registration, Tokens, key_of
from sync_server.context import Context
from sync_server.guards import anyone, signed_in
from sync_server.routes.bodies import SessionBody, UserBody, readable, session_body, user_body
from sync_server.routes.recovery import take_try

Text = Annotated[str, Meta(max_length=1000)]


class RegisterBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new account; without an invitation it is a student's."""

    email: Annotated[str, Meta(max_length=1000, examples=["ada@school.example"])]
    password: Annotated[
        str, Meta(max_length=1000, description="8 to 128 characters", examples=["seven green bicycles"])
    ]
    password_confirm: Text
    first_name: Annotated[str, Meta(max_length=1000, examples=["Ada"])]
    last_name: Annotated[str, Meta(max_length=1000, examples=["Moyo"])]
    username: Annotated[str, Meta(max_length=1000, description="made from the name when empty")] = ""
    cohort: Text = ""
    code: Annotated[
        str,
        Meta(
            max_length=40, examples=["K7PM-2XWD"],
            description="of a class or an invitation, where the server asks for one; who was invited comes in as that",
        ),
    ] = ""  # fmt: skip


class RegisteredBody(Struct, frozen=True, kw_only=True):
    """The account that was made."""

    id: str
    email: str
    username: str
    first_name: str
    last_name: str
    role: str
    cohort: str


class LoginBody(Struct, frozen=True, kw_only=True):
    """Credentials; `remember_me` lets the sign-in live for weeks, `card` brings back an account that a restore lost.

    `second_factor` is a code where the account asks for one: the answer without it is 401 `second_factor_needed`.
    """

    email: Text
    password: Text
    remember_me: bool = False
    second_factor: Annotated[str, Meta(max_length=40)] = ""
    card: Annotated[str, Meta(max_length=8000)] = ""


class TokensBody(Struct, frozen=True, kw_only=True):
    """An access token for `Authorization: Bearer`, valid for `expires_in` seconds, and the next refresh token."""

    access: str
    refresh: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105


class LoginReply(TokensBody, frozen=True, kw_only=True):
    """Tokens and whose they are."""

    user: UserBody


class RefreshBody(Struct, frozen=True):
    """The refresh token of the last sign-in or refresh."""

    refresh: Text


class PasswordBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The password as it is and as it shall be."""

    old_password: Text
    new_password: Text


class EndedBody(Struct, frozen=True):
    """How many sessions ended."""

    ended: int


@post("/register", guards=[anyone])
async def register(request: Request[Any, Any, Any], data: JSONBody[RegisterBody]) -> RegisteredBody:
    """Make an account for oneself, where the server takes any (`registration` of `GET /health`)."""
    context = Context.of(request)
    context.limits.register.take(context.address(request))
    if data.code:
        take_try(request, data.email)
    said = msgspec.structs.asdict(data)
    code, origin = said.pop("code"), context.origin(request)
    admits, make = context.settings.registration, context.served.invitations.register
    user = await context.lanes.slow(make, Registration(**said), code, admits=admits, origin=origin)
    context.served.wrote()
    context.served.mailed()
    return RegisteredBody(**{name: getattr(user, name) for name in RegisteredBody.__struct_fields__})


@post("/login", guards=[anyone], status_code=200)
async def login(request: Request[Any, Any, Any], data: JSONBody[LoginBody]) -> LoginReply:
    """Sign in. Wrong credentials give 401 with the same words whether or not the account exists."""
    context = Context.of(request)
    address = context.address(request)
    context.limits.sign_in_address.take(address)
    context.limits.sign_in.take(f"{address} {key_of(data.email)}")
    tokens, user = await context.lanes.slow(
        context.served.accounts.sign_in,
        data.email,
        data.password,
        remember=data.remember_me,
        origin=context.origin(request),
        card=data.card,
        code=data.second_factor,
    )
    context.served.mailed()
    return LoginReply(user=user_body(user), **tokens_of(tokens))


@post("/refresh", guards=[anyone], status_code=200)
async def refresh(request: Request[Any, Any, Any], data: JSONBody[RefreshBody]) -> TokensBody:
    """Exchange a refresh token. The old one stays valid until the new one was used once."""
    context = Context.of(request)
    tokens = await context.lanes.run(context.served.accounts.refresh, data.refresh, origin=context.origin(request))
    return TokensBody(**tokens_of(tokens))


def tokens_of(tokens: Tokens) -> dict[str, Any]:
    """The fields of tokens in a body."""
    return {"access": tokens.access, "refresh": tokens.refresh, "expires_in": tokens.expires_in}


@post("/logout", guards=[signed_in], status_code=200)
async def logout(request: Request[Caller, Any, Any]) -> EndedBody:
    """End this session; its tokens stop working."""
    context = Context.of(request)
    await context.lanes.run(context.served.accounts.sign_out, request.user)
    return EndedBody(1)


@post("/logout-all", guards=[signed_in], status_code=200)
async def logout_all(request: Request[Caller, Any, Any]) -> EndedBody:
    """End every session of the account on every device."""
    context = Context.of(request)
    return EndedBody(await context.lanes.run(context.served.accounts.sign_out_everywhere, request.user))


@post("/password/change", guards=[signed_in], status_code=204)
async def change_password(request: Request[Caller, Any, Any], data: JSONBody[PasswordBody]) -> None:
    """Change the password; all other sessions end."""
    context = Context.of(request)
    context.limits.sign_in.take(f"password {request.user.account}")
    await context.lanes.slow(
        context.served.accounts.change_password, request.user, data.old_password, data.new_password
    )
    context.served.mailed()


@get("/sessions", guards=[signed_in])
async def sessions(request: Request[Caller, Any, Any]) -> list[SessionBody]:
    """The account's sessions, the last used first."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.accounts.sessions, request.user)
    return [session_body(each, request.user.session) for each in found]


@delete("/sessions/{session_id:str}", guards=[signed_in])
async def end_session(request: Request[Caller, Any, Any], session_id: FromPath[str]) -> None:
    """End one of the account's own sessions."""
    context = Context.of(request)
    await context.lanes.run(context.served.accounts.end_session, request.user, session_id)


router = Router(
    "/auth",
    route_handlers=[register, login, refresh, logout, logout_all, change_password, sessions, end_session],
    before_request=readable,
    tags=["accounts"],
)
