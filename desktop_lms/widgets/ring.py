"""How much of something is done, as a ring with the figures in it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPen

from desktop_lms.widgets.surfaces import Painted
from desktop_lms.widgets.theme import current


class Ring(Painted):
    """The ring: `percent` 0 to 100, small `words` below the figure; `name` says it for those who do not see it."""

    def __init__(self, percent: float, words: str, *, name: str) -> None:
        super().__init__()
        self._percent, self._words = percent, words
        self.setAccessibleName(name)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedSize(current().px(112), current().px(112))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        pen = theme.px(10)
        area = QRectF(self.rect()).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2)
        painter.setPen(QPen(theme.color("track"), pen))
        painter.drawEllipse(area)
        painter.setPen(QPen(theme.color("accent"), pen, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        turn = 1 if theme.rtl else -1
        painter.drawArc(area, 90 * 16, round(turn * 360 * 16 * self._percent / 100))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("metric", size=22))
        upper = QRectF(self.rect()).adjusted(0, 0, 0, -theme.px(18))
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, f"{int(self._percent)} %")
        painter.setPen(theme.color("text2"))
        painter.setFont(theme.font("caption"))
        lower = QRectF(self.rect()).adjusted(0, theme.px(34), 0, 0)
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self._words)
