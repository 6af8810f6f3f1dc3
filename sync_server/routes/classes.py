"""Classes and terms (ACC-20): made by the desk, joined by code, taught by their instructors."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from litestar import Request, Router, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.accounts.model import Caller
from lms_core.classes.model import CODE_DAYS, CODE_USES, Code, Cohort, Wish
from sync_server.context import Context
from sync_server.details import ClientId, given
from sync_server.guards import signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, readable, when

Name = Annotated[str, Meta(max_length=100, examples=["8b"])]
Term = Annotated[str, Meta(max_length=50, examples=["Spring 2027"])]
Day = Annotated[str, Meta(max_length=10, examples=["2027-02-01"], description="YYYY-MM-DD, or empty")]
Id = Annotated[str, Meta(max_length=64)]


class ClassWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new class; with an `id` of the client's own, asking again makes no second one."""

    name: Name
    term: Term = ""
    starts_on: Day = ""
    ends_on: Day = ""
    id: ClientId | None = None


class ClassChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be other than it is; `archived` closes a class or opens it again."""

    name: Name | UnsetType = UNSET
    term: Term | UnsetType = UNSET
    starts_on: Day | UnsetType = UNSET
    ends_on: Day | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class RollOver(ClassWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The class of the next term; instructors go along, students and courses as asked."""

    students: bool = False
    courses: bool = True


class ClassBody(Struct, frozen=True, kw_only=True):
    """A class; `mine` is what the caller is in it."""

    id: str
    name: str
    term: str
    starts_on: str | None
    ends_on: str | None
    archived_at: str | None
    came_from: str | None
    students: int
    instructors: int
    courses: int
    mine: Literal["student", "instructor"] | None


class MemberBody(Struct, frozen=True, kw_only=True):
    """Somebody in a class."""

    user_id: str
    name: str
    email: str
    kind: Literal["student", "instructor"]
    joined_at: str | None


class PeopleWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Accounts by id or e-mail address."""

    people: Annotated[list[Annotated[str, Meta(max_length=254)]], Meta(min_length=1, max_length=1000)]
    kind: Literal["student", "instructor"] = "student"


class AddedBody(Struct, frozen=True):
    """How many were added."""

    added: int


class CourseWish(Struct, frozen=True, forbid_unknown_fields=True):
    """A course by its id."""

    course_id: Id


class CourseBody(Struct, frozen=True, kw_only=True):
    """A course of a class."""

    course_id: str
    title: str


class CodeWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days and people a code shall work."""

    days: int = CODE_DAYS
    uses: int = CODE_USES


class CodeBody(Struct, frozen=True, kw_only=True):
    """What people type to join."""

    code: str
    expires_at: str
    uses_left: int


class JoinWish(Struct, frozen=True, forbid_unknown_fields=True):
    """A code as it was typed."""

    code: Annotated[str, Meta(max_length=40, examples=["K7PM-2XWD"])]


@get("/", guards=[signed_in], operation_class=Listing)
async def listed(
    request: Request[Caller, Any, Any],
    search: FromQuery[str] = "",
    term: FromQuery[str] = "",
    archived: FromQuery[bool] = False,
) -> PageOf[ClassBody]:
    """The caller's classes; managers and administrators see all."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.classes.list, request.user, search=search, term=term, archived=archived,
        offset=page.offset, limit=page.size,
    )  # fmt: skip
    return PageOf(**paged(request, page, count, [_class(each) for each in found]))


@post("/", guards=[signed_in])
async def create(request: Request[Caller, Any, Any], data: JSONBody[ClassWish]) -> ClassBody:
    """Make a class; for managers and administrators."""
    context, classes = Context.of(request), Context.of(request).served.classes

    def work() -> Cohort:
        return classes.get(request.user, classes.create(request.user, _wish(data), name=data.id))

    return _class(await context.lanes.run(work))


@post("/join", guards=[signed_in], status_code=200)
async def join(request: Request[Caller, Any, Any], data: JSONBody[JoinWish]) -> ClassBody:
    """Join the class whose code this is, or into which the caller was invited with it."""
    context, classes = Context.of(request), Context.of(request).served.classes
    context.limits.sign_in.take(f"class code {request.user.account}")

    def work() -> Cohort:
        return classes.get(request.user, context.served.invitations.join(request.user, data.code))

    return _class(await _written(context, work))


@get("/{class_id:str}", guards=[signed_in])
async def one(request: Request[Caller, Any, Any], class_id: FromPath[str]) -> ClassBody:
    """A class that the caller is in or runs."""
    context = Context.of(request)
    return _class(await context.lanes.run(context.served.classes.get, request.user, class_id))


@patch("/{class_id:str}", guards=[signed_in])
async def change(request: Request[Caller, Any, Any], class_id: FromPath[str], data: JSONBody[ClassChange]) -> ClassBody:
    """Change a class, close it or open it again."""
    context, classes = Context.of(request), Context.of(request).served.classes
    changes = given(data)
    archived = changes.pop("archived", None)

    def work() -> Cohort:
        if changes or archived is None:
            classes.change(request.user, class_id, changes)
        if archived is not None:
            classes.archive(request.user, class_id, archived=archived)
        return classes.get(request.user, class_id)

    return _class(await _written(context, work))


@delete("/{class_id:str}", guards=[signed_in])
async def archive(request: Request[Caller, Any, Any], class_id: FromPath[str]) -> None:
    """Close a class; nothing that was learned goes."""
    context = Context.of(request)
    await context.lanes.run(context.served.classes.archive, request.user, class_id)


@post("/{class_id:str}/roll-over", guards=[signed_in])
async def roll_over(request: Request[Caller, Any, Any], class_id: FromPath[str], data: JSONBody[RollOver]) -> ClassBody:
    """Make the class of the next term and close this one."""
    context, classes = Context.of(request), Context.of(request).served.classes

    def work() -> Cohort:
        made = classes.roll_over(
            request.user, class_id, _wish(data), students=data.students, courses=data.courses, new=data.id
        )
        return classes.get(request.user, made)

    return _class(await _written(context, work))


# --- people
@get("/{class_id:str}/members", guards=[signed_in], operation_class=Listing)
async def members(request: Request[Caller, Any, Any], class_id: FromPath[str]) -> PageOf[MemberBody]:
    """Who is in a class; for who runs it."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.classes.members, request.user, class_id, offset=page.offset, limit=page.size
    )
    results = [MemberBody(**asdict(m) | {"joined_at": when(m.joined_at)}) for m in found]
    return PageOf(**paged(request, page, count, results))


@post("/{class_id:str}/members", guards=[signed_in], status_code=200)
async def add_members(
    request: Request[Caller, Any, Any], class_id: FromPath[str], data: JSONBody[PeopleWish]
) -> AddedBody:
    """Add accounts; instructors are named by managers and administrators alone."""
    context = Context.of(request)
    add = context.served.classes.add_members
    added = await context.lanes.run(add, request.user, class_id, data.people, kind=data.kind)
    context.served.wrote()
    return AddedBody(added)


@delete("/{class_id:str}/members/{user_id:str}", guards=[signed_in])
async def remove_member(request: Request[Caller, Any, Any], class_id: FromPath[str], user_id: FromPath[str]) -> None:
    """Take somebody out, or leave oneself."""
    context = Context.of(request)
    await context.lanes.run(context.served.classes.remove_member, request.user, class_id, user_id)


# --- courses
@get("/{class_id:str}/courses", guards=[signed_in])
async def courses(request: Request[Caller, Any, Any], class_id: FromPath[str]) -> list[CourseBody]:
    """The courses that the class learns."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.classes.courses, request.user, class_id)
    return [CourseBody(course_id=name, title=title) for name, title in found]


@post("/{class_id:str}/courses", guards=[signed_in], status_code=204)
async def add_course(request: Request[Caller, Any, Any], class_id: FromPath[str], data: JSONBody[CourseWish]) -> None:
    """Let the class learn a course; its students are enrolled."""
    context = Context.of(request)
    await context.lanes.run(context.served.classes.add_course, request.user, class_id, data.course_id)
    context.served.wrote()


@delete("/{class_id:str}/courses/{course_id:str}", guards=[signed_in])
async def remove_course(request: Request[Caller, Any, Any], class_id: FromPath[str], course_id: FromPath[str]) -> None:
    """Offer a course to the class no longer; who learns it goes on."""
    context = Context.of(request)
    await context.lanes.run(context.served.classes.remove_course, request.user, class_id, course_id)


# --- codes
@get("/{class_id:str}/code", guards=[signed_in])
async def code(request: Request[Caller, Any, Any], class_id: FromPath[str]) -> CodeBody | None:
    """The code by which people join, if there is one that works; for who runs the class."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.classes.code, request.user, class_id)
    return None if found is None else _code(found)


@post("/{class_id:str}/code", guards=[signed_in])
async def renew_code(request: Request[Caller, Any, Any], class_id: FromPath[str], data: JSONBody[CodeWish]) -> CodeBody:
    """A fresh code; a former one ends."""
    context = Context.of(request)
    renew = context.served.classes.renew_code
    return _code(await context.lanes.run(renew, request.user, class_id, days=data.days, uses=data.uses))


@delete("/{class_id:str}/code", guards=[signed_in])
async def end_code(request: Request[Caller, Any, Any], class_id: FromPath[str]) -> None:
    """Let nobody join by the code any more."""
    context = Context.of(request)
    await context.lanes.run(context.served.classes.end_code, request.user, class_id)


async def _written(context: Context, work: Any) -> Any:
    """Do it on a thread, and let what follows from it follow."""
    done = await context.lanes.run(work)
    context.served.wrote()
    return done


def _wish(data: ClassWish) -> Wish:
    return Wish(name=data.name, term=data.term, starts_on=data.starts_on, ends_on=data.ends_on)


def _class(found: Cohort) -> ClassBody:
    return ClassBody(**asdict(found) | {"archived_at": when(found.archived_at)})


def _code(found: Code) -> CodeBody:
    return CodeBody(code=found.code, expires_at=moment(found.expires_at), uses_left=found.uses_left)


router = Router(
    "/classes",
    route_handlers=[
        listed, create, join, one, change, archive, roll_over, members, add_members, remove_member, courses,
        add_course, remove_course, code, renew_code, end_code,
    ],
    before_request=readable,
    tags=["classes"],
)  # fmt: skip
