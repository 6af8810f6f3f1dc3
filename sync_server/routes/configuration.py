"""The settings in force and what a check of the server found, for administrators (OPS-05, OPS-06)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from msgspec import Meta, Struct

from lms_core.accounts.audit import By
from lms_core.accounts.model import Caller
from lms_core.operation.runs import DONE
from sync_server.checking import CHECK
from sync_server.context import Context
from sync_server.guards import admin
from sync_server.routes.bodies import moment, readable
from sync_server.routes.jobs import JobBody, job_body

Ask = Request[Caller, Any, Any]


class SettingBody(Struct, frozen=True, kw_only=True):
    """A setting; of a secret the values are null, and `is_set` says whether there is one."""

    name: Annotated[str, Meta(description="its name in hub.toml", examples=["largest_file_mb"])]
    help: Annotated[str, Meta(description="what it is for", examples=["largest file that is taken"])]
    value: Annotated[bool | int | str | list[str] | None, Meta(description="what is in force", examples=[512])]
    default: Annotated[
        bool | int | str | list[str] | None, Meta(description="what is in force when nobody sets it", examples=[512])
    ]
    is_set: Annotated[bool, Meta(description="whether there is a value", examples=[True])]
    secret: Annotated[bool, Meta(description="whether it is never shown", examples=[False])]
    source: Annotated[str, Meta(description="default, file, environment or command line", examples=["file"])]
    after_restart: Annotated[
        bool, Meta(description="whether its source holds another value since the start", examples=[False])
    ]


class FindingBody(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: Annotated[str, Meta(description="what was looked at", examples=["disk"])]
    state: Annotated[str, Meta(description="ok, warning or fault", examples=["ok"])]
    said: Annotated[
        str,
        Meta(
            description="a sentence for the operator",
            examples=["The database could be read through; its layout is 0015."],
        ),
    ]


class CheckBody(Struct, frozen=True, kw_only=True):
    """The job that looks, and what it found at last."""

    job: Annotated[JobBody, Meta(description="the job")]
    at: Annotated[str | None, Meta(description="when it looked; null: never", examples=["2026-01-05T08:00:00.000Z"])]
    ok: Annotated[bool, Meta(description="whether nothing is at fault", examples=[True])]
    files: Annotated[int, Meta(ge=0, description="how many files were read", examples=[320])]
    findings: Annotated[list[FindingBody], Meta(description="what it found, faults first")]


class _Found(Struct, frozen=True):
    ok: bool
    files: int
    findings: list[FindingBody]


@get("/settings", guards=[admin])
async def settings(request: Ask) -> list[SettingBody]:
    """Every setting with its value and where that comes from; secrets are never shown."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.effective)
    return [msgspec.convert(asdict(each), SettingBody) for each in found]


@get("/check", guards=[admin])
async def last_check(request: Ask) -> CheckBody:
    """What the last check found."""
    context = Context.of(request)
    job = job_body(await context.lanes.run(context.served.jobs.find, CHECK), context.served.now_ms())
    last = await context.lanes.run(context.served.runs.last, CHECK, DONE)
    if last is None:
        return CheckBody(job=job, at=None, ok=True, files=0, findings=[])
    found = msgspec.json.decode(last.said, type=_Found)
    at = moment(last.finished_at or last.started_at)
    return CheckBody(job=job, at=at, ok=found.ok, files=found.files, findings=found.findings)


@post("/check", guards=[admin], status_code=202)
async def check(request: Ask) -> JobBody:
    """Look at settings, keys, certificate, disk, database, mail and files, as `lms-server check` does."""
    context = Context.of(request)
    by = By.of(request.user, context.origin(request))
    return job_body(await context.lanes.run(context.served.jobs.ask, by, CHECK), context.served.now_ms())


router = Router("/system", route_handlers=[settings, last_check, check], before_request=readable, tags=["system"])
