"""Something that the server sent back: why, its words, and four ways on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.syncing.board import Refused
from desktop_lms.features.syncing.phrases import deed_words, reason_words, time_words
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.layout import Item, column, row
from desktop_lms.widgets.surfaces import Card, Chip
from desktop_lms.widgets.text import Label
from desktop_lms.words import dotted, tr

Edit = Callable[[str, str, str], None]
"""Go to a route with a title and a text at hand."""


def refusal_items(model: SyncModel, item: Refused, *, home: QWidget, edit: Edit) -> list[Item]:
    """The refused item from top to bottom."""
    deed = deed_words(item.entity, item.deed)
    again = Button(tr("Try again"), "primary", "refresh-cw")
    again.clicked.connect(lambda: model.try_again(item.key))
    change = Button(tr("Edit…"), icon="pencil")
    change.clicked.connect(lambda: edit(item.route, item.title or deed, item.text))
    keep = Button(tr("Save as a file…"), icon="download")
    keep.clicked.connect(lambda: _export(model, item, home))
    drop = Button(tr("Discard…"), "danger", "trash-2")
    drop.clicked.connect(lambda: _ask_discard(model, item, home))
    title = tr("The server sent this back: {title}", title=item.title or deed)
    words = Label(item.text or tr("It holds no text."), "read", wrap=True)
    when = Label(dotted(deed, time_words(item.at)), "small", "text2")
    kept = tr("Nothing is lost: what you did is kept here until you decide.")
    return [
        row(Chip(tr("Needs you"), "warning", "circle-alert"), when, "~"), 8,
        Label(title, "title", wrap=True), 16,
        Banner(reason_words(item.code), kept, icon="shield"), 20,
        Card(column(words, margin=20)), 20,
        row(again, change if item.route else None, keep if item.text else None, drop, "~", gap=8),
    ]  # fmt: skip


def _export(model: SyncModel, item: Refused, home: QWidget) -> None:
    path, _ = QFileDialog.getSaveFileName(home, tr("Save as a file"), f"{item.title or 'text'}.txt")
    if path:
        model.export(item.key, Path(path))


def _ask_discard(model: SyncModel, item: Refused, home: QWidget) -> None:
    leave, drop = Button(tr("Keep it")), Button(tr("Discard"), "danger")
    text = tr("Your change is removed from this device. The server never had it.")
    body = Label(text, "body", "text2", wrap=True)
    sheet = Sheet(home.window(), tr("Discard this change?"), body, buttons=(drop, leave))
    leave.clicked.connect(sheet.close_sheet)

    def go() -> None:
        sheet.close_sheet()
        model.discard(item.key)

    drop.clicked.connect(go)
