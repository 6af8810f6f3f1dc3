"""What a player is laid on, on the page or on a screen of its own, and the card of what cannot be played."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.surfaces import Painted, Tile, rounded
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr


class Deck(Painted):
    """Picture and tools together. `press` does what a key stands for, `leave` brings it back to the page."""

    def __init__(self, press: Callable[[QKeyEvent], bool], leave: Callable[[], None]) -> None:
        super().__init__()
        self._press, self._leave = press, leave
        self.plain = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._press(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self._leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.plain:
            self.painter().fillRect(self.rect(), current().color("surface"))
        else:
            rounded(self.painter(), self.rect(), fill="surface", edge="hairline")


class Fault(Painted):
    """Says that it cannot be played, and the way out."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._words = Label("", "small", "text2", wrap=True)
        self.way_out = Button(tr("Open with another program"), icon="external-link", small=True)
        text = column(Label(title, "strong", wrap=True), self._words, 8, row(self.way_out, "~"), "~", gap=2)
        lead = boxed(column(Tile("triangle-alert", "warning"), "~", gap=0))
        self.setLayout(row(lead, (text, 1), gap=16, margin=16))

    @property
    def words(self) -> str:
        """The reason."""
        return self._words.words

    def say(self, words: str) -> None:
        """Give the reason."""
        self._words.say(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), fill="surface", edge="hairline")
