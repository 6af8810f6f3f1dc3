"""Bodies that several routes share, and whether a body is JSON at all. Times are UTC in ISO 8601 with Z (API-03)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request
from msgspec import Struct

from lms_core.accounts.model import User
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
        last_login=None if user.last_login is None else moment(user.last_login),
    )
