"""The caller's notifications, and what administrators tell everybody (NTF-01, NTF-04)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from lms_core.accounts.model import Caller
from lms_core.mail.letters import spoken
from lms_core.notifications.announcing import Announcement
from lms_core.notifications.events import KINDS
from lms_core.notifications.model import Notification
from sync_server.context import Context
from sync_server.details import ClientId, given, tagged, uuid_of
from sync_server.guards import admin, signed_in
from sync_server.listing import Listing, page_of, paged
from sync_server.routes.bodies import readable, when

Named = Request[Caller, Any, Any]
KINDS_SHOWN = "one of " + ", ".join(sorted(KINDS))
Kind = Annotated[str, QueryParameter(max_length=30, description=KINDS_SHOWN)]


class NotificationBody(Struct, frozen=True, kw_only=True):
    """What the caller was told; `action_url` is where the app goes from it, such as `course/ID`."""

    id: str
    notification_type: str
    event: str
    priority: str
    title: str
    message: str
    action_url: str
    action_text: str
    metadata: dict[str, Any]
    created_at: str | None
    is_read: bool
    read_at: str | None
    is_dismissed: bool
    dismissed_at: str | None
    email_sent: bool
    email_sent_at: str | None
    expires_at: str | None


class AnnouncementWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What everybody is to be told, or those of some roles."""

    kind: Literal["announcement", "maintenance", "feature", "system"] = "announcement"
    title: Annotated[str, Meta(min_length=3, max_length=200, examples=["The server rests on Saturday"])]
    message: Annotated[str, Meta(max_length=5000, examples=["From 6 to 7; go on without a network."])] = ""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    roles: Annotated[list[Literal["student", "instructor", "manager", "admin"]], Meta(max_length=4)] = []
    days: Annotated[int, Meta(ge=1, le=366, description="after so many days it is not shown any more")] = 30
    id: ClientId | UnsetType = UNSET


class NotificationPage(Struct, frozen=True, kw_only=True):
    """A page of them; `unread` says how many wait."""

    unread: int
    count: int
    next: str | None
    previous: str | None
    results: list[NotificationBody]


class Told(Struct, frozen=True):
    """How many were told."""

    count: int


@get("/notifications", guards=[signed_in], operation_class=Listing)
async def notifications(
    request: Named, status: FromQuery[Literal["all", "unread"]] = "all", kind: Kind = ""
) -> NotificationPage:
    """The caller's notifications, the newest first, without those put away; `unread` says how many wait."""
    context, page = Context.of(request), page_of(request)
    inbox, language = context.served.inbox(request.user), _language(request)

    def look() -> tuple[int, list[Notification], int]:
        count, found = inbox.list(
            unread=status == "unread", kind=kind, language=language, offset=page.offset, limit=page.size
        )
        return count, found, inbox.unread()

    count, found, unread = await context.lanes.run(look)
    return NotificationPage(unread=unread, **paged(request, page, count, [_body(each) for each in found]))


@post("/notifications/{notification:str}/read", guards=[signed_in], status_code=200)
async def read(request: Named, notification: FromPath[str]) -> Response[NotificationBody]:
    """Note that one is read; it stays so on every device."""
    return await _flag(request, "read", notification)


@post("/notifications/{notification:str}/dismiss", guards=[signed_in], status_code=200)
async def dismiss(request: Named, notification: FromPath[str]) -> Response[NotificationBody]:
    """Put one away; it stays so on every device."""
    return await _flag(request, "dismiss", notification)


async def _flag(request: Named, verb: str, notification: str) -> Response[NotificationBody]:
    context, name = Context.of(request), uuid_of(notification)
    inbox, language = context.served.inbox(request.user), _language(request)

    def work() -> Notification:
        getattr(inbox, verb)(name)
        return inbox.get(name, language=language)

    return tagged(request, _body(await context.lanes.run(work)), changed=True)


@post("/notifications/read-all", guards=[signed_in], status_code=200)
async def read_all(request: Named) -> Told:
    """Note that everything shown is read; says how many were not."""
    context = Context.of(request)
    return Told(await context.lanes.run(context.served.inbox(request.user).read_all))


@post("/notifications", guards=[admin], status_code=200)
async def announce(request: Named, data: JSONBody[AnnouncementWish]) -> Told:
    """Tell everybody, or those of some roles; says how many."""
    context, wish = Context.of(request), Announcement(**given(data))
    told = await context.lanes.run(context.served.announcements.announce, request.user, wish, context.origin(request))
    context.served.mailed()
    return Told(told)


def _language(request: Named) -> str:
    return spoken(request.headers.get("accept-language", ""))


def _body(told: Notification) -> NotificationBody:
    fields = structs.fields(NotificationBody)
    same = {f.name: getattr(told, f.name) for f in fields if hasattr(told, f.name)}
    times = {n: when(same[n]) for n in ("created_at", "read_at", "dismissed_at", "email_sent_at", "expires_at")}
    return NotificationBody(
        **same | times, notification_type=told.kind, is_read=told.read_at is not None,
        is_dismissed=told.dismissed_at is not None, email_sent=told.email_sent_at is not None,
    )  # fmt: skip


router = Router(
    "/",
    route_handlers=[notifications, read, dismiss, read_all, announce],
    before_request=readable,
    tags=["notifications"],
)
