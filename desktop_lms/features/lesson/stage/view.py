"""Around the text of a lesson: what stands above it, the other items below it, and its files and links."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.parts import ICONS, kind_name, make_part
from desktop_lms.features.lesson.room import Room
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.folding import Fold
from desktop_lms.widgets.layout import column
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Card, Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.words import dotted, resource_words, tr
from lms_core.content.embeds import Embed, kind_of
from lms_core.content.model import ContentItem, LessonDoc, ResourceDoc


def primary(lesson: LessonDoc) -> ContentItem | None:
    """What stands above the text: the item that is marked so, else the first film or PDF."""
    marked = next((item for item in lesson.items if item.is_primary), None)
    return marked or next((item for item in lesson.items if item.kind in ("video", "pdf")), None)


def embed_of(item: ContentItem) -> Embed:
    """An item as what stands in a text."""
    kind = "details" if item.kind == "text" else item.kind
    if kind not in ICONS:
        kind = "file"
    return Embed(item.id, kind, item.title, item.media, item.body)  # type: ignore[arg-type]


class Files(Card):
    """The items that do not stand above the text, then the files and links that the lesson hands out."""

    def __init__(self, lesson: LessonDoc, room: Room) -> None:
        super().__init__()
        self._room = room
        first = primary(lesson)
        others = [self._item(item) for item in lesson.items if item is not first]
        given = [self._resource(resource) for resource in lesson.resources]
        box = column(gap=0, margin=(16, 12, 16, 12))
        for title, rows in ((tr("Also in this lesson"), others), (tr("Files and links"), given)):
            if rows:
                if box.count():
                    box.addSpacing(12)
                box.addWidget(Label(title, "strong"))
                box.addSpacing(4)
                box.addLayout(column(*listed(*rows), gap=0))
        self.setLayout(box)
        self.setAccessibleName(tr("Files and links"))

    def _item(self, item: ContentItem) -> QWidget:
        if item.kind == "text":
            text = item.body
            lead = Tile("file-text", "neutral")
            return Fold(item.title or tr("Text"), tr("Text"), lambda: PartText(text, self._room), lead=lead)
        embed = embed_of(item)
        if item.url and not item.media:
            told = kind_name(embed.kind)
            if item.kind == "video":
                told = dotted(told, tr("Online only"))
            return self._link(item.title or item.url, told, item.url)
        return self._fold(embed, item.title or kind_name(embed.kind), kind_name(embed.kind))

    def _resource(self, given: ResourceDoc) -> QWidget:
        if not given.media:
            return self._link(given.title, given.description or resource_words(given.kind), given.url)
        embed = Embed(given.id, kind_of(self._room.mime(given.media)), given.title, given.media)
        return self._fold(embed, given.title, resource_words(given.kind), premium=given.premium)

    def _fold(self, embed: Embed, title: str, kind: str, *, premium: bool = False) -> QWidget:
        told, end = [kind], []
        if embed.media:
            told += [size_of(self._room.size(embed.media))] if embed.media in self._room.files else []
            here = self._room.has(embed.media)
            end.append(
                Chip(tr("Here"), "success", "check") if here else Chip(tr("Not here yet"), "neutral", "download")
            )
        if premium:
            end.insert(0, Chip(tr("Premium"), "accent"))
        lead = Tile(ICONS.get(embed.kind, "file-input"), "neutral")
        return Fold(title, dotted(*told), lambda: make_part(embed, self._room), *end, lead=lead)

    def _link(self, title: str, detail: str, url: str) -> QWidget:
        go = Button("", "ghost", "external-link", name=tr("Open in the browser"))
        made = ListRow(title, detail, go, lead=Tile("link", "neutral"))
        for each in (go, made):
            each.clicked.connect(lambda: self._room.follow(url))
        return made
