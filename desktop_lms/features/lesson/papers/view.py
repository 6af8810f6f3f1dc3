"""Documents, slides and pictures of a lesson: opened where they stand, their place kept, highlights among the notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.handout.view import Ways
from desktop_lms.features.lesson.room import Room
from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.filecard import FileCard
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.folding import is_folded
from desktop_lms.widgets.layout import boxed, column
from desktop_lms.widgets.pdf.document import AnyEngine
from desktop_lms.widgets.pdf.engine import Engine
from desktop_lms.widgets.pdf.images import ImagesEngine
from desktop_lms.widgets.pdf.marks import PdfMark
from desktop_lms.widgets.pdf.slides import SlidesView
from desktop_lms.widgets.pdf.view import PdfView
from desktop_lms.widgets.reading import COLOURS
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.theme import current
from desktop_lms.words import dotted, tr
from lms_core.changes import Changes, Topic
from lms_core.content.embeds import Embed
from lms_core.learning.anchors import Anchor, Spot, read_spot, write_spot
from lms_core.learning.leafing import Passage
from lms_core.learning.model import Note
from lms_core.media.slides import slide_pictures
from lms_core.workspace import Workspace

KEEP_MS = 1200
TALL, SLIDES_TALL = 640, 480


class Paper(QWidget):
    """A document in its place: items of the lesson and unfolded ones open when seen, others when asked to."""

    holds_files = True

    def __init__(self, embed: Embed, room: Room, view: QWidget, words: str, icon: str, *, tall: int = TALL) -> None:
        super().__init__()
        self._embed, self._room, self.view, self._tall = embed, room, view, tall
        self._opened = False
        self._place: Mapping[str, Any] = {}
        self._rest = once(self, KEEP_MS, self.keep)
        title = embed.title or room.name(embed.media) or words
        self._button = Button(tr("Open"), "", "eye", small=True)
        self._button.clicked.connect(self.open)
        self._card = FileCard(icon, title, dotted(words, size_of(room.size(embed.media))), self._button)
        view.hide()
        self.ways = self._make_ways()
        self.setLayout(column(self._card, (view, 1), self.ways, gap=0))
        self.setAccessibleName(title)
        view.place_changed.connect(self._on_place)  # type: ignore[attr-defined]
        view.worked.connect(room.active)  # type: ignore[attr-defined]

    def _make_ways(self) -> QWidget | None:
        """To print it or to keep it one needs the file, which some authors keep in the lesson (LES-05)."""
        item = self._room.item(self._embed.key)
        if item is not None and not item.downloadable:
            return None
        ways = Ways(self._embed, self._room, tr("Open with another program"))
        bar = boxed(column(8, boxed(Flow(ways.opening, ways.saving)), gap=0))
        ways.setParent(bar)
        bar.hide()
        return bar

    def sizeHint(self) -> QSize:
        """The height of the window's larger part once it is open."""
        if not self._opened:
            return self._card.sizeHint()
        room = self.window().height() if self.window() is not self else 10_000
        return QSize(480, min(current().px(self._tall), max(320, round(room * 0.66))))

    def open(self) -> None:
        """Open it where one was."""
        if self._opened:
            return
        self._opened = True
        self._card.hide()
        self.view.show()
        if self.ways is not None:
            self.ways.show()
        self.updateGeometry()
        try:
            kept = json.loads(str(self._room.recall(self._embed.key) or "{}"))
        except ValueError:
            kept = {}
        self.view.open(kept if isinstance(kept, dict) else {})  # type: ignore[attr-defined]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._room.item(self._embed.key) is not None or is_folded(self):
            self.open()

    def hideEvent(self, event: QHideEvent) -> None:
        if self._rest.isActive():
            self.keep()
        super().hideEvent(event)

    def _on_place(self, place: Mapping[str, Any]) -> None:
        self._place = place
        if not self._rest.isActive():
            self._rest.start()

    def keep(self) -> None:
        """Keep the place now."""
        self._rest.stop()
        if self._place:
            self._room.keep(self._embed.key, json.dumps(self._place, separators=(",", ":")))


class PdfPaper(Paper):
    """A PDF, whose highlights are notes of the lesson that know their page."""

    view: PdfView

    def __init__(self, embed: Embed, room: Room) -> None:
        view = PdfView(room.later, _load(embed, room), name=embed.title)
        super().__init__(embed, room, view, tr("PDF"), "file-text")
        view.highlighted.connect(self._on_highlighted)
        view.pages.marks.changed.connect(self._on_looked)
        room.spot_asked.connect(self._on_asked)
        room.store.changed.connect(self._on_changed)
        if room.wanted is not None:
            self._on_asked(room.wanted)

    def open(self) -> None:
        """Open it with its highlights."""
        super().open()
        self._read_marks()

    def _on_changed(self, changes: Changes) -> None:
        if self._opened and Topic.NOTES in changes.topics:
            self._read_marks()

    def _read_marks(self) -> None:
        lesson = self._room.lesson.id
        self._room.store.read(self, lambda workspace: workspace.notes.all(lesson=lesson), self._on_notes)

    def _on_notes(self, notes: list[Note]) -> None:
        spots = [(note, read_spot(note.anchor)) for note in notes if note.anchor and note.quote]
        self.view.show_marks(
            PdfMark(spot.page - 1, Anchor(note.quote, note.before, note.after, note.start), note.colour or COLOURS[0],
                    note.id)
            for note, spot in spots if spot.page and self._may_have(spot)
        )  # fmt: skip

    def _may_have(self, spot: Spot) -> bool:
        """Whether words are looked for here: those of this part, and those of one that the lesson has no more."""
        return spot.item == self._embed.key or spot.item not in self._room.parts

    def _on_looked(self) -> None:
        self._room.looked.emit(self._embed.key, self.view.pages.marks.told)

    def _on_highlighted(self, colour: str, places: Sequence[Passage]) -> None:
        lesson, room, part, file = self._room.lesson.id, self._room, self._embed.key, self._embed.media

        def work(workspace: Workspace) -> list[str]:
            with workspace.work():
                return [
                    workspace.notes.add("", lesson=lesson, **anchor._asdict(), colour=colour,
                                        anchor=write_spot(Spot(page=page + 1, item=part, file=file)))
                    for page, anchor in places
                ]  # fmt: skip

        room.store.run(self, work, self._on_written)

    def _on_written(self, notes: list[str]) -> None:
        room = self._room

        def away(workspace: Workspace) -> None:
            with workspace.work():
                for note in notes:
                    workspace.notes.delete(note)

        room.say(tr("Highlighted"), lambda: room.store.run(room, away))

    def _on_asked(self, spot: Spot) -> None:
        page, quote, start = (spot.page or 0) - 1, spot.quote, spot.start
        there = self.view.pages.marks.find(page, quote, start) is not None
        if spot.page and (there or spot.item in (self._embed.key, self._embed.media)):
            self._room.wanted = None
            self.open()
            self.view.seek(page, quote, start)


def _load(embed: Embed, room: Room) -> Callable[[], bytes]:
    return lambda: room.read(embed.media)


def pdf(embed: Embed, room: Room) -> QWidget:
    """A PDF."""
    return PdfPaper(embed, room)


def slides(embed: Embed, room: Room) -> QWidget:
    """Slides: a PDF, a picture, or pictures in a zip file."""
    view = SlidesView(room.later, _load(embed, room), _deck, name=embed.title)
    return Paper(embed, room, view, tr("Slides"), "presentation", tall=SLIDES_TALL)


def picture(embed: Embed, room: Room) -> QWidget:
    """A picture to look at closely."""
    view = PdfView(room.later, _load(embed, room), _picture, name=embed.title, words=False)
    return Paper(embed, room, view, tr("Picture"), "image", tall=SLIDES_TALL)


def _deck(data: bytes, password: str) -> AnyEngine:
    if data.startswith(b"%PDF"):
        return Engine(data, password)
    return ImagesEngine(slide_pictures(BytesIO(data)))


def _picture(data: bytes, _: str) -> AnyEngine:
    return ImagesEngine([data])
