"""Hand in attempts that run out of time while their page is not open (ATT-05)."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.workspace import Workspace

LOOK_MS = 20_000
"""How often to look while an attempt runs: timers stand still while a laptop sleeps."""

PAGE_MS = 2_000
"""The quiz's own page comes first."""


class Deadlines(QObject):
    """Looks when it starts and when an attempt began; a timer runs only while an attempt with a limit does."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    @property
    def waits(self) -> bool:
        """Whether an attempt with a limit is going on."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin: what ran out while the app was closed is handed in now."""
        self._store.changed.connect(self._on_changed)
        self.look()

    def stop(self) -> None:
        """Look no more; what is left is handed in at the next start."""
        self._store.changed.disconnect(self._on_changed)
        self._timer.stop()
        self._timer.timeout.disconnect(self.look)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.ASSESSMENT in changes.topics:
            self.look()

    def look(self) -> None:
        """Hand in what ran out, and look again when the next one does."""

        def work(workspace: Workspace) -> int | None:
            end = workspace.assessment.hand_in_expired()
            return None if end is None else max(0, end - workspace.clock.ms())

        self._store.run(self, work, self._on_looked)

    def _on_looked(self, left: int | None) -> None:
        if left is None:
            self._timer.stop()
        else:
            self._timer.start(min(left + PAGE_MS, LOOK_MS))
