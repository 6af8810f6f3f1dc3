"""What became of the files that somebody gave (RES-12)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct, structs

from lms_core.accounts.model import Caller
from lms_core.media.records import Metadata, UploadRecord
from lms_core.media.uploads import Status
from sync_server.context import Context
from sync_server.guards import signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, readable

Ask = Request[Caller, Any, Any]


class RecordBody(Struct, frozen=True, kw_only=True):
    """What became of an upload; the metadata are null until the file is whole."""

    id: Annotated[str, Meta(description="id of the upload", examples=["1f0c2a9be7d84c55b7a1c02d9e6f3a48"])]
    account: str
    original_filename: str
    content_hash: str
    processing_status: Status
    processing_error: str
    processing_metadata: Metadata | None
    created_at: str
    updated_at: str


def _told(found: UploadRecord) -> RecordBody:
    times = {"created_at": moment(found.created_at), "updated_at": moment(found.updated_at)}
    return RecordBody(**(structs.asdict(found) | times))


@get("", guards=[signed_in], operation_class=Listing)
async def records(
    request: Ask, status: FromQuery[Status | None] = None, content_hash: FromQuery[str | None] = None
) -> PageOf[RecordBody]:
    """What became of the files that the caller gave, for administrators everybody's, the newest first."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.filing.records.page, request.user, status=status, content_hash=content_hash,
        offset=page.offset, most=page.size,
    )  # fmt: skip
    return PageOf(**paged(request, page, count, [_told(each) for each in found]))


@get("/{name:str}", guards=[signed_in])
async def record(request: Ask, name: FromPath[str]) -> RecordBody:
    """What became of one upload, under its id."""
    context = Context.of(request)
    return _told(await context.lanes.run(context.served.filing.records.one, request.user, name))


router = Router("/uploads/records", route_handlers=[records, record], before_request=readable, tags=["files"])
