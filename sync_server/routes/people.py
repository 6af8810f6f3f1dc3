"""Everybody's accounts: what others see, and what managers and administrators do with them (USR-07, USR-09, SEC-11)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.accounts.audit import By
from lms_core.accounts.importing import MOST_BYTES
from lms_core.accounts.model import Caller, Registration, User
from lms_core.accounts.people import Filter, PublicProfile, Suspect
from lms_core.accounts.photos import photo_type
from lms_core.errors import Denied, NotFound, UserError
from sync_server.context import Context
from sync_server.details import ClientId, Tagged, created, given, tagged, uuid_of
from sync_server.guards import admin, signed_in, staff
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import (
    AccountBody,
    LoginEntryBody,
    SessionBody,
    login_body,
    moment,
    readable,
    session_body,
    when,
)
from sync_server.routes.users import PasswordBody, account_body

Ask = Request[Caller, Any, Any]
MOST_PASSWORDS = 300
Text = Annotated[str, Meta(max_length=1000)]
Role = Annotated[str, Meta(max_length=20, examples=["instructor"])]


class NewUserBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account for somebody; without a password nobody signs in until one is set."""

    id: ClientId | UnsetType = UNSET
    email: Annotated[str, Meta(max_length=1000, examples=["sam@school.example"])]
    first_name: Text
    last_name: Text
    username: Text = ""
    cohort: Text = ""
    role: Role = "student"
    password: Text = ""


class UserPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of an account; the rest stays. The owner cannot change the address here."""

    first_name: Text | UnsetType = UNSET
    last_name: Text | UnsetType = UNSET
    username: Text | UnsetType = UNSET
    cohort: Text | UnsetType = UNSET
    email: Text | UnsetType = UNSET


class UserPut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account as it shall be; without `email` that stays."""

    first_name: Text
    last_name: Text
    username: Text
    cohort: Text = ""
    email: Text | UnsetType = UNSET


class RoleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """student, instructor, manager or admin."""

    role: Role


class NewPasswordBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password of somebody who forgot theirs."""

    password: Text


class HandOverBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who shall lead the courses; without `courses` all that the account leads."""

    to: Annotated[
        str, Meta(max_length=254, description="an instructor's or administrator's account, by id or e-mail address")
    ]
    courses: Annotated[list[str], Meta(max_length=1000)] | None = None


class CourseBody(Struct, frozen=True):
    """A course by id and title."""

    id: str
    title: str


class LineFaults(Struct, frozen=True):
    """What is wrong with a line, as codes by field; the heading is line 1."""

    line: int
    fields: dict[str, list[str]]


class ImportReport(Struct, frozen=True):
    """What became of a table: numbers of lines that were (or would be) made, that had an account, that are at fault.

    `invited` are those of `created` who were mailed how to choose a password.
    """

    lines: int
    created: list[int]
    invited: list[int]
    existing: list[int]
    faults: list[LineFaults]
    ignored_columns: list[str]
    dry_run: bool


class ListedUser(Struct, frozen=True, kw_only=True):
    """An account in a list."""

    id: str
    email: str
    username: str
    first_name: str
    last_name: str
    role: str
    cohort: str
    is_active: bool
    date_joined: str
    last_login: str | None


def _listed(user: User) -> ListedUser:
    told = {name: getattr(user, name) for name in ListedUser.__struct_fields__}
    return ListedUser(**(told | {"date_joined": moment(user.date_joined), "last_login": when(user.last_login)}))


class SuspectBody(Struct, frozen=True, kw_only=True):
    """A session that deserves a second look, and why (SEC-11)."""

    id: str
    account: str
    email: str
    ip_address: str
    user_agent: str
    device_type: str
    created_at: str
    last_activity: str
    is_active: bool
    security_notes: str


@get("", guards=[staff], operation_class=Listing)
async def users(request: Ask) -> PageOf[ListedUser]:
    """Accounts by name; filters: `search` (names, username, address), `role`, `cohort`, `active` (true or false)."""
    context, page = Context.of(request), page_of(request)
    said = {name: request.query_params.get(name, "")[:200] for name in ("search", "role", "cohort")}
    wanted = Filter(active=_flag(request, "active"), **said)
    count, found = await context.lanes.run(
        context.served.people.all, request.user, wanted, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [_listed(user) for user in found]))


def _flag(request: Ask, name: str) -> bool | None:
    text = request.query_params.get(name)
    if text not in (None, "true", "false"):
        raise UserError("invalid_fields", fields={name: ["invalid"]}, names=name)
    return None if text is None else text == "true"


@post("", guards=[admin])
async def create(request: Ask, data: JSONBody[NewUserBody]) -> Response[ListedUser]:
    """Make an account for somebody. The same id again gives the same account."""
    context = Context.of(request)
    said = given(data)
    new, role = said.pop("id", ""), said.pop("role")
    wish = Registration(password_confirm=data.password, **said)
    user = await context.lanes.slow(
        context.served.people.create, request.user, wish, role=role, new=new, origin=context.origin(request)
    )
    context.served.wrote()
    return created(request, _listed(user), user.id)


@post("/users/import", guards=[admin], status_code=200, request_max_body_size=MOST_BYTES)
async def import_users(request: Ask) -> ImportReport:
    """Make the accounts of a table (`text/csv`, at most 10,000 lines); `dry_run=true` only says what would come of it.

    `invite=true` mails an invitation to everybody who comes without a password, by which to choose one.

    Columns: email, first_name, last_name, and if wanted username, cohort, role, password (of 300 lines at most; who has
    none gets one later). Every line is checked by itself; lines of addresses that have an account are left alone.
    """
    context = Context.of(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise UserError("wrong_media_type")
    report = await context.lanes.slow(
        context.served.imports.run,
        await request.body(),
        By.of(request.user, context.origin(request)),
        dry_run=bool(_flag(request, "dry_run")),
        most_passwords=MOST_PASSWORDS,
        invite=bool(_flag(request, "invite")),
    )
    context.served.wrote()
    context.served.mailed()
    faults = [LineFaults(line, fields) for line, fields in sorted(report.faults.items())]
    return ImportReport(
        report.lines, report.created, report.invited, report.existing, faults, report.ignored, report.dry_run
    )


@get("/{user_id:str}", guards=[signed_in], operation_class=Tagged)
async def user(request: Ask, user_id: FromPath[str]) -> Response[AccountBody | PublicProfile]:
    """The whole account for its owner and administrators, for others what is public (USR-07)."""
    context, who = Context.of(request), uuid_of(user_id)
    try:
        return tagged(request, await account_body(request, who))
    except Denied:
        return tagged(request, await context.lanes.run(context.served.people.public, who))


@patch("/{user_id:str}", guards=[signed_in])
async def change(request: Ask, user_id: FromPath[str], data: JSONBody[UserPatch]) -> Response[AccountBody]:
    """Change an account; its owner and administrators."""
    return await _changed(request, user_id, given(data))


@put("/{user_id:str}", guards=[signed_in])
async def replace(request: Ask, user_id: FromPath[str], data: JSONBody[UserPut]) -> Response[AccountBody]:
    """Replace what can be changed of an account; its owner and administrators."""
    return await _changed(request, user_id, given(data))


async def _changed(request: Ask, user_id: str, fields: dict[str, Any]) -> Response[AccountBody]:
    context, who = Context.of(request), uuid_of(user_id)
    origin = context.origin(request)
    await context.lanes.run(context.served.people.change, request.user, who, fields, origin=origin)
    context.served.wrote()
    return tagged(request, await account_body(request, who))


@delete("/{user_id:str}", guards=[signed_in])
async def remove(request: Ask, user_id: FromPath[str]) -> None:
    """Delete an account for good (ACC-19); administrators, and the owner with `{"password": ...}` as the body."""
    context, who = Context.of(request), uuid_of(user_id)
    erasure = context.served.erasure
    if who == request.user.account:
        context.limits.sign_in.take(f"password {who}")
        await context.lanes.slow(erasure.delete_own, request.user, await _password(request))
    else:
        await context.lanes.run(erasure.delete, request.user, who, origin=context.origin(request))
    context.served.wrote()


async def _password(request: Ask) -> str:
    try:
        return msgspec.json.decode(await request.body(), type=PasswordBody).password
    except msgspec.MsgspecError as error:
        raise UserError("invalid_fields", fields={"password": ["field_required"]}, names="password") from error


@get("/{user_id:str}/led-courses", guards=[signed_in])
async def led_courses(request: Ask, user_id: FromPath[str]) -> list[CourseBody]:
    """Courses that nobody else leads, which an account has to hand over before it is deleted; owner and admin."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.erasure.courses, request.user, uuid_of(user_id))
    return [CourseBody(**each) for each in found]


@post("/{user_id:str}/hand-over", guards=[signed_in], status_code=200)
async def hand_over(request: Ask, user_id: FromPath[str], data: JSONBody[HandOverBody]) -> list[CourseBody]:
    """Make somebody else the lead instructor of courses; who leads them and administrators. Returns the courses."""
    context, who = Context.of(request), uuid_of(user_id)
    done = await context.lanes.run(
        context.served.erasure.hand_over, request.user, who, data.to, only=data.courses, origin=context.origin(request)
    )
    context.served.wrote()
    return [CourseBody(**each) for each in done]


@put("/{user_id:str}/role", guards=[admin])
async def set_role(request: Ask, user_id: FromPath[str], data: JSONBody[RoleBody]) -> Response[AccountBody]:
    """Give an account another role; the last administrator stays one."""
    context, who = Context.of(request), uuid_of(user_id)
    origin = context.origin(request)
    await context.lanes.run(context.served.people.set_role, request.user, who, data.role, origin=origin)
    context.served.wrote()
    return tagged(request, await account_body(request, who))


@post("/{user_id:str}/deactivate", guards=[admin], status_code=200)
async def deactivate(request: Ask, user_id: FromPath[str]) -> Response[AccountBody]:
    """Close an account and end its sessions; nothing of it is lost."""
    return await _set_active(request, user_id, active=False)


@post("/{user_id:str}/reactivate", guards=[admin], status_code=200)
async def reactivate(request: Ask, user_id: FromPath[str]) -> Response[AccountBody]:
    """Open a closed account again."""
    return await _set_active(request, user_id, active=True)


async def _set_active(request: Ask, user_id: str, *, active: bool) -> Response[AccountBody]:
    context, who = Context.of(request), uuid_of(user_id)
    origin = context.origin(request)
    await context.lanes.run(context.served.people.set_active, request.user, who, active=active, origin=origin)
    context.served.wrote()
    return tagged(request, await account_body(request, who))


@put("/{user_id:str}/password", guards=[admin], status_code=204)
async def set_password(request: Ask, user_id: FromPath[str], data: JSONBody[NewPasswordBody]) -> None:
    """Give an account another password; all its sessions end."""
    context, who = Context.of(request), uuid_of(user_id)
    origin = context.origin(request)
    await context.lanes.slow(context.served.people.set_password, request.user, who, data.password, origin=origin)


@get("/{user_id:str}/photo", guards=[signed_in], media_type="image/*")
async def photo(request: Ask, user_id: FromPath[str]) -> Response[bytes]:
    """Somebody's picture; what a device gave under that name is looked at first."""
    context = Context.of(request)
    name = await context.lanes.run(context.served.people.photo, uuid_of(user_id))
    data = await context.lanes.run(context.served.blobs.read, name)
    kind = await context.lanes.run(photo_type, data)
    if not kind:
        raise NotFound
    return Response(data, media_type=kind, headers={"ETag": f'"{name}"', "Cache-Control": "private, max-age=3600"})


@get("/{user_id:str}/sessions", guards=[signed_in])
async def sessions(request: Ask, user_id: FromPath[str]) -> list[SessionBody]:
    """Somebody's sessions, the last used first; for owner and administrators."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.people.sessions, request.user, uuid_of(user_id))
    return [session_body(each, request.user.session) for each in found]


@delete("/{user_id:str}/sessions/{session_id:str}", guards=[admin])
async def end_session(request: Ask, user_id: FromPath[str], session_id: FromPath[str]) -> None:
    """End a session of somebody."""
    context, who, name = Context.of(request), uuid_of(user_id), uuid_of(session_id)
    origin = context.origin(request)
    await context.lanes.run(context.served.people.end_session, request.user, who, name, origin=origin)


@get("/{user_id:str}/logins", guards=[signed_in], operation_class=Listing)
async def logins(request: Ask, user_id: FromPath[str]) -> PageOf[LoginEntryBody]:
    """When and from where somebody tried to sign in, the newest first; for owner and administrators."""
    context, page = Context.of(request), page_of(request)
    who = uuid_of(user_id)
    count, found = await context.lanes.run(
        context.served.people.logins, request.user, who, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [login_body(each) for each in found]))


@get("/sessions/suspicious", guards=[admin], operation_class=Listing)
async def suspicious(request: Ask) -> PageOf[SuspectBody]:
    """Sessions that deserve a second look and why, the newest first (SEC-11)."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.people.suspects, request.user, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [_suspect(each) for each in found]))


def _suspect(each: Suspect) -> SuspectBody:
    times = {"created_at": moment(each.created_at), "last_activity": moment(each.last_activity)}
    return SuspectBody(**(asdict(each) | times))


router = Router(
    "/",
    route_handlers=[
        import_users,
        Router("/users", before_request=readable, route_handlers=[
            users, create, user, change, replace, remove, led_courses, hand_over, set_role, deactivate, reactivate,
            set_password, photo, sessions, end_session, logins,
        ]),
        suspicious,
    ],
    tags=["people"],
)  # fmt: skip
