"""A part of a lesson whose file is not on this device yet: a card that fetches it, and gives way to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.room import Fetching, Room
from desktop_lms.features.lesson.text import MEDIA
from desktop_lms.features.lesson.viewmodel import Reading
from desktop_lms.widgets.away import AwayCard
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, cannot_read
from desktop_lms.widgets.layout import clear, column
from desktop_lms.words import sentence, tr
from lms_core.content.embeds import Embed
from lms_core.errors import LmsError, StorageError

AT_ONCE = 5_000_000
"""Bytes of a file that comes without asking where that costs nothing."""


def pictures_banner(reading: Reading, fetching: Fetching | None, go: Callable[[str], None]) -> Banner:
    """Say that pictures of the text are not here, and fetch them; without a way to do so, lead to the course."""
    wanted = [name for name in MEDIA.findall(reading.lesson.body) if name in reading.missing]
    get = Button(tr("Get them"), small=True)
    if fetching is not None:
        get.clicked.connect(lambda: fetching.want(reading.course_id, *wanted))
    else:
        get.clicked.connect(lambda: go(f"course/{reading.course_id}"))
    return Banner(tr("Pictures are not on this device yet"), tr("The text is complete."), get, icon="image")


def closed(error: LmsError, go: Callable[[str], None], again: Callable[[], object]) -> QWidget:
    """Say why a lesson cannot be opened, and lead to those that can; one that could not be read is read again."""
    title = tr("This lesson cannot be opened")
    if isinstance(error, StorageError):
        return cannot_read(title, error, again)
    back = Button(tr("All courses"), small=True)
    back.clicked.connect(lambda: go("courses"))
    return Banner(title, sentence(error), back, tone="warning", icon="triangle-alert")


def banners(reading: Reading, fetching: Fetching | None, go: Callable[[str], None]) -> list[Banner]:
    """What is to be said above a lesson: that pictures are not here, and what there is to do."""
    away = any(name in reading.missing for name in MEDIA.findall(reading.lesson.body))
    said = [pictures_banner(reading, fetching, go)] if away else []
    return said + ([task_banner(reading.lesson.kind)] if reading.lesson.kind in ("assignment", "discussion") else [])


def task_banner(kind: str) -> Banner:
    """Say what there is to do in a lesson that is no reading, as far as the app takes part in it (LES-18)."""
    if kind == "discussion":
        title, text = (
            tr("This lesson is a discussion"),
            tr(
                "Talk with the others of your course where your school does; there is no forum in the app. Mark the "
                "lesson as done when you have taken part."
            ),
        )
    else:
        title, text = (
            tr("This lesson is an assignment"),
            tr(
                "Do what the text asks for and hand it in where your school wants it; the app takes no work yet. Mark "
                "the lesson as done when you have."
            ),
        )
    return Banner(title, text, icon="message-square-quote" if kind == "discussion" else "clipboard-list")


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
