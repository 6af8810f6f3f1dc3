"""How loud it is and how captions look on this device, the same in every player."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from desktop_lms.widgets.player.source import CaptionStyle

NAMES = ("caption_size", "caption_ground", "caption_ink", "volume", "muted")


class Keeper(Protocol):
    """Where choices of this device are kept."""

    changed: Any

    def get(self, name: str) -> Any:
        """The present value."""

    def set(self, name: str, value: Any) -> None:
        """Choose another one."""


class Habits(QObject):
    """Holds them and tells when one changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.style = CaptionStyle()
        self.volume, self.muted = 80, False
        self._keeper: Keeper | None = None

    def keep_in(self, keeper: Keeper) -> None:
        """Take them from where they are kept, and keep them there from now on."""
        self._keeper = keeper
        keeper.changed.connect(self._on_kept)
        self._read()

    def set_volume(self, volume: int, *, muted: bool) -> None:
        """How loud, 0 to 100."""
        if (volume, muted) == (self.volume, self.muted):
            return
        self.volume, self.muted = volume, muted
        if self._keeper is not None:
            self._keeper.set("volume", volume)
            self._keeper.set("muted", muted)
        self.changed.emit()

    def _on_kept(self, name: str) -> None:
        if name in NAMES:
            self._read()
            self.changed.emit()

    def _read(self) -> None:
        keeper = self._keeper
        if keeper is None:
            return
        self.style = CaptionStyle(*(str(keeper.get(name)) for name in NAMES[:3]))
        volume = keeper.get("volume")
        self.volume = min(100, max(0, volume)) if isinstance(volume, int) else 80
        self.muted = keeper.get("muted") is True


_habits: Habits | None = None


def habits() -> Habits:
    """The holder; connect to its `changed`."""
    global _habits
    if _habits is None:
        _habits = Habits()
    return _habits
