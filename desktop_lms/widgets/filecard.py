"""A card for a file or anything that stands for itself: a sign or a picture, its title, what is known, what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.surfaces import Card, Tile, Tone
from desktop_lms.widgets.text import Elided


class FileCard(Card):
    """A card with what can be done at its end."""

    def __init__(self, icon: str | QWidget, title: str, detail: str = "", *end: QWidget, tone: Tone = "accent") -> None:
        words = column(Elided(title, "strong"), Elided(detail, "small", "text2") if detail else None, gap=0)
        sign = Tile(icon, tone) if isinstance(icon, str) else icon
        super().__init__(row(sign, (words, 1), *end, gap=16, margin=(16, 12, 16, 12)))
        self.setAccessibleName(f"{title}. {detail}" if detail else title)
