"""What becomes of a profile that is left, and when the program ends."""

from __future__ import annotations

import logging

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication

from lms_core.errors import UserError
from lms_core.workspace import Workspace

log = logging.getLogger(__name__)


def lock(workspace: Workspace, *, sign_out: bool) -> None:
    """Ask for the password next time; with `sign_out` the server forgets this sign-in."""
    if workspace.transport and sign_out:
        workspace.transport.sign_out()
    try:
        workspace.profile.forget()
    except UserError:
        log.info("a profile without a password stays open to whoever uses this account")


def quit_when_left(qt: QGuiApplication) -> None:
    """Quit once the last window is closed, unless another one comes in its place, as when a profile is opened."""

    def look() -> None:
        if not any(each.isVisible() and each.type() == Qt.WindowType.Window for each in qt.topLevelWindows()):
            qt.quit()

    qt.lastWindowClosed.connect(lambda: QTimer.singleShot(0, qt, look))
