"""What an administrator sees of the server's database (OPS-02, SEC-06)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get
from msgspec import Struct

from lms_core.accounts.model import Caller
from lms_core.operation.runs import DONE
from sync_server.backups import BACKUP
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.routes.bodies import moment


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


router = Router("/system", route_handlers=[db_status, db_stats], tags=["system"])
