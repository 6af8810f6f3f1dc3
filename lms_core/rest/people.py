"""Everybody's accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


LONG_S = 600
"""How long a table of a whole school may take, in seconds."""


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


class Faults(msgspec.Struct, frozen=True):
    """What is wrong with a line of a table, as codes by field; the heading is line 1."""

    line: int
    fields: dict[str, list[str]]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a table, or would: numbers of lines that were made, mailed a way in, there already, at fault."""

    lines: int
    created: list[int]
    invited: list[int]
    existing: list[int]
    faults: list[Faults]
    ignored_columns: list[str]


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

    def import_table(self, table: bytes, *, dry_run: bool, invite: bool) -> Report:
        """Make the accounts of a CSV table, or with `dry_run` only say what would come of it.

        With `invite`, who comes without a password is mailed how to choose one. Raises UserError `columns_missing`,
        `too_large`, `too_many`.
        """
        params = {"dry_run": str(dry_run).lower(), "invite": str(invite).lower()}
        headers = {"Content-Type": "text/csv"}
        said = self._line.ask("POST", "/users/import", content=table, params=params, headers=headers, timeout=LONG_S)
        return msgspec.convert(said, Report)

    def set_role(self, person: str, role: str) -> None:
        """Give an account another role. Raises Conflict `last_admin`."""
        self._line.ask("PUT", f"/users/{person}/role", json={"role": role})

    def set_active(self, person: str, *, active: bool) -> None:
        """Close an account and end its sessions, or open it again. Raises Conflict `last_admin`."""
        self._line.ask("POST", f"/users/{person}/{'reactivate' if active else 'deactivate'}")
