"""A file that a lesson hands out: what it is, how large, and ways to have it; other programs get a copy, when asked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog

from desktop_lms.features.lesson.room import Room
from desktop_lms.platform.outside import open_copy, write_copy
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.filecard import FileCard
from desktop_lms.widgets.folding import is_folded
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.words import dotted, sentence, tr
from lms_core.content.embeds import Embed
from lms_core.errors import LmsError
from lms_core.media.kinds import is_program, safe_name

ICONS = {"image": "image", "video": "video", "audio": "mic", "text": "file-text"}
ENDINGS = {"application/pdf": "pdf", "application/zip": "zip", "text/plain": "txt"}


class Ways(QObject):
    """The buttons by which somebody has a file: to open a copy, after a question, and to save it.

    What a system might run is only saved; of a file that is not here there is neither.
    """

    def __init__(self, embed: Embed, room: Room, words: str = "") -> None:
        super().__init__()
        self._embed, self._room = embed, room
        mime = room.mime(embed.media)
        self.name = safe_name(room.name(embed.media) or embed.title, ending=ENDINGS.get(mime, ""))
        self.here, self.runs = room.has(embed.media), is_program(self.name)
        self.opening = Button(words or tr("Open"), "", "external-link", small=True)
        self.saving = Button(tr("Save as…"), "ghost", "save", small=True)
        if self.runs:
            self.saving.setToolTip(tr("A computer might run this file, so it is not opened from here."))
        self.opening.setVisible(self.here and not self.runs)
        self.saving.setVisible(self.here)
        self.opening.clicked.connect(self.ask)
        self.saving.clicked.connect(self._ask_where)

    def ask(self) -> None:
        """Ask before another program gets a copy."""
        stay, go = Button(tr("Stay here")), Button(tr("Open a copy"), "primary", "external-link")
        told = tr("Another program shows a copy of it. What you change there is not kept; save it elsewhere.")
        body = (Label(self.name, "strong", wrap=True), Label(told, "body", "text2", wrap=True))
        sheet = Sheet(self.opening.window(), tr("Open this file?"), *body, buttons=(stay, go))
        stay.clicked.connect(sheet.close_sheet)
        go.clicked.connect(sheet.close_sheet)
        go.clicked.connect(self.open)

    def open(self) -> None:
        """Write a copy and let the system open it."""
        name, media, room = self.name, self._embed.media, self._room
        room.later(self, lambda: write_copy(name, room.read(media)), self._on_copied, self._on_failed)

    def _on_copied(self, copy: Path) -> None:
        if not open_copy(copy):
            self._room.say(tr("No program on this device opens it. Save it instead."))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self.saving.window(), tr("Save as…"), str(Path.home() / self.name))
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write the file where somebody wants it."""
        media, room = self._embed.media, self._room
        room.later(self, lambda: path.write_bytes(room.read(media)), self._on_saved, self._on_failed)

    def _on_saved(self, _: int) -> None:
        self._room.say(tr("Saved"))

    def _on_failed(self, error: LmsError) -> None:
        self._room.say(sentence(error))


class Handout(FileCard):
    """A file that nothing here shows, and the ways to have it."""

    def __init__(self, embed: Embed, room: Room) -> None:
        self.ways = Ways(embed, room)
        name = self.ways.name
        ending = name.rpartition(".")[2].upper() if "." in name else tr("File")
        said = [ending, size_of(room.size(embed.media))]
        if not self.ways.here:
            said.append(tr("Not on this device yet"))
        elif self.ways.runs:
            said.append(tr("Only to be saved"))
        icon = ICONS.get(room.mime(embed.media).partition("/")[0], "file-input")
        detail = dotted(*said)
        super().__init__(icon, embed.title or name, detail, self.ways.saving, self.ways.opening, tone="neutral")
        self.ways.setParent(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if is_folded(self):  # the line above it says what it is
            self._edge, self._fill = "", ""
            for each in (*self.findChildren(Tile), *self.findChildren(Elided)[:1]):
                each.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._fill:
            super().paintEvent(event)
