"""Everybody's accounts at the server: found, made, given a role, closed and opened again. It needs the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import LmsError, UserError
from lms_core.rest.people import People, PeopleApi, Person
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Wanted:
    """Whom one looks for; `state` is "", "open" or "closed"."""

    search: str = ""
    role: str = ""
    state: str = ""


class AccountsModel(QObject):
    """State of the page; `people` is None until the server has answered, `trouble` says why it has not.

    `error` belongs to what was asked last; `done` tells what worked (made, role, closed, opened) and for whom.
    """

    changed = Signal()
    done = Signal(str, str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.wanted = Wanted()
        self.people: tuple[Person, ...] | None = None
        self.count = 0
        self.me = ""
        self.may_change = False
        self.trouble: LmsError | None = None
        self.error: LmsError | None = None
        self.busy = False
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

        self._store.pool(self, work, self._on_people, self._on_trouble)

    def _on_who(self, who: tuple[str, bool]) -> None:
        self.me, self.may_change = who

    def _on_people(self, told: tuple[Wanted, int, list[Person]]) -> None:
        wanted, count, rows = told
        if wanted == self.wanted:  # what is no longer looked for comes late
            self.people, self.count, self.trouble = tuple(rows), count, None
            self.changed.emit()

    def _on_trouble(self, error: LmsError) -> None:
        self.trouble = error
        self.changed.emit()

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
    def _do(self, code: str, name: str, work: Callable[[PeopleApi], Any]) -> None:
        if self.busy:
            return
        self.error, self.busy = None, True
        self.changed.emit()

        def done(_: Any) -> None:
            self.busy = False
            self.done.emit(code, name)
            self.refresh()

        self._store.pool(self, lambda: work(self._api()), done, self._on_failed)

    def _on_failed(self, error: LmsError) -> None:
        self.busy, self.error = False, error
        self.changed.emit()

    def forget_error(self) -> None:
        """Begin anew."""
        self.error = None

    def make(self, *, email: str, first: str, last: str, role: str) -> None:
        """Make an account for somebody, who sets the password by a code of the mail."""
        email, first, last = email.strip(), first.strip(), last.strip()
        if not (email and first and last):
            self._on_failed(UserError("credentials_needed"))
            return
        self._do(
            "made",
            f"{first} {last}",
            lambda api: api.create(email=email, first_name=first, last_name=last, role=role),
        )

    def set_role(self, person: Person, role: str) -> None:
        """Give somebody another role."""
        if role != person.role:
            self._do("role", name_of(person), lambda api: api.set_role(person.id, role))

    def set_active(self, person: Person, *, active: bool) -> None:
        """Close an account, or open it again."""
        code = "opened" if active else "closed"
        self._do(code, name_of(person), lambda api: api.set_active(person.id, active=active))


def name_of(person: Person) -> str:
    """What somebody is called."""
    return f"{person.first_name} {person.last_name}".strip() or person.email


def _who(workspace: Workspace) -> tuple[str, bool]:
    return workspace.account, workspace.person.role == "admin"
