"""Backups of the server: those that there are, one that is made now, one that is restored on trial."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.following import Following
from desktop_lms.store import Store
from lms_core.errors import LmsError
from lms_core.rest.jobs import Backup, Backups, JobsApi


class BackupsModel(Following):
    """State of the page; `known` is None until the server has answered, `unset` when it has no folder for backups."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.known: Backups | None = None
        self.unset = False

    def _api(self) -> JobsApi:
        return JobsApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask for all of them."""
        self._look(lambda: self._api().backups(), self._on_known)

    def _on_known(self, known: Backups) -> None:
        self.known, self.unset = known, False
        self._follow(known.making.under_way or known.trying.under_way)

    def _on_trouble(self, error: LmsError) -> None:
        self.unset = error.code == "no_backup_folder"
        super()._on_trouble(error)
        if self.unset:
            self.trouble = None
            self.changed.emit()

    def make(self) -> None:
        """Make one now."""
        self._do("made", "", lambda: self._api().make_backup())

    def try_out(self, backup: Backup) -> None:
        """Restore one on trial."""
        self._do("tried", backup.name, lambda: self._api().try_backup(backup.name))
