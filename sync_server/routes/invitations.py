"""Invitations: sent, listed and called back by managers and administrators, accepted by who got the mail (ACC-20)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.accounts.model import Caller, Registration, key_of
from lms_core.invitations.model import MOST_MESSAGE, Invitation, Key, State, Wanted, Wish
from sync_server.context import Context
from sync_server.details import ClientId, created, given, uuid_of
from sync_server.guards import anyone, staff
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, readable, when
from sync_server.routes.recovery import Code, Token, take_try

Ask = Request[Caller, Any, Any]
Name = Annotated[str, Meta(max_length=150, examples=["Ada"])]
Role = Literal["student", "instructor", "manager", "admin"]


class InvitationWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite; managers invite students. Who has an account can be invited into a class alone."""

    id: ClientId | UnsetType = UNSET
    email: Annotated[str, Meta(max_length=254, examples=["sam@school.example"])]
    role: Role = "student"
    first_name: Name = ""
    last_name: Name = ""
    class_id: Annotated[str, Meta(max_length=64, description="of a class that is open, or empty")] = ""
    message: Annotated[str, Meta(max_length=MOST_MESSAGE, description="stands in the mail")] = ""
    language: Annotated[str, Meta(max_length=10, examples=["de"], description="of the mail; the server's if empty")] = (
        ""
    )


class InvitationBody(Struct, frozen=True, kw_only=True):
    """An invitation; it works while its state is open, until `expires_at`. Link and code are in the mail alone."""

    id: str
    email: str
    first_name: str
    last_name: str
    role: str
    class_id: str | None
    class_name: str
    message: str
    language: str
    state: State
    invited_by: str
    made_at: str
    sent_at: str
    expires_at: str
    accepted_at: str | None


class AcceptBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token of the link, or address and code; for a new account a password, and names if none were invited."""

    token: Token = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    code: Code = ""
    password: Annotated[str, Meta(max_length=1000, description="8 to 128 characters")] = ""
    password_confirm: Annotated[str, Meta(max_length=1000)] = ""
    first_name: Name = ""
    last_name: Name = ""
    username: Annotated[str, Meta(max_length=150, description="made from the name when empty")] = ""
    cohort: Annotated[str, Meta(max_length=100)] = ""


class AcceptedBody(Struct, frozen=True, kw_only=True):
    """The account that one signs in with from now on."""

    id: str
    email: str
    username: str
    first_name: str
    last_name: str
    role: str


@get("/", guards=[staff], operation_class=Listing)
async def invitations(
    request: Ask,
    search: FromQuery[str] = "",
    wanted: Annotated[Literal["", "open", "accepted", "expired", "revoked"], QueryParameter(name="state")] = "",
) -> PageOf[InvitationBody]:
    """Invitations, the last sent first; managers see those of students."""
    context, page = Context.of(request), page_of(request)
    found_by = Wanted(search=search[:200], state=wanted)
    count, found = await context.lanes.run(
        context.served.invitations.list, request.user, found_by, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [_body(each) for each in found]))


@post("/", guards=[staff])
async def invite(request: Ask, data: JSONBody[InvitationWish]) -> Response[InvitationBody]:
    """Invite somebody by mail, for seven days."""
    context, said = Context.of(request), given(data)
    new = said.pop("id", "")
    context.limits.mail.take(f"invite {key_of(data.email)}")
    made = await context.lanes.run(
        context.served.invitations.invite, request.user, Wish(**said), new=new, origin=context.origin(request)
    )
    context.served.mailed()
    return created(request, _body(made), made.id)


@post("/{invitation_id:str}/resend", guards=[staff], status_code=200)
async def resend(request: Ask, invitation_id: FromPath[str]) -> InvitationBody:
    """Mail it again with another link and code, for another seven days; the former ones work no more."""
    context, name = Context.of(request), uuid_of(invitation_id)
    context.limits.mail.take(f"invitation {name}")
    sent = await context.lanes.run(
        context.served.invitations.resend, request.user, name, origin=context.origin(request)
    )
    context.served.mailed()
    return _body(sent)


@delete("/{invitation_id:str}", guards=[staff])
async def revoke(request: Ask, invitation_id: FromPath[str]) -> None:
    """Call it back: link and code work no more."""
    context, name = Context.of(request), uuid_of(invitation_id)
    await context.lanes.run(context.served.invitations.revoke, request.user, name, origin=context.origin(request))


@post("/accept", guards=[anyone], status_code=200)
async def accept(request: Request[Any, Any, Any], data: JSONBody[AcceptBody]) -> AcceptedBody:
    """Come in by an invitation: make the account, or join the class with the one there is. Five tries a code."""
    take_try(request, data.email)
    context = Context.of(request)
    said = msgspec.structs.asdict(data)
    key = Key(token=said.pop("token"), code=said.pop("code"), email=data.email)
    user = await context.lanes.slow(
        context.served.invitations.accept, key, Registration(**said), origin=context.origin(request)
    )
    context.served.wrote()
    context.served.mailed()
    return AcceptedBody(**{name: getattr(user, name) for name in AcceptedBody.__struct_fields__})


def _body(found: Invitation) -> InvitationBody:
    times = {name: moment(getattr(found, name)) for name in ("made_at", "sent_at", "expires_at")}
    return InvitationBody(**asdict(found) | times | {"accepted_at": when(found.accepted_at)})


router = Router(
    "/invitations",
    route_handlers=[invitations, invite, resend, revoke, accept],
    before_request=readable,
    tags=["people"],
)
