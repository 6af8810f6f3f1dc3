"""The jobs behind the requests and the backups among them, for administrators (OPS-03)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from lms_core.accounts.audit import By
from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from lms_core.operation.desk import Planned
from lms_core.operation.runs import Run
from sync_server.backups import BACKUP, TRIAL, Backups, Kept, Proof, proofs
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, readable, when

Ask = Request[Caller, Any, Any]


class RunBody(Struct, frozen=True, kw_only=True):
    """One time that a job ran, or waits to run."""

    id: Annotated[str, Meta(description="id of the run", examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"])]
    name: Annotated[str, Meta(description="name of the job", examples=["backup"])]
    worker: Annotated[str, Meta(description="machine and process", examples=["hill:4711"])]
    outcome: Annotated[str, Meta(description="asked, running, done, failed or interrupted", examples=["done"])]
    said: Annotated[
        str, Meta(description="what it told of itself, mostly JSON, or why it failed", examples=['{"files": 12}'])
    ]
    started_at: Annotated[
        str, Meta(description="when it began, or was asked for", examples=["2026-01-05T08:00:00.000Z"])
    ]
    finished_at: Annotated[str | None, Meta(description="when it ended", examples=["2026-01-05T08:00:00.000Z"])]


class JobBody(Struct, frozen=True, kw_only=True):
    """A job with its last run, null before the first."""

    name: Annotated[str, Meta(description="name of the job", examples=["backup"])]
    every_seconds: Annotated[
        int | None, Meta(description="how often it comes round; null: only when somebody asks", examples=[86400])
    ]
    last: Annotated[RunBody | None, Meta(description="its last run")]
    next_at: Annotated[
        str | None, Meta(description="when it is due; null: not by itself", examples=["2026-01-05T08:00:00.000Z"])
    ]


class ProofBody(Struct, frozen=True, kw_only=True):
    """What the last restore on trial found."""

    at: Annotated[str, Meta(description="when it was tried", examples=["2026-01-05T08:00:00.000Z"])]
    said: Annotated[str, Meta(description="how far the restore went", examples=["restored, 120 accounts"])]
    fault: Annotated[str, Meta(description="empty, damaged or gone", examples=[""])]


class BackupBody(Struct, frozen=True, kw_only=True):
    """A backup that is there; `proof` is null when nobody knows of a restore on trial."""

    name: Annotated[str, Meta(description="name of its file", examples=["hub-20260901T060000Z.tar"])]
    at: Annotated[str, Meta(description="when it was made", examples=["2026-01-05T08:00:00.000Z"])]
    bytes: Annotated[int, Meta(ge=0, description="its size", examples=[52428800])]
    proof: Annotated[ProofBody | None, Meta(description="what the last restore on trial found")]


class BackupsBody(Struct, frozen=True, kw_only=True):
    """The backups of the folder, the latest first, and what makes and tries them."""

    folder: Annotated[str, Meta(description="where they are, at the server", examples=["/backup/lms"])]
    kept: Annotated[int, Meta(ge=1, description="how many of them stay", examples=[7])]
    media: Annotated[bool, Meta(description="whether they hold uploaded media", examples=[True])]
    making: Annotated[JobBody, Meta(description="the job that makes them")]
    trying: Annotated[JobBody, Meta(description="the job that restores them on trial")]
    backups: Annotated[list[BackupBody], Meta(description="those that are there")]


def run_body(run: Run) -> RunBody:
    """A run with its times in words."""
    plain = {name: getattr(run, name) for name in ("id", "name", "worker", "outcome", "said")}
    return RunBody(**plain, started_at=moment(run.started_at), finished_at=when(run.finished_at))


def job_body(job: Planned, now: int) -> JobBody:
    """A job for an administrator; what is late is due now."""
    return JobBody(
        name=job.name,
        every_seconds=None if job.every_ms is None else job.every_ms // 1000,
        last=run_body(job.last) if job.last else None,
        next_at=None if job.next_at is None else moment(max(job.next_at, now)),
    )


@get("/jobs", guards=[admin], operation_class=Listing)
async def runs(request: Ask) -> PageOf[RunBody]:
    """What the jobs behind the requests did, the latest first; `name` and `outcome` choose some."""
    context, page = Context.of(request), page_of(request)
    wanted = {name: request.query_params.get(name) for name in ("name", "outcome")}
    count, found = await context.lanes.run(context.served.runs.page, page.offset, page.size, **wanted)
    return PageOf(**paged(request, page, count, [run_body(each) for each in found]))


@get("/jobs/plan", guards=[admin])
async def plan(request: Ask) -> list[JobBody]:
    """All jobs: how often each comes round, how its last run ended and when the next is due."""
    context = Context.of(request)
    now = context.served.now_ms()
    return [job_body(each, now) for each in await context.lanes.run(context.served.jobs.all)]


@post("/jobs/{name:str}/run", guards=[admin], status_code=202)
async def run_now(request: Ask, name: FromPath[str]) -> JobBody:
    """Have a job run now; it begins as soon as the process that does the jobs looks."""
    return await _asked(request, name)


@get("/backups", guards=[admin])
async def backups(request: Ask) -> BackupsBody:
    """The backups that there are, and whether one is being made or tried out now."""
    context = Context.of(request)
    found = _backups(context)
    kept = await context.lanes.run(found.all)
    known = await context.lanes.run(proofs, context.served.runs)
    return BackupsBody(
        folder=str(found.folder),
        kept=found.kept,
        media=found.media,
        making=await _job(context, BACKUP),
        trying=await _job(context, TRIAL),
        backups=[_backup(each, known.get(each.name)) for each in kept],
    )


@post("/backups", guards=[admin], status_code=202)
async def make_backup(request: Ask) -> JobBody:
    """Make a backup now and restore it on trial; older ones go when there are too many, as always."""
    _backups(Context.of(request))
    return await _asked(request, BACKUP)


@post("/backups/{name:str}/trial", guards=[admin], status_code=202)
async def try_backup(request: Ask, name: FromPath[str]) -> JobBody:
    """Read a backup through and restore its database on trial, away from the one in use."""
    context = Context.of(request)
    await context.lanes.run(_backups(context).find, name)
    return await _asked(request, TRIAL, name)


async def _asked(request: Ask, name: str, about: str = "") -> JobBody:
    context = Context.of(request)
    by = By.of(request.user, context.origin(request))
    return job_body(await context.lanes.run(context.served.jobs.ask, by, name, about), context.served.now_ms())


async def _job(context: Context, name: str) -> JobBody:
    return job_body(await context.lanes.run(context.served.jobs.find, name), context.served.now_ms())


def _backups(context: Context) -> Backups:
    """The backups of this server. Raises UserError `no_backup_folder`."""
    if context.served.backups is None:
        raise UserError("no_backup_folder")
    return context.served.backups


def _backup(each: Kept, proof: Proof | None) -> BackupBody:
    return BackupBody(
        name=each.name,
        at=moment(int(each.at.timestamp() * 1000)),
        bytes=each.bytes,
        proof=ProofBody(at=moment(proof.at), said=proof.said, fault=proof.fault) if proof else None,
    )


router = Router(
    "/system",
    route_handlers=[runs, plan, run_now, backups, make_backup, try_backup],
    before_request=readable,
    tags=["system"],
)
