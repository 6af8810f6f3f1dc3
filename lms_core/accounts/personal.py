"""What people say of themselves and how they like things: profile, links, settings, skills (USR-01 to USR-06)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from lms_core.changes import Topic
from lms_core.errors import UserError
from lms_core.notifications.events import KINDS
from lms_core.ops import Op, Values
from lms_core.permissions import is_owner
from lms_core.schema import Actor, Entity, Field, Lookup, Row, Scopes

THEMES = frozenset({"light", "dark", "system"})
QUALITIES = frozenset({"auto", "low", "medium", "high"})
STANDINGS = frozenset({"pending", "active", "rejected", "suspended", "inactive"})
"""What becomes of somebody who wishes to teach (INS-03)."""
TIERS = ("bronze", "silver", "gold", "platinum", "diamond")
"""Of instructors, from the least to the most (INS-04)."""
LEVELS = frozenset({"beginner", "intermediate", "advanced", "expert"})
GOALS = (720, 7)
"""The most minutes a day and days a week that somebody may set themselves (PRG-14)."""
PHOTO_BYTES = 2 << 20
"""A larger picture is not taken (USR-08)."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _own(row: Row) -> Scopes:
    return {f"account/{row['user_id']}": None}


def _may_own(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return is_owner(actor, row["user_id"] if row else op.args.get("user_id"))


def fold_name(name: str) -> str:
    """The form in which the name of a skill is unique for a person."""
    return " ".join(name.casefold().split())


# --- what a value must be like beyond its type and length
def _check_day(day: str, now_ms: int) -> None:
    try:
        known = _DAY.fullmatch(day) and date.fromisoformat(day)
    except ValueError:
        known = None
    if not known or not date(1900, 1, 1) <= known <= datetime.fromtimestamp(now_ms / 1000, UTC).date():
        raise UserError("date_invalid")


def _check_url(url: str, now_ms: int) -> None:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or not url.isprintable() or " " in url:
        raise UserError("url_invalid")


def _check_hash(name: str, now_ms: int) -> None:
    if not _HASH.fullmatch(name):
        raise UserError("bad_hash")


def _check_language(tag: str, now_ms: int) -> None:
    if not _LANGUAGE.fullmatch(tag):
        raise UserError("invalid")


def _check_switches(switches: Mapping[str, Any], now_ms: int) -> None:
    if not switches.keys() <= KINDS or not all(isinstance(on, bool) for on in switches.values()):
        raise UserError("invalid")


def _check_line(text: str, now_ms: int) -> None:
    if not text.isprintable():
        raise UserError("unprintable")


RULES: Mapping[str, Callable[[Any, int], None]] = {
    "date_of_birth": _check_day, "language": _check_language, "notifications": _check_switches,
    **dict.fromkeys(("website", "linkedin", "linkedin_profile"), _check_url),
    **dict.fromkeys(("profile_picture", "profile_image", "cover_image", "signature_image"), _check_hash),
    **dict.fromkeys(
        ("phone_number", "city", "state", "country", "postal_code", "location", "expertise", "twitter", "github",
         "handle", "name", "display_name", "title", "organization", "twitter_handle"), _check_line),
}  # fmt: skip


def faults(entity: Entity, values: Mapping[str, Any], now_ms: int) -> dict[str, list[str]]:
    """Codes of what is wrong with values, by field; those that the entity does not have are at fault, too."""
    found = {}
    for name, value in values.items():
        try:
            _check_value(entity, name, value, now_ms)
        except UserError as error:
            found[name] = ["invalid" if error.code in ("bad_value", "bad_choice") else error.code]
    return found


def _check_value(entity: Entity, name: str, value: Any, now_ms: int) -> None:
    field = entity.fields.get(name)
    if field is None:
        raise UserError("unknown_field", field=name)
    try:
        field.check(name, value)
    except UserError as error:
        long = error.code == "out_of_range" and isinstance(value, str) and value
        raise UserError("too_long" if long else "invalid") from error
    if value not in (None, "") and name in RULES:
        RULES[name](value, now_ms)


def _check(entity: Entity, op: Op) -> None:
    """Ask the rules of an op's values; types and lengths were asked before."""
    values: Values = op.args if op.kind == "create" else {}
    if op.kind == "attr":
        name, _, key = op.args["field"].partition("/")
        values = {name: {key: op.args["value"]} if key else op.args["value"]}
    for codes in faults(entity, values, op.t).values():
        raise UserError(codes[0])


def _check_profile(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    _check(PROFILE, op)


def _check_social(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    _check(USER_SOCIAL, op)


def _check_settings(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    _check(USER_SETTINGS, op)


def _check_instructor(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    _check(INSTRUCTOR_PROFILE, op)


def _check_skill(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    _check(USER_SKILL, op)
    if op.kind == "create" and op.args.get("handle") != fold_name(str(op.args.get("name"))):
        raise UserError("bad_id")


PROFILE = Entity(
    name="profile",
    topic=Topic.ACCOUNT,
    key=("user_id",),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "profile_picture": Field("attr", most=64),
        "bio": Field("text", default="", most=10_000),
        "date_of_birth": Field("attr", most=10),
        "phone_number": Field("attr", default="", most=20),
        "address": Field("attr", default="", most=1000),
        "city": Field("attr", default="", most=100),
        "state": Field("attr", default="", most=100),
        "country": Field("attr", default="", most=100),
        "postal_code": Field("attr", default="", most=20),
        "location": Field("attr", default="", most=200),
        "expertise": Field("attr", default="", most=200),
        "teaching_experience": Field("attr", int, default=0, least=0, most=100),
        "educational_background": Field("text", default="", most=10_000),
        "interests": Field("text", default="", most=10_000),
        "receive_email_notifications": Field("attr", bool, default=True),
        "receive_marketing_emails": Field("attr", bool, default=False),
    },
    scopes=_own,
    may=_may_own,
    check=_check_profile,
)

USER_SOCIAL = Entity(
    name="user_social",
    topic=Topic.ACCOUNT,
    key=("user_id",),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "website": Field("attr", default="", most=500),
        "linkedin": Field("attr", default="", most=500),
        "twitter": Field("attr", default="", most=100),
        "github": Field("attr", default="", most=100),
    },
    scopes=_own,
    may=_may_own,
    check=_check_social,
)

USER_SETTINGS = Entity(
    name="user_settings",
    topic=Topic.SETTINGS,
    key=("user_id",),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "theme": Field("attr", default="system", choices=THEMES),
        "language": Field("attr", default="", most=35),
        "notifications": Field("attr", dict, default={}),
        "playback_speed": Field("attr", float, default=1.0, least=0.5, most=2.0),
        "autoplay_next": Field("attr", bool, default=False),
        "captions_enabled": Field("attr", bool, default=False),
        "default_quality": Field("attr", default="auto", choices=QUALITIES),
        "analytics_enabled": Field("attr", bool, default=True),
        "goal_minutes": Field("attr", int, default=0, least=0, most=GOALS[0]),
        "goal_days": Field("attr", int, default=0, least=0, most=GOALS[1]),
    },
    scopes=_own,
    may=_may_own,
    check=_check_settings,
)
"""An empty language is that of the system; goals are minutes of study a day and days a week, 0 for none."""

USER_SKILL = Entity(
    name="user_skill",
    topic=Topic.ACCOUNT,
    key=("user_id", "handle"),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "handle": Field("const", least=1, most=100, required=True),
        "name": Field("const", least=1, most=100, required=True),
        "level": Field("attr", default="beginner", choices=LEVELS),
        "listed": Field("attr", bool, default=True),
    },
    scopes=_own,
    may=_may_own,
    check=_check_skill,
)
"""`handle` is the folded name; a skill that was removed is not `listed` any more, for rows with a natural key stay."""

INSTRUCTOR_PROFILE = Entity(
    name="instructor_profile",
    topic=Topic.ACCOUNT,
    key=("user_id",),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "display_name": Field("attr", least=1, most=100, required=True),
        "bio": Field("text", default="", most=2000),
        "expertise_areas": Field("attr", list, default=[], most=20),
        "title": Field("attr", default="", most=150),
        "organization": Field("attr", default="", most=200),
        "years_experience": Field("attr", int, default=0, least=0, most=60),
        "website": Field("attr", default="", most=500),
        "linkedin_profile": Field("attr", default="", most=500),
        "twitter_handle": Field("attr", default="", most=50),
        "profile_image": Field("attr", most=64),
        "cover_image": Field("attr", most=64),
        "signature_image": Field("attr", most=64),
        "email_notifications": Field("attr", bool, default=True),
        "marketing_emails": Field("attr", bool, default=False),
        "public_profile": Field("attr", bool, default=True),
        "status": Field("hub", choices=STANDINGS, default="pending"),
        "is_verified": Field("hub", bool, default=False),
        "tier": Field("hub", choices=frozenset(TIERS), default="bronze"),
        "applied_at": Field("hub", int),
        "approved_by": Field("hub"),
        "approval_date": Field("hub", int),
        "suspension_reason": Field("hub", default=""),
    },
    scopes=_own,
    may=_may_own,
    check=_check_instructor,
)
"""What somebody tells as an instructor; an application once the hub has set `applied_at` (INS-01, INS-06).

`is_verified`: it was confirmed by the mailed link. `suspension_reason` says why it was rejected, too.
"""

PERSONAL = (PROFILE, USER_SOCIAL, USER_SETTINGS, USER_SKILL, INSTRUCTOR_PROFILE)
