"""Everybody's certificates at the server: found, revoked, issued anew, and issued for a whole course."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.errors import UserError
from lms_core.rest.certificates import Certificate, Certificates, CertificatesApi
from lms_core.workspace import Workspace


class IssuedModel(Asking):
    """State of the section; `rows` is None until the server has answered, `courses` are (id, title) of the catalogue.

    `done` tells revoked, reissued (with the name of the learner) or issued (with how many).
    """

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.search, self.course = "", ""
        self.rows: tuple[Certificate, ...] | None = None
        self.count = 0
        self.courses: tuple[tuple[str, str], ...] = ()
        self._pages = 1

    def _api(self) -> CertificatesApi:
        return CertificatesApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew."""
        self._store.run(self, _courses, self._on_courses)
        wanted, pages = (self.search, self.course), self._pages

        def work() -> tuple[tuple[str, str], Certificates]:
            api, rows = self._api(), list[Certificate]()
            found = Certificates(count=0, results=[])
            for page in range(1, pages + 1):
                found = api.find(search=wanted[0], course=wanted[1], page=page)
                rows += found.results
                if len(rows) >= found.count:
                    break
            return wanted, Certificates(count=found.count, results=rows)

        self._look(work, self._on_rows)

    def _on_courses(self, courses: tuple[tuple[str, str], ...]) -> None:
        if courses != self.courses:
            self.courses = courses
            self.changed.emit()

    def _on_rows(self, told: tuple[tuple[str, str], Certificates]) -> None:
        wanted, found = told
        if wanted == (self.search, self.course):  # what is no longer looked for comes late
            self.rows, self.count = tuple(found.results), found.count

    def look_for(self, *, search: str | None = None, course: str | None = None) -> None:
        """Show others."""
        wanted = (self.search if search is None else search, self.course if course is None else course)
        if wanted != (self.search, self.course):
            (self.search, self.course), self._pages = wanted, 1
            self.refresh()

    def more(self) -> None:
        """Show the next page, too."""
        self._pages += 1
        self.refresh()

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
        if self.busy:
            return
        self.error, self.busy = None, True
        self.changed.emit()

        def issued(count: int) -> None:
            self.busy = False
            self.done.emit("issued", str(count))
            self.refresh()

        self._store.pool(self, lambda: self._api().issue_all(course), issued, self._on_failed)


def _courses(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    return tuple((card.id, card.title) for card in workspace.courses.catalog())
