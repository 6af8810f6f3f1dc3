"""Everybody's accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the list of all; times in ISO 8601."""

    id: str
    email: str
    first_name: str
    last_name: str
    role: str
    cohort: str
    is_active: bool
    date_joined: str
    last_login: str | None


class People(msgspec.Struct, frozen=True, kw_only=True):
    """A page of accounts, and how many there are in all."""

    count: int
    results: list[Person]


class PeopleApi:
    """Everybody's accounts (USR-09): read by managers, changed by administrators. Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def people(self, *, search: str = "", role: str = "", active: bool | None = None, page: int = 1) -> People:
        """Accounts by name, twenty to a page."""
        wanted = {"search": search, "role": role, "page": str(page)}
        if active is not None:
            wanted["active"] = "true" if active else "false"
        return msgspec.convert(self._line.ask("GET", "/users", params=wanted), People)

    def create(self, *, email: str, first_name: str, last_name: str, role: str) -> Person:
        """Make an account without a password; its owner sets one by a mailed code. Raises UserError, Conflict."""
        body = {"email": email, "first_name": first_name, "last_name": last_name, "role": role}
        return msgspec.convert(self._line.ask("POST", "/users", json=body), Person)

    def set_role(self, person: str, role: str) -> None:
        """Give an account another role. Raises Conflict `last_admin`."""
        self._line.ask("PUT", f"/users/{person}/role", json={"role": role})

    def set_active(self, person: str, *, active: bool) -> None:
        """Close an account and end its sessions, or open it again. Raises Conflict `last_admin`."""
        self._line.ask("POST", f"/users/{person}/{'reactivate' if active else 'deactivate'}")
