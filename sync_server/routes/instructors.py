"""Instructors: the public directory, becoming one, and who learns their courses (INS-01 to INS-07, ENR-12)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.accounts.model import Caller
from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.accounts.personal_service import InstructorProfile
from lms_core.catalogue.views import CourseCard, OwnCourse
from lms_core.courses.wish import Wish
from lms_core.instructors.model import Applicant, PublicInstructor
from lms_core.instructors.tiers import next_tier, tiers_from
from lms_core.learning.students import Student
from sync_server.context import Context
from sync_server.details import Tagged, actor_of, given, must_match, tagged, uuid_of
from sync_server.guards import admin, anyone, author, maybe_signed_in, signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import readable, when
from sync_server.routes.recovery import Code, Token, take_try

Asked = Request[Caller | None, Any, Any]
Ask = Request[Caller, Any, Any]
Words = Annotated[str, QueryParameter(max_length=200)]
Line = Annotated[str, Meta(max_length=1000)]
Area = Annotated[str, Meta(max_length=128, description="id of a category")]
Standing = Literal["pending", "active", "rejected", "suspended", "inactive"]


class InstructorProfileBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an instructor tells; left out it stays with PATCH and POST, and is emptied by PUT."""

    display_name: Annotated[str, Meta(max_length=100, examples=["Tess Moyo"])] | UnsetType = UNSET
    bio: Annotated[str, Meta(max_length=2000)] | UnsetType = UNSET
    expertise_areas: Annotated[list[Area], Meta(max_length=20)] | UnsetType = UNSET
    title: Annotated[str, Meta(max_length=150, examples=["Marine biologist"])] | UnsetType = UNSET
    organization: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    years_experience: Annotated[int, Meta(ge=0, le=60)] | UnsetType = UNSET
    website: Annotated[str, Meta(max_length=500, examples=["https://tess.example"])] | UnsetType = UNSET
    linkedin_profile: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    twitter_handle: Annotated[str, Meta(max_length=50)] | UnsetType = UNSET
    email_notifications: bool | UnsetType = UNSET
    marketing_emails: bool | UnsetType = UNSET
    public_profile: bool | UnsetType = UNSET


class OwnProfile(Struct, frozen=True, kw_only=True):
    """An instructor's profile for its owner; what the server sets cannot be changed (INS-02)."""

    display_name: str
    bio: str
    expertise_areas: list[str]
    title: str
    organization: str
    years_experience: int
    website: str
    linkedin_profile: str
    twitter_handle: str
    email_notifications: bool
    marketing_emails: bool
    public_profile: bool
    status: Standing
    is_verified: bool
    tier: str
    applied_at: str | None
    approval_date: str | None
    suspension_reason: str


class TierBody(Struct, frozen=True, kw_only=True):
    """A tier and what it takes: learners, and the mean of their ratings from 0 to 5."""

    tier: str
    students: int
    rating: float


class ProfileDetail(OwnProfile, frozen=True, kw_only=True):
    """The same with the figures of the own courses and the tier above (INS-04), null above the highest."""

    total_courses: int
    total_students: int
    next_tier_requirements: TierBody | None


class ApplicantBody(Struct, frozen=True, kw_only=True):
    """Somebody who teaches or wishes to, for administrators; `is_verified`: confirmed by the mailed link."""

    user_id: str
    email: str
    first_name: str
    last_name: str
    role: str
    display_name: str
    bio: str
    expertise_areas: list[str]
    title: str
    organization: str
    years_experience: int
    website: str
    linkedin_profile: str
    twitter_handle: str
    status: Standing
    is_verified: bool
    tier: str
    applied_at: str | None
    approved_by: str | None
    approval_date: str | None
    suspension_reason: str


class DecisionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of somebody; rejecting and suspending need a reason, which is mailed."""

    user_id: Annotated[str, Meta(max_length=100)]
    action: Literal["approve", "reject", "suspend", "reactivate"]
    reason: Annotated[str, Meta(max_length=1000)] = ""


class ApplicationCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code of the mail, for a server whose mails hold no link."""

    code: Code


class InstructorDetail(PublicInstructor, frozen=True, kw_only=True):
    """An instructor with the first hundred published courses."""

    courses: list[CourseCard]


class StudentBody(Struct, frozen=True, kw_only=True):
    """Somebody who learns a course; the same person once for each."""

    id: str
    user_id: str
    name: str
    email: str
    course_id: str
    course: str
    status: str
    percent: float
    seconds: int
    last_active_at: str | None
    best_score: float | None


class StudentChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`suspended` keeps somebody from learning the course, `active` lets them go on."""

    status: Literal["active", "suspended"]


# --- the directory
@get("/instructors", guards=[anyone], operation_class=Listing)
async def directory(request: Asked, search: Words = "") -> PageOf[PublicInstructor]:
    """Active instructors whose profile is public, by name."""
    context, page = Context.of(request), page_of(request)
    find = context.served.directory.all
    count, found = await context.lanes.run(find, search=search, offset=page.offset, most=page.size)
    return PageOf(**paged(request, page, count, found))


@get("/instructors/{user_id:str}", guards=[maybe_signed_in], operation_class=Tagged)
async def instructor(request: Asked, user_id: FromPath[str]) -> Response[InstructorDetail]:
    """One of them by the id of the account, with the published courses."""
    context, who = Context.of(request), uuid_of(user_id)
    found = await context.lanes.run(context.served.directory.get, who)
    wish = Wish(instructor=who, limit=100)
    _, cards = await context.lanes.run(context.served.catalogue.find, actor_of(request), wish)
    return tagged(request, InstructorDetail(courses=cards, **msgspec.structs.asdict(found)))


# --- becoming one
@post("/instructor/apply", guards=[signed_in], status_code=200)
async def apply(request: Ask, data: JSONBody[InstructorProfileBody]) -> OwnProfile:
    """Apply to teach; a link to confirm it goes by mail, once more when asked again. Needs a confirmed address."""
    context = Context.of(request)
    context.limits.mail.take(f"apply {request.user.account}")
    act, origin = context.served.instructors.apply, context.origin(request)
    found = await context.lanes.run(act, request.user, given(data), origin=origin)
    context.served.wrote()
    context.served.mailed()
    return _own(found)


@post("/instructor/verify/{token:str}", guards=[anyone], status_code=200)
async def verify(request: Asked, token: FromPath[Token]) -> OwnProfile:
    """Confirm an application by the token of the mailed link."""
    take_try(request, "")
    return await _confirmed(request, token=token)


@post("/instructor/verify", guards=[signed_in], status_code=200)
async def verify_code(request: Ask, data: JSONBody[ApplicationCode]) -> OwnProfile:
    """Confirm the caller's application by the code of the mail; five tries a code."""
    take_try(request, request.user.email)
    return await _confirmed(request, email=request.user.email, code=data.code)


async def _confirmed(request: Any, **proof: str) -> OwnProfile:
    context = Context.of(request)
    found = await context.lanes.run(context.served.instructors.confirm, **proof)
    context.served.wrote()
    return _own(found)


@get("/instructor/status", guards=[signed_in])
async def status(request: Ask) -> OwnProfile:
    """What became of the caller's application; 404 before there is one."""
    context = Context.of(request)
    return _own(await context.lanes.run(context.served.instructors.status, request.user))


@get("/instructor/approval", guards=[admin], operation_class=Listing)
async def applications(
    request: Ask, status: FromQuery[Standing | None] = None, search: Words = ""
) -> PageOf[ApplicantBody]:
    """Who applied or teaches, who waits longest first."""
    context, page = Context.of(request), page_of(request)
    wanted: dict[str, Any] = {"status": status or "", "search": search, "offset": page.offset, "most": page.size}
    count, found = await context.lanes.run(context.served.instructors.applications, request.user, **wanted)
    return PageOf(**paged(request, page, count, [_applicant(each) for each in found]))


@post("/instructor/approval", guards=[admin], status_code=200)
async def decide(request: Ask, data: JSONBody[DecisionBody]) -> ApplicantBody:
    """Approve, reject, suspend or reactivate somebody, who is told by mail."""
    context = Context.of(request)
    act, origin = context.served.instructors.decide, context.origin(request)
    who = uuid_of(data.user_id)
    found = await context.lanes.run(act, request.user, who, data.action, reason=data.reason, origin=origin)
    context.served.wrote()
    context.served.mailed()
    return _applicant(found)


# --- the own profile
@get("/instructor/profile", guards=[author], operation_class=Tagged)
async def profile(request: Ask) -> Response[ProfileDetail]:
    """The caller's profile as an instructor."""
    return tagged(request, await _read(request))


@patch("/instructor/profile", guards=[author])
async def change_profile(request: Ask, data: JSONBody[InstructorProfileBody]) -> Response[ProfileDetail]:
    """Change parts of it."""
    return await _change(request, given(data))


@put("/instructor/profile", guards=[author])
async def replace_profile(request: Ask, data: JSONBody[InstructorProfileBody]) -> Response[ProfileDetail]:
    """Replace it; what is left out is emptied, the name stays."""
    said = given(data)
    left = [name for name in data.__struct_fields__ if name not in said and name != "display_name"]
    return await _change(request, said | {name: INSTRUCTOR_PROFILE.fields[name].default for name in left})


async def _read(request: Ask) -> ProfileDetail:
    context = Context.of(request)
    found = _own(await context.lanes.run(context.served.personal(request.user).instructor))
    courses, students = await context.lanes.run(context.served.directory.reach, request.user.account)
    above = next_tier(found.tier, tiers_from(context.settings.instructor_tiers))
    wanted = TierBody(tier=above.name, students=above.students, rating=above.rating) if above else None
    return ProfileDetail(
        **msgspec.structs.asdict(found), total_courses=courses, total_students=students, next_tier_requirements=wanted
    )


async def _change(request: Ask, fields: dict[str, Any]) -> Response[ProfileDetail]:
    context = Context.of(request)
    must_match(request, await _read(request))
    await context.lanes.run(context.served.personal(request.user).change_instructor, **fields)
    context.served.wrote()
    return tagged(request, await _read(request), changed=True)


# --- what an instructor teaches, and whom
@get("/instructor/courses", guards=[author], operation_class=Listing)
async def courses(request: Ask, is_draft: FromQuery[bool | None] = None) -> PageOf[OwnCourse]:
    """Every course that the caller teaches, drafts too unless `is_draft` is false, the newest first."""
    context, page = Context.of(request), page_of(request)
    find = context.served.catalogue.taught
    count, found = await context.lanes.run(
        find, actor_of(request), is_draft=is_draft, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, found))


@get("/instructor/students", guards=[author], operation_class=Listing)
async def students(request: Ask, course: Words = "", search: Words = "", status: Words = "") -> PageOf[StudentBody]:
    """Who learns the courses in which the caller manages students, by name; once for each course."""
    context, page = Context.of(request), page_of(request)
    wanted: dict[str, Any] = {"course": course, "search": search, "status": status}
    find = context.served.students.all
    count, found = await context.lanes.run(find, request.user, **wanted, offset=page.offset, most=page.size)
    return PageOf(**paged(request, page, count, [_student(each) for each in found]))


@get("/instructor/students/{student_id:str}", guards=[author], operation_class=Tagged)
async def student(request: Ask, student_id: FromPath[str]) -> Response[StudentBody]:
    """One of them."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.students.get, request.user, uuid_of(student_id))
    return tagged(request, _student(found))


@patch("/instructor/students/{student_id:str}", guards=[author])
async def change_student(request: Ask, student_id: FromPath[str], data: JSONBody[StudentChange]) -> StudentBody:
    """Suspend somebody in a course, or let them go on; what they have learned stays."""
    context = Context.of(request)
    act, suspended = context.served.students.set_suspended, data.status == "suspended"
    found = await context.lanes.run(act, request.user, uuid_of(student_id), suspended=suspended)
    context.served.wrote()
    return _student(found)


def _own(found: InstructorProfile) -> OwnProfile:
    times = {name: when(getattr(found, name)) for name in ("applied_at", "approval_date")}
    return OwnProfile(**(msgspec.structs.asdict(found) | times))


def _applicant(found: Applicant) -> ApplicantBody:
    times = {name: when(getattr(found, name)) for name in ("applied_at", "approval_date")}
    return ApplicantBody(**(msgspec.structs.asdict(found) | times))


def _student(found: Student) -> StudentBody:
    return StudentBody(**(msgspec.structs.asdict(found) | {"last_active_at": when(found.last_active_at)}))


router = Router(
    "/",
    route_handlers=[
        directory, instructor, apply, verify, verify_code, status, applications, decide, profile, change_profile,
        replace_profile, courses, students, student, change_student,
    ],
    before_request=readable,
    tags=["instructors"],
)  # fmt: skip
