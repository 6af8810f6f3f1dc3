"""Messages of the system, for what happens while the app is in the background; not every system shows any."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from desktop_lms.timers import once

SHOWN_MS = 10_000


class Messages(QObject):
    """Shows one at a time; its sign in the tray is there no longer than the message."""

    clicked = Signal()

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self._icon = icon
        self._tray: QSystemTrayIcon | None = None
        self._over = once(self, SHOWN_MS, self._hide)

    def show(self, title: str, text: str) -> bool:
        """Show a message; whether the system shows any."""
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return False
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._icon, self)
            self._tray.messageClicked.connect(self.clicked)
        self._tray.show()
        self._tray.showMessage(title, text, self._icon, SHOWN_MS)
        self._over.start()
        return True

    def _hide(self) -> None:
        if self._tray is not None:
            self._tray.hide()
