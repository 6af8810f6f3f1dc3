"""Confirm an e-mail address and set a forgotten password, without a sign-in (ACC-09, ACC-10)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.model import key_of
from sync_server.context import Context
from sync_server.guards import anyone
from sync_server.routes.bodies import readable

Address = Annotated[str, Meta(max_length=254, examples=["ada@school.example"])]
Token = Annotated[str, Meta(max_length=64, description="from the link of the mail")]
Code = Annotated[str, Meta(max_length=16, description="the six figures of the mail", examples=["493817"])]
Password = Annotated[str, Meta(max_length=1000, description="8 to 128 characters", examples=["seven green bicycles"])]


class AddressBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to write to."""

    email: Address


class VerifyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token alone, or address and code."""

    token: Token = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    code: Code = ""


class VerifiedBody(Struct, frozen=True):
    """The address is confirmed."""

    is_email_verified: bool


class ConfirmBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token alone, or address and code; and the password that is wished for."""

    new_password: Password
    token: Token = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    code: Code = ""


def take_try(request: Request[Any, Any, Any], email: str) -> None:
    """Count a try at a proof as a try to sign in. Raises UserError `rate_limited`."""
    context = Context.of(request)
    address = context.address(request)
    context.limits.sign_in_address.take(address)
    if email:
        context.limits.sign_in.take(f"{address} proof {key_of(email)}")


def _take_mail(request: Request[Any, Any, Any], what: str, email: str) -> None:
    context = Context.of(request)
    context.limits.mail_address.take(context.address(request))
    context.limits.mail.take(f"{what} {key_of(email)}")


@post("/email/verify", guards=[anyone], status_code=200)
async def verify(request: Request[Any, Any, Any], data: JSONBody[VerifyBody]) -> VerifiedBody:
    """Confirm an e-mail address by the token of the link, or by address and code; five tries a code."""
    take_try(request, data.email)
    context = Context.of(request)
    user = await context.lanes.run(
        context.served.recovery.verify_email, token=data.token, email=data.email, code=data.code
    )
    context.served.wrote()
    return VerifiedBody(user.is_email_verified)


@post("/email/verify/resend", guards=[anyone], status_code=204)
async def resend(request: Request[Any, Any, Any], data: JSONBody[AddressBody]) -> None:
    """Mail another code, if there is such an account and its address is not confirmed; the answer is the same."""
    _take_mail(request, "verify", data.email)
    context = Context.of(request)
    await context.lanes.run(context.served.recovery.resend_verification, data.email, context.origin(request))
    context.served.mailed()


@post("/password/reset", guards=[anyone], status_code=204)
async def reset(request: Request[Any, Any, Any], data: JSONBody[AddressBody]) -> None:
    """Mail a code that sets a new password, if there is such an account; the answer is the same."""
    _take_mail(request, "reset", data.email)
    context = Context.of(request)
    await context.lanes.run(context.served.recovery.request_reset, data.email, context.origin(request))
    context.served.mailed()


@post("/password/reset/confirm", guards=[anyone], status_code=204)
async def confirm(request: Request[Any, Any, Any], data: JSONBody[ConfirmBody]) -> None:
    """Set the password by the token of the link, or by address and code; every session of the account ends."""
    take_try(request, data.email)
    context = Context.of(request)
    given = {"token": data.token, "email": data.email, "code": data.code}
    await context.lanes.slow(context.served.recovery.reset_password, data.new_password, **given)
    context.served.mailed()


router = Router(
    "/auth", route_handlers=[verify, resend, reset, confirm], before_request=readable, tags=["accounts"]
)  # fmt: skip
