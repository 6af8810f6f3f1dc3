"""Invitations: who was invited, as what, and what became of it; sent, sent again and called back at the server."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.permissions import ROLES, can_invite
from lms_core.rest.classes import ClassesApi, SchoolClass
from lms_core.rest.invitations import Invitations, InvitationsApi, Invited
from lms_core.workspace import Workspace


class InvitationsModel(Paging):
    """State of the section; `wanted` are search and state ("" for all, open, accepted, expired or revoked).

    `done` tells sent, again or revoked.
    """

    rows: tuple[Invited, ...] | None

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, search="", state="")
        self.classes: tuple[SchoolClass, ...] = ()
        self.roles: tuple[str, ...] = ("student",)
        """As what the person here may invite others."""

    def _api(self) -> InvitationsApi:
        return InvitationsApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: Any) -> Invitations:
        return self._api().invitations(**wanted, page=page)

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew, and this device whom one may invite."""
        self._store.run(self, _roles, self._on_roles)
        self._store.pool(self, self._classes, self._on_classes, self._on_trouble)
        super().refresh()

    def _classes(self) -> list[SchoolClass]:
        return ClassesApi(self._store.workspace.online()).all().results

    def _on_roles(self, roles: tuple[str, ...]) -> None:
        self.roles = roles

    def _on_classes(self, classes: list[SchoolClass]) -> None:
        self.classes = tuple(classes)
        self.changed.emit()

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
