"""The role of an account and whether it is open; a server never is without an administrator (ROL-01, ACC-15)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms_core.accounts.audit import Action, By, note
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.reading import users
from lms_core.accounts.tables import account
from lms_core.errors import NotFound, UserError
from lms_core.notifications.notify import notify
from lms_core.ops import Values
from lms_core.permissions import ADMIN, ROLES
from lms_core.unit import Unit


def account_row(unit: Unit, who: str) -> Values:
    """An account's row, without its id. Raises NotFound, also for a deleted one."""
    row = unit.row(ACCOUNT, who)
    if row is None or not unit.all(users().where(account.c.id == who)):
        raise NotFound
    return {name: value for name, value in row.items() if name != "id"}


def check_not_last(unit: Unit, who: str, row: Any) -> None:
    """Raise UserError `last_admin` for the only administrator whose account is open."""
    others = select(account.c.id).where(account.c.role == ADMIN, account.c.is_active, account.c.id != who)
    if row["role"] == ADMIN and row["is_active"] and not unit.all(others.limit(1)):
        raise UserError("last_admin")


def change_role(unit: Unit, who: str, role: str, by: By, *, tell: bool = True) -> None:
    """Give an account another role, and `tell` its owner. Raises NotFound, UserError `last_admin`, `bad_choice`."""
    if role not in ROLES:
        raise UserError("bad_choice", field="role")
    row = account_row(unit, who)
    if row["role"] == role:
        return
    check_not_last(unit, who, row)
    unit.derive(ACCOUNT, who, row | {"role": role})
    change: dict[str, Values] = {"before": {"role": row["role"]}, "after": {"role": role}}
    note(unit, by, Action.ACCOUNT_ROLE, entity="account", row=who, **change)
    if tell:
        notify(unit, who, "role_changed", values={"role": role})


def change_active(unit: Unit, who: str, by: By, *, active: bool) -> None:
    """Close or open an account. Raises NotFound, UserError `last_admin`."""
    row = account_row(unit, who)
    if row["is_active"] == active:
        return
    if not active:
        check_not_last(unit, who, row)
    unit.derive(ACCOUNT, who, row | {"is_active": active})
    action = Action.ACCOUNT_REACTIVATED if active else Action.ACCOUNT_DEACTIVATED
    note(unit, by, action, entity="account", row=who)
