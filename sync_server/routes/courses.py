"""Courses: the catalogue for everybody, drafts for their authors (CRS)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post, put, route
from litestar.enums import HttpMethod
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from lms_core.accounts.audit import By
from lms_core.accounts.model import Caller
from lms_core.catalogue.views import CourseCard, CourseView, FacetCounts, InstructorView, VersionView
from lms_core.courses.wish import ORDERS, Wish
from sync_server.context import Context
from sync_server.details import Tagged, actor_of, created, given, must_match, tag_of, tagged
from sync_server.guards import admin, author, maybe_signed_in, signed_in
from sync_server.listing import Listing, PageOf, ordering_of, page_of, paged, sliced
from sync_server.ranges import BINARY, send_file
from sync_server.routes.bodies import readable
from sync_server.routes.course_bodies import (
    LARGEST,
    CloneBody,
    CourseChange,
    FeaturedBody,
    InstructorChange,
    NewCourse,
    NewInstructor,
    Publication,
    WholeCourse,
    WholeInstructor,
)

Asked = Request[Caller | None, Any, Any]
Named = Request[Caller, Any, Any]
NAMED_ORDERS = (*ORDERS, "relevance")
Words = Annotated[str, QueryParameter(max_length=200)]
Order = Annotated[str, QueryParameter(description="of " + ", ".join(NAMED_ORDERS) + "; a minus for the largest first")]


@get("", guards=[maybe_signed_in], operation_class=Listing)
async def courses(
    request: Asked,
    search: Words = "",
    category: Words = "",
    level: Words = "",
    language: Words = "",
    instructor: Words = "",
    subtitles: Words = "",
    tag: Words = "",
    creation_method: Words = "",
    price_min: FromQuery[float | None] = None,
    price_max: FromQuery[float | None] = None,
    rating_min: FromQuery[float | None] = None,
    duration_min: FromQuery[int | None] = None,
    duration_max: FromQuery[int | None] = None,
    is_featured: FromQuery[bool | None] = None,
    ordering: Order = "title",
) -> PageOf[CourseCard]:
    """Published courses. `category` (id or slug) takes those below it along; `price_max=0` finds the free ones."""
    context, page = Context.of(request), page_of(request)
    wish = Wish(
        search=search, category=category, level=level, language=language, instructor=instructor, subtitles=subtitles,
        tag=tag, creation_method=creation_method, least_price=price_min, most_price=price_max, least_rating=rating_min,
        least_minutes=duration_min, most_minutes=duration_max, is_featured=is_featured,
        order=ordering_of(request, NAMED_ORDERS, ordering), offset=page.offset, limit=page.size,
    )  # fmt: skip
    count, found = await context.lanes.read(context.served.catalogue.find, actor_of(request), wish)
    return PageOf(**paged(request, page, count, found))


@get("/facets", guards=[maybe_signed_in])
async def facets(
    request: Asked,
    search: Words = "",
    category: Words = "",
    level: Words = "",
    language: Words = "",
    subtitles: Words = "",
    tag: Words = "",
    price_min: FromQuery[float | None] = None,
    price_max: FromQuery[float | None] = None,
    rating_min: FromQuery[float | None] = None,
    duration_min: FromQuery[int | None] = None,
    duration_max: FromQuery[int | None] = None,
) -> FacetCounts:
    """How many published courses fit, and how many there would be with another value of each filter (SRC-02)."""
    wish = Wish(
        search=search, category=category, level=level, language=language, subtitles=subtitles, tag=tag,
        least_price=price_min, most_price=price_max, least_rating=rating_min, least_minutes=duration_min,
        most_minutes=duration_max,
    )  # fmt: skip
    context = Context.of(request)
    return await context.lanes.read(context.served.catalogue.facets, wish)


@get("/featured", guards=[maybe_signed_in], operation_class=Listing)
async def featured(request: Asked) -> PageOf[CourseCard]:
    """Published courses that administrators recommend, the newest first (CRS-33)."""
    context, page = Context.of(request), page_of(request)
    wish = Wish(is_featured=True, order=("-published_date",), offset=page.offset, limit=page.size)
    count, found = await context.lanes.read(context.served.catalogue.find, actor_of(request), wish)
    return PageOf(**paged(request, page, count, found))


@get("/{course:str}", guards=[maybe_signed_in], operation_class=Tagged)
async def course(request: Asked, course: FromPath[str]) -> Response[CourseView]:
    """A course by id or slug: its draft for those who may edit it, else the version that is published."""
    context = Context.of(request)
    return tagged(request, await context.lanes.read(context.served.catalogue.course, actor_of(request), course))


@post("", guards=[author])
async def create(request: Named, data: JSONBody[NewCourse]) -> Response[CourseView]:
    """Begin a course; its maker leads it."""
    context, values = Context.of(request), given(data)
    row = values.pop("id", None)
    made = await context.lanes.run(context.served.desk.create_course, actor_of(request), values, row)
    context.served.wrote()
    return created(request, made, made.id)


@put("/{course:str}", guards=[signed_in])
async def replace(request: Named, course: FromPath[str], data: JSONBody[WholeCourse]) -> Response[CourseView]:
    """Set every setting of a course."""
    return await _changed(request, "change_course", course, given(data))


@patch("/{course:str}", guards=[signed_in])
async def change(request: Named, course: FromPath[str], data: JSONBody[CourseChange]) -> Response[CourseView]:
    """Change some settings of a course."""
    return await _changed(request, "change_course", course, given(data))


@delete("/{course:str}", guards=[signed_in])
async def put_away(request: Named, course: FromPath[str]) -> None:
    """Take a course out of the catalogue and archive it; those who learn it keep what they have."""
    context = Context.of(request)
    await context.lanes.run(
        context.served.desk.put_away, actor_of(request), course, lambda now: must_match(request, now)
    )
    context.served.wrote()


@post("/{course:str}/publish", guards=[signed_in], status_code=200)
async def publish(request: Named, course: FromPath[str], data: JSONBody[Publication]) -> Response[CourseView]:
    """Publish the draft as it stands; its version is in the catalogue within a second.

    400 `not_ready` names in `details.findings` what lacks.
    """
    return await _changed(request, "publish", course, change_note=data.change_note)


@post("/{course:str}/unpublish", guards=[signed_in], status_code=200)
async def unpublish(request: Named, course: FromPath[str]) -> Response[CourseView]:
    """Take a course out of the catalogue; enrolments stay."""
    return await _changed(request, "unpublish", course)


@put("/{course:str}/featured", guards=[admin])
async def set_featured(request: Named, course: FromPath[str], data: JSONBody[FeaturedBody]) -> Response[CourseView]:
    """Recommend a published course, or no more."""
    context = Context.of(request)
    act, by = context.served.desk.set_featured, By.of(request.user, context.origin(request))
    done = await context.lanes.run(act, actor_of(request), course, featured=data.is_featured, by=by)
    context.served.wrote()
    return tagged(request, done, changed=True)


@post("/{course:str}/clone", guards=[author])
async def clone(request: Named, course: FromPath[str], data: JSONBody[CloneBody]) -> Response[CourseView]:
    """Copy a course that the caller may edit; the caller leads the copy, which goes its own way."""
    context, values = Context.of(request), given(data)
    row, draft = values.pop("id", None), values.pop("create_as_draft")
    act = context.served.desk.clone
    made = await context.lanes.run(act, actor_of(request), course, values, draft=draft, row=row)
    context.served.wrote()
    headers = {"ETag": tag_of(made), "Location": f"{request.url.path.rsplit('/', 2)[0]}/{made.id}"}
    return Response(made, status_code=201, headers=headers)


async def _changed(request: Named, verb: str, course: str, *values: Any, **more: Any) -> Response[Any]:
    context = Context.of(request)
    act = getattr(context.served.desk, verb)
    done = await context.lanes.run(
        act, actor_of(request), course, *values, seen=lambda now: must_match(request, now), **more
    )
    context.served.wrote()
    return tagged(request, done, changed=True)


@get("/{course:str}/versions", guards=[signed_in], operation_class=Listing)
async def versions(request: Named, course: FromPath[str]) -> PageOf[VersionView]:
    """Versions that are kept, the newest first."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.catalogue.versions, actor_of(request), course)
    return PageOf(**sliced(request, found))


@route("/{course:str}/package", http_method=[HttpMethod.GET, HttpMethod.HEAD], guards=[signed_in], media_type=BINARY)
async def package(request: Named, course: FromPath[str]) -> Response[Any]:
    """The published version as a pack, for work offline. Knows `Range`, `If-Range` and `If-None-Match`."""
    context = Context.of(request)
    pack = await context.lanes.run(context.served.catalogue.package, actor_of(request), course)
    return await send_file(request, context.lanes, context.served.packs, sha256=pack, lasting=False)


# --- who teaches it
@get("/{course:str}/instructors", guards=[maybe_signed_in], operation_class=Listing)
async def instructors(request: Asked, course: FromPath[str]) -> PageOf[InstructorView]:
    """Who teaches a course, the lead first; their rights only those who manage it see."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.catalogue.instructors, actor_of(request), course)
    return PageOf(**sliced(request, found))


@post("/{course:str}/instructors", guards=[signed_in])
async def add_instructor(
    request: Named, course: FromPath[str], data: JSONBody[NewInstructor]
) -> Response[InstructorView]:
    """Let somebody teach the course; the same again changes nothing."""
    values = given(data)
    user = values.pop("user_id")
    made = await _set_instructor(request, course, user, values, new=True)
    return created(request, made, user)


@put("/{course:str}/instructors/{user:str}", guards=[signed_in])
async def replace_instructor(
    request: Named, course: FromPath[str], user: FromPath[str], data: JSONBody[WholeInstructor]
) -> Response[InstructorView]:
    """Set all that somebody may do in the course."""
    return tagged(request, await _set_instructor(request, course, user, given(data)), changed=True)


@patch("/{course:str}/instructors/{user:str}", guards=[signed_in])
async def change_instructor(
    request: Named, course: FromPath[str], user: FromPath[str], data: JSONBody[InstructorChange]
) -> Response[InstructorView]:
    """Change some of what somebody may do in the course."""
    return tagged(request, await _set_instructor(request, course, user, given(data)), changed=True)


@delete("/{course:str}/instructors/{user:str}", guards=[signed_in])
async def remove_instructor(request: Named, course: FromPath[str], user: FromPath[str]) -> None:
    """Let somebody teach the course no more; 409 for the last who leads it."""
    await _set_instructor(request, course, user, {"is_active": False})


async def _set_instructor(
    request: Named, course: str, user: str, values: dict[str, Any], *, new: bool = False
) -> InstructorView:
    context = Context.of(request)
    done = await context.lanes.run(context.served.desk.set_instructor, actor_of(request), course, user, values, new=new)
    context.served.wrote()
    return done


router = Router(
    "/courses",
    route_handlers=[
        courses, facets, featured, course, create, replace, change, put_away, publish, unpublish, versions, package,
        clone, set_featured,
        instructors, add_instructor, replace_instructor, change_instructor, remove_instructor,
    ],
    before_request=readable,
    request_max_body_size=LARGEST,
    tags=["courses"],
)  # fmt: skip
