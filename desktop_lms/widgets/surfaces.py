"""Planes and marks: cards, lines, panels, chips, tiles, bars, avatars and covers. `rounded` draws every edge."""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.motifs import paint_motif
from desktop_lms.widgets.theme import current, look

Tone = Literal["neutral", "accent", "success", "warning", "danger", "info", "plain"]
TONES: dict[str, tuple[str, str | None]] = {
    "neutral": ("text2", "hover"),
    "accent": ("accentText", "accentSoft"),
    "success": ("success", "successSoft"),
    "warning": ("warning", "warningSoft"),
    "danger": ("danger", "dangerSoft"),
    "info": ("info", "infoSoft"),
    "plain": ("text2", None),
}


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    *,
    fill: str | QColor | None = None,
    edge: str | None = None,
    radius: float = 12,
    width: float = 1,
) -> None:
    """Draw a rounded rectangle with colours of the look; the edge lies inside."""
    theme = current()
    area = QRectF(rect)
    if edge:
        area = area.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    if fill is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(fill if isinstance(fill, QColor) else theme.color(fill))
    painter.setPen(QPen(theme.color(edge), width) if edge else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(area, radius, radius)


class Painted(QWidget):
    """Base of everything that paints itself and follows the look."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def painter(self) -> QPainter:
        """A smooth painter on this widget."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter


class Card(Painted):
    """A surface with a hairline; never put one into another."""

    def __init__(self, layout: QLayout | None = None, *, fill: str = "surface", edge: str = "hairline") -> None:
        super().__init__()
        self._fill, self._edge, self._width = fill, edge, 1
        if layout:
            self.setLayout(layout)

    def select(self, on: bool) -> None:
        """Show the 2 px accent edge of a chosen card."""
        self._edge, self._width = ("accent", 2) if on else ("hairline", 1)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), fill=self._fill, edge=self._edge, width=self._width)


class Line(QFrame):
    """A hairline."""

    def __init__(self, *, vertical: bool = False) -> None:
        super().__init__()
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), current().color("hairline"))


class Panel(Painted):
    """A plane filled to its edges, with a hairline at its `start` or `end`."""

    def __init__(self, layout: QLayout | None = None, *, fill: str = "page", edge: str = "") -> None:
        super().__init__()
        self._fill, self._edge = fill, edge
        if layout:
            self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), theme.color(self._fill))
        if self._edge:
            lead = (self._edge == "start") != theme.rtl
            painter.fillRect(QRect(0 if lead else self.width() - 1, 0, 1, self.height()), theme.color("hairline"))


class Chip(Painted):
    """A state: icon, word and colour. `plain` has no fill."""

    def __init__(self, text: str, tone: Tone = "neutral", icon: str = "", *, tall: bool = False) -> None:
        super().__init__()
        self._text, self._tone, self._icon, self._tall, self._folded = text, tone, icon, tall, False
        self._measure()

    def fold(self, folded: bool) -> None:
        """Show the icon alone, its words in a tooltip, or both."""
        if folded != self._folded:
            self._folded = folded
            self.setToolTip("")
            self._restyle()

    def say(self, text: str, tone: Tone | None = None, icon: str | None = None) -> None:
        """Show another state."""
        self._text, self._tone = text, tone or self._tone
        self._icon = self._icon if icon is None else icon
        self._measure()
        self.update()

    @property
    def words(self) -> str:
        """What it says."""
        return self._text

    def _restyle(self) -> None:
        self._measure()
        self.update()

    def _measure(self) -> None:
        theme = current()
        self._height = theme.px(32 if self._tall else 24)
        self._pad = 0 if self._tone == "plain" and not self._tall else self._height * 5 // 12
        text = QFontMetricsF(theme.font("caption", weight=500)).horizontalAdvance(self._text)
        text = 0 if self._folded else text + 6 * bool(self._icon)
        self.setFixedSize(math.ceil(text + 2 * self._pad + theme.px(14) * bool(self._icon)) + 1, self._height)
        self.setAccessibleName(self._text)
        if self._folded:
            self.setToolTip(self._text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        ink, fill = TONES[self._tone]
        edge = ink if theme.mode == "contrast" and fill else None
        if self._tall and self._tone in ("plain", "neutral"):
            fill, edge = "surface", "hairlineStrong"
        if fill or edge:
            rounded(painter, self.rect(), fill=fill, edge=edge, radius=self.height() / 2)
        area, size = QRectF(self.rect()).adjusted(self._pad, 0, -self._pad, 0), theme.px(14)
        if self._icon:
            x = area.right() - size if theme.rtl else area.left()
            painter.drawPixmap(QPointF(x, (self.height() - size) / 2), pixmap(self._icon, 14, ink))
            area.adjust(*((0, 0, -size - 6, 0) if theme.rtl else (size + 6, 0, 0, 0)))
        painter.setFont(theme.font("caption", weight=500))
        painter.setPen(theme.color(ink))
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), "" if self._folded else self._text
        )


class Tile(Painted):
    """A square that carries one icon, for list rows and empty states."""

    def __init__(self, icon: str, tone: Tone = "accent", *, size: int = 40, icon_size: int = 18) -> None:
        super().__init__()
        self._icon, self._tone, self._size, self._inner = icon, tone, size, icon_size
        self._restyle()

    def show_icon(self, icon: str) -> None:
        """Carry another icon."""
        self._icon = icon
        self.update()

    def _restyle(self) -> None:
        side = current().px(self._size)
        self.setFixedSize(side, side)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        ink, fill = TONES[self._tone]
        edge = "hairline" if theme.mode == "contrast" else None
        rounded(painter, self.rect(), fill=fill, edge=edge, radius=self.width() / 4)
        at = (self.width() - theme.px(self._inner)) / 2
        painter.drawPixmap(QPointF(at, at), pixmap(self._icon, self._inner, ink))


class IconMark(Painted):
    """An icon as a widget."""

    def __init__(self, icon: str, size: int = 18, color: str = "text2") -> None:
        super().__init__()
        self._icon, self._size, self._color = icon, size, color
        self._restyle()

    def _restyle(self) -> None:
        side = current().px(self._size)
        self.setFixedSize(side, side)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painter().drawPixmap(0, 0, pixmap(self._icon, self._size, self._color))


class Bar(Painted):
    """How much is done, 0 to 1; say it in words beside."""

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self._value = value
        self.setFixedHeight(6)
        self.setMinimumWidth(48)
        self.setAccessibleName(f"{round(value * 100)} %")

    def show_value(self, value: float) -> None:
        """Show another share."""
        self._value = min(1.0, max(0.0, value))
        self.setAccessibleName(f"{round(self._value * 100)} %")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, half = self.painter(), self.height() / 2
        edge = "hairline" if current().mode == "contrast" else None
        rounded(painter, self.rect(), fill="track", edge=edge, radius=half)
        if self._value > 0:
            width = max(float(self.height()), self.width() * self._value)
            start = self.width() - width if current().rtl else 0.0
            rounded(painter, QRectF(start, 0, width, self.height()), fill="accent", radius=half)


class Avatar(Painted):
    """A person's picture, or their initials on a tint of their own."""

    def __init__(self, name: str, *, size: int = 32) -> None:
        super().__init__()
        self._size = size
        self._picture = QPixmap()
        self.show_name(name)
        self._restyle()

    def show_name(self, name: str) -> None:
        """Show another person."""
        self._initials = "".join(word[0] for word in name.split()[:2]).upper() or "?"
        self._number = sum(map(ord, name))
        self.setAccessibleName(name)
        self.update()

    def show_picture(self, picture: QPixmap) -> None:
        """Show a picture, its middle cut to a circle; none when it cannot be read."""
        self._picture = picture
        self.update()

    def _restyle(self) -> None:
        side = current().px(self._size)
        self.setFixedSize(side, side)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        if not self._picture.isNull():
            self._paint_picture(painter)
            return
        ink, tint = theme.cover(self._number)
        painter.setBrush(tint)
        painter.setPen(QPen(ink, 1) if theme.mode == "contrast" else Qt.PenStyle.NoPen)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(ink)
        big = max(13, self._size // 3)
        painter.setFont(theme.font("caption", weight=600, size=11 if self._size < 36 else big))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)

    def _paint_picture(self, painter: QPainter) -> None:
        whole = self._picture.rect()
        side = min(whole.width(), whole.height())
        middle = QRect((whole.width() - side) // 2, (whole.height() - side) // 2, side, side)
        circle = QPainterPath()
        circle.addEllipse(QRectF(self.rect()))
        painter.setClipPath(circle)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.rect(), self._picture, middle)


class Cover(Painted):
    """A cover: the picture of a course, or a tint and a line drawing, the same for it everywhere and in every look."""

    def __init__(self, key: str, *, width: int = 0, height: int = 0, radius: int = 8, top_only: bool = False) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.show_key(key)
        self._radius, self._top = radius, top_only
        if width:
            self.setFixedWidth(width)
        if height:
            self.setFixedHeight(height)

    def show_key(self, key: str, picture: str = "") -> None:
        """Be the cover of another course; drawn until its picture is shown."""
        self._number = sum(key.encode()) if key else 0
        self._picture, self._image = picture, None
        self.update()

    def show_picture(self, picture: str, image: QImage) -> None:
        """Show the picture that was asked for; one of another course came too late."""
        if picture == self._picture:
            self._image = image
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(208, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        ink, tint = current().cover(self._number)
        shape = QPainterPath()
        below = self._radius * 2 if self._top else 0
        shape.addRoundedRect(QRectF(0, 0, self.width(), self.height() + below), self._radius, self._radius)
        painter.setClipPath(shape)
        if self._image is not None:
            paint_covering(painter, self._image, self.rect())
            return
        painter.fillRect(self.rect(), tint)
        paint_motif(painter, ink, self._number, QRectF(self.rect()))


def paint_covering(painter: QPainter, image: QImage, area: QRect) -> None:
    """Fill an area with the middle of an image."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    seen = area.size().scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
    part = QRect(QPoint(0, 0), seen)
    part.moveCenter(image.rect().center())
    painter.drawImage(area, image, part)


class Mark(Painted):
    """The product's mark: an open page."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        rounded(painter, self.rect(), fill="accent", radius=8)
        picture = pixmap("book-open", round(18 / current().scale), "textOnAccent")
        painter.drawPixmap(QPointF((28 - picture.deviceIndependentSize().width()) / 2, 5), picture)
