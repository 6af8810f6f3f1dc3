"""Captions over a picture, drawn as a person likes them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from desktop_lms.widgets.player.source import INKS, SIZES, CaptionStyle
from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.theme import current

SHARES = dict(zip(SIZES, (0.042, 0.054, 0.070, 0.090), strict=True))
"""Height of the letters as a share of the picture's height."""
LEAST, PAD = 13, 8
GROUND = {"solid": 255, "soft": 170, "none": 0}
MOST_LINES = 4


def caption_ink(style: CaptionStyle) -> QColor:
    """The colour of the letters."""
    return QColor(current().colors["captionInk"][INKS.index(style.ink) if style.ink in INKS else 0])


def paint_captions(painter: QPainter, area: QRectF, lines: Sequence[str], style: CaptionStyle) -> None:
    """Draw lines at the foot of an area; long ones wrap, each paragraph in its own direction."""
    text = "\n".join(lines)
    if not text:
        return
    theme = current()
    font = theme.font("body", weight=600, size=16)
    font.setPixelSize(max(theme.px(LEAST), round(area.height() * SHARES.get(style.size, SHARES["medium"]))))
    metrics = QFontMetricsF(font)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
    room = area.adjusted(area.width() * 0.06, PAD, -area.width() * 0.06, -PAD - area.height() * 0.03)
    box = metrics.boundingRect(room, flags, text)
    most = min(room.height(), metrics.lineSpacing() * MOST_LINES)
    if box.height() > most:
        box.setTop(box.bottom() - most)
    ground = theme.color("captionGround", GROUND.get(style.ground, 170))
    if ground.alpha():
        rounded(painter, box.adjusted(-PAD, -PAD / 2, PAD, PAD / 2).intersected(area), fill=ground, radius=6)
    painter.save()
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.setClipRect(box.adjusted(-PAD, 0, PAD, 2))
    painter.setFont(font)
    if not ground.alpha():
        painter.setPen(theme.color("captionGround"))
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 2)):
            painter.drawText(box.translated(dx, dy), flags, text)
    painter.setPen(caption_ink(style))
    painter.drawText(box, flags, text)
    painter.restore()
