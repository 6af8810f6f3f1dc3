"""A QR code that a camera reads in every look: dark on white, with its quiet edge."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent

from desktop_lms.widgets.surfaces import Painted
from desktop_lms.widgets.theme import current

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""


class QrCode(Painted):
    """A square of `size` px that holds a text."""

    def __init__(self, text: str, *, name: str, size: int = 200) -> None:
        import segno  # a library that few pages need

        super().__init__()
        self._rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
        side = current().px(size)
        self.setFixedSize(side, side)
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(painter.RenderHint.Antialiasing, on=False)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        step = self.width() / (len(self._rows) + 2 * QUIET)
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    at = QRectF((x + QUIET) * step, (y + QUIET) * step, step, step)
                    painter.fillRect(at.toAlignedRect(), Qt.GlobalColor.black)
