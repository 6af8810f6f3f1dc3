"""How one likes to watch: the account's on all devices (USR-04), and how captions look on this one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.accounts.personal_service import Settings
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
SIZES = ("small", "medium", "large", "huge")
GROUNDS = ("solid", "soft", "none")
INKS = ("white", "yellow", "cyan")


class WatchingModel(QObject):
    """State of the section; `liked` is None until it was read once."""

    changed = Signal()

    def __init__(self, store: Store, preferences: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self.preferences = store, preferences
        self.liked: Settings | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, lambda workspace: workspace.personal.settings(), self._on_loaded, self._fail)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & {Topic.SETTINGS, Topic.ACCOUNT}:
            self.refresh()

    def _on_loaded(self, liked: Settings) -> None:
        if liked != self.liked or self.error:
            self.liked, self.error = liked, None
            self.changed.emit()

    def _fail(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def like(self, name: str, value: float | bool | str) -> None:
        """Change a setting of the account."""
        self._store.run(self, lambda w: w.personal.change_settings(**{name: value}), None, self._fail)

    def choose(self, name: str, value: str) -> None:
        """Change how captions look on this device; it takes effect at once."""
        self.preferences.set(name, value)
        self.changed.emit()
