"""Tabs for places within a page and segments for views: painted, mirrored, arrow keys move."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPaintEvent

from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.theme import current


class _Strip(Painted):
    """Names in a row of which one is chosen."""

    chosen = Signal(int)

    def __init__(self, names: Sequence[str], at: int = 0, *, name: str = "") -> None:
        super().__init__()
        self._names, self._at, self._name = list(names), at, name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tell()

    @property
    def at(self) -> int:
        """The chosen place."""
        return self._at

    def choose(self, at: int, *, quiet: bool = False) -> None:
        """Choose a place; `quiet` does not tell."""
        if 0 <= at < len(self._names) and at != self._at:
            self._at = at
            self._tell()
            self.update()
            if not quiet:
                self.chosen.emit(at)

    def show_names(self, names: Sequence[str]) -> None:
        """Change the words."""
        self._names = list(names)
        self._tell()
        self._restyle()

    def _tell(self) -> None:
        here = self._names[self._at] if self._names else ""
        self.setAccessibleName(f"{self._name}: {here}" if self._name else here)

    def _spans(self) -> list[QRectF]:
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = QPointF(event.position())
        for n, span in enumerate(self._spans()):
            if span.contains(spot):
                self.choose(n)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and current().rtl:
            self.choose(self._at - step)
        else:
            self.choose(self._at + step)

    def _mirror(self, spans: list[QRectF]) -> list[QRectF]:
        if not current().rtl:
            return spans
        return [QRectF(self.width() - s.right(), s.top(), s.width(), s.height()) for s in spans]


class Tabs(_Strip):
    """Underlined names, 40 px high."""

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(current().font("small", weight=500))
        return QSize(int(sum(metrics.horizontalAdvance(n) + 24 for n in self._names)), current().px(40))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _spans(self) -> list[QRectF]:
        metrics = QFontMetricsF(current().font("small", weight=500))
        spans, x = [], 0.0
        for name in self._names:
            width = metrics.horizontalAdvance(name) + 2
            spans.append(QRectF(x, 0, width, self.height()))
            x += width + 22
        return self._mirror(spans)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        painter.setFont(theme.font("small", weight=500))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("hairline"))
        for n, (name, span) in enumerate(zip(self._names, self._spans(), strict=True)):
            painter.setPen(theme.color("text" if n == self._at else "text3"))
            painter.drawText(span, int(Qt.AlignmentFlag.AlignCenter), name)
            if n == self._at:
                line = QRectF(span.left(), self.height() - 2, span.width(), 2)
                rounded(painter, line, fill="accent", radius=1)


class Segments(_Strip):
    """A small either-or for views and filters, 32 px high."""

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(current().font("small", weight=500))
        return QSize(int(sum(metrics.horizontalAdvance(n) + 24 for n in self._names)) + 6, current().px(32))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def _spans(self) -> list[QRectF]:
        metrics = QFontMetricsF(current().font("small", weight=500))
        spans, x = [], 3.0
        for name in self._names:
            width = metrics.horizontalAdvance(name) + 24
            spans.append(QRectF(x, 3, width, self.height() - 6))
            x += width
        return self._mirror(spans)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        painter.setFont(theme.font("small", weight=500))
        rounded(painter, self.rect(), fill="hover", radius=8)
        for n, (name, span) in enumerate(zip(self._names, self._spans(), strict=True)):
            if n == self._at:
                rounded(painter, span, fill="surface", edge="hairlineStrong", radius=6)
            painter.setPen(theme.color("text" if n == self._at else "text2"))
            painter.drawText(span, int(Qt.AlignmentFlag.AlignCenter), name)
