"""Invitations: who was invited, as what, and what became of it; sent, sent again and called back at the server."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.permissions import ROLES, can_invite
from lms_core.rest.classes import ClassesApi, SchoolClass
from lms_core.rest.invitations import Invitations, InvitationsApi, Invited
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Wanted:
    """Which ones one looks for; `state` is "" for all, or open, accepted, expired, revoked."""

    search: str = ""
    state: str = ""


class InvitationsModel(Asking):
    """State of the section; `rows` is None until the server has answered, `done` tells sent, again or revoked."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.wanted = Wanted()
        self.rows: tuple[Invited, ...] | None = None
        self.classes: tuple[SchoolClass, ...] = ()
        self.roles: tuple[str, ...] = ("student",)
        """As what the person here may invite others."""
        self.count = 0
        self._pages = 1

    def _api(self) -> InvitationsApi:
        return InvitationsApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew."""
        self._store.run(self, _roles, self._on_roles)
        wanted, pages = self.wanted, self._pages

        def work() -> tuple[Wanted, int, list[Invited], list[SchoolClass]]:
            api, found = self._api(), Invitations(count=0, results=[])
            rows: list[Invited] = []
            for page in range(1, pages + 1):
                found = api.invitations(search=wanted.search, state=wanted.state, page=page)
                rows += found.results
                if len(rows) >= found.count:
                    break
            return wanted, found.count, rows, ClassesApi(self._store.workspace.online()).all().results

        self._look(work, self._on_rows)

    def _on_roles(self, roles: tuple[str, ...]) -> None:
        self.roles = roles

    def _on_rows(self, told: tuple[Wanted, int, list[Invited], list[SchoolClass]]) -> None:
        wanted, count, rows, classes = told
        self.classes = tuple(classes)
        if wanted == self.wanted:  # what is no longer looked for comes late
            self.rows, self.count = tuple(rows), count

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
    def invite(self, **wish: str) -> None:
        """Invite somebody: email, first_name, last_name, role, class_id, language and message."""
        wish = {name: value.strip() for name, value in wish.items()}
        if not wish["email"]:
            self._on_failed(UserError("address_needed"))
            return
        self._do("sent", wish["email"], lambda: self._api().invite(**wish))

    def resend(self, one: Invited) -> None:
        """Mail it again with another link and code."""
        self._do("again", one.email, lambda: self._api().resend(one.id))

    def revoke(self, one: Invited) -> None:
        """Call it back."""
        self._do("revoked", name_of(one), lambda: self._api().revoke(one.id))


def name_of(one: Invited) -> str:
    """What somebody is called who may have no account yet."""
    return f"{one.first_name} {one.last_name}".strip() or one.email


def _roles(workspace: Workspace) -> tuple[str, ...]:
    with workspace.work() as unit:
        return tuple(role for role in ROLES if can_invite(unit.actor, role))
