"""What an administrator sees of the server itself: its database and its jobs (OPS-02, OPS-03, SEC-06)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get
from msgspec import Struct

from lms_core.accounts.model import Caller
from lms_core.operation.runs import DONE, Run
from sync_server.backups import BACKUP
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, when


class DatabaseStatus(Struct, frozen=True, kw_only=True):
    """A database that answers; `wal_bytes` is null where the server may not see it."""

    reachable: bool
    kind: str
    layout: str
    newest_layout: str
    wal_bytes: int | None


class LastBackup(Struct, frozen=True, kw_only=True):
    """The last backup that could be read back; `said` tells where it is and how far it was proved."""

    at: str
    said: str


class DatabaseStats(Struct, frozen=True, kw_only=True):
    """Sizes in bytes and rows by table; those of the tables in `estimated` are about so many."""

    bytes: int
    wal_bytes: int | None
    rows: dict[str, int]
    estimated: list[str]
    last_backup: LastBackup | None


class JobBody(Struct, frozen=True, kw_only=True):
    """One time that a job ran, by `worker`; `said` is what it told of itself, or why it failed."""

    id: str
    name: str
    worker: str
    started_at: str
    finished_at: str | None
    outcome: str
    said: str


class PlannedJob(Struct, frozen=True, kw_only=True):
    """A job behind the requests; `outcome` and `said` tell of its last run, empty before the first."""

    name: str
    every_seconds: int
    last_at: str | None
    outcome: str
    said: str
    next_at: str


@get("/db-status", guards=[admin])
async def db_status(request: Request[Caller, Any, Any]) -> DatabaseStatus:
    """Whether the database can be reached, and its layout."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.status)
    return DatabaseStatus(
        reachable=True,
        kind=found.kind,
        layout=found.layout,
        newest_layout=found.newest_layout,
        wal_bytes=found.wal_bytes,
    )


@get("/db-stats", guards=[admin])
async def db_stats(request: Request[Caller, Any, Any]) -> DatabaseStats:
    """How large the database is, and when it was last backed up."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.stats)
    last = await context.lanes.run(context.served.runs.last, BACKUP, DONE)
    return DatabaseStats(
        bytes=found.bytes,
        wal_bytes=found.wal_bytes,
        rows=found.rows,
        estimated=found.estimated,
        last_backup=LastBackup(at=moment(last.finished_at or last.started_at), said=last.said) if last else None,
    )


@get("/jobs", guards=[admin], operation_class=Listing)
async def jobs(request: Request[Caller, Any, Any]) -> PageOf[JobBody]:
    """What the jobs behind the requests did, the latest first; `name` and `outcome` choose some."""
    context, page = Context.of(request), page_of(request)
    wanted = {name: request.query_params.get(name) for name in ("name", "outcome")}
    count, found = await context.lanes.run(context.served.runs.page, page.offset, page.size, **wanted)
    return PageOf(**paged(request, page, count, [_told(each) for each in found]))


@get("/plan", guards=[admin])
async def plan(request: Request[Caller, Any, Any]) -> list[PlannedJob]:
    """The jobs that come round by themselves: how each went last, and when it comes again."""
    context = Context.of(request)
    return [
        PlannedJob(
            name=each.name, every_seconds=each.every_s, next_at=moment(each.next_at),
            outcome=each.last.outcome if each.last else "", said=each.last.said if each.last else "",
            last_at=moment(each.last.started_at) if each.last else None,
        )
        for each in await context.lanes.run(context.served.plan)
    ]  # fmt: skip


def _told(run: Run) -> JobBody:
    plain = {name: getattr(run, name) for name in JobBody.__struct_fields__}
    return JobBody(**plain | {"started_at": moment(run.started_at), "finished_at": when(run.finished_at)})


router = Router("/system", route_handlers=[db_status, db_stats, jobs, plan], tags=["system"])
