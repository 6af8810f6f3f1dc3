"""Bodies that several routes share, and whether a body is JSON at all. Times are UTC in ISO 8601 with Z (API-03)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request
from msgspec import Struct

from lms_core.accounts.model import Session, User
from lms_core.accounts.people import Login
from lms_core.accounts.personal_service import Profile
from lms_core.errors import UserError


class UserBody(Struct, frozen=True, kw_only=True):
    """An account as its owner sees it (ACC-18)."""

    id: str
    email: str
    username: str
    first_name: str
    last_name: str
    role: str
    cohort: str
    is_email_verified: bool
    date_joined: str
    last_login: str | None


class AccountBody(UserBody, frozen=True, kw_only=True):
    """An account with what its owner says of it; for the owner and administrators."""

    is_active: bool
    profile: Profile


class SessionBody(Struct, frozen=True, kw_only=True):
    """One signed-in device."""

    id: str
    device: str | None
    device_name: str
    current: bool
    ip_address: str
    user_agent: str
    device_type: str
    login_method: str
    created_at: str
    expires_at: str
    last_activity: str
    is_active: bool
    is_suspicious: bool
    security_notes: str


def session_body(each: Session, current: str) -> SessionBody:
    """A session for its owner; `current` is the one that asks."""
    times = ("created_at", "expires_at", "last_activity")
    told = asdict(each) | {name: moment(getattr(each, name)) for name in times}
    del told["location"]  # nothing knows it
    return SessionBody(current=each.id == current, **told)


class LoginEntryBody(Struct, frozen=True, kw_only=True):
    """One try to sign in."""

    id: str
    timestamp: str
    ip_address: str
    user_agent: str
    successful: bool


def login_body(each: Login) -> LoginEntryBody:
    """A try to sign in, with its time in words."""
    return LoginEntryBody(**(asdict(each) | {"timestamp": moment(each.timestamp)}))


async def readable(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that is no JSON before the framework trips over it: odd bytes, endless nesting."""
    body = await request.body()
    try:
        if body:
            msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError("bad_request") from error


def moment(ms: int) -> str:
    """Milliseconds since 1970 as a UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def when(ms: int | None) -> str | None:
    """The same where there may be none."""
    return None if ms is None else moment(ms)


def user_body(user: User) -> UserBody:
    """The account for its owner."""
    return UserBody(
        id=user.id,
        email=user.email,
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        role=user.role,
        cohort=user.cohort,
        is_email_verified=user.is_email_verified,
        date_joined=moment(user.date_joined),
        last_login=when(user.last_login),
    )
