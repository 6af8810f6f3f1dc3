"""Look for a server that could not be reached, now and then and on each other network, and say when it answers."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_lms.features.welcome.background import Background
from desktop_lms.platform.network import Network
from lms_core.errors import LmsError
from lms_core.session import Sessions

LOOK_MS = 15_000


class Reminder(QObject):
    """Watches one address."""

    reached = Signal()

    def __init__(self, sessions: Sessions, background: Background, url: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions, self._background, self._url = sessions, background, url
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._network = Network(self)
        self._network.changed.connect(self.look)

    def look(self) -> None:
        """Ask the server whether it is there."""
        if not self._looking:
            self._looking = True
            self._background(self, lambda: self._sessions.look_for(self._url), self._on_there, self._on_missing)

    def _on_there(self, _: object) -> None:
        self._timer.stop()
        self.reached.emit()

    def _on_missing(self, _: LmsError) -> None:
        self._looking = False
