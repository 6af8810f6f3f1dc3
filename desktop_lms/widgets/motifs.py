"""Line drawings for covers: tides, dots, code, voices, arcs and stars, drawn from the course's own number."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

KEPT, LARGE = 32, 200_000
"""Drawings that are at hand: a shelf has one of each motif and ink in one size. A larger one (px) is drawn anew."""


def paint_motif(painter: QPainter, ink: QColor, number: int, area: QRectF) -> None:
    """Draw the motif of a number into an area."""
    width, height = round(area.width()), round(area.height())
    if width * height > LARGE:
        MOTIFS[number % len(MOTIFS)](painter, QColor(ink), area.width(), area.height())
    else:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(QPointF(0, 0), _drawn(number % len(MOTIFS), ink.rgba(), width, height, ratio))


@lru_cache(KEPT)
def _drawn(motif: int, ink: int, width: int, height: int, ratio: float) -> QPixmap:
    """A motif as a picture: its arcs and waves cost more than all else on a card."""
    picture = QPixmap((QSizeF(width, height) * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    MOTIFS[motif](painter, QColor.fromRgba(ink), float(width), float(height))
    painter.end()
    return picture


def _pen(painter: QPainter, ink: QColor, alpha: float, width: float = 1.5) -> None:
    faded = QColor(ink)
    faded.setAlpha(int(min(255, max(0, alpha))))
    painter.setPen(QPen(faded, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _brush(painter: QPainter, ink: QColor, alpha: float) -> None:
    faded = QColor(ink)
    faded.setAlpha(int(min(255, max(0, alpha))))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded)


def _tides(painter: QPainter, ink: QColor, w: float, h: float) -> None:
    for k in range(8):
        _pen(painter, ink, 70 + k * 22)
        level, swell, wave = h * (0.3 + k * 0.095), 3 + k * 1.2, 30 + 6 * k
        line = [QPointF(x, level + math.sin(x / wave + k) * swell) for x in range(0, int(w) + 5, 4)]
        painter.drawPolyline(QPolygonF(line))
    _brush(painter, ink, 70)
    painter.drawEllipse(QPointF(w * 0.78, h * 0.24), h * 0.12, h * 0.12)


def _dots(painter: QPainter, ink: QColor, w: float, h: float) -> None:
    step = max(8.0, min(h / 12, w / 18))
    columns = 2 * int(w * 0.4 / step) + 1
    tallest = max(2.0, min(h * 0.7, w * 0.5) / step)
    floor = h / 2 + tallest * step / 2
    _brush(painter, ink, 30)
    painter.drawRect(QRectF(w * 0.375, 0, w * 0.25, h))
    for i in range(columns):
        away = (i - columns // 2) / (columns / 5)
        near = abs(i - columns // 2) * step < w * 0.125
        _brush(painter, ink, 235 if near else 120)
        for j in range(max(1, round(tallest * math.exp(-away * away / 2)))):
            spot = QPointF(w / 2 + (i - columns // 2) * step, floor - (j + 0.5) * step)
            painter.drawEllipse(spot, step * 0.3, step * 0.3)


def _code(painter: QPainter, ink: QColor, w: float, h: float) -> None:
    unit = h / 9
    for line, (indent, length) in enumerate(((0, 5), (1, 7), (2, 4), (2, 6), (1, 3), (0, 4))):
        _brush(painter, ink, 220 if line in (0, 3) else 110)
        left = w * 0.5 - 6 * unit + indent * unit * 1.6
        painter.drawRoundedRect(QRectF(left, unit * (1.6 + line), length * unit * 1.4, unit * 0.46), 3, 3)


def _voices(painter: QPainter, ink: QColor, w: float, h: float) -> None:
    for k in range(6):
        _pen(painter, ink, 220 - k * 32)
        r = h * (0.13 + k * 0.1)
        painter.drawArc(QRectF(w * 0.4 - r, h / 2 - r, 2 * r, 2 * r), 70 * 16, 220 * 16)
        painter.drawArc(QRectF(w * 0.6 - r, h / 2 - r, 2 * r, 2 * r), -110 * 16, 220 * 16)


def _arcs(painter: QPainter, ink: QColor, w: float, h: float) -> None:
    for k in range(8):
        _pen(painter, ink, 235 - k * 24)
        r = h * (0.15 + k * 0.11)
        painter.drawArc(QRectF(w / 2 - r * 1.3, h * 0.92 - r, r * 2.6, r * 2), 0, 180 * 16)


def _stars(painter: QPainter, ink: QColor, w: float, h: float) -> None:
    spots = [(0.16, 0.6), (0.29, 0.38), (0.42, 0.52), (0.55, 0.3), (0.67, 0.45), (0.83, 0.26), (0.71, 0.74)]
    points = [QPointF(w * x, h * y) for x, y in spots]
    _pen(painter, ink, 110, 1.2)
    painter.drawPolyline(QPolygonF(points[:6]))
    painter.drawLine(points[4], points[6])
    _brush(painter, ink, 110)
    for k in range(28):
        painter.drawEllipse(QPointF((k * 61 % 97) / 97 * w, (k * 37 % 89) / 89 * h), 1, 1)
    _brush(painter, ink, 255)
    for k, point in enumerate(points):
        painter.drawEllipse(point, 3 + k % 3, 3 + k % 3)


MOTIFS = (_tides, _dots, _code, _voices, _arcs, _stars)
