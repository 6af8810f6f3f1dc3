"""Seven days: a filled disc with a tick is a day of study, a ring is today, a plain disc a day of rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.theme import current


@dataclass(frozen=True)
class DayMark:
    """One day of the strip: its short name, whether there was study, whether it is today."""

    name: str
    studied: bool
    today: bool


class WeekStrip(Painted):
    """The strip; `words` say the same for those who do not see it."""

    def __init__(self, days: Sequence[DayMark], words: str) -> None:
        super().__init__()
        self._days = list(days)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(current().px(56))
        self.setMinimumWidth(current().px(220))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        step, size = self.width() / 7, theme.px(28)
        for n, day in enumerate(self._days):
            middle = step * ((6 - n if theme.rtl else n) + 0.5)
            painter.setFont(theme.font("caption", weight=600 if day.today else 400))
            painter.setPen(theme.color("text" if day.today else "text3"))
            painter.drawText(
                QRectF(middle - step / 2, 0, step, theme.px(16)), int(Qt.AlignmentFlag.AlignCenter), day.name
            )
            disc = QRectF(middle - size / 2, theme.px(22), size, size)
            if day.studied:
                rounded(painter, disc, fill="accent", radius=size / 2)
                tick = theme.px(16)
                at = QPointF(middle - tick / 2, disc.top() + (size - tick) / 2)
                painter.drawPixmap(at, pixmap("check", 16, "textOnAccent"))
            elif day.today:
                rounded(painter, disc, fill="surface", edge="accent", radius=size / 2, width=2)
            else:
                rounded(painter, disc, fill="track", radius=size / 2)
