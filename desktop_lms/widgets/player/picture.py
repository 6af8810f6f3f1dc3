"""The picture of a video: a cover before it plays, then its frames with captions over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.motifs import paint_motif
from desktop_lms.widgets.player.captioning import paint_captions
from desktop_lms.widgets.player.source import CaptionStyle
from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.theme import current

DISC = 56


class Picture(Painted):
    """Paints what is there. Click and double click are told."""

    clicked = Signal()
    double_clicked = Signal()

    def __init__(self, number: int, title: str, cover: QImage | None = None) -> None:
        super().__init__()
        self._number, self._title, self._told = number, title, ""
        self._cover = cover if cover is not None and not cover.isNull() else None
        self._frame: Any = None
        self._lines: Sequence[str] = ()
        self._style = CaptionStyle()
        self._busy = ""
        self._resting = True
        self.square = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        return QSize(544, 306)

    def hasHeightForWidth(self) -> bool:
        return not self.square

    def heightForWidth(self, width: int) -> int:
        return round(width * 9 / 16)

    def tell(self, told: str) -> None:
        """Say something behind the title, before it plays."""
        self._told = told
        self.update()

    def show_busy(self, words: str) -> None:
        """Say that something is going on; nothing ends it."""
        self._busy = words
        self.update()

    def show_frame(self, frame: Any) -> None:
        """Show a picture (QVideoFrame); one that is not valid, as at the end, keeps the last."""
        if frame is None or frame.isValid():
            self._frame = frame
            self.update()

    def show_resting(self, resting: bool) -> None:
        """Show the disc that starts it."""
        if resting != self._resting:
            self._resting = resting
            self.update()

    def show_lines(self, lines: Sequence[str], style: CaptionStyle) -> None:
        """Show captions."""
        if (tuple(lines), style) != (tuple(self._lines), self._style):
            self._lines, self._style = tuple(lines), style
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        whole = QRectF(self.rect())
        if not self.square:
            shape = QPainterPath()
            shape.addRoundedRect(whole.adjusted(0, 0, 0, 24), 12, 12)
            painter.setClipPath(shape)
        if self._frame is None:
            self._paint_cover(painter, whole)
        else:
            painter.fillRect(whole, current().color("stage"))
            self._paint_frame(painter, whole)
        paint_captions(painter, whole, self._lines, self._style)
        if self._resting and not self._busy:
            self._paint_disc(painter, whole.center())
        if self._busy:
            self._paint_strip(painter, self._busy, "")

    def _paint_frame(self, painter: QPainter, whole: QRectF) -> None:
        from PySide6.QtMultimedia import QVideoFrame  # loaded when something is played

        size = QSizeF(self._frame.size()).scaled(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
        at = QRectF(QPointF(), size)
        at.moveCenter(whole.center())
        self._frame.paint(painter, at, QVideoFrame.PaintOptions())

    def _paint_cover(self, painter: QPainter, whole: QRectF) -> None:
        if self._cover is not None:
            size = QSizeF(self._cover.size()).scaled(whole.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            at = QRectF(QPointF(), size)
            at.moveCenter(whole.center())
            painter.drawImage(at, self._cover)
        else:
            ink, tint = current().cover(self._number)
            painter.fillRect(whole, tint)
            paint_motif(painter, ink, self._number, whole)
        if not self._busy:
            self._paint_strip(painter, self._title, self._told)

    def _paint_disc(self, painter: QPainter, middle: QPointF) -> None:
        size = current().px(DISC)
        rounded(
            painter, QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size), fill="accent", radius=size / 2
        )
        mark = pixmap("play", 24, "textOnAccent")
        half = mark.deviceIndependentSize() / 2
        painter.drawPixmap(QPointF(middle.x() - half.width() + 1, middle.y() - half.height()), mark)

    def _paint_strip(self, painter: QPainter, title: str, told: str) -> None:
        """A title and what is told of it, at the foot."""
        theme = current()
        height = theme.px(32)
        strip = QRectF(self.rect()).adjusted(12, self.height() - height - 12, -12, -12)
        rounded(painter, strip, fill="surface", edge="hairline", radius=8)
        inside = strip.adjusted(14, 0, -14, 0)
        painter.setFont(theme.font("caption", weight=500))
        metrics = QFontMetricsF(painter.font())
        end = min(metrics.horizontalAdvance(told), inside.width() * 0.6) + (16 if told else 0)
        begin = inside.adjusted(end, 0, 0, 0) if theme.rtl else inside.adjusted(0, 0, -end, 0)
        painter.setPen(theme.color("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        cut = metrics.elidedText(title, Qt.TextElideMode.ElideRight, begin.width())
        painter.drawText(begin, int(Qt.AlignmentFlag.AlignLeft | middle), cut)
        painter.setPen(theme.color("text2"))
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignRight | middle), told)
