"""Sections that follow work at the server: while something is under way they look again every other second."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from desktop_lms.timers import once

AGAIN_MS = 2000


class Following(Asking):
    """State of such a section."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self._later = once(self, AGAIN_MS, self.refresh)

    def _follow(self, under_way: bool) -> None:
        """Look again soon while it is."""
        if under_way:
            self._later.start()
        else:
            self._later.stop()
