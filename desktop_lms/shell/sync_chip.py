"""The sync chip, always there: whether everything is saved, sent, or needs a person."""

from __future__ import annotations

from typing import Literal

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from desktop_lms.widgets.surfaces import Chip, Tone
from desktop_lms.words import tr

Kind = Literal[
    "synced", "waiting", "syncing", "offline", "needs_you", "unreachable", "signed_out", "outdated", "paused", "local"
]


class SyncState(msgspec.Struct, frozen=True):
    """Where sync stands. `synced_at` is local time as words, such as 14:02."""

    kind: Kind = "local"
    waiting: int = 0
    done: int = 0
    total: int = 0
    needs_you: int = 0
    synced_at: str = ""

    @property
    def words(self) -> str:
        """What the chip says."""
        if self.kind == "syncing":
            return tr("Syncing {done} of {total}", done=self.done, total=self.total) if self.total else tr("Syncing")
        return {
            "synced": tr("All saved · synced {time}", time=self.synced_at) if self.synced_at else tr("All saved"),
            "waiting": tr("Saved here · {n} waiting", n=self.waiting),
            "offline": tr("Offline · saved here"),
            "needs_you": tr("Needs you · {n}", n=self.needs_you),
            "unreachable": tr("Cannot reach server"),
            "signed_out": tr("Sign in to sync"),
            "outdated": tr("Update the app · saved here"),
            "paused": tr("Paused · saved here"),
            "local": tr("Saved on this device"),
        }[self.kind]


_SHOWN: dict[str, tuple[Tone, str]] = {
    "synced": ("neutral", "cloud-check"),
    "waiting": ("neutral", "cloud-upload"),
    "syncing": ("accent", "refresh-cw"),
    "offline": ("neutral", "cloud-off"),
    "needs_you": ("warning", "circle-alert"),
    "unreachable": ("neutral", "cloud-off"),
    "signed_out": ("warning", "key-round"),
    "outdated": ("warning", "refresh-cw"),
    "paused": ("neutral", "clock"),
    "local": ("neutral", "hard-drive"),
}


class SyncChip(Chip):
    """Shows a SyncState; a click opens the sync page."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__("", tall=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_state(SyncState())

    def show_state(self, state: SyncState) -> None:
        """Show where sync stands."""
        tone, icon = _SHOWN[state.kind]
        self.say(state.words, tone, icon)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)
