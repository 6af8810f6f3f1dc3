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
    """A setting; of a secret `value` and `default` are null, and `is_set` says whether there is one.

    `source` is default, file, environment or command line; `after_restart`: its source holds another value by now.
    """

    name: Annotated[str, Meta(examples=["largest_file_mb"])]
    help: str
    value: bool | int | str | list[str] | None
    default: bool | int | str | list[str] | None
    is_set: bool
    secret: bool
    source: str
    after_restart: bool


class FindingBody(Struct, frozen=True):
    """One thing that was looked at; `state` is ok, warning or fault."""

    name: str
    state: str
    said: str


class CheckBody(Struct, frozen=True, kw_only=True):
    """The job that looks, and what it found at last, faults first; `at` is null when it never looked."""

    job: JobBody
    at: str | None
    ok: bool
    files: int
    findings: list[FindingBody]


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
