"""Modules and lessons: outlines for everybody, texts for those who may read them, drafts for authors (MOD, LES)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from lms_core.accounts.model import Caller
from lms_core.catalogue.figures import LessonFigures
from lms_core.catalogue.reading import wanted_course
from lms_core.catalogue.views import LessonOutline, LessonView, ModuleView
from sync_server.context import Context
from sync_server.details import Tagged, actor_of, changed, created, given, tagged, trashed, uuid_of
from sync_server.guards import maybe_signed_in, signed_in
from sync_server.listing import Listing, PageOf, sliced
from sync_server.routes.bodies import readable
from sync_server.routes.course_bodies import (
    LARGEST,
    Kind,
    LessonChange,
    ModuleChange,
    NewLesson,
    NewModule,
    WholeLesson,
    WholeModule,
)

Asked = Request[Caller | None, Any, Any]
Named = Request[Caller, Any, Any]
Course = Annotated[str, QueryParameter(max_length=100, description="id or slug of a course")]
Module = Annotated[str, QueryParameter(max_length=128, description="id of a module")]


# --- modules
@get("/modules", guards=[maybe_signed_in], operation_class=Listing)
async def modules(request: Asked, course: Course = "") -> PageOf[ModuleView]:
    """The modules of a course in order, with the outline of their lessons."""
    context = Context.of(request)
    wanted_course(course, "")
    return PageOf(
        **sliced(request, await context.lanes.read(context.served.catalogue.modules, actor_of(request), course))
    )


@get("/modules/{module:str}", guards=[maybe_signed_in], operation_class=Tagged)
async def module(request: Asked, module: FromPath[str]) -> Response[ModuleView]:
    """A module with the outline of its lessons."""
    context = Context.of(request)
    return tagged(
        request, await context.lanes.read(context.served.catalogue.module, actor_of(request), uuid_of(module))
    )


@post("/modules", guards=[signed_in])
async def add_module(request: Named, data: JSONBody[NewModule]) -> Response[ModuleView]:
    """Add a module to a course."""
    context, values = Context.of(request), given(data)
    row, course = values.pop("id", None), values.pop("course")
    made = await context.lanes.run(context.served.desk.add_module, actor_of(request), course, values, row)
    return created(request, made, made.id)


@put("/modules/{module:str}", guards=[signed_in])
async def replace_module(request: Named, module: FromPath[str], data: JSONBody[WholeModule]) -> Response[ModuleView]:
    """Set every field of a module; it stays where it is."""
    return await changed(request, "change_module", module, given(data))


@patch("/modules/{module:str}", guards=[signed_in])
async def change_module(request: Named, module: FromPath[str], data: JSONBody[ModuleChange]) -> Response[ModuleView]:
    """Change some fields of a module, or its place."""
    return await changed(request, "change_module", module, given(data))


@delete("/modules/{module:str}", guards=[signed_in])
async def trash_module(request: Named, module: FromPath[str]) -> None:
    """Put a module with its lessons into the trash of the course for 30 days."""
    await trashed(request, "trash_module", module)


# --- lessons
@get("/lessons", guards=[maybe_signed_in], operation_class=Listing)
async def lessons(
    request: Asked,
    course: Course = "",
    module: Module = "",
    access_level: FromQuery[Literal["", "guest", "registered", "premium"]] = "",
    type: FromQuery[Kind | Literal[""]] = "",  # noqa: A002 - the name in the address
    free_preview: FromQuery[bool | None] = None,
) -> PageOf[LessonOutline]:
    """The lessons of a course or of a module in order, without their texts (LES-12)."""
    context = Context.of(request)
    wanted_course(course, module)
    found = await context.lanes.read(
        context.served.catalogue.lessons, actor_of(request), course=course, module=module and uuid_of(module),
        access=access_level, kind=type, preview=free_preview,
    )  # fmt: skip
    return PageOf(**sliced(request, found))


@get("/lessons/{lesson:str}", guards=[maybe_signed_in], operation_class=Tagged)
async def lesson(request: Asked, lesson: FromPath[str]) -> Response[LessonView]:
    """A lesson. Its text is there for those who may read it; else `missing` says what they lack."""
    context = Context.of(request)
    return tagged(
        request, await context.lanes.read(context.served.catalogue.lesson, actor_of(request), uuid_of(lesson))
    )


@get("/lessons/{lesson:str}/analytics", guards=[signed_in])
async def lesson_analytics(request: Named, lesson: FromPath[str]) -> LessonFigures:
    """How far those who learn a lesson's course are with it, and how much it holds, for those who see its figures."""
    context = Context.of(request)
    return await context.lanes.read(context.served.catalogue.lesson_figures, actor_of(request), uuid_of(lesson))


@post("/lessons", guards=[signed_in])
async def add_lesson(request: Named, data: JSONBody[NewLesson]) -> Response[LessonView]:
    """Add a lesson to a module."""
    context, values = Context.of(request), given(data)
    row, module = values.pop("id", None), uuid_of(values.pop("module_id"))
    made = await context.lanes.run(context.served.desk.add_lesson, actor_of(request), module, values, row)
    return created(request, made, made.id)


@put("/lessons/{lesson:str}", guards=[signed_in])
async def replace_lesson(request: Named, lesson: FromPath[str], data: JSONBody[WholeLesson]) -> Response[LessonView]:
    """Set every field of a lesson; it stays where it is."""
    return await changed(request, "change_lesson", lesson, given(data))


@patch("/lessons/{lesson:str}", guards=[signed_in])
async def change_lesson(request: Named, lesson: FromPath[str], data: JSONBody[LessonChange]) -> Response[LessonView]:
    """Change some fields of a lesson, or its place within the course."""
    return await changed(request, "change_lesson", lesson, given(data))


@delete("/lessons/{lesson:str}", guards=[signed_in])
async def trash_lesson(request: Named, lesson: FromPath[str]) -> None:
    """Put a lesson into the trash of the course for 30 days."""
    await trashed(request, "trash_lesson", lesson)


router = Router(
    "/",
    route_handlers=[
        modules, module, add_module, replace_module, change_module, trash_module,
        lessons, lesson, lesson_analytics, add_lesson, replace_lesson, change_lesson, trash_lesson,
    ],
    before_request=readable,
    request_max_body_size=LARGEST,
    tags=["courses"],
)  # fmt: skip
