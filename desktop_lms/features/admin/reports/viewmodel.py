"""Reports of the server: asked for, watched while they are made, saved, called off. It needs the network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from desktop_lms.timers import once
from desktop_lms.words import dotted
from lms_core.rest.classes import Classes, ClassesApi
from lms_core.rest.reports import OPEN, Report, Reports, ReportsApi

OF_A_CLASS = frozenset({"users", "progress"})
"""Kinds of reports that can be of one class alone."""

LOOK_MS = 2000
"""Between two looks while a report is being made."""


class ReportsModel(Asking):
    """State of the section; `reports` is None until the server has answered. `done` tells asked, saved, off or gone."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.reports: tuple[Report, ...] | None = None
        self.classes: dict[str, str] = {}
        """Names of the classes that a report can be narrowed to, by id."""
        self.cohort = ""
        self._timer = once(self, LOOK_MS, self.refresh)

    def _api(self) -> ReportsApi:
        return ReportsApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all of them, and again soon while one is being made."""
        self._timer.stop()

        def work() -> tuple[Reports, Classes]:
            return self._api().all(), ClassesApi(self._store.workspace.online()).all()

        self._look(work, self._on_reports)

    def _on_reports(self, told: tuple[Reports, Classes]) -> None:
        found, classes = told
        self.reports = tuple(found.results)
        self.classes = {each.id: dotted(each.name, each.term) for each in classes.results}
        if any(each.status in OPEN for each in self.reports):
            self._timer.start()

    def leave(self) -> None:
        """Look no more."""
        self._timer.stop()

    def ask(self, kind: str) -> None:
        """Ask for a report, of the chosen class if it can be."""
        more = {"cohort": self.cohort} if self.cohort and kind in OF_A_CLASS else {}
        self._do("asked", kind, lambda: self._api().ask(kind, **more))

    def save(self, report: Report, form: str, to: Path) -> None:
        """Save a report as a file."""
        self._do("saved", to.name, lambda: self._api().save(report.id, form, to))

    def remove(self, report: Report) -> None:
        """Call a report off that is not made yet, or remove it."""
        self._do("off" if report.status in OPEN else "gone", report.kind, lambda: self._api().remove(report.id))
