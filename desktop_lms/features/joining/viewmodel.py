"""Joining a class by its code: the server knows the codes, and its courses come with the next sync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import LmsError, UserError


class JoiningModel(QObject):
    """State of the question; `sync_now` fetches what the class learns."""

    changed = Signal()
    joined = Signal(str)
    """The name of the class that one is in now."""

    def __init__(self, store: Store, sync_now: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._sync_now = store, sync_now
        self.error: LmsError | None = None
        self.busy = False

    def join(self, code: str) -> None:
        """Give the code to the server."""
        if not code.strip():
            self._on_failed(UserError("credentials_needed"))
            return
        workspace = self._store.workspace
        self.error, self.busy = None, True
        self.changed.emit()
        self._store.pool(self, lambda: workspace.online().join_class(code.strip()), self._on_joined, self._on_failed)

    def _on_joined(self, found: dict[str, Any]) -> None:
        self.busy = False
        self._sync_now()
        self.joined.emit(str(found["name"]))

    def _on_failed(self, error: LmsError) -> None:
        self.error, self.busy = error, False
        self.changed.emit()
