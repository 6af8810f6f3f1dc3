"""What administrators did, for administrators (SEC-12)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from msgspec import Meta, Struct

from lms_core.accounts.audit import Entry, Wanted
from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from lms_core.formats.sheets import Sheet, to_csv
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment

Ask = Request[Caller, Any, Any]
MOST_ROWS = 50_000
COLUMNS = (
    "at", "actor_name", "actor", "action", "entity", "subject", "entity_id", "before", "after", "ip_address", "id"
)  # fmt: skip


class AuditBody(Struct, frozen=True, kw_only=True):
    """One thing that was done; `before` and `after` tell what changed."""

    id: str
    at: str
    actor: str | None
    actor_name: Annotated[str, Meta(description="who did it; empty: nobody any more", examples=["Dana Whitfield"])]
    action: str
    entity: str
    entity_id: str
    subject: Annotated[str, Meta(description="name of the account or device it was done to", examples=["Ada Moyo"])]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip_address: str


@get("/audit", guards=[admin], operation_class=Listing)
async def entries(request: Ask) -> PageOf[AuditBody]:
    """The newest first; filters: `actor`, `person` (text of a name or address, of who did it or had it done),
    `action`, `entity`, `entity_id`, `since` and `until` (ISO 8601 with Z).
    """
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.audit.entries, request.user, _wanted(request), offset=page.offset, most=page.size
    )
    return PageOf(
        **paged(request, page, count, [AuditBody(**asdict(each) | {"at": moment(each.at)}) for each in found])
    )


@get("/audit/export", guards=[admin], media_type="text/csv")
async def export(request: Ask) -> Response[bytes]:
    """The same as a CSV table, the newest 50,000 at most, for a spreadsheet; it takes the same filters."""
    context = Context.of(request)
    _count, found = await context.lanes.run(
        context.served.audit.entries, request.user, _wanted(request), offset=0, most=MOST_ROWS
    )
    table = Sheet("", "", COLUMNS, [_cells(each) for each in found])
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(await context.lanes.run(to_csv, table), media_type="text/csv", headers=headers)


def _cells(each: Entry) -> list[str]:
    told = asdict(each) | {"at": moment(each.at)}
    return [_text(told[name]) for name in COLUMNS]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _wanted(request: Ask) -> Wanted:
    names = ("actor", "person", "action", "entity", "entity_id")
    said = {name: request.query_params.get(name, "")[:200] for name in names}
    return Wanted(since=_time(request, "since"), until=_time(request, "until"), **said)


def _time(request: Ask, name: str) -> int:
    """A time of the query in ms, 0 without one. Raises UserError `invalid_fields`."""
    text = request.query_params.get(name, "")
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000) if text else 0
    except (ValueError, OverflowError) as error:
        raise UserError("invalid_fields", fields={name: ["invalid"]}, names=name) from error


router = Router("/", route_handlers=[entries, export], tags=["administration"])
