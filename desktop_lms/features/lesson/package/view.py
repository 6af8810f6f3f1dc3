"""The card of a package: what it is, how it went so far, and the way into the browser."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLayout, QWidget

from desktop_lms.features.lesson.package.viewmodel import PackageModel
from desktop_lms.features.lesson.room import Room
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Card, Chip, Tile, Tone
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import dotted, formats, sentence, tr
from lms_core.content.embeds import Embed
from lms_core.packages.scorm import Result


class PackageCard(Card):
    """One package, opened in the system's browser after a question; it ends with the lesson."""

    holds_files = True

    def __init__(self, embed: Embed, room: Room, model: PackageModel | None = None) -> None:
        super().__init__()
        self._embed, self._room = embed, room
        self.model = model or PackageModel(embed, room)
        self.model.setParent(room)  # it outlives the card by as much as it takes to end
        self._title = embed.title or room.name(embed.media) or tr("Interactive")
        self._box = column(gap=12, margin=(16, 14, 16, 14))
        self.setLayout(self._box)
        self.setAccessibleName(self._title)
        self._here = room.has(embed.media)
        self.model.changed.connect(self._show)
        self.destroyed.connect(self.model.end)
        look().changed.connect(self._show)
        self._show()
        if self._here:
            self.model.load()

    def _show(self) -> None:
        clear(self._box)
        model = self.model
        self._box.addLayout(self._head())
        said = self._said()
        if said:
            self._box.addWidget(Label(said, "small", "text2", wrap=True))
        if self._here and model.error is None:
            self._box.addWidget(self._foot())
        self.updateGeometry()

    def _head(self) -> QLayout:
        kinds = {"scorm12": "SCORM 1.2", "scorm2004": "SCORM 2004", "html": tr("Web pages")}
        told = [kinds.get(self.model.standard, tr("Interactive")), size_of(self._room.size(self._embed.media))]
        words = column(Elided(self._title, "strong"), Label(dotted(*told), "small", "text2"), gap=0)
        return row(Tile("sparkles"), (words, 1), self._chip(), gap=16)

    def _chip(self) -> Chip | None:
        words, tone, icon = _how(self.model.result)
        if not self._here or self.model.error is not None or not words:
            return None
        return Chip(words, tone, icon)

    def _said(self) -> str:
        model = self.model
        if not self._here:
            return tr("It is not on this device yet.")
        if model.error is not None:
            return sentence(model.error)
        if model.state == "open":
            return tr("It is open in your browser. What you do there is kept here while this lesson is open.")
        if model.standard == "scorm2004":
            return tr(
                "It is made for SCORM 2004: it opens, but its result is not read. Mark the lesson as done yourself."
            )
        if model.parts > 1:
            return tr("It has {count} parts; the first of them opens.", count=model.parts)
        if model.result.status == "not attempted":
            return tr("It opens in your browser, from this device, without a network.")
        return ""

    def _foot(self) -> QWidget:
        model = self.model
        if model.state == "open":
            again, end = Button(tr("Open again"), "", "external-link"), Button(tr("End"), "ghost", "x")
            again.clicked.connect(self._again)
            end.clicked.connect(model.end)
            return boxed(row(again, end, "~", self._spent()))
        words = tr("Start") if model.result.status == "not attempted" else tr("Go on")
        go = Button(tr("Opening…") if model.state == "opening" else words, "primary", "play")
        go.setEnabled(model.state == "shut")
        go.clicked.connect(self.ask)
        return boxed(row(go, "~", self._spent()))

    def _spent(self) -> QWidget | None:
        minutes = self.model.result.seconds // 60
        return Label(tr("{minutes} min", minutes=minutes), "caption", "text2") if minutes else None

    def _again(self) -> None:
        self.model.begin()

    def ask(self) -> None:
        """Ask before the browser is opened, and whether the package may use the network."""
        stay, go = Button(tr("Stay here")), Button(tr("Open in the browser"), "primary", "external-link")
        told = tr("It runs in your browser, from this device only, and ends when you leave the lesson.")
        outside = QCheckBox(tr("Let it use the internet"))
        outside.setFont(current().font("body"))
        hint = tr("Without it, the package reaches nothing but its own files.")
        body = (Label(told, "body", "text2", wrap=True), outside, Label(hint, "caption", "text3", wrap=True))
        sheet = Sheet(self.window(), tr("Open “{title}”?", title=self._title), *body, buttons=(stay, go))
        stay.clicked.connect(sheet.close_sheet)
        go.clicked.connect(lambda: (self.model.begin(outside=outside.isChecked()), sheet.close_sheet()))


def _how(result: Result) -> tuple[str, Tone, str]:
    """How it went, in a word."""
    score = f"{formats().toString(float(result.score))} %" if result.score is not None else ""
    said: dict[str, tuple[str, Tone, str]] = {
        "passed": (tr("Passed"), "success", "circle-check"),
        "completed": (tr("Done"), "success", "circle-check"),
        "failed": (tr("Not passed"), "warning", "triangle-alert"),
        "incomplete": (tr("In progress"), "info", "clock"),
        "browsed": (tr("In progress"), "info", "clock"),
    }
    words, tone, icon = said.get(result.status, ("", "neutral", ""))
    return (dotted(words, score) if words else "", tone, icon)
