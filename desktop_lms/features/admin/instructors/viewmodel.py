"""Who applied to teach and who teaches: looked at, approved or not, suspended and let teach again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.rest.instructors import Applicant, Applicants, ApprovalApi
from lms_core.workspace import Workspace

ACTIONS = {
    "pending": ("approve", "reject"), "rejected": ("approve",), "active": ("suspend",), "suspended": ("reactivate",),
    "inactive": ("reactivate",),
}  # fmt: skip
"""What can be decided of whom, the likely one first."""
WITH_REASON = frozenset({"reject", "suspend"})


class InstructorsModel(Paging):
    """State of the section; `wanted` are search and status ("" for all), `chosen` the account that is looked at.

    `done` tells approve, reject, suspend or reactivate.
    """

    rows: tuple[Applicant, ...] | None

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, search="", status="pending")
        self.chosen = ""
        self.areas: dict[str, str] = {}

    def _api(self) -> ApprovalApi:
        return ApprovalApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: Any) -> Applicants:
        return self._api().find(**wanted, page=page)

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew, and this device what areas are called."""
        self._store.run(self, _areas, self._on_areas)
        super().refresh()

    def _on_areas(self, areas: dict[str, str]) -> None:
        self.areas = areas

    def _on_rows(self, told: tuple[dict[str, Any], int, list[Applicant]]) -> None:
        super()._on_rows(told)
        if self.current is None:
            self.chosen = self.rows[0].user_id if self.rows else ""

    @property
    def current(self) -> Applicant | None:
        """The one that is looked at."""
        return next((row for row in self.rows or () if row.user_id == self.chosen), None)

    def choose(self, who: str) -> None:
        """Look at somebody else."""
        if who != self.chosen:
            self.chosen, self.error = who, None
            self.changed.emit()

    def decide(self, person: Applicant, action: str, reason: str = "") -> None:
        """Approve, reject, suspend or reactivate somebody, who is told by mail."""
        if action in WITH_REASON and not reason.strip():
            self._on_failed(UserError("credentials_needed"))
            return
        self._do(action, person.display_name, lambda: self._api().decide(person.user_id, action, reason.strip()))


def _areas(workspace: Workspace) -> dict[str, str]:
    return {each.id: each.name for each in workspace.courses.categories()}
