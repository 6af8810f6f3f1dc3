"""Reports for managers and administrators (OPS-03, ANA-14): asked for, made behind the requests, fetched as a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from lms_core.accounts.model import Caller
from lms_core.analytics.reports import Format, Report
from sync_server.context import Context
from sync_server.details import ClientId, created, given, uuid_of
from sync_server.guards import staff
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.ranges import BINARY
from sync_server.routes.bodies import moment, readable, when

Ask = Request[Caller, Any, Any]
Id = Annotated[str, Meta(max_length=64, examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"])]


class ReportWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report: `users` (of a class), `progress` (of a course, a class), `activity` by month, `storage`."""

    id: ClientId | UnsetType = UNSET
    kind: Literal["users", "progress", "activity", "storage"]
    course: Id = ""
    cohort: Id = ""


class ReportBody(Struct, frozen=True, kw_only=True):
    """A report: queued, running, done, failed or cancelled; `progress` in per cent, `reason` the code of an error."""

    id: str
    requested_by: str
    kind: str
    parameters: dict[str, str]
    status: str
    progress: int
    reason: str
    rows: int
    asked_at: str
    finished_at: str | None


def _told(found: Report) -> ReportBody:
    times = {"asked_at": moment(found.asked_at), "finished_at": when(found.finished_at)}
    return ReportBody(**(structs.asdict(found) | times))


@get("", guards=[staff], operation_class=Listing)
async def reports(request: Ask) -> PageOf[ReportBody]:
    """Reports that the caller asked for, for administrators everybody's, the newest first; kept for thirty days."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(context.served.reports.all, request.user, offset=page.offset, most=page.size)
    return PageOf(**paged(request, page, count, [_told(each) for each in found]))


@post("", guards=[staff])
async def ask(request: Ask, data: JSONBody[ReportWish]) -> Response[ReportBody]:
    """Ask for a report; it is made soon. The same id again gives the same report."""
    context, said = Context.of(request), given(data)
    new, kind = said.pop("id", ""), said.pop("kind")
    found = await context.lanes.run(
        context.served.reports.ask, request.user, kind, said, new=new, origin=context.origin(request)
    )
    context.served.reported()
    return created(request, _told(found), found.id)


@get("/{report_id:str}", guards=[staff])
async def report(request: Ask, report_id: FromPath[str]) -> ReportBody:
    """How far a report is."""
    context = Context.of(request)
    return _told(await context.lanes.run(context.served.reports.one, request.user, uuid_of(report_id)))


@get("/{report_id:str}/file", guards=[staff], media_type=BINARY)
async def file(request: Ask, report_id: FromPath[str], format: FromQuery[Format] = "csv") -> Response[bytes]:  # noqa: A002
    """The report itself, as `csv` or `pdf`."""
    context = Context.of(request)
    found, data = await context.lanes.run(context.served.reports.file, request.user, uuid_of(report_id), format)
    name = f"{found.kind}-{moment(found.asked_at)[:10]}.{format}"
    # a text would be taken for the page of somebody between laptop and server
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=BINARY, headers=headers)


@delete("/{report_id:str}", guards=[staff])
async def remove(request: Ask, report_id: FromPath[str]) -> None:
    """Call a report off that is not made yet, or remove it."""
    context = Context.of(request)
    await context.lanes.run(context.served.reports.remove, request.user, uuid_of(report_id))


router = Router(
    "/reports", route_handlers=[reports, ask, report, file, remove], before_request=readable, tags=["reports"]
)
