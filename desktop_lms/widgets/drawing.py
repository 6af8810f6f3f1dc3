"""Pictures of a text as they are drawn."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

HIGHEST = 4000
"""No drawing is higher, in px."""
_FAMILIES = re.compile(rb"""(font-family(?:="|:))([^";}]*)""")
_KINDS = {b"sans-serif": b"Inter", b"serif": b"Source Serif 4", b"monospace": b"JetBrains Mono"}


def drawn(data: bytes, *, most: int, ratio: float) -> QImage:
    """A picture or SVG, at most so many px wide, sharp on a screen of a ratio; a card when it cannot be read."""
    if is_drawing(data):
        svg = QSvgRenderer(own_letters(data))
        if not svg.isValid():
            return _damaged(most)
        size = svg.defaultSize()
        scale = min(1.0, most / max(1, size.width()), HIGHEST / max(1, size.height()))
        width, height = max(1, round(size.width() * scale)), max(1, round(size.height() * scale))
        image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        svg.render(painter, QRectF(0, 0, image.width(), image.height()))
        painter.end()
    else:
        image = QImage.fromData(data)
        if image.isNull():
            return _damaged(most)
        if image.width() > most * ratio:
            image = image.scaledToWidth(round(most * ratio), Qt.TransformationMode.SmoothTransformation)
        elif ratio == 1:
            return image
    image.setDevicePixelRatio(ratio)
    return image


def is_drawing(data: bytes) -> bool:
    """Whether a picture is an SVG."""
    return b"<svg" in data[:600]


def own_letters(svg: bytes) -> bytes:
    """An SVG with families of letters that are there."""
    return _FAMILIES.sub(_first_family, svg)


def _first_family(found: re.Match[bytes]) -> bytes:
    """Qt takes a list of families for the name of one; what names a kind of letters alone gets the app's own."""
    name = found[2].split(b",")[0].strip(b" '")
    return found[1] + _KINDS.get(name, name)


def _damaged(most: int) -> QImage:
    """A card in place of a picture that cannot be read."""
    theme = current()
    image = QImage(min(most, theme.px(360)), theme.px(56), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rounded(painter, image.rect(), fill="sunken", edge="hairline", radius=8)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("text2"))
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, tr("This picture cannot be shown"))
    painter.end()
    return image


def _clear() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


NOTHING = _clear()
"""Takes room and shows nothing."""
