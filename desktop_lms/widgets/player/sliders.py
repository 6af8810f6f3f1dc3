"""Where one is in a medium, and how loud it is: sliders that go where one clicks, never mirrored."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

from desktop_lms.widgets.player.times import clock
from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import tr

KNOB = 14


class Slider(QSlider):
    """A line with a knob."""

    chosen = Signal(int)
    """A person moved it to a value."""

    def __init__(self, *, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._held = False
        look().changed.connect(self._restyle)

    @property
    def held(self) -> bool:
        """Whether somebody holds the knob."""
        return self._held

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(72, max(24, current().px(24)))

    def minimumSizeHint(self) -> QSize:
        return QSize(48, self.sizeHint().height())

    def _line(self) -> QRectF:
        return QRectF(KNOB / 2, self.height() / 2 - 2, max(1, self.width() - KNOB), 4)

    def _at(self, x: float) -> int:
        line = self._line()
        share = min(1.0, max(0.0, (x - line.left()) / line.width()))
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def _x(self, value: float) -> float:
        line, span = self._line(), max(1, self.maximum() - self.minimum())
        return line.left() + line.width() * min(1.0, max(0.0, (value - self.minimum()) / span))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._held = True
            self._move(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False

    def _move(self, event: QMouseEvent) -> None:
        self.setValue(self._at(event.position().x()))
        self.chosen.emit(self.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the player knows all keys

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "hairline" if current().mode == "contrast" else None
        rounded(painter, self._line(), fill="track", edge=edge, radius=2)
        self._paint_marks(painter)
        line, x = self._line(), self._x(self.value())
        if self.isEnabled():
            rounded(painter, QRectF(line.left(), line.top(), x - line.left(), 4), fill="accent", radius=2)
            knob = QRectF(x - KNOB / 2, self.height() / 2 - KNOB / 2, KNOB, KNOB)
            rounded(painter, knob, fill="accent", edge="surface", radius=KNOB / 2, width=2)

    def _paint_marks(self, painter: QPainter) -> None:
        """What lies under the filled part."""


class SeekBar(Slider):
    """The place in tenths of a second, over what is ready and what was watched."""

    def __init__(self) -> None:
        super().__init__(name=tr("Place"))
        self._ready = 0.0
        self._seen: Sequence[tuple[float, float]] = ()
        self.setMouseTracking(True)
        self.setEnabled(False)

    def show_length(self, seconds: float) -> None:
        """Say how long the medium is."""
        self.setEnabled(seconds > 0)
        self.setRange(0, max(0, round(seconds * 10)))

    def show_place(self, seconds: float) -> None:
        """Follow the playing, unless somebody holds the knob."""
        if not self.held:
            self.setValue(round(seconds * 10))
        words = tr("{at} of {length}", at=clock(seconds), length=clock(self.maximum() / 10))
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def show_marks(self, ready: float, seen: Sequence[tuple[float, float]]) -> None:
        """Mark what is ready (0 to 1) and the stretches that were watched (seconds)."""
        if (ready, seen) != (self._ready, self._seen):
            self._ready, self._seen = ready, seen
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.setToolTip(clock(self._at(event.position().x()) / 10))
        super().mouseMoveEvent(event)

    def _paint_marks(self, painter: QPainter) -> None:
        line = self._line()
        if self.isEnabled() and 0 < self._ready < 1:
            rounded(
                painter, QRectF(line.left(), line.top(), line.width() * self._ready, 4), fill="hairlineStrong", radius=2
            )
        for start, end in self._seen:
            left, right = self._x(start * 10), self._x(end * 10)
            rounded(painter, QRectF(left, line.top(), max(2, right - left), 4), fill="accentLine", radius=2)
