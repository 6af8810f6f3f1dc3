"""Everybody's accounts at the server: found, made, given a role, closed and opened again. It needs the network."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.rest.people import People, PeopleApi, Person
from lms_core.workspace import Workspace


class AccountsModel(Paging):
    """State of the page; `wanted` are search, role and state ("", open or closed), `done` tells made, role, closed or
    opened.
    """

    rows: tuple[Person, ...] | None

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, search="", role="", state="")
        self.me = ""
        self.may_change = False

    def _api(self) -> PeopleApi:
        return PeopleApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: Any) -> People:
        state = wanted.pop("state")
        return self._api().people(**wanted, active=state == "open" if state else None, page=page)

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew, and this device who one is."""
        self._store.run(self, _who, self._on_who)
        super().refresh()

    def _on_who(self, who: tuple[str, bool]) -> None:
        self.me, self.may_change = who

    # --- changing
    def make(self, *, email: str, first: str, last: str, role: str) -> None:
        """Make an account for somebody, who sets the password by a code of the mail."""
        email, first, last = email.strip(), first.strip(), last.strip()
        if not (email and first and last):
            self._on_failed(UserError("credentials_needed"))
            return
        self._do(
            "made",
            f"{first} {last}",
            lambda: self._api().create(email=email, first_name=first, last_name=last, role=role),
        )

    def set_role(self, person: Person, role: str) -> None:
        """Give somebody another role."""
        if role != person.role:
            self._do("role", name_of(person), lambda: self._api().set_role(person.id, role))

    def set_active(self, person: Person, *, active: bool) -> None:
        """Close an account, or open it again."""
        code = "opened" if active else "closed"
        self._do(code, name_of(person), lambda: self._api().set_active(person.id, active=active))


def name_of(person: Person) -> str:
    """What somebody is called."""
    return f"{person.first_name} {person.last_name}".strip() or person.email


def _who(workspace: Workspace) -> tuple[str, bool]:
    return workspace.account, workspace.person.role == "admin"
