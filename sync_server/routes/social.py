"""Signing in through a provider's page in the system browser (ACC-14, RFC 8252); off unless one is set up."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import MediaType, Request, Response, Router, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect
from msgspec import Meta, Struct

from lms_core.accounts.model import Caller
from lms_core.errors import AuthExpired, LmsError
from sync_server.context import Context
from sync_server.guards import anyone, signed_in
from sync_server.routes.auth import LoginReply, tokens_of
from sync_server.routes.bodies import moment, readable, user_body

Text = Annotated[str, Meta(max_length=1000)]
OVER = "This sign-in took too long or was used already. Go back to the app and begin again."


class ProviderBody(Struct, frozen=True, kw_only=True):
    """A provider that is set up: its name in addresses, and what a button says."""

    name: str
    label: str


class VisitBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the browser shall come back on the app's own machine, and the S256 hash of the app's secret (RFC 7636)."""

    redirect_uri: Annotated[str, Meta(max_length=300, examples=["http://127.0.0.1:49152/back"])]
    state: Annotated[str, Meta(max_length=200)]
    code_challenge: Annotated[str, Meta(max_length=100)]


class PageBody(Struct, frozen=True):
    """The address to open in the browser."""

    url: str


class CodeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that the browser brought, and the app's secret; `second_factor` where the account asks for a code."""

    code: Annotated[str, Meta(max_length=200)]
    code_verifier: Annotated[str, Meta(max_length=200)]
    second_factor: Annotated[str, Meta(max_length=40)] = ""
    remember_me: bool = False


class IdentityBody(Struct, frozen=True, kw_only=True):
    """A provider with which the account can sign in."""

    provider: str
    email: str
    linked_at: str


@get("/providers", guards=[anyone])
async def providers(request: Request[Any, Any, Any]) -> list[ProviderBody]:
    """The providers through which one may sign in here."""
    return [ProviderBody(name=p.name, label=p.label) for p in Context.of(request).served.providers.known.values()]


@post("/social/{provider:str}/visits", guards=[anyone], status_code=201)
async def begin(request: Request[Any, Any, Any], provider: FromPath[str], data: JSONBody[VisitBody]) -> PageBody:
    """Begin a visit to the provider; open the address that is answered in the system's browser."""
    return await _begin(request, provider, data, None)


@post("/social/{provider:str}/links", guards=[signed_in], status_code=201)
async def begin_link(
    request: Request[Caller, Any, Any], provider: FromPath[str], data: JSONBody[VisitBody]
) -> PageBody:
    """The same, to link the provider to the caller's account."""
    return await _begin(request, provider, data, request.user)


async def _begin(request: Request[Any, Any, Any], name: str, data: VisitBody, caller: Caller | None) -> PageBody:
    context = Context.of(request)
    context.limits.sign_in_address.take(context.address(request))
    served = context.served

    def work() -> str:
        visit = served.identities.begin(
            served.providers[name].name,
            redirect_uri=data.redirect_uri,
            state=data.state,
            challenge=data.code_challenge,
            caller=caller,
        )
        return served.providers.page(name, visit)

    return PageBody(await context.lanes.run(work))


@get("/social/{provider:str}/callback", guards=[anyone], status_code=302, media_type=MediaType.TEXT)
async def callback(
    request: Request[Any, Any, Any],
    provider: FromPath[str],
    visit: Annotated[str, QueryParameter(name="state")] = "",
    code: FromQuery[str] = "",
) -> Response[Any]:
    """Where the provider sends the browser; it goes on to the app with a code of ours, or with `error`."""
    context = Context.of(request)
    served = context.served

    def work() -> str:
        begun = served.identities.resume(provider, visit)
        person = None
        if code:
            try:
                person = served.providers.person(provider, code, begun)
            except LmsError:
                served.identities.finish(provider, visit, None)
                raise
        return served.identities.finish(provider, visit, person)

    try:
        return Redirect(await context.lanes.run(work), status_code=302)
    except AuthExpired:
        return Response(OVER, status_code=401, media_type=MediaType.TEXT)


@post("/social/{provider:str}", guards=[anyone], status_code=200)
async def sign_in(request: Request[Any, Any, Any], provider: FromPath[str], data: JSONBody[CodeBody]) -> LoginReply:
    """Sign in with what the browser brought; an account is made for somebody new (registration must be open)."""
    context = Context.of(request)
    context.limits.sign_in_address.take(context.address(request))
    tokens, user = await context.lanes.run(
        context.served.identities.sign_in,
        provider,
        data.code,
        data.code_verifier,
        second=data.second_factor,
        remember=data.remember_me,
        origin=context.origin(request),
    )
    context.served.wrote()
    context.served.mailed()
    return LoginReply(user=user_body(user), **tokens_of(tokens))


@post("/social/{provider:str}/link", guards=[signed_in], status_code=204)
async def link(request: Request[Caller, Any, Any], provider: FromPath[str], data: JSONBody[CodeBody]) -> None:
    """Link the provider's person to the account whose visit it was."""
    context = Context.of(request)
    await context.lanes.run(
        context.served.identities.link, request.user, provider, data.code, data.code_verifier
    )  # fmt: skip


@get("/identities", guards=[signed_in])
async def identities(request: Request[Caller, Any, Any]) -> list[IdentityBody]:
    """The providers with which the account can sign in."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.identities.linked, request.user)
    return [IdentityBody(provider=i.provider, email=i.email, linked_at=moment(i.linked_at)) for i in found]


@delete("/identities/{provider:str}", guards=[signed_in])
async def unlink(request: Request[Caller, Any, Any], provider: FromPath[str]) -> None:
    """Remove one; refused when there would be no way in any more."""
    context = Context.of(request)
    await context.lanes.run(context.served.identities.unlink, request.user, provider)


router = Router(
    "/auth",
    route_handlers=[providers, begin, begin_link, callback, sign_in, link, identities, unlink],
    before_request=readable,
    tags=["accounts"],
)
