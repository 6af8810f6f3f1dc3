"""What lessons hold beside their texts (content items, resources), and what comes before a course (LES-03, RES)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import FromPath, JSONBody

from lms_core.accounts.model import Caller
from lms_core.catalogue.views import ItemView, PrerequisiteView, ResourceView
from sync_server.context import Context
from sync_server.details import Tagged, actor_of, changed, created, given, tagged, trashed, uuid_of
from sync_server.guards import maybe_signed_in, signed_in
from sync_server.listing import Listing, PageOf, sliced
from sync_server.routes.bodies import readable
from sync_server.routes.content_bodies import (
    NewItem,
    NewResource,
    PdfBody,
    PrerequisiteBody,
    VideoBody,
    WholeItem,
    WholeResource,
)
from sync_server.routes.course_bodies import LARGEST

Asked = Request[Caller | None, Any, Any]
Named = Request[Caller, Any, Any]


# --- content items
@get("/lessons/{lesson:str}/items", guards=[maybe_signed_in], operation_class=Listing)
async def items(request: Asked, lesson: FromPath[str]) -> PageOf[ItemView]:
    """The content items of a lesson in order; none for those to whom it is not served in full."""
    context = Context.of(request)
    found = await context.lanes.read(context.served.contents.items, actor_of(request), uuid_of(lesson))
    return PageOf(**sliced(request, found))


@get("/lessons/{lesson:str}/items/{item:str}", guards=[signed_in], operation_class=Tagged)
async def item(request: Named, lesson: FromPath[str], item: FromPath[str]) -> Response[ItemView]:
    """A content item."""
    context = Context.of(request)
    act = context.served.contents.item
    return tagged(request, await context.lanes.read(act, actor_of(request), uuid_of(lesson), uuid_of(item)))


@post("/lessons/{lesson:str}/items", guards=[signed_in])
async def add_item(request: Named, lesson: FromPath[str], data: JSONBody[NewItem]) -> Response[ItemView]:
    """Add a content item at the end; the first video and the first PDF stand above the text."""
    context, values = Context.of(request), given(data)
    row = values.pop("id", None)
    made = await context.lanes.run(context.served.contents.add_item, actor_of(request), uuid_of(lesson), values, row)
    return created(request, made, made.id)


@put("/lessons/{lesson:str}/items/{item:str}", guards=[signed_in])
async def replace_item(
    request: Named, lesson: FromPath[str], item: FromPath[str], data: JSONBody[WholeItem]
) -> Response[ItemView]:
    """Set a content item anew; its kind stays."""
    uuid_of(lesson)
    return await changed(request, "change_item", item, given(data), desk="contents")


@delete("/lessons/{lesson:str}/items/{item:str}", guards=[signed_in])
async def trash_item(request: Named, lesson: FromPath[str], item: FromPath[str]) -> None:
    """Put a content item into the trash of the course for 30 days."""
    uuid_of(lesson)
    await trashed(request, "trash_item", item, desk="contents")


@post("/lessons/{lesson:str}/video", guards=[signed_in], status_code=200)
async def set_video(request: Named, lesson: FromPath[str], data: JSONBody[VideoBody]) -> Response[ItemView]:
    """Set the video that stands above the text."""
    return await _set_primary(request, lesson, "video", given(data))


@post("/lessons/{lesson:str}/pdf", guards=[signed_in], status_code=200)
async def set_pdf(request: Named, lesson: FromPath[str], data: JSONBody[PdfBody]) -> Response[ItemView]:
    """Set the PDF that stands above the text."""
    return await _set_primary(request, lesson, "pdf", given(data))


async def _set_primary(request: Named, lesson: str, kind: str, values: dict[str, Any]) -> Response[ItemView]:
    context = Context.of(request)
    act = context.served.contents.set_primary
    return tagged(request, await context.lanes.run(act, actor_of(request), uuid_of(lesson), kind, values), changed=True)


# --- resources
@get("/lessons/{lesson:str}/resources", guards=[maybe_signed_in], operation_class=Listing)
async def resources(request: Asked, lesson: FromPath[str]) -> PageOf[ResourceView]:
    """The files and links of a lesson that the caller gets; premium ones ask for a subscription."""
    context = Context.of(request)
    found = await context.lanes.read(context.served.contents.resources, actor_of(request), uuid_of(lesson))
    return PageOf(**sliced(request, found))


@post("/lessons/{lesson:str}/resources", guards=[signed_in])
async def add_resource(request: Named, lesson: FromPath[str], data: JSONBody[NewResource]) -> Response[ResourceView]:
    """Add a file or a link at the end."""
    context, values = Context.of(request), given(data)
    row = values.pop("id", None)
    act = context.served.contents.add_resource
    made = await context.lanes.run(act, actor_of(request), uuid_of(lesson), values, row)
    return created(request, made, made.id)


@get("/resources/{resource:str}", guards=[signed_in], operation_class=Tagged)
async def resource(request: Named, resource: FromPath[str]) -> Response[ResourceView]:
    """A file or link of a lesson."""
    context = Context.of(request)
    act = context.served.contents.resource
    return tagged(request, await context.lanes.read(act, actor_of(request), uuid_of(resource)))


@put("/resources/{resource:str}", guards=[signed_in])
async def replace_resource(
    request: Named, resource: FromPath[str], data: JSONBody[WholeResource]
) -> Response[ResourceView]:
    """Set a file or link anew."""
    return await changed(request, "change_resource", resource, given(data), desk="contents")


@delete("/resources/{resource:str}", guards=[signed_in])
async def trash_resource(request: Named, resource: FromPath[str]) -> None:
    """Put a file or link into the trash of the course for 30 days."""
    await trashed(request, "trash_resource", resource, desk="contents")


# --- what comes before a course
@get("/courses/{name:str}/prerequisites", guards=[maybe_signed_in], operation_class=Listing)
async def prerequisites(request: Asked, name: FromPath[str]) -> PageOf[PrerequisiteView]:
    """The courses that come before this one."""
    context = Context.of(request)
    return PageOf(
        **sliced(request, await context.lanes.read(context.served.contents.prerequisites, actor_of(request), name))
    )


@put("/courses/{name:str}/prerequisites/{needed:str}", guards=[signed_in])
async def set_prerequisite(
    request: Named, name: FromPath[str], needed: FromPath[str], data: JSONBody[PrerequisiteBody]
) -> PrerequisiteView:
    """Say that another course comes before this one, and whether it must."""
    context = Context.of(request)
    act = context.served.contents.set_prerequisite
    return await context.lanes.run(act, actor_of(request), name, needed, mandatory=data.mandatory)


@delete("/courses/{name:str}/prerequisites/{needed:str}", guards=[signed_in])
async def drop_prerequisite(request: Named, name: FromPath[str], needed: FromPath[str]) -> None:
    """Take a course from those that come before this one."""
    context = Context.of(request)
    await context.lanes.run(context.served.contents.drop_prerequisite, actor_of(request), name, needed)


router = Router(
    "/",
    route_handlers=[
        items, item, add_item, replace_item, trash_item, set_video, set_pdf, resources, add_resource, resource,
        replace_resource, trash_resource, prerequisites, set_prerequisite, drop_prerequisite,
    ],
    before_request=readable,
    request_max_body_size=LARGEST,
    tags=["courses"],
)  # fmt: skip
