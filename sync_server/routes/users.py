"""The caller's own account and what the caller says of it (ACC-18, USR-01 to USR-08)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.datastructures import UploadFile
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.accounts.model import Caller
from lms_core.accounts.personal import GOALS, PHOTO_BYTES, PROFILE, USER_SETTINGS, USER_SOCIAL
from lms_core.accounts.personal_service import Profile, Settings, Skill, Social
from lms_core.errors import UserError
from lms_core.schema import Entity
from sync_server.context import Context
from sync_server.details import Tagged, created, given, tagged, uuid_of
from sync_server.guards import signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import AccountBody, LoginEntryBody, login_body, moment, readable
from sync_server.routes.bundles import sent_once

Ask = Request[Caller, Any, Any]
ZIP = "application/zip"
Text = Annotated[str, Meta(max_length=1000)]
Long = Annotated[str, Meta(max_length=20_000)]


class ProfileBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the caller tells; left out it stays with PATCH and is emptied by PUT. The picture has a path of its own."""

    bio: Long | UnsetType = UNSET
    date_of_birth: Annotated[str, Meta(max_length=10, examples=["2001-12-24"])] | UnsetType | None = UNSET
    phone_number: Text | UnsetType = UNSET
    address: Text | UnsetType = UNSET
    city: Text | UnsetType = UNSET
    state: Text | UnsetType = UNSET
    country: Text | UnsetType = UNSET
    postal_code: Text | UnsetType = UNSET
    location: Text | UnsetType = UNSET
    expertise: Text | UnsetType = UNSET
    teaching_experience: Annotated[int, Meta(description="years", ge=0, le=100)] | UnsetType = UNSET
    educational_background: Long | UnsetType = UNSET
    interests: Long | UnsetType = UNSET
    receive_email_notifications: bool | UnsetType = UNSET
    receive_marketing_emails: bool | UnsetType = UNSET


class SocialBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where else the caller is found; addresses begin with http:// or https://."""

    website: Annotated[str, Meta(max_length=1000, examples=["https://ada.example"])] | UnsetType = UNSET
    linkedin: Text | UnsetType = UNSET
    twitter: Text | UnsetType = UNSET
    github: Text | UnsetType = UNSET


class SettingsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the caller likes things; of `notifications` the kinds that are named are changed."""

    theme: Annotated[str, Meta(max_length=10, examples=["dark"])] | UnsetType = UNSET
    language: Annotated[str, Meta(max_length=35, description="BCP 47", examples=["pt-BR"])] | UnsetType = UNSET
    notifications: dict[str, bool] | UnsetType = UNSET
    playback_speed: Annotated[float, Meta(ge=0.5, le=2.0)] | UnsetType = UNSET
    autoplay_next: bool | UnsetType = UNSET
    captions_enabled: bool | UnsetType = UNSET
    default_quality: Annotated[str, Meta(max_length=10, examples=["auto"])] | UnsetType = UNSET
    analytics_enabled: bool | UnsetType = UNSET
    goal_minutes: Annotated[int, Meta(ge=0, le=GOALS[0])] | UnsetType = UNSET
    goal_days: Annotated[int, Meta(ge=0, le=GOALS[1])] | UnsetType = UNSET


class SkillBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill; the same name again changes its level."""

    name: Annotated[str, Meta(max_length=1000, examples=["Sea charts"])]
    level: Annotated[str, Meta(max_length=20, examples=["expert"])] = "beginner"


class MePatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of the own account; the rest stays."""

    first_name: Text | UnsetType = UNSET
    last_name: Text | UnsetType = UNSET
    username: Text | UnsetType = UNSET
    cohort: Text | UnsetType = UNSET
    profile: ProfileBody | UnsetType = UNSET


class MeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The own account as it shall be; without `profile` that stays."""

    first_name: Text
    last_name: Text
    username: Text
    cohort: Text = ""
    profile: ProfileBody | UnsetType = UNSET


class PasswordBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The caller's password, once more."""

    password: Text


class PhotoBody(Struct, frozen=True):
    """The SHA-256 of the picture as it is kept."""

    profile_picture: str


async def account_body(request: Ask, who: str) -> AccountBody:
    """The whole account, for its owner and administrators."""
    context = Context.of(request)
    user, profile = await context.lanes.run(context.served.people.get, request.user, who)
    told = {name: getattr(user, name) for name in AccountBody.__struct_fields__ if hasattr(user, name)}
    last = None if user.last_login is None else moment(user.last_login)
    return AccountBody(**(told | {"date_joined": moment(user.date_joined), "last_login": last}), profile=profile)


def _full(entity: Entity, body: Struct) -> dict[str, Any]:
    """What a PUT says: fields that it leaves out hold what they held at first."""
    said = given(body)
    return {name: said.get(name, entity.fields[name].default) for name in body.__struct_fields__}


# --- the account
@get("/me", guards=[signed_in], operation_class=Tagged)
async def me(request: Ask) -> Response[AccountBody]:
    """Who the access token belongs to."""
    return tagged(request, await account_body(request, request.user.account))


@patch("/me", guards=[signed_in])
async def change_me(request: Ask, data: JSONBody[MePatch]) -> Response[AccountBody]:
    """Change names, username, cohort or parts of the profile, all or nothing."""
    said = given(data)
    profile = said.pop("profile", None)
    return await _changed(request, said, None if profile is None else given(profile))


@put("/me", guards=[signed_in])
async def replace_me(request: Ask, data: JSONBody[MeBody]) -> Response[AccountBody]:
    """Replace what the owner may change."""
    said = given(data)
    profile = said.pop("profile", None)
    return await _changed(request, said, None if profile is None else _full(PROFILE, profile))


@delete("/me", guards=[signed_in])
async def delete_me(request: Ask, data: JSONBody[PasswordBody]) -> None:
    """Delete the own account for good (ACC-19): what tells of the person is erased, what was learned stays nameless.

    Refused with the courses that have to be handed over first, and for the only administrator.
    """
    context = Context.of(request)
    context.limits.sign_in.take(f"password {request.user.account}")
    await context.lanes.slow(context.served.erasure.delete_own, request.user, data.password)
    context.served.wrote()


async def _changed(request: Ask, fields: dict[str, Any], about: dict[str, Any] | None) -> Response[AccountBody]:
    context, who = Context.of(request), request.user.account
    origin = context.origin(request)
    await context.lanes.run(context.served.people.change, request.user, who, fields, about=about, origin=origin)
    context.served.wrote()
    return tagged(request, await account_body(request, who))


# --- profile, links and settings
@get("/me/profile", guards=[signed_in], operation_class=Tagged)
async def profile(request: Ask) -> Response[Profile]:
    """The caller's profile."""
    return await _told(request, "profile")


@put("/me/profile", guards=[signed_in])
async def replace_profile(request: Ask, data: JSONBody[ProfileBody]) -> Response[Profile]:
    """Replace the profile; what is left out is emptied."""
    return await _said(request, "profile", _full(PROFILE, data))


@patch("/me/profile", guards=[signed_in])
async def change_profile(request: Ask, data: JSONBody[ProfileBody]) -> Response[Profile]:
    """Change parts of the profile."""
    return await _said(request, "profile", given(data))


@get("/me/social", guards=[signed_in], operation_class=Tagged)
async def social(request: Ask) -> Response[Social]:
    """Where else the caller is found."""
    return await _told(request, "social")


@put("/me/social", guards=[signed_in])
async def replace_social(request: Ask, data: JSONBody[SocialBody]) -> Response[Social]:
    """Replace the links."""
    return await _said(request, "social", _full(USER_SOCIAL, data))


@get("/me/settings", guards=[signed_in], operation_class=Tagged)
async def settings(request: Ask) -> Response[Settings]:
    """The caller's settings."""
    return await _told(request, "settings")


@put("/me/settings", guards=[signed_in])
async def replace_settings(request: Ask, data: JSONBody[SettingsBody]) -> Response[Settings]:
    """Replace the settings."""
    return await _said(request, "settings", _full(USER_SETTINGS, data))


@patch("/me/settings", guards=[signed_in])
async def change_settings(request: Ask, data: JSONBody[SettingsBody]) -> Response[Settings]:
    """Change some settings."""
    return await _said(request, "settings", given(data))


async def _told(request: Ask, kind: str) -> Response[Any]:
    context = Context.of(request)
    return tagged(request, await context.lanes.run(getattr(context.served.personal(request.user), kind)))


async def _said(request: Ask, kind: str, fields: dict[str, Any]) -> Response[Any]:
    context = Context.of(request)
    personal = context.served.personal(request.user)
    await context.lanes.run(getattr(personal, f"change_{kind}"), **fields)
    context.served.wrote()
    return await _told(request, kind)


# --- skills
@get("/me/skills", guards=[signed_in])
async def skills(request: Ask) -> list[Skill]:
    """The caller's skills, by name; at most a hundred."""
    context = Context.of(request)
    return await context.lanes.run(context.served.personal(request.user).skills)


@post("/me/skills", guards=[signed_in])
async def add_skill(request: Ask, data: JSONBody[SkillBody]) -> Response[Skill]:
    """Add a skill."""
    context = Context.of(request)
    skill = await context.lanes.run(context.served.personal(request.user).add_skill, data.name, data.level)
    context.served.wrote()
    return created(request, skill, skill.id)


@delete("/me/skills/{skill_id:str}", guards=[signed_in])
async def remove_skill(request: Ask, skill_id: FromPath[str]) -> None:
    """Remove a skill."""
    context = Context.of(request)
    await context.lanes.run(context.served.personal(request.user).remove_skill, uuid_of(skill_id))
    context.served.wrote()


# --- the picture
@put("/me/photo", guards=[signed_in], request_max_body_size=PHOTO_BYTES + 4096)
async def set_photo(request: Ask) -> PhotoBody:
    """Make the file `photo` of a multipart form the caller's picture: JPEG, PNG or WebP, 2 MB; kept within 512 px."""
    context = Context.of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise UserError("wrong_media_type")
    form = await request.form()
    file = form.get("photo")
    if not isinstance(file, UploadFile):
        raise UserError("invalid_fields", fields={"photo": ["field_required"]}, names="photo")
    name = await context.lanes.slow(context.served.personal(request.user).set_photo, await file.read())
    context.served.wrote()
    return PhotoBody(name)


@delete("/me/photo", guards=[signed_in])
async def remove_photo(request: Ask) -> None:
    """Show no picture any more."""
    context = Context.of(request)
    await context.lanes.run(context.served.personal(request.user).remove_photo)
    context.served.wrote()


@get("/me/logins", guards=[signed_in], operation_class=Listing)
async def logins(request: Ask) -> PageOf[LoginEntryBody]:
    """When and from where somebody tried to sign in as the caller, the newest first (ACC-12)."""
    context, page = Context.of(request), page_of(request)
    who = request.user.account
    count, found = await context.lanes.run(
        context.served.people.logins, request.user, who, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [login_body(each) for each in found]))


@get("/me/export", guards=[signed_in], media_type=ZIP)
async def export(request: Ask) -> Stream:
    """All that the server keeps of the caller, as a zip (docs/formats.md): JSON by kind of row, and the files."""
    context = Context.of(request)
    context.limits.sign_in.take(f"export {request.user.account}")
    out = await context.lanes.run(context.served.filing.bundles.draft)
    await context.lanes.slow(context.served.exports.make, request.user, out, origin=context.origin(request))
    size = out.stat().st_size
    headers = {"Content-Length": str(size), "Content-Disposition": 'attachment; filename="account.zip"'}
    return Stream(sent_once(context.lanes, out, size), headers=headers, media_type=ZIP)


router = Router(
    "/users",
    route_handlers=[
        Router("/", route_handlers=[
            me, change_me, replace_me, delete_me, profile, replace_profile, change_profile, social, replace_social,
            settings, replace_settings, change_settings, skills, add_skill, remove_skill, remove_photo, logins,
            export,
        ], before_request=readable),
        set_photo,
    ],
    tags=["accounts"],
)  # fmt: skip
