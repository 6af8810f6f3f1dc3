"""Rows of accounts: read them, see which names are taken, add one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.model import Registration, User, key_of
from lms_core.accounts.personal import USER_SETTINGS
from lms_core.accounts.tables import account, credential, user_settings
from lms_core.ops import Values
from lms_core.unit import Reader, Unit


def rows_of(source: Reader | Connection, query: Any, values: Values | None = None) -> Sequence[Any]:
    """Rows of a query, in a unit or on a connection."""
    return source.execute(query, values).all() if isinstance(source, Connection) else source.all(query, values)


def users(*more: Any) -> Any:
    """Accounts with their credential."""
    own = (account, credential.c.last_login_at, credential.c.language)
    return select(*own, *more).join(credential, credential.c.account == account.c.id)


def language_of(source: Unit | Connection, who: Any | None) -> str:
    """The language of a person's mails, "" when nobody knows: the one that is set, else the last one asked for."""
    key = USER_SETTINGS.id_for(who.id if who else "")
    found = rows_of(source, select(user_settings.c.language).where(user_settings.c.id == key))
    return (found[0].language if found else "") or (who.language if who else "")


USER = users().where(account.c.id == bindparam("row"))
"""One of them by id."""


def user_of(row: Any) -> User:
    """The account of a row."""
    return User(
        id=row.id, email=row.email, username=row.username, first_name=row.first_name, last_name=row.last_name,
        role=row.role, cohort=row.cohort, is_active=row.is_active, is_email_verified=row.is_email_verified,
        date_joined=row.joined_at, last_login=row.last_login_at,
    )  # fmt: skip


def taken(source: Unit | Connection, wish: Registration) -> dict[str, list[str]]:
    """Which fields of a wish somebody else has already."""
    faults = {}
    if rows_of(source, select(credential.c.account).where(credential.c.email_key == key_of(wish.email))):
        faults["email"] = ["email_taken"]
    if wish.username and not is_free(source, wish.username):
        faults["username"] = ["username_taken"]
    return faults


def is_free(source: Unit | Connection, username: str) -> bool:
    """Whether nobody has this username."""
    return not rows_of(source, select(credential.c.account).where(credential.c.username_key == key_of(username)))


def free_username(unit: Unit, wanted: str) -> str:
    """The wanted username, with a number when somebody has it."""
    username = wanted
    while not is_free(unit, username):
        username = f"{wanted}.{secrets.randbelow(1_000_000)}"
    return username


def add_account(
    unit: Unit, new: str, hashed: str, values: Values, *, verified: bool = False, language: str = ""
) -> None:
    """Add an active account; an empty hash is no password at all. A username that is taken becomes another one."""
    username = values["username"] if is_free(unit, values["username"]) else free_username(unit, new[:8])
    unit.local(
        insert(credential).values(
            account=new,
            email_key=key_of(values["email"]),
            username_key=key_of(username),
            password_hash=hashed,
            changed_at=unit.now_ms,
            language=language,
        )
    )
    more = {"username": username, "is_active": True, "is_email_verified": verified}
    unit.derive(ACCOUNT, new, {**values, **more})
