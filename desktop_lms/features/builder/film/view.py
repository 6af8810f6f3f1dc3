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
from lms_core.courses.entities import QUALITY

SIDES = (112, 63)


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
        return boxed(row((quality, 1), choose, gap=8))
    wide, high = map(current().px, SIDES)
    cover = Cover("", width=wide, height=high, radius=6)
    cover.setAccessibleName(tr("Picture of {name}", name=called))
    covers.show(cover, film.id, film.thumbnail)
    away = Button(tr("Remove the picture"), "link", small=True, name=tr("Remove the picture of {name}", name=called))
    away.clicked.connect(lambda: model.change(film.id, thumbnail=""))
    sides = column(row(choose, "~"), row(away, "~"), "~", gap=4)
    return boxed(column(row(cover, (boxed(sides), 1), gap=8), quality, gap=6))


def _ask_picture(home: QWidget, model: ContentsModel, row: str) -> None:
    path, _ = QFileDialog.getOpenFileName(home, tr("Choose a picture…"), "", "*.jpg *.jpeg *.png *.webp")
    if path:
        model.choose_picture(row, Path(path))
