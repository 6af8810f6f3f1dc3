"""What stands in the place of a file that is not on this device yet: what it is, its size, and the way to get it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Bar, Card, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.words import dotted, tr

ICONS = {"video": "video", "audio": "mic", "image": "image", "text": "file-text", "document": "file-text"}


class AwayCard(Card):
    """The card; `wanted` says that somebody asks for the file now. `size` in bytes, 0 where it is not known."""

    wanted = Signal()

    def __init__(self, title: str, size: int = 0, kind: str = "document") -> None:
        self._words, self._bar = Label("", "small", "text2", wrap=True), Bar()
        self._size = size
        self._get = Button(tr("Get it now"), "", "download", small=True)
        self._get.clicked.connect(self._ask)
        tile = Tile(ICONS.get(kind, "file-text"), "neutral")
        said = column(Elided(title, "strong"), self._words, self._bar, gap=4)
        super().__init__(row(tile, (said, 1), self._get, gap=14, margin=16), fill="sunken")
        self.setAccessibleName(title)
        self.show_state("")

    def show_state(self, state: str, share: float | None = None) -> None:
        """Show what the file waits for (as `Downloads.state` says it), and how much of it is here, 0 to 1."""
        size = size_of(self._size) if self._size else ""
        words = {
            "": tr("Not on this device yet"), "waiting": tr("Getting ready…"), "running": tr("On its way"),
            "offline": tr("Comes as soon as you are online"), "metered": tr("Waits for a free network"),
            "full": tr("The disk is full"), "paused": tr("Paused"), "refused": tr("It cannot be had"),
        }  # fmt: skip
        self._words.say(dotted(words.get(state, words["waiting"]), size))
        self._bar.setVisible(share is not None)
        self._bar.show_value(share or 0.0)
        self._get.setVisible(state in ("", "metered", "paused"))

    def _ask(self) -> None:
        self.show_state("waiting")
        self.wanted.emit()
