"""The queue of mails for administrators: what waits, was sent or failed and why. What mails say is never shown."""

from __future__ import annotations

import smtplib
from email.errors import MessageError
from typing import Annotated, Any

from litestar import Request, Router, delete, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from lms_core.accounts.audit import By
from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from lms_core.mail.queue import Mail
from lms_core.operation.mails import STATES
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.mail import reason
from sync_server.routes.bodies import moment, readable, when

Ask = Request[Caller, Any, Any]


class MailBody(Struct, frozen=True, kw_only=True):
    """A mail without what it says, for that may hold a code."""

    id: Annotated[str, Meta(description="id of the mail", examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"])]
    to: Annotated[str, Meta(description="its address", examples=["ada@school.example"])]
    template: Annotated[str, Meta(description="what kind of mail it is", examples=["verification"])]
    state: Annotated[str, Meta(description="waiting, dead (given up) or sent", examples=["waiting"])]
    attempts: Annotated[int, Meta(ge=0, description="how often it was tried", examples=[2])]
    error: Annotated[str, Meta(description="what the mail server said at the last try", examples=["451: greylisted"])]
    created_at: Annotated[str, Meta(description="when it was made", examples=["2026-01-05T08:00:00.000Z"])]
    next_try: Annotated[str | None, Meta(description="when it is tried next", examples=["2026-01-05T08:00:00.000Z"])]
    sent_at: Annotated[str | None, Meta(description="when it was sent", examples=["2026-01-05T08:00:00.000Z"])]


class MailState(Struct, frozen=True, kw_only=True):
    """How mails go, and how many there are."""

    by: Annotated[str, Meta(description="smtp or outbox", examples=["smtp"])]
    server: Annotated[
        str, Meta(description="host and port, or the folder of the outbox", examples=["smtp.school.example:587"])
    ]
    encryption: Annotated[str, Meta(description="starttls, tls or none; empty for the outbox", examples=["starttls"])]
    sender: Annotated[str, Meta(description="who they come from", examples=["Hill School <lms@school.example>"])]
    waiting: Annotated[int, Meta(ge=0, description="how many wait", examples=[3])]
    dead: Annotated[int, Meta(ge=0, description="how many were given up: refused for good, or too old", examples=[1])]
    sent: Annotated[int, Meta(ge=0, description="how many were sent", examples=[40])]


class TestedBody(Struct, frozen=True, kw_only=True):
    """Where the test mail went."""

    to: Annotated[str, Meta(description="the address of who asked", examples=["ada@school.example"])]


@get("", guards=[admin], operation_class=Listing)
async def mails(request: Ask) -> PageOf[MailBody]:
    """The mails of the last three months, the newest first; filters: `state` (waiting, dead, sent), `search`."""
    context, page = Context.of(request), page_of(request)
    state, search = (request.query_params.get(name, "")[:200] for name in ("state", "search"))
    if state not in ("", *STATES):
        raise UserError("invalid_fields", fields={"state": ["invalid"]}, names="state")
    desk = context.served.mails
    count, found = await context.lanes.run(desk.page, state=state, search=search, offset=page.offset, most=page.size)
    return PageOf(**paged(request, page, count, [_body(each) for each in found]))


@get("/state", guards=[admin])
async def state(request: Ask) -> MailState:
    """How mails go, and how many wait, failed and were sent."""
    context = Context.of(request)
    settings, counts = context.settings, await context.lanes.run(context.served.mails.counts)
    smtp = bool(settings.smtp_host)
    return MailState(
        by="smtp" if smtp else "outbox",
        server=f"{settings.smtp_host}:{settings.smtp_port}" if smtp else str(context.served.sender.outbox),
        encryption=settings.smtp_tls if smtp else "",
        sender=context.served.sender.writer.sender,
        **counts,
    )


@post("/test", guards=[admin], status_code=200)
async def test(request: Ask) -> TestedBody:
    """Send a test mail to the caller's own address at once, past the queue, and say whether that worked."""
    context = Context.of(request)
    by, address = By.of(request.user, context.origin(request)), request.user.email
    await context.lanes.run(context.served.mails.note_test, by, address)
    try:
        await context.lanes.run(context.served.sender.test, address)
    except (OSError, smtplib.SMTPException, MessageError, ValueError) as error:
        raise UserError("mail_failed", reason=reason(error)) from error
    return TestedBody(to=address)


@post("/{name:str}/retry", guards=[admin], status_code=200)
async def retry(request: Ask, name: FromPath[str]) -> MailBody:
    """Try a mail now, also one that was given up."""
    context = Context.of(request)
    by = By.of(request.user, context.origin(request))
    return _body(await context.lanes.run(context.served.mails.retry, by, name))


@delete("/{name:str}", guards=[admin])
async def drop(request: Ask, name: FromPath[str]) -> None:
    """Send a mail to nobody any more; one that was sent stays in the list."""
    context = Context.of(request)
    await context.lanes.run(context.served.mails.drop, By.of(request.user, context.origin(request)), name)


def _body(each: Mail) -> MailBody:
    return MailBody(
        id=each.id, to=each.address, template=each.template, state=each.state, attempts=each.attempts,
        error=each.error, created_at=moment(each.created_at), next_try=when(each.next_try), sent_at=when(each.sent_at),
    )  # fmt: skip


router = Router(
    "/system/mail", route_handlers=[mails, state, test, retry, drop], before_request=readable, tags=["system"]
)
