"""Enrolments and progress of the caller (ENR, PRG); those who manage the students of a course see theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from lms_core.accounts.model import Caller
from lms_core.analytics.learner import Totals
from lms_core.learning.entities import MAX_VIDEO_S, MEMO
from lms_core.learning.model import Enrollment, LessonProgress, Studied
from lms_core.learning.rules import Reason, can_user_enroll
from lms_core.schema import PERCENT
from sync_server.context import Context
from sync_server.details import Tagged, created, given, must_match, tagged, uuid_of
from sync_server.guards import signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import readable, when

Named = Request[Caller, Any, Any]
Percent = Annotated[float, Meta(ge=PERCENT[0], le=PERCENT[1], examples=[40.0])]
Position = Annotated[
    dict[Annotated[str, Meta(max_length=100)], str | int | float | bool | None],
    Meta(max_length=100, examples=[{"seconds": 312}], description="what is named changes, the rest stays"),
]


Status = Literal["active", "completed", "dropped", "suspended", "unenrolled"]


class EnrollWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A course by id or slug."""

    course_id: Annotated[str, Meta(max_length=100, examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"])]


class EnrollmentBody(Struct, frozen=True, kw_only=True):
    """An enrolment with a summary of the progress; `seconds` is the time studied."""

    id: str
    user_id: str
    course_id: str
    title: str
    status: Status
    payment_status: Literal["free", "paid", "refunded"]
    enrolled_at: str | None
    completed_at: str | None
    percent: float
    lessons_done: int
    lessons_total: int
    seconds: int
    last_lesson: str | None
    last_active_at: str | None


Memo = Annotated[str, Meta(max_length=MEMO, description="a short text of one's own", examples=["Weigh again."])]


class ProgressBody(Struct, frozen=True, kw_only=True):
    """Progress in a lesson; `position` is where to go on."""

    id: str
    user_id: str
    course_id: str
    lesson_id: str
    status: Literal["not_started", "in_progress", "done"]
    percent: float
    watched_seconds: int
    total_seconds: int
    completion_percentage: float
    position: dict[str, str | int | float | bool | None]
    notes: str
    opened_at: str | None
    done_at: str | None


class CourseProgressBody(Struct, frozen=True, kw_only=True):
    """An enrolment and every lesson of the course, in order."""

    enrollment: EnrollmentBody
    lessons: list[ProgressBody]


class Stretch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Time that was studied; the same time told twice counts once."""

    started_at: Annotated[datetime, Meta(tz=True, examples=["2026-09-01T08:30:00Z"])]
    seconds: Annotated[int, Meta(ge=5, le=14_400)]


class Watched(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many different seconds of the lesson's video were seen, of how many; what was seen never falls."""

    watched_seconds: Annotated[int, Meta(ge=0, le=MAX_VIDEO_S)]
    total_seconds: Annotated[int, Meta(ge=1, le=MAX_VIDEO_S)]


class ProgressChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the learner did: the share seen so far never falls, a quiz is completed by passing it alone."""

    is_completed: bool | UnsetType = UNSET
    percent: Percent | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    notes: Memo | UnsetType = UNSET
    watched: Watched | UnsetType = UNSET
    studied: Stretch | UnsetType = UNSET


class WholeProgress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same with everything said but the time."""

    is_completed: bool
    percent: Percent
    position: Position
    notes: Memo | UnsetType = UNSET
    watched: Watched | UnsetType = UNSET
    studied: Stretch | UnsetType = UNSET


class PrerequisiteBody(Struct, frozen=True, kw_only=True):
    """A course that comes before another, and whether the caller has completed it."""

    course_id: str
    title: str
    is_mandatory: bool
    is_met: bool


class JoiningBody(Struct, frozen=True, kw_only=True):
    """Whether the caller can enrol, and if not why, what weighs most first."""

    can_enroll: bool
    reasons: list[Reason]
    prerequisites: list[PrerequisiteBody]


# --- enrolments
@get("/courses/{course:str}/can-enroll", guards=[signed_in])
async def can_enroll(request: Named, course: FromPath[str]) -> JoiningBody:
    """Tell whether the caller can enrol in a course by id or slug, and what keeps them from it."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.learning.joining, request.user, course)
    reasons = list(can_user_enroll(found))
    needed = [
        PrerequisiteBody(course_id=x.course_id, title=x.title, is_mandatory=x.mandatory, is_met=x.met)
        for x in found.needed
    ]
    return JoiningBody(can_enroll=not reasons, reasons=reasons, prerequisites=needed)


@post("/courses/{course:str}/enroll", guards=[signed_in], status_code=200)
async def enroll(request: Named, course: FromPath[str]) -> Response[EnrollmentBody]:
    """Enrol in a course by id or slug: a published one that is free, or one that the caller teaches.

    Asked again it is the same enrolment.
    """
    return tagged(request, await _enrolled(request, course), changed=True)


@post("/enrollments", guards=[signed_in])
async def create(request: Named, data: JSONBody[EnrollWish]) -> Response[EnrollmentBody]:
    """The same; the id of an enrolment follows from account and course."""
    made = await _enrolled(request, data.course_id)
    return created(request, made, made.id)


async def _enrolled(request: Named, course: str) -> EnrollmentBody:
    return _enrollment(await _written(request, "enroll", course))


@get("/enrollments", guards=[signed_in], operation_class=Listing)
async def enrollments(
    request: Named,
    status: FromQuery[Literal[Status, "cancelled", ""]] = "",
    course: FromQuery[str] = "",
) -> PageOf[EnrollmentBody]:
    """The caller's enrolments, the last active first; `cancelled` is read as `unenrolled`."""
    context, page = Context.of(request), page_of(request)
    status = "unenrolled" if status == "cancelled" else status
    count, found = await context.lanes.run(
        context.served.learning.enrollments, request.user, status=status, course=course,
        offset=page.offset, limit=page.size,
    )  # fmt: skip
    return PageOf(**paged(request, page, count, [_enrollment(each) for each in found]))


@get("/enrollments/{enrollment:str}", guards=[signed_in], operation_class=Tagged)
async def enrollment(request: Named, enrollment: FromPath[str]) -> Response[EnrollmentBody]:
    """An enrolment of the caller, or in a course whose students they manage."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.learning.enrollment, request.user, uuid_of(enrollment))
    return tagged(request, _enrollment(found))


@post("/enrollments/{enrollment:str}/unenroll", guards=[signed_in], status_code=200)
async def unenroll(request: Named, enrollment: FromPath[str]) -> Response[EnrollmentBody]:
    """Leave a course; progress and notes stay, and enrolling again goes on with them."""
    return tagged(request, await _left(request, enrollment), changed=True)


@delete("/enrollments/{enrollment:str}", guards=[signed_in])
async def drop(request: Named, enrollment: FromPath[str]) -> None:
    """The same."""
    await _left(request, enrollment)


async def _left(request: Named, name: str) -> EnrollmentBody:
    return _enrollment(
        await _written(request, "unenroll", uuid_of(name), lambda now: must_match(request, _enrollment(now)))
    )


# --- progress
@get("/enrollments/{enrollment:str}/progress", guards=[signed_in], operation_class=Tagged)
async def course_progress(request: Named, enrollment: FromPath[str]) -> Response[CourseProgressBody]:
    """How far somebody is with a course, lesson by lesson."""
    context = Context.of(request)
    found, lessons = await context.lanes.run(context.served.learning.course_progress, request.user, uuid_of(enrollment))
    body = CourseProgressBody(enrollment=_enrollment(found), lessons=[_progress(each) for each in lessons])
    return tagged(request, body)


@get("/progress", guards=[signed_in], operation_class=Listing)
async def progress(
    request: Named, lesson: FromQuery[str] = "", course: FromQuery[str] = "", enrollment: FromQuery[str] = ""
) -> PageOf[ProgressBody]:
    """The caller's progress in lessons, the last opened first."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.learning.progress, request.user, lesson=lesson, course=course, enrollment=enrollment,
        offset=page.offset, limit=page.size,
    )  # fmt: skip
    return PageOf(**paged(request, page, count, [_progress(each) for each in found]))


@put("/progress/{progress:str}", guards=[signed_in])
async def replace_progress(
    request: Named, progress: FromPath[str], data: JSONBody[WholeProgress]
) -> Response[ProgressBody]:
    """Set the caller's progress in a lesson."""
    return await _studied(request, await _lesson_of(request, progress), data)


@patch("/progress/{progress:str}", guards=[signed_in])
async def change_progress(
    request: Named, progress: FromPath[str], data: JSONBody[ProgressChange]
) -> Response[ProgressBody]:
    """Change some of it."""
    return await _studied(request, await _lesson_of(request, progress), data)


@get("/lessons/{lesson:str}/progress", guards=[signed_in], operation_class=Tagged)
async def lesson_progress(request: Named, lesson: FromPath[str]) -> Response[ProgressBody]:
    """The caller's progress in a lesson of a course that they learn."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.learning.lesson_progress, request.user, uuid_of(lesson))
    return tagged(request, _progress(found))


@post("/lessons/{lesson:str}/progress", guards=[signed_in], status_code=200)
async def study(request: Named, lesson: FromPath[str], data: JSONBody[ProgressChange]) -> Response[ProgressBody]:
    """Note that a lesson was opened, and what else was done in it."""
    return await _studied(request, uuid_of(lesson), data)


@put("/lessons/{lesson:str}/progress", guards=[signed_in])
async def replace_lesson_progress(
    request: Named, lesson: FromPath[str], data: JSONBody[WholeProgress]
) -> Response[ProgressBody]:
    """Set the caller's progress in a lesson."""
    return await _studied(request, uuid_of(lesson), data)


@get("/users/me/progress-stats", guards=[signed_in])
async def stats(request: Named) -> Totals:
    """What the caller has learned so far, in all courses that they have not left; times are seconds."""
    context = Context.of(request)
    return await context.lanes.run(context.served.learner.totals, request.user)


async def _lesson_of(request: Named, name: str) -> str:
    context = Context.of(request)
    return await context.lanes.run(context.served.learning.lesson_of, request.user, uuid_of(name))


async def _studied(request: Named, lesson: str, data: ProgressChange | WholeProgress) -> Response[ProgressBody]:
    values = given(data)
    if stretch := values.get("studied"):
        values["studied"] = Studied(int(stretch.started_at.timestamp() * 1000), stretch.seconds)
    if seen := values.get("watched"):
        values["watched"] = (seen.watched_seconds, seen.total_seconds)
    done = await _written(request, "study", lesson, **values, seen=lambda now: must_match(request, _progress(now)))
    return tagged(request, _progress(done), changed=True)


async def _written(request: Named, verb: str, *args: Any, **more: Any) -> Any:
    """Do it on a thread, and let what follows from it follow."""
    context = Context.of(request)
    done = await context.lanes.run(getattr(context.served.learning, verb), request.user, *args, **more)
    context.served.wrote()
    return done


def _enrollment(found: Enrollment) -> EnrollmentBody:
    times = {name: when(getattr(found, name)) for name in ("enrolled_at", "completed_at", "last_active_at")}
    return EnrollmentBody(**structs.asdict(found) | times)


def _progress(found: LessonProgress) -> ProgressBody:
    times = {name: when(getattr(found, name)) for name in ("opened_at", "done_at")}
    return ProgressBody(**structs.asdict(found) | times)


router = Router(
    "/",
    route_handlers=[
        can_enroll, enroll, create, enrollments, enrollment, unenroll, drop, course_progress, progress,
        replace_progress, change_progress, lesson_progress, study, replace_lesson_progress, stats,
    ],
    before_request=readable,
    tags=["learning"],
)  # fmt: skip
