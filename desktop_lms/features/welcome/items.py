"""Pieces of the door: people, purposes, a sample of a lesson, and what went wrong."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QPaintEvent

from desktop_lms.features.welcome.viewmodel import Purpose
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Card, IconMark, Tile, rounded
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import sentence, tr
from lms_core.errors import LmsError


def sample() -> Card:
    """A piece of a lesson in the look chosen."""
    text = tr("A sample is a witness, and witnesses differ. How far apart do honest numbers tend to be?")
    return Card(
        column(
            Label(tr("This is how a lesson looks"), "title", wrap=True),
            Label(text, "read", wrap=True),
            Label(tr("Page 2 of 3 · 12 minutes left"), "caption", "text2"),
            gap=8,
            margin=24,
        )
    )


def purposes() -> list[tuple[Purpose, str, str, str, str]]:
    """What may bring a person here: key, icon, title, text and what it needs."""
    return [
        (
            "learn",
            "book-open",
            tr("Learn"),
            tr("Take courses from your school or teacher. Read, practise and hand in, with or without a network."),
            tr("With a server, or alone"),
        ),
        (
            "teach",
            "presentation",
            tr("Teach"),
            tr("Write courses and follow your class. Start blank or from your files."),
            tr("Works alone on this laptop first"),
        ),
        (
            "demo",
            "sparkles",
            tr("Try the demo"),
            tr("Finished sample courses with quizzes and notes. Nothing to sign up for."),
            tr("On this device already"),
        ),
    ]


class PersonRow(Clickable):
    """A person to choose, as a card."""

    def __init__(self, layout: Any, name: str) -> None:
        super().__init__(name=name, radius=12)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), fill="hover" if self._over else "surface", edge="hairlineStrong")


class Purposes(Clickable):
    """A large card to choose."""

    def __init__(self, icon: str, title: str, text: str, foot: str, *, chosen: bool) -> None:
        super().__init__(name=f"{title}, {tr('chosen')}" if chosen else title, radius=14, selected=chosen)
        mark = IconMark("circle-check" if chosen else "circle", 20, "accentText" if chosen else "text3")
        check = row(IconMark("check", 16), (Label(foot, "caption", "text2", wrap=True), 1), gap=8)
        self.setLayout(
            column(
                row(Tile(icon, size=56, icon_size=24), "~", boxed(column(mark, "~"))),
                12,
                Label(title, "title", wrap=True),
                Label(text, "body", "text2", wrap=True),
                "~",
                12,
                check,
                gap=4,
                margin=24,
            )
        )
        self.setMinimumHeight(current().px(280))

    def paintEvent(self, event: QPaintEvent) -> None:
        edge, width = ("accent", 2) if self._selected else ("hairlineStrong", 1)
        rounded(
            self.painter(), self.rect(), fill="hover" if self._over else "surface", edge=edge, radius=14, width=width
        )


def complaint(error: LmsError) -> Banner:
    """What happened, in one sentence."""
    if error.code in ("offline", "unreachable"):
        said = tr("This server cannot be reached. Check the address and the network.")
        return Banner(said, tone="warning", icon="wifi-off")
    return Banner(sentence(error), tone="warning", icon="circle-alert")
