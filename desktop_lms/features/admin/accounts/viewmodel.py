"""Everybody's accounts at the server: found, made, given a role, closed and opened again. It needs the network."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.rest.people import People, PeopleApi, Person
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Wanted:
    """Whom one looks for; `state` is "", "open" or "closed"."""

    search: str = ""
    role: str = ""
    state: str = ""


class AccountsModel(Asking):
    """State of the page; `people` is None until the server has answered, `done` tells made, role, closed or opened."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.wanted = Wanted()
        self.people: tuple[Person, ...] | None = None
        self.count = 0
        self.me = ""
        self.may_change = False
        self._pages = 1

    def _api(self) -> PeopleApi:
        return PeopleApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew."""
        self._store.run(self, _who, self._on_who)
        wanted, pages = self.wanted, self._pages

        def work() -> tuple[Wanted, int, list[Person]]:
            api, found = self._api(), People(count=0, results=[])
            rows: list[Person] = []
            for page in range(1, pages + 1):
                active = None if not wanted.state else wanted.state == "open"
                found = api.people(search=wanted.search, role=wanted.role, active=active, page=page)
                rows += found.results
                if len(rows) >= found.count:
                    break
            return wanted, found.count, rows

        self._look(work, self._on_people)

    def _on_who(self, who: tuple[str, bool]) -> None:
        self.me, self.may_change = who

    def _on_people(self, told: tuple[Wanted, int, list[Person]]) -> None:
        wanted, count, rows = told
        if wanted == self.wanted:  # what is no longer looked for comes late
            self.people, self.count = tuple(rows), count

    def look_for(self, **wanted: str) -> None:
        """Show others."""
        changed = replace(self.wanted, **wanted)
        if changed != self.wanted:
            self.wanted, self._pages = changed, 1
            self.refresh()

    def more(self) -> None:
        """Show the next page, too."""
        self._pages += 1
        self.refresh()

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
