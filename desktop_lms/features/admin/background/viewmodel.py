"""The jobs behind the requests of the server: how each last ended, when it is due, and one that runs now."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.following import Following
from desktop_lms.store import Store
from lms_core.rest.jobs import Job, JobsApi


class BackgroundModel(Following):
    """State of the page; `jobs` is None until the server has answered."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.jobs: list[Job] | None = None

    def _api(self) -> JobsApi:
        return JobsApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask for all of them."""
        self._look(lambda: self._api().plan(), self._on_jobs)

    def _on_jobs(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self._follow(any(job.under_way for job in jobs))

    def run(self, job: Job) -> None:
        """Have one run now."""
        self._do("asked", job.name, lambda: self._api().run(job.name))
