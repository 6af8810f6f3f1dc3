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
from lms_core.sync.hub.desk import STATES, AnyDevice
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.logs import redacted
from sync_server.routes.bodies import moment, readable, when

Ask = Request[Caller, Any, Any]
TIMES = ("last_seen_at", "last_sent_at", "revoked_at")


class DeviceBody(Struct, frozen=True, kw_only=True):
    """A device of somebody; `held` changes of it wait at the server for a row of another laptop or a newer program.

    `last_seen_at` is when it last renewed its sign-in, `last_sent_at` when its latest change came.
    """

    replica_id: Annotated[str, Meta(examples=["00c0ffee00c0ffee"])]
    account: str
    person: Annotated[str, Meta(examples=["Ada Moyo"])]
    email: str
    name: Annotated[str, Meta(examples=["Ada's laptop"])]
    platform: Annotated[str, Meta(examples=["Linux"])]
    app_version: str
    registered_at: str
    last_seen_at: str | None
    last_sent_at: str | None
    revoked_at: str | None
    held: Annotated[int, Meta(ge=0)]


class RevokeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a device is signed out; the audit log keeps it."""

    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["Lost on the bus"])]


class FaultBody(Struct, frozen=True, kw_only=True):
    """A row whose consequences could not be computed, or a change that no rule could judge (`of` its author)."""

    entity: str
    row: str
    of: str
    error: str
    at: str


class SyncBody(Struct, frozen=True, kw_only=True):
    """What waits at the server, and what was set aside because a rule failed: `rows` and `ops`, the latest in `faults`.

    `following` rows are still to be followed up; `held` groups of changes wait for a row of another laptop or a newer
    program; `seen_lately` devices reached the server in the last 24 hours.
    """

    epoch: int
    commit: int
    devices: int
    seen_lately: int
    following: int
    held: int
    rows: int
    ops: int
    faults: list[FaultBody]


class LeftBody(Struct, frozen=True):
    """How many rows and changes still fail."""

    rows: int
    ops: int


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
async def revoke(request: Ask, replica_id: FromPath[str], data: JSONBody[RevokeBody]) -> None:
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
    return LeftBody(left.rows, left.ops)


def _body(each: AnyDevice) -> DeviceBody:
    times = {name: when(getattr(each, name)) for name in TIMES}
    return DeviceBody(**(asdict(each) | times | {"registered_at": moment(each.registered_at)}))


router = Router("/", route_handlers=[devices, revoke, health, retry], before_request=readable, tags=["administration"])
