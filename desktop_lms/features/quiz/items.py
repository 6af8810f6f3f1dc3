"""What a quiz is made of on the screen: answers to choose, numbers to jump to, the clock."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPen

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr


class Number(Clickable):
    """A question in the navigator: answered, flagged, in view."""

    def __init__(self, number: int) -> None:
        super().__init__(radius=8)
        self._number, self._state = number, (False, False, False)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedSize(current().px(48), current().px(40))
        self.update()

    def show_state(self, *, answered: bool, flagged: bool, here: bool) -> None:
        """Show its state; said in words to those who do not see it."""
        self._state = (answered, flagged, here)
        said = [tr("Question {number}", number=self._number), tr("answered") if answered else tr("open")]
        said += [tr("flagged")] if flagged else []
        self.setAccessibleName(", ".join(said))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        answered, flagged, here = self._state
        fill = "accentSoft" if answered else "hover" if self._over else "surface"
        edge = "accent" if here else "accentLine" if answered else "hairlineStrong"
        rounded(painter, self.rect(), fill=fill, edge=edge, radius=8, width=2 if here else 1)
        painter.setFont(theme.font("small", weight=600))
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))
        if flagged:
            x = 3 if theme.rtl else self.width() - theme.px(12) - 3
            painter.drawPixmap(QPointF(x, 3), pixmap("flag", 12, "warning"))


class Clock(Painted):
    """Time left as a ring with the figure in it."""

    def __init__(self) -> None:
        super().__init__()
        self._left, self._whole = 0, 1
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedSize(current().px(128), current().px(128))
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def show_left(self, left_ms: int, whole_ms: int) -> None:
        """Show the time left of the whole."""
        self._left, self._whole = max(0, left_ms), max(1, whole_ms)
        self.setAccessibleName(tr("{time} left", time=clock_time(self._left)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        pen = theme.px(8)
        area = QRectF(self.rect()).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2)
        painter.setPen(QPen(theme.color("track"), pen))
        painter.drawEllipse(area)
        ink = "danger" if self._left < 60_000 else "accent"
        painter.setPen(QPen(theme.color(ink), pen, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(area, 90 * 16, -round(360 * 16 * self._left / self._whole))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("metric", size=24))
        painter.drawText(
            QRectF(self.rect()).adjusted(0, 0, 0, -theme.px(18)), Qt.AlignmentFlag.AlignCenter, clock_time(self._left)
        )
        painter.setPen(theme.color("text2"))
        painter.setFont(theme.font("caption"))
        words = tr("left of {minutes} min", minutes=self._whole // 60_000)
        painter.drawText(QRectF(self.rect()).adjusted(0, theme.px(36), 0, 0), Qt.AlignmentFlag.AlignCenter, words)


def clock_time(ms: int) -> str:
    """Minutes and seconds."""
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes:d}:{seconds:02d}"
