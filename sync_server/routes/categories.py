"""Categories of the catalogue: everybody reads them, administrators keep them (CAT-01 to CAT-05)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from lms_core.accounts.model import Caller
from lms_core.courses.categories import Category
from sync_server.context import Context
from sync_server.details import ClientId, Tagged, created, given, must_match, tagged
from sync_server.guards import admin, maybe_signed_in
from sync_server.listing import Listing, PageOf, sliced
from sync_server.routes.bodies import moment, readable

Name = Annotated[str, Meta(min_length=2, max_length=100, examples=["Natural sciences"])]
Icon = Annotated[str, Meta(max_length=50, description="name of an icon", examples=["leaf"])]
About = Annotated[str, Meta(max_length=2000)]
Order = Annotated[int, Meta(ge=0, le=1_000_000, description="the smallest comes first, then by name")]
Parent = Annotated[str, Meta(max_length=128, description="id of the category above, null for none")] | None


class CategoryBody(Struct, frozen=True, kw_only=True):
    """A category; `course_count` are its published courses."""

    id: str
    name: Name
    slug: str
    description: str
    icon: str
    sort_order: int
    is_active: bool
    parent_category: str | None
    course_count: int
    created_at: str
    updated_at: str


class WholeCategory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field that an administrator sets."""

    name: Name
    description: About = ""
    icon: Icon = ""
    sort_order: Order = 0
    is_active: bool = True
    parent_category: Parent = None


class NewCategory(WholeCategory, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new category."""

    id: ClientId | UnsetType = UNSET


class CategoryChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a category changes."""

    name: Name | UnsetType = UNSET
    description: About | UnsetType = UNSET
    icon: Icon | UnsetType = UNSET
    sort_order: Order | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    parent_category: Parent | UnsetType = UNSET


class CategoryPlace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a category shall stand."""

    parent_category: Parent = None
    after: (
        Annotated[str, Meta(max_length=128, description="id of the sibling before it, null for the first")] | None
    ) = None


Asked = Request[Caller | None, Any, Any]
Admin = Request[Caller, Any, Any]


@get("", guards=[maybe_signed_in], operation_class=Listing)
async def categories(request: Asked, search: FromQuery[str] = "") -> PageOf[CategoryBody]:
    """Categories in order; `search` finds words of names and descriptions. Administrators see the hidden ones, too."""
    context = Context.of(request)
    found = await context.lanes.read(context.served.categories.all, request.user, search)
    return PageOf(**sliced(request, [_body(row) for row in found]))


@get("/{name:str}", guards=[maybe_signed_in], operation_class=Tagged)
async def category(request: Asked, name: FromPath[str]) -> Response[CategoryBody]:
    """A category by id or slug; its courses are `GET /courses?category=`."""
    context = Context.of(request)
    return tagged(request, _body(await context.lanes.read(context.served.categories.one, request.user, name)))


@post("", guards=[admin])
async def create(request: Admin, data: JSONBody[NewCategory]) -> Response[CategoryBody]:
    """Make a category; its slug follows from the name and stays."""
    context, values = Context.of(request), given(data)
    row = values.pop("id", None)
    made = await context.lanes.run(context.served.categories.create, request.user, values, row)
    return created(request, _body(made), made.id)


@put("/{name:str}", guards=[admin])
async def replace(request: Admin, name: FromPath[str], data: JSONBody[WholeCategory]) -> Response[CategoryBody]:
    """Set every field of a category; one that is not named gets its default."""
    return await _change(request, name, given(data))


@patch("/{name:str}", guards=[admin])
async def change(request: Admin, name: FromPath[str], data: JSONBody[CategoryChange]) -> Response[CategoryBody]:
    """Change some fields of a category."""
    return await _change(request, name, given(data))


async def _change(request: Admin, name: str, values: dict[str, Any]) -> Response[Any]:
    context = Context.of(request)
    changed = await context.lanes.run(
        context.served.categories.change, request.user, name, values, lambda now: must_match(request, _body(now))
    )
    context.served.wrote()
    return tagged(request, _body(changed), changed=True)


@post("/{name:str}/move", guards=[admin], status_code=200)
async def move(request: Admin, name: FromPath[str], data: JSONBody[CategoryPlace]) -> Response[CategoryBody]:
    """Hang a category under another one or put it into another place; its siblings are numbered anew."""
    context = Context.of(request)
    moved = await context.lanes.run(
        context.served.categories.move, request.user, name, data.parent_category, data.after
    )
    context.served.wrote()
    return tagged(request, _body(moved), changed=True)


@delete("/{name:str}", guards=[admin])
async def remove(request: Admin, name: FromPath[str]) -> None:
    """Delete a category that no course and no other category is in; else 409."""
    context = Context.of(request)
    await context.lanes.run(
        context.served.categories.delete, request.user, name, lambda now: must_match(request, _body(now))
    )


def _body(row: Category) -> CategoryBody:
    times = {name: moment(getattr(row, name)) for name in ("created_at", "updated_at")}
    return CategoryBody(**{**asdict(row), **times})


router = Router(
    "/categories",
    route_handlers=[categories, category, create, replace, change, move, remove],
    before_request=readable,
    tags=["catalogue"],
)
