"""Keys of the player, those that people know from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from desktop_lms.widgets.player.player import Player

FAR, NEAR, LOUDER = 10.0, 5.0, 5


def _leave(player: Player) -> bool:
    """Leave the whole screen; elsewhere the key belongs to the page."""
    fills = player.fills_screen
    player.leave_whole_screen()
    return fills


def _captions(player: Player) -> bool:
    if player.source.tracks:
        player.switch_captions()
    return bool(player.source.tracks)


def _louder(by: int) -> Callable[[Player], None]:
    return lambda player: player.set_volume((0 if player.liking.muted else player.liking.volume) + by)


KEYS: dict[Qt.Key, Callable[[Player], object]] = {
    Qt.Key.Key_Space: lambda player: player.toggle(),
    Qt.Key.Key_K: lambda player: player.toggle(),
    Qt.Key.Key_J: lambda player: player.skip(-FAR),
    Qt.Key.Key_L: lambda player: player.skip(FAR),
    Qt.Key.Key_Left: lambda player: player.skip(-NEAR),
    Qt.Key.Key_Right: lambda player: player.skip(NEAR),
    Qt.Key.Key_Up: _louder(LOUDER),
    Qt.Key.Key_Down: _louder(-LOUDER),
    Qt.Key.Key_Home: lambda player: player.seek(0.0),
    Qt.Key.Key_M: lambda player: player.switch_sound(),
    Qt.Key.Key_C: _captions,
    Qt.Key.Key_F: lambda player: player.switch_whole_screen(),
    Qt.Key.Key_Less: lambda player: player.faster(-1),
    Qt.Key.Key_Greater: lambda player: player.faster(1),
    Qt.Key.Key_Escape: _leave,
}
