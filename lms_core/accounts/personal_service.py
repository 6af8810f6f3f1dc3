"""What people say of themselves and how they like things: read and changed on a laptop and at the hub alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, select

from lms_core import ops
from lms_core.accounts import personal as e
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.model import refuse
from lms_core.accounts.reading import rows_of
from lms_core.accounts.tables import account, user_skill
from lms_core.db.rows import VISIBLE, by_id
from lms_core.errors import NotFound, UserError
from lms_core.schema import Entity
from lms_core.unit import Unit, Work

MOST_SKILLS = 100

S = TypeVar("S", bound=msgspec.Struct)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a person tells of themselves (USR-01, USR-02); the picture by its SHA-256, the birthday as YYYY-MM-DD."""

    profile_picture: str | None
    bio: str
    date_of_birth: str | None
    phone_number: str
    address: str
    city: str
    state: str
    country: str
    postal_code: str
    location: str
    expertise: str
    teaching_experience: int
    educational_background: str
    interests: str
    receive_email_notifications: bool
    receive_marketing_emails: bool


class Social(msgspec.Struct, frozen=True, kw_only=True):
    """Where else a person is found (USR-03)."""

    website: str
    linkedin: str
    twitter: str
    github: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a person likes things (USR-04); an empty language is the system's, a kind of message not named is on.

    Goals are minutes of study a day and days of study a week, 0 for none.
    """

    theme: str
    language: str
    notifications: dict[str, bool]
    playback_speed: float
    autoplay_next: bool
    captions_enabled: bool
    default_quality: str
    analytics_enabled: bool
    goal_minutes: int
    goal_days: int


class Skill(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody can do, and how well (USR-05)."""

    id: str
    name: str
    level: str


class InstructorProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a person tells of themselves as an instructor, and what the hub made of it (INS-01, INS-02); times in ms.

    `applied_at` None: a draft that nobody has sent. `suspension_reason` says why it was rejected, too.
    """

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
    status: str
    is_verified: bool
    tier: str
    applied_at: int | None
    approval_date: int | None
    suspension_reason: str


Look = Callable[[], AbstractContextManager[Unit | Connection]]
"""How a service reads one moment; at the hub without waiting for the writer."""
Keep = Callable[[Unit, bytes], str]
"""Store a file of the actor's own and see to it that the hub gets it; returns its SHA-256."""


class PersonalService:
    """The actor's own profile, links, settings and skills."""

    def __init__(self, work: Work, *, look: Look, me: str, keep: Keep) -> None:
        self._work, self._look, self._me, self._keep = work, look, me, keep

    def profile(self) -> Profile:
        """The profile; before anything was said of it, an empty one."""
        return self._read(e.PROFILE, Profile)

    def social(self) -> Social:
        """The links."""
        return self._read(e.USER_SOCIAL, Social)

    def settings(self) -> Settings:
        """The settings."""
        return self._read(e.USER_SETTINGS, Settings)

    def instructor(self) -> InstructorProfile:
        """What they tell of themselves as an instructor; named as the account while nothing was said."""
        with self._look() as source:
            said = read_of(source, e.INSTRUCTOR_PROFILE, self._me, InstructorProfile)
            return said if said.display_name else msgspec.structs.replace(said, display_name=name_of(source, self._me))

    def _read(self, entity: Entity, kind: type[S]) -> S:
        with self._look() as source:
            return read_of(source, entity, self._me, kind)

    def change_account(self, **fields: Any) -> None:
        """Change first_name, last_name or cohort (USR-06, ACC-20). Raises UserError `invalid_fields`."""
        with self._work() as unit:
            row = unit.row(ACCOUNT, unit.actor.account)
            if row is None:
                raise NotFound
            tidy = {name: v.strip() if isinstance(v, str) else v for name, v in fields.items()}
            refuse(account_faults(tidy))
            for name, value in tidy.items():
                if row[name] != value:
                    unit.emit(ops.change(ACCOUNT, unit.actor.account, name, value))

    def change_profile(self, **fields: Any) -> None:
        """Change fields of the profile; its picture is changed by `set_photo`. Raises UserError `invalid_fields`."""
        refuse({"profile_picture": ["reserved_field"]} if "profile_picture" in fields else {})
        self._change(e.PROFILE, fields)

    def change_social(self, **fields: Any) -> None:
        """Change links. Raises UserError `invalid_fields`."""
        self._change(e.USER_SOCIAL, fields)

    def change_settings(self, **fields: Any) -> None:
        """Change settings; of `notifications` the kinds that are named. Raises UserError `invalid_fields`."""
        self._change(e.USER_SETTINGS, fields)

    def change_instructor(self, **fields: Any) -> None:
        """Change what the person tells as an instructor. Raises UserError `invalid_fields`."""
        with self._work() as unit:
            write_instructor(unit, fields)

    def set_photo(self, data: bytes) -> str:
        """Make a picture the one of the profile, scaled down (USR-08); returns its SHA-256.

        Raises:
            UserError: `not_an_image`, `image_too_large`.
        """
        from lms_core.accounts.photos import prepare_photo  # what draws pictures is loaded when there is one

        small = prepare_photo(data)
        with self._work() as unit:
            name = self._keep(unit, small)
            write_own(unit, e.PROFILE, {"profile_picture": name})
            return name

    def remove_photo(self) -> None:
        """Show no picture any more."""
        self._change(e.PROFILE, {"profile_picture": None})

    def set_signature(self, data: bytes) -> None:
        """Make a picture the signature that stands on certificates of one's courses (CER-05). Raises as `set_photo`."""
        from lms_core.accounts.photos import prepare_photo

        small = prepare_photo(data)
        with self._work() as unit:
            write_instructor(unit, {"signature_image": self._keep(unit, small)})

    def _change(self, entity: Entity, fields: Mapping[str, Any]) -> None:
        with self._work() as unit:
            refuse({"user_id": ["reserved_field"]} if "user_id" in fields else {})
            refuse(e.faults(entity, fields, unit.now_ms))
            write_own(unit, entity, fields)

    # --- skills
    def skills(self) -> list[Skill]:
        """The skills, by name."""
        with self._look() as source:
            return skills_of(source, self._me)

    def add_skill(self, name: str, level: str = "beginner") -> Skill:
        """Add a skill, or change the level of one that is there whatever its case.

        Raises:
            UserError: `invalid_fields`; `too_many` beyond a hundred.
        """
        name = " ".join(name.split())
        with self._work() as unit:
            me, handle = unit.actor.account, e.fold_name(name)
            refuse({"name": ["field_required"]} if not name else {})
            refuse(e.faults(e.USER_SKILL, {"name": name, "handle": handle, "level": level}, unit.now_ms))
            row = e.USER_SKILL.id_for(me, handle)
            now = unit.row(e.USER_SKILL, row)
            if now is None or not now["listed"]:
                self._check_room(unit, me)
            if now is None:
                values = {"user_id": me, "handle": handle, "name": name, "level": level, "listed": True}
                unit.emit(ops.create(e.USER_SKILL, row, values))
            for field, value in (("level", level), ("listed", True)) if now else ():
                if now and now[field] != value:
                    unit.emit(ops.change(e.USER_SKILL, row, field, value))
            return Skill(id=row, name=now["name"] if now else name, level=level)

    def _check_room(self, unit: Unit, me: str) -> None:
        if len(skills_of(unit, me)) >= MOST_SKILLS:
            raise UserError("too_many", most=MOST_SKILLS)

    def remove_skill(self, skill: str) -> None:
        """Remove a skill. Raises NotFound, also for one of somebody else."""
        with self._work() as unit:
            now = unit.row(e.USER_SKILL, skill)
            if now is None or now["user_id"] != unit.actor.account or not now["listed"]:
                raise NotFound
            unit.emit(ops.change(e.USER_SKILL, skill, "listed", False))


def read_of(source: Unit | Connection, entity: Entity, account: str, kind: type[S]) -> S:
    """What somebody has said, with defaults for the rest."""
    table = VISIBLE.tables[entity.name]
    rows = rows_of(source, by_id(table), {"row": entity.id_for(account)})
    said = {name: getattr(rows[0], name) if rows else None for name in kind.__struct_fields__}
    return kind(**{name: entity.fields[name].default if v is None else v for name, v in said.items()})


def skills_of(source: Unit | Connection, account: str) -> list[Skill]:
    """Somebody's skills, by name."""
    c = user_skill.c
    query = select(c.id, c.name, c.level).where(c.user_id == account, c.listed.is_(True)).order_by(c.handle)
    rows = rows_of(source, query)
    return [Skill(id=r.id, name=r.name, level=r.level or "beginner") for r in rows]


def name_of(source: Unit | Connection, who: str) -> str:
    """What an account is called, "" where it is not known."""
    rows = rows_of(source, select(account.c.first_name, account.c.last_name).where(account.c.id == who))
    return f"{rows[0].first_name} {rows[0].last_name}".strip()[:100] if rows else ""


def write_instructor(unit: Unit, fields: Mapping[str, Any]) -> None:
    """Write what the actor tells as an instructor. Raises UserError `invalid_fields`."""
    entity, me = e.INSTRUCTOR_PROFILE, unit.actor.account
    kinds = {name: entity.fields[name].kind for name in fields if name in entity.fields}
    refuse({name: ["reserved_field"] for name, kind in kinds.items() if kind in ("hub", "const")})
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if unit.row(entity, entity.id_for(me)) is None:
        tidy = {"display_name": name_of(unit, me)} | tidy
    missing = {"display_name": ["field_required"]} if tidy.get("display_name", "-") in ("", None) else {}
    refuse(e.faults(entity, tidy, unit.now_ms) | missing)
    write_own(unit, entity, tidy)


def account_faults(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Codes of what is wrong with names and cohort, by field."""
    found: dict[str, list[str]] = {}
    for name, value in fields.items():
        field = ACCOUNT.fields.get(name)
        if field is None or field.kind != "attr":
            found[name] = ["reserved_field"]
        elif not isinstance(value, str):
            found[name] = ["invalid"]
        elif not value and field.required:
            found[name] = ["field_required"]
        elif len(value) > (field.most or 0):
            found[name] = ["too_long"]
        elif not value.isprintable():
            found[name] = ["unprintable"]
    return found


def write_own(unit: Unit, entity: Entity, fields: Mapping[str, Any]) -> None:
    """Write what differs of the actor's own row, by the kind of each field; the first time the row is made."""
    me = unit.actor.account
    row = entity.id_for(me)
    now = unit.row(entity, row)
    if now is None:
        unit.emit(ops.create(entity, row, {"user_id": me, **fields}))
        return
    for name, value in fields.items():
        field = entity.fields[name]
        old = field.default if now[name] is None else now[name]
        if name in entity.maps:
            changed = {key: entry for key, entry in value.items() if (old or {}).get(key) != entry}
            unit.emit(*(ops.change(entity, row, f"{name}/{key}", entry) for key, entry in changed.items()))
        elif old == value:
            continue
        elif field.kind == "text":
            unit.emit(ops.edit_text(entity, row, field=name, base=old or "", text=value))
        else:
            unit.emit(ops.change(entity, row, name, value))
