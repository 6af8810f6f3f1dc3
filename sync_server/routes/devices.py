"""Everybody's devices and the state of sync, for administrators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.audit import By
from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from lms_core.redaction import redacted
from lms_core.sync.hub.desk import STATES, AnyDevice
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, readable, when

Ask = Request[Caller, Any, Any]
TIMES = ("last_seen_at", "last_sent_at", "revoked_at")


class DeviceBody(Struct, frozen=True, kw_only=True):
    """A device of somebody."""

    replica_id: Annotated[str, Meta(description="64 random bits in hex", examples=["00c0ffee00c0ffee"])]
    account: Annotated[str, Meta(description="id of the account", examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"])]
    person: Annotated[str, Meta(description="whose it is", examples=["Ada Moyo"])]
    email: Annotated[str, Meta(description="the owner's address", examples=["ada@school.example"])]
    name: Annotated[str, Meta(description="what its owner calls it", examples=["Ada's laptop"])]
    platform: Annotated[str, Meta(description="its operating system", examples=["Linux"])]
    app_version: Annotated[str, Meta(description="version of the app", examples=["1.0.0"])]
    registered_at: Annotated[
        str, Meta(description="when somebody first signed in there", examples=["2026-01-05T08:00:00.000Z"])
    ]
    last_seen_at: Annotated[
        str | None, Meta(description="when it last renewed its sign-in", examples=["2026-01-05T08:00:00.000Z"])
    ]
    last_sent_at: Annotated[
        str | None, Meta(description="when its latest change came", examples=["2026-01-05T08:00:00.000Z"])
    ]
    revoked_at: Annotated[
        str | None, Meta(description="when it was signed out for good", examples=["2026-01-05T08:00:00.000Z"])
    ]
    held: Annotated[
        int,
        Meta(ge=0, description="changes of it that wait for a row of another laptop or a newer program", examples=[0]),
    ]


class SignOutBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a device is signed out; the audit log keeps it."""

    reason: Annotated[str, Meta(min_length=1, max_length=500, description="why", examples=["Lost on the bus"])]


class FaultBody(Struct, frozen=True, kw_only=True):
    """A row whose consequences could not be computed, or a change that no rule could judge."""

    entity: Annotated[str, Meta(description="kind of the row; empty for a change", examples=["enrollment"])]
    row: Annotated[
        str, Meta(description="id of the row; empty for a change", examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"])
    ]
    of: Annotated[str, Meta(description="id of the account that made the change; empty for a row", examples=[""])]
    error: Annotated[str, Meta(description="what went wrong", examples=["KeyError('course')"])]
    at: Annotated[str, Meta(description="when", examples=["2026-01-05T08:00:00.000Z"])]


class SyncBody(Struct, frozen=True, kw_only=True):
    """What waits at the server, and what was set aside because a rule failed."""

    epoch: Annotated[int, Meta(ge=0, description="how often the server was started", examples=[4])]
    commit: Annotated[int, Meta(ge=0, description="writes since then", examples=[1200])]
    devices: Annotated[int, Meta(ge=0, description="devices that are not signed out", examples=[240])]
    seen_lately: Annotated[
        int, Meta(ge=0, description="devices that reached the server in the last 24 hours", examples=[180])
    ]
    following: Annotated[int, Meta(ge=0, description="rows that are still to be followed up", examples=[0])]
    held: Annotated[
        int,
        Meta(
            ge=0, description="groups of changes that wait for a row of another laptop or a newer program", examples=[2]
        ),
    ]
    rows: Annotated[int, Meta(ge=0, description="rows that were set aside", examples=[0])]
    ops: Annotated[int, Meta(ge=0, description="changes that were set aside", examples=[0])]
    faults: Annotated[list[FaultBody], Meta(description="the latest of both")]


class LeftBody(Struct, frozen=True, kw_only=True):
    """What still fails."""

    rows: Annotated[int, Meta(ge=0, description="how many rows", examples=[0])]
    ops: Annotated[int, Meta(ge=0, description="how many changes", examples=[0])]


@get("/devices", guards=[admin], operation_class=Listing)
async def devices(request: Ask) -> PageOf[DeviceBody]:
    """Everybody's devices, the last seen first; `search` in names and addresses, `state` (active, quiet, revoked)."""
    context, page = Context.of(request), page_of(request)
    search, state = (request.query_params.get(name, "")[:200] for name in ("search", "state"))
    if state not in ("", *STATES):
        raise UserError("invalid_fields", fields={"state": ["invalid"]}, names="state")
    count, found = await context.lanes.run(
        context.served.sync.devices, search=search, state=state, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [_body(each) for each in found]))


@post("/devices/{replica_id:str}/revoke", guards=[admin], status_code=204)
async def revoke(request: Ask, replica_id: FromPath[str], data: JSONBody[SignOutBody]) -> None:
    """Sign somebody's device out; what it has not sent stays on it until its owner signs in there again."""
    context = Context.of(request)
    by = By.of(request.user, context.origin(request))
    await context.lanes.run(context.served.devices.revoke_any, by, replica_id, reason=data.reason)


@get("/system/sync", guards=[admin])
async def health(request: Ask) -> SyncBody:
    """What waits, and what a rule failed for."""
    context = Context.of(request)
    timeline = await context.lanes.run(context.served.health)
    found = await context.lanes.run(context.served.sync.health)
    faults = [FaultBody(**(asdict(f) | {"at": moment(f.at), "error": redacted(f.error)})) for f in found.faults]
    plain = asdict(found) | {"faults": faults}
    return SyncBody(epoch=timeline.epoch, commit=timeline.commit, **plain)


@post("/system/sync/retry", guards=[admin], status_code=200)
async def retry(request: Ask) -> LeftBody:
    """Take up what was set aside, as `lms-server retry` does after an update of the program."""
    context = Context.of(request)
    left = await context.lanes.run(context.served.sync.retry, By.of(request.user, context.origin(request)))
    return LeftBody(rows=left.rows, ops=left.ops)


def _body(each: AnyDevice) -> DeviceBody:
    times = {name: when(getattr(each, name)) for name in TIMES}
    return DeviceBody(**(asdict(each) | times | {"registered_at": moment(each.registered_at)}))


router = Router("/", route_handlers=[devices, revoke, health, retry], before_request=readable, tags=["administration"])
