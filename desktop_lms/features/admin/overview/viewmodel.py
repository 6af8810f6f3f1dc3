"""The platform in figures, and for administrators how the server is. It needs the network."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.errors import Denied
from lms_core.rest.figures import Database, FiguresApi, Platform

PERIODS = (30, 90, 365)
"""Days that the charts may go back."""

Told = tuple[int, Platform, Database | None]


class OverviewModel(Asking):
    """State of the section; `platform` is None until the server has answered, `database` also for a manager."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.days = PERIODS[0]
        self.platform: Platform | None = None
        self.database: Database | None = None

    def refresh(self) -> None:
        """Ask the server for all of it."""
        days = self.days

        def work() -> Told:
            api = FiguresApi(self._store.workspace.online())
            platform = api.platform(days=days)
            try:
                return days, platform, api.database()
            except Denied:  # a manager sees the figures alone
                return days, platform, None

        self._look(work, self._on_told)

    def _on_told(self, told: Told) -> None:
        if told[0] == self.days:  # what is no longer asked for comes late
            _, self.platform, self.database = told

    def look_back(self, days: int) -> None:
        """Show charts over another time."""
        if days != self.days:
            self.days = days
            self.refresh()
