"""How an account comes to be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from lms_core.accounts.audit import Action, By, note
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Origin, Registration, User, handle_for, key_of, refuse
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.proofs import issue
from lms_core.accounts.reading import add_account, free_username, rows_of, taken, user_of, users
from lms_core.accounts.tables import account
from lms_core.errors import Conflict
from lms_core.permissions import ROLES
from lms_core.unit import Unit, Work

Check = Callable[[Unit], By]
"""Says inside a unit of work who does something, or refuses it."""


def create(
    wish: Registration,
    *,
    work: Work,
    look: Callable[[], AbstractContextManager[Connection]],
    hasher: PasswordHasher,
    keys: AccountKeys,
    role: str,
    origin: Origin | None = None,
    new: str = "",
    check: Check | None = None,
    then: Callable[[Unit, Any], object] = lambda unit, row: None,
) -> User:
    """Make an account; with an `origin`, who wishes it for themselves gets a proof of the address by mail.

    `then` does more with the account's row in the same unit of work.
    """
    wish = wish.cleaned()
    wish.check(with_password=check is None or bool(wish.password))
    with look() as conn:
        if known := same(conn, wish, new):
            return known
        refuse(taken(conn, wish))  # spares the slow hash
    hashed = hasher.hash(wish.password) if wish.password else ""
    language = origin.language if origin else ""
    with work() as unit:
        by = check(unit) if check else None
        if known := same(unit, wish, new):
            return known
        row = make(unit, wish, hashed, role=role, new=new, by=by, language=language)
        if origin:
            issue(unit, keys, "verification", row, origin)
        then(unit, row)
        return user_of(row)


def make(
    unit: Unit,
    wish: Registration,
    hashed: str,
    *,
    role: str,
    new: str = "",
    by: By | None = None,
    language: str = "",
    verified: bool = False,
) -> Any:
    """Make the account that is wished for, noted when somebody makes it for another; returns its row of `users`.

    Raises:
        UserError: `invalid_fields` when somebody has the address or the username already.
    """
    refuse(taken(unit, wish) | ({} if role in ROLES else {"role": ["invalid"]}))
    new = new or unit.new_id()
    username = wish.username or free_username(unit, handle_for(wish.first_name, wish.last_name))
    add_account(unit, new, hashed, {
        "email": wish.email, "username": username, "first_name": wish.first_name, "last_name": wish.last_name,
        "role": role, "cohort": wish.cohort, "joined_at": unit.now_ms,
    }, language=language, verified=verified)  # fmt: skip
    if by:
        after = {"email": wish.email, "role": role}
        note(unit, by, Action.ACCOUNT_CREATED, entity="account", row=new, after=after)
    return unit.all(users().where(account.c.id == new))[0]


def same(source: Unit | Connection, wish: Registration, new: str) -> User | None:
    """The account that an id has already, if it is the one that is wished for. Raises Conflict `id_reused`."""
    rows = rows_of(source, select(account.c.email).where(account.c.id == new)) if new else []
    if not rows:
        return None
    found = rows_of(source, users().where(account.c.id == new))
    if not found or key_of(rows[0].email) != key_of(wish.email):
        raise Conflict("id_reused")
    return user_of(found[0])
