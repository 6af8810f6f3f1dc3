"""What is shown of each kind of embed: one factory a kind, for what stands above the text, in it, and below it.

A factory must be quick, 10 ms at most: what is costly (players, documents) is loaded when the person opens it. A part
wants its height by `heightForWidth` or `sizeHint` and calls `updateGeometry` when that changes; it follows the look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.room import Room
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.filecard import FileCard
from desktop_lms.widgets.sizes import size_of
from desktop_lms.words import dotted, tr
from lms_core.content.embeds import Embed
from lms_core.content.exercises import read_cards, read_check

log = logging.getLogger(__name__)

Factory = Callable[[Embed, Room], QWidget]
ICONS = {
    "video": "video", "audio": "mic", "pdf": "file-text", "slides": "presentation", "interactive": "sparkles",
    "file": "file-input", "details": "list", "cards": "layers", "check": "circle-help",
}  # fmt: skip


def make_part(embed: Embed, room: Room) -> QWidget:
    """The widget of an embed; a plain card where there is nothing better."""
    try:
        away = room.fetching is not None and embed.media in room.files and not room.has(embed.media)
        made = (_arriving if away else PARTS.get(embed.kind, card))(embed, room)
    except Exception:
        log.exception("a part cannot be shown: %s", embed.kind)
        made = card(embed, room)
    if not made.accessibleName():
        made.setAccessibleName(embed.title or kind_name(embed.kind))
    return made


def card(embed: Embed, room: Room) -> QWidget:
    """What is said of a file that nothing here can show: its title, what it is, where it stands; an address opens."""
    told = [kind_name(embed.kind)]
    if embed.media in room.files:
        told.append(size_of(room.size(embed.media)))
    if embed.media and not room.has(embed.media):
        told.append(tr("Not on this device yet"))
    title = embed.title or room.name(embed.media) or kind_name(embed.kind)
    item, end = room.item(embed.key), []
    if item is not None and item.url and not embed.media:
        end.append(Button(tr("Open in the browser"), "", "external-link", small=True))
        end[0].clicked.connect(partial(room.follow, item.url))
    return FileCard(ICONS.get(embed.kind, "file-input"), title, dotted(*told), *end)


def kind_name(kind: str) -> str:
    """What a kind is called."""
    names = {
        "video": tr("Video"), "audio": tr("Sound"), "pdf": tr("PDF"), "slides": tr("Slides"),
        "interactive": tr("Interactive"), "details": tr("More"), "cards": tr("Flashcards"),
        "check": tr("Check yourself"), "table": tr("Table"), "code": tr("Code"),
    }  # fmt: skip
    return names.get(kind, tr("File"))


def _arriving(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.arriving.view import Arriving

    return Arriving(embed, room, make_part)


def _details(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.folded.view import Folded

    return Folded(embed, room)


def _cards(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.exercises.view import Flashcards

    faces = read_cards(embed.source)
    return Flashcards(embed.title or kind_name(embed.kind), faces, room) if faces else card(embed, room)


def _check(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.exercises.view import CheckCard

    check = read_check(embed.source)
    return CheckCard(embed.title or kind_name(embed.kind), check, room) if check else card(embed, room)


def _film(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.film.view import make_film

    return make_film(embed, room) or card(embed, room)


def _paper(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.papers.view import pdf, slides

    return (slides if embed.kind == "slides" else pdf)(embed, room) if room.has(embed.media) else card(embed, room)


def _package(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.package.view import PackageCard

    return PackageCard(embed, room) if embed.media else card(embed, room)


def _file(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.handout.view import Handout
    from desktop_lms.features.lesson.papers.view import picture

    if room.mime(embed.media).startswith("image/") and room.has(embed.media):
        return picture(embed, room)
    return Handout(embed, room) if embed.media else card(embed, room)


def _table(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.large.view import make_table

    return make_table(embed, room)


def _code(embed: Embed, room: Room) -> QWidget:
    from desktop_lms.features.lesson.large.view import make_code

    return make_code(embed, room)


PARTS: dict[str, Factory] = {
    "pdf": _paper,
    "slides": _paper,
    "interactive": _package,
    "file": _file,
    "video": _film,
    "audio": _film,
    "details": _details,
    "cards": _cards,
    "check": _check,
    "table": _table,
    "code": _code,
}
"""The factory of each kind; those that are not here get `card`."""
