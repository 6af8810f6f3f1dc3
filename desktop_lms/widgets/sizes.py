"""Bytes and waiting times as people say them, and how a whole is shared as one bar with its legend."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QRectF
from PySide6.QtGui import QColor, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import counted, formats, tr

HEIGHT, GAP, DOT = 12, 2, 10


def size_of(count: float) -> str:
    """Bytes as people say them."""
    digits = 1 if count < 10_000_000 else 0
    return formats().formattedDataSize(round(count), digits, QLocale.DataSizeFormat.DataSizeSIFormat)


def wait_of(seconds: int) -> str:
    """How long something takes yet."""
    if seconds < 60:
        return tr("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return counted("1 minute left", "{count} minutes left", minutes)
    return counted("about 1 hour left", "about {count} hours left", round(minutes / 60))


class Shares(Painted):
    """Parts of a whole beside each other, in the colours of charts; what is left of `total` stays empty."""

    def __init__(self, parts: Sequence[float], total: float, *, name: str) -> None:
        super().__init__()
        self._parts, self._total = list(parts), max(total, sum(parts), 1)
        self.setAccessibleName(name)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(current().px(HEIGHT))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, whole = self.painter(), current(), QRectF(self.rect())
        edge = "hairline" if theme.mode == "contrast" else None
        rounded(painter, self.rect(), fill="track", edge=edge, radius=whole.height() / 2)
        clip = QPainterPath()
        clip.addRoundedRect(whole, whole.height() / 2, whole.height() / 2)
        painter.setClipPath(clip)
        at = 0.0
        for number, part in enumerate(self._parts):
            wide = max(4.0, whole.width() * part / self._total) if part else 0.0
            left = whole.width() - at - wide if theme.rtl else at
            painter.fillRect(QRectF(left, 0, max(0.0, wide - GAP), whole.height()), _ink(number))
            at += wide


class Dot(Painted):
    """The colour of a part in the legend."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedSize(current().px(DOT), current().px(DOT))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), 3, 3)
        self.painter().fillPath(path, _ink(self._number))


def legend(parts: Sequence[tuple[str, float]]) -> QWidget:
    """Which colour is what, with its bytes; parts without any are left out."""
    said = [
        boxed(row(Dot(number), Label(words, "small", "text2"), Label(size_of(size), "small"), gap=6))
        for number, (words, size) in enumerate(parts) if size
    ]  # fmt: skip
    half = 2 if current().scale > 1.2 else 4
    return boxed(column(*(row(*said[at : at + half], "~", gap=20) for at in range(0, len(said), half)), gap=4))


def _ink(number: int) -> QColor:
    inks = current().colors["chart"]
    return QColor(inks[number % len(inks)])
