"""Who applied to teach and who teaches: looked at, approved or not, suspended and let teach again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
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


@dataclass(frozen=True)
class Wanted:
    """Whom one looks for; no state stands for all."""

    search: str = ""
    status: str = "pending"


class InstructorsModel(Asking):
    """State of the section; `rows` is None until the server has answered, `chosen` the account that is looked at.

    `done` tells approve, reject, suspend or reactivate.
    """

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.wanted = Wanted()
        self.rows: tuple[Applicant, ...] | None = None
        self.count = 0
        self.chosen = ""
        self.areas: dict[str, str] = {}
        self._pages = 1

    def _api(self) -> ApprovalApi:
        return ApprovalApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew."""
        self._store.run(self, _areas, self._on_areas)
        wanted, pages = self.wanted, self._pages

        def work() -> tuple[Wanted, int, list[Applicant]]:
            api, found = self._api(), Applicants(count=0, results=[])
            rows: list[Applicant] = []
            for page in range(1, pages + 1):
                found = api.find(status=wanted.status, search=wanted.search, page=page)
                rows += found.results
                if len(rows) >= found.count:
                    break
            return wanted, found.count, rows

        self._look(work, self._on_rows)

    def _on_areas(self, areas: dict[str, str]) -> None:
        self.areas = areas

    def _on_rows(self, told: tuple[Wanted, int, list[Applicant]]) -> None:
        wanted, count, rows = told
        if wanted == self.wanted:  # what is no longer looked for comes late
            self.rows, self.count = tuple(rows), count
            if self.current is None:
                self.chosen = rows[0].user_id if rows else ""

    @property
    def current(self) -> Applicant | None:
        """The one that is looked at."""
        return next((row for row in self.rows or () if row.user_id == self.chosen), None)

    def choose(self, who: str) -> None:
        """Look at somebody else."""
        if who != self.chosen:
            self.chosen, self.error = who, None
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

    def decide(self, person: Applicant, action: str, reason: str = "") -> None:
        """Approve, reject, suspend or reactivate somebody, who is told by mail."""
        if action in WITH_REASON and not reason.strip():
            self._on_failed(UserError("credentials_needed"))
            return
        self._do(action, person.display_name, lambda: self._api().decide(person.user_id, action, reason.strip()))


def _areas(workspace: Workspace) -> dict[str, str]:
    return {each.id: each.name for each in workspace.courses.categories()}
