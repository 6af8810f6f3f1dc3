"""What administrators did, for administrators (SEC-12)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Router, get
from msgspec import Struct

from lms_core.accounts.audit import Wanted
from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment

Ask = Request[Caller, Any, Any]


class AuditBody(Struct, frozen=True, kw_only=True):
    """One thing that was done; `before` and `after` tell what changed."""

    id: str
    at: str
    actor: str | None
    action: str
    entity: str
    entity_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip_address: str


@get("/audit", guards=[admin], operation_class=Listing)
async def entries(request: Ask) -> PageOf[AuditBody]:
    """The newest first; filters: `actor`, `action`, `entity`, `entity_id`, `since` and `until` (ISO 8601 with Z)."""
    context, page = Context.of(request), page_of(request)
    said = {name: request.query_params.get(name, "") for name in ("actor", "action", "entity", "entity_id")}
    wanted = Wanted(since=_time(request, "since"), until=_time(request, "until"), **said)
    count, found = await context.lanes.run(
        context.served.audit.entries, request.user, wanted, offset=page.offset, most=page.size
    )
    return PageOf(
        **paged(request, page, count, [AuditBody(**asdict(each) | {"at": moment(each.at)}) for each in found])
    )


def _time(request: Ask, name: str) -> int:
    """A time of the query in ms, 0 without one. Raises UserError `invalid_fields`."""
    text = request.query_params.get(name, "")
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000) if text else 0
    except (ValueError, OverflowError) as error:
        raise UserError("invalid_fields", fields={name: ["invalid"]}, names=name) from error


router = Router("/", route_handlers=[entries], tags=["administration"])
