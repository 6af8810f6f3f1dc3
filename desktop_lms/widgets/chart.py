"""A chart of one row of values, as a line or as bars: read with the mouse, the arrow keys, and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen

from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.theme import current

HEIGHT, FOOT, HEAD, GAP = 200, 26, 16, 10
DOTTED = 31
"""Values up to which each is a dot of its line."""
STEPS = 4


class Plot(Painted):
    """The chart. `labels` are short words below, `say` puts a value into words, `name` says what it shows.

    `lately` is how many of the last bars stand out, the very last with its value; None for none.
    """

    def __init__(
        self,
        labels: Sequence[str],
        values: Sequence[float],
        *,
        name: str,
        say: Callable[[float], str] = lambda value: f"{value:g}",
        bars: bool = False,
        lately: int | None = None,
    ) -> None:
        super().__init__()
        self._labels, self._values, self._say, self._bars, self._name = list(labels), list(values), say, bars, name
        self._lately = lately
        self._at: int | None = None
        self._steps = ticks(max(self._values, default=0))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._restyle()
        self._tell()

    @property
    def words(self) -> str:
        """The chart in one sentence, or the value that is looked at."""
        if self._at is not None:
            return f"{self._labels[self._at]}: {self._say(self._values[self._at])}"
        ends = [0, len(self._values) - 1] if self._values else []
        told = [f"{self._labels[at]}: {self._say(self._values[at])}" for at in dict.fromkeys(ends)]
        return f"{self._name}. {' – '.join(told)}" if told else self._name

    def sizeHint(self) -> QSize:
        return QSize(current().px(320), current().px(HEIGHT))

    def _restyle(self) -> None:
        self.setFixedHeight(current().px(HEIGHT))
        self.setMinimumWidth(current().px(200))
        super()._restyle()

    def _tell(self) -> None:
        self.setAccessibleName(self.words)

    # --- looking at one value
    def _choose(self, at: int | None) -> None:
        at = None if at is None or not self._values else max(0, min(len(self._values) - 1, at))
        if at != self._at:
            self._at = at
            self._tell()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._values:
            near = min(range(len(self._values)), key=lambda at: abs(self._x(at) - event.position().x()))
            self._choose(near)

    def leaveEvent(self, event: QEvent) -> None:
        self._choose(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._choose(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ahead = Qt.Key.Key_Left if current().rtl else Qt.Key.Key_Right
        back = Qt.Key.Key_Right if current().rtl else Qt.Key.Key_Left
        last = len(self._values) - 1
        here = self._at
        moves = {
            ahead: 0 if here is None else here + 1, back: last if here is None else here - 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        if event.key() == Qt.Key.Key_Escape and here is not None:
            self._choose(None)
        elif event.key() in moves:
            self._choose(moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    # --- drawing
    def _area(self) -> QRectF:
        """Where values are drawn; beside it stand the steps, below it the labels."""
        theme = current()
        metrics = QFontMetricsF(theme.font("caption"))
        side = max(metrics.horizontalAdvance(self._say(step)) for step in self._steps) + theme.px(GAP)
        area = QRectF(self.rect()).adjusted(side, theme.px(HEAD), -theme.px(GAP), -theme.px(FOOT))
        return QRectF(self.width() - area.right(), area.top(), area.width(), area.height()) if theme.rtl else area

    def _x(self, at: int) -> float:
        area, many = self._area(), len(self._values)
        share = (at + 0.5) / many if self._bars else at / max(many - 1, 1) if many > 1 else 0.5
        return area.right() - area.width() * share if current().rtl else area.left() + area.width() * share

    def _y(self, value: float) -> float:
        area = self._area()
        return area.bottom() - area.height() * value / self._steps[-1]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        self._paint_steps(painter)
        self._paint_labels(painter)
        if self._bars:
            self._paint_bars(painter)
        else:
            self._paint_line(painter)
        if self._at is not None:
            self._paint_chosen(painter, self._at)
        elif self._values and self._values[-1] > 0 and (self._lately is not None or not self._bars):
            self._paint_last(painter)
        if self.hasFocus():
            rounded(painter, self.rect(), edge="accent", radius=8, width=2)

    def _paint_steps(self, painter: QPainter) -> None:
        theme, area = current(), self._area()
        painter.setFont(theme.font("caption"))
        for step in self._steps:
            y = self._y(step)
            painter.setPen(QPen(theme.color("hairline"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme.color("text3"))
            line = theme.line("caption")
            beside = QRectF(0, y - line / 2, area.left() - theme.px(GAP), line)
            side = Qt.AlignmentFlag.AlignRight
            if theme.rtl:
                beside = QRectF(area.right() + theme.px(GAP), y - line / 2, self.width(), line)
                side = Qt.AlignmentFlag.AlignLeft
            flags = int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(beside, flags, self._say(step))

    def _paint_labels(self, painter: QPainter) -> None:
        """As many labels as have room, each below its value, the first and the last within the edges."""
        theme = current()
        metrics = QFontMetricsF(theme.font("caption"))
        widest = max((metrics.horizontalAdvance(each) for each in self._labels), default=1) + theme.px(20)
        many = len(self._labels)
        every = max(1, ceil(many * widest / max(self._area().width(), 1)))
        painter.setPen(theme.color("text3"))
        painter.setFont(theme.font("caption"))
        for at in range(many - 1, -1, -every):  # the last one counts most
            width = metrics.horizontalAdvance(self._labels[at]) + 2
            x = min(max(self._x(at) - width / 2, 0), self.width() - width)
            box = QRectF(x, self.height() - theme.px(FOOT) + 4, width, theme.px(FOOT) - 4)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._labels[at])

    def _paint_bars(self, painter: QPainter) -> None:
        theme, area = current(), self._area()
        width = max(2.0, min(theme.px(40), area.width() / max(len(self._values), 1) * 0.62))
        for at, value in enumerate(self._values):
            if value > 0:
                top = min(self._y(value), area.bottom() - 2)
                bar = QRectF(self._x(at) - width / 2, top, width, area.bottom() - top)
                rounded(painter, bar, fill=self._ink(at), radius=min(4, width / 2, bar.height() / 2))

    def _ink(self, at: int) -> str:
        many = len(self._values)
        return "accentLine" if self._lately is not None and at < many - self._lately else "accent"

    def _paint_line(self, painter: QPainter) -> None:
        theme, area = current(), self._area()
        points = [QPointF(self._x(at), self._y(value)) for at, value in enumerate(self._values)]
        if not points:
            return
        below = QPainterPath(QPointF(points[0].x(), area.bottom()))
        for point in points:
            below.lineTo(point)
        below.lineTo(QPointF(points[-1].x(), area.bottom()))
        painter.fillPath(below, theme.color("accentSoft"))
        painter.setPen(QPen(theme.color("accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for one, other in pairwise(points):
            painter.drawLine(one, other)
        dot = theme.px(8)
        for point in points if len(points) <= DOTTED else points[-1:]:
            box = QRectF(point.x() - dot / 2, point.y() - dot / 2, dot, dot)
            rounded(painter, box, fill="surface", edge="accent", radius=dot / 2, width=2)

    def _paint_last(self, painter: QPainter) -> None:
        """The last value in figures above it, within the edges."""
        theme, x, y = current(), self._x(len(self._values) - 1), self._y(self._values[-1])
        font, words = theme.font("caption", weight=600), self._say(self._values[-1])
        width, height = QFontMetricsF(font).horizontalAdvance(words) + 2, theme.line("caption")
        left = min(max(x - width / 2, 0), self.width() - width)
        top = max(0.0, y - height - (2 if self._bars else theme.px(6)))
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(left, top, width, height), int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_chosen(self, painter: QPainter, at: int) -> None:
        """A line through the value, a dot on it, and a bubble with the words, within the edges."""
        theme, area = current(), self._area()
        x, y = self._x(at), self._y(self._values[at])
        painter.setPen(QPen(theme.color("hairlineStrong"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        dot = theme.px(8)
        rounded(painter, QRectF(x - dot / 2, y - dot / 2, dot, dot), fill="accent", edge="surface", radius=dot / 2)
        font = theme.font("caption", weight=600)
        width = QFontMetricsF(font).horizontalAdvance(self.words) + theme.px(20)
        height = theme.px(28)
        left = min(max(x - width / 2, 0), self.width() - width)
        top = y - height - theme.px(10) if y - height - theme.px(10) > 0 else y + theme.px(10)
        bubble = QRectF(left, top, width, height)
        rounded(painter, bubble, fill="raised", edge="hairlineStrong", radius=6)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(bubble, int(Qt.AlignmentFlag.AlignCenter), self.words)


def ticks(most: float) -> list[float]:
    """Round steps from 0 to at least the largest value, at most four of them; whole numbers."""
    raw = max(most, 1) / STEPS
    power = 10 ** max(0, int(log10(raw)) if raw >= 1 else 0)
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= raw)
    return [float(step * n) for n in range(ceil(max(most, 1) / step) + 1)]
