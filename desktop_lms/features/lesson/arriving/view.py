"""A part of a lesson whose file is not on this device yet: a card that fetches it, and gives way to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.room import Room
from desktop_lms.widgets.away import AwayCard
from desktop_lms.widgets.layout import clear, column
from lms_core.content.embeds import Embed

AT_ONCE = 5_000_000
"""Bytes of a file that comes without asking where that costs nothing."""


class Arriving(QWidget):
    """The card, and in its place `make(embed, room)` once the file is here."""

    def __init__(self, embed: Embed, room: Room, make: Callable[[Embed, Room], QWidget]) -> None:
        super().__init__()
        self._embed, self._room, self._make = embed, room, make
        self._box = column(gap=0)
        self.setLayout(self._box)
        size, title = room.size(embed.media), embed.title or room.name(embed.media)
        self.card = AwayCard(title, size, embed.kind)
        self._box.addWidget(self.card)
        self.setAccessibleName(title)
        self.card.wanted.connect(self._get)
        found = room.fetching
        if found is not None:
            found.arrived.connect(self._on_arrived)
            found.changed.connect(self._on_changed)
            if size <= AT_ONCE and not found.metered:
                self._get()
            self._on_changed(room.course)

    def _get(self) -> None:
        if self._room.fetching is not None:
            self._room.fetching.want(self._room.course, self._embed.media)

    def _on_changed(self, course: str) -> None:
        found = self._room.fetching
        if found is None or course != self._room.course:
            return
        name = self._embed.media
        state = "refused" if found.refusal(name) else found.state(course) if found.is_wanted(course, name) else ""
        self.card.show_state(state, found.share(name))

    def _on_arrived(self, sha256: str) -> None:
        found = self._room.fetching
        if sha256 != self._embed.media or found is None:
            return
        found.arrived.disconnect(self._on_arrived)
        found.changed.disconnect(self._on_changed)
        clear(self._box)
        self._box.addWidget(self._make(self._embed, self._room))
        self.updateGeometry()
