"""Lucide icons, tinted and scaled with the text; drawn once and kept."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from desktop_lms.widgets.theme import current
from desktop_lms.words import RESOURCES

MIRRORED = frozenset(
    {"chevron-right", "chevron-left", "arrow-right", "arrow-left", "undo-2", "redo-2", "list-tree", "send", "log-out"}
)


@cache
def _svg(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").read_text("utf-8")


@cache
def _draw(name: str, px: int, color: str, stroke: float, ratio: float, mirrored: bool) -> QPixmap:
    svg = _svg(name).replace("currentColor", color).replace('stroke-width="2"', f'stroke-width="{stroke:.2f}"')
    picture = QPixmap(round(px * ratio), round(px * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, px, px))
    painter.end()
    return picture.transformed(QTransform().scale(-1, 1)) if mirrored else picture


def pixmap(name: str, size: int = 18, color: str = "text2") -> QPixmap:
    """An icon in a colour of the look, `size` in px at 100 % text."""
    theme = current()
    screen = QApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen is not None else 1.0
    stroke = 1.75 * 24 / max(size, 20) * 0.9
    return _draw(name, theme.px(size), theme.hex(color), stroke, ratio, theme.rtl and name in MIRRORED)


def icon(name: str, size: int = 18, color: str = "text2") -> QIcon:
    """The same for buttons and menus."""
    made = QIcon(pixmap(name, size, color))
    made.addPixmap(pixmap(name, size, "disabled"), QIcon.Mode.Disabled)
    return made
