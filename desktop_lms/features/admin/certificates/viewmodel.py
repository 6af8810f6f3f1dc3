"""Everybody's certificates at the server: found, revoked, issued anew, and issued for a whole course."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.rest.certificates import Certificate, Certificates, CertificatesApi
from lms_core.workspace import Workspace


class IssuedModel(Paging):
    """State of the section; `wanted` are search and course, `courses` are (id, title) of the catalogue.

    `done` tells revoked, reissued (with the name of the learner) or issued (with how many).
    """

    rows: tuple[Certificate, ...] | None

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, search="", course="")
        self.courses: tuple[tuple[str, str], ...] = ()

    def _api(self) -> CertificatesApi:
        return CertificatesApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: Any) -> Certificates:
        return self._api().find(**wanted, page=page)

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew, and this device for the catalogue."""
        self._store.run(self, _courses, self._on_courses)
        super().refresh()

    def _on_courses(self, courses: tuple[tuple[str, str], ...]) -> None:
        if courses != self.courses:
            self.courses = courses
            self.changed.emit()

    # --- changing
    def revoke(self, row: Certificate, reason: str) -> None:
        """Say that one counts no more, and why."""
        if not reason.strip():
            self._on_failed(UserError("field_required"))
            return
        self._do("revoked", row.student_name, lambda: self._api().revoke(row.id, reason.strip()))

    def reissue(self, row: Certificate) -> None:
        """Issue another in its place."""
        self._do("reissued", row.student_name, lambda: self._api().reissue(row.id))

    def issue_all(self, course: str) -> None:
        """Issue what is earned in a course and lacking."""
        self._do("issued", str, lambda: self._api().issue_all(course))


def _courses(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    return tuple((card.id, card.title) for card in workspace.courses.catalog())
