"""What a video of a lesson shows before it plays: its picture, and how sharp it is said to be (LES-04)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.covers import Covers
from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.surfaces import Cover
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr
from lms_core.content.model import ContentItem
from lms_core.schema import QUALITY

HIGH = 96


def film_part(model: ContentsModel, film: ContentItem, called: str, covers: Covers) -> QWidget:
    """The picture of a video, chosen and taken away, and the field of its quality."""
    quality = Field(tr("Quality, such as 1080p"), quiet=True, name=tr("Quality of {name}", name=called))
    quality.setMaxLength(QUALITY)
    quality.show_text(film.quality)
    quality.settled.connect(lambda text: model.change(film.id, quality=text.strip()))
    words = tr("Another picture…") if film.thumbnail else tr("Choose a picture…")
    choose = Button(words, "link", small=True, name=tr("Choose a picture of {name}", name=called))
    choose.clicked.connect(lambda: _ask_picture(choose, model, film.id))
    if not film.thumbnail:
        return boxed(column(quality, row(choose, "~"), gap=6))
    cover = Cover("", height=current().px(HIGH), radius=6)
    cover.setAccessibleName(tr("Picture of {name}", name=called))
    covers.show(cover, film.id, film.thumbnail)
    away = Button("", "ghost", "x", small=True, name=tr("Remove the picture of {name}", name=called))
    away.clicked.connect(lambda: model.change(film.id, thumbnail=""))
    return boxed(column(quality, cover, row(choose, "~", away), gap=6))


def _ask_picture(home: QWidget, model: ContentsModel, row: str) -> None:
    path, _ = QFileDialog.getOpenFileName(home, tr("Choose a picture…"), "", "*.jpg *.jpeg *.png *.webp")
    if path:
        model.choose_picture(row, Path(path))
