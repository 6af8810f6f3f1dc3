"""A lesson in the outline of a course: one widget that draws its line, for a course may have hundreds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent

from desktop_lms.features.course.viewmodel import LessonRow
from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.text import own_direction
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

STATES = {
    "done": ("circle-check", "success"),
    "in_progress": ("circle-dot", "accentText"),
    "not_started": ("circle", "text3"),
}
KINDS = {
    "reading": "file-text", "video": "video", "interactive": "hand", "lab_exercise": "wrench", "quiz": "list-checks",
    "assignment": "clipboard-list", "discussion": "message-square-quote",
}  # fmt: skip
GAP, SIDE, PAD = 12, 16, 8


class LessonLine(Clickable):
    """State, number, title, the state in words, kind and minutes; `here` is where one goes on."""

    def __init__(self, lesson: LessonRow, *, here: bool) -> None:
        self._lesson, self._here = lesson, here
        self._mark, self._color, self.words = _state(lesson)
        self._has_lab = lesson.has_lab and lesson.kind != "lab_exercise"  # whose own icon says so
        lab = f", {tr('with a lab')}" if lesson.has_lab else ""
        super().__init__(name=f"{lesson.number} {lesson.title}{lab}, {self.words}", selected=here)

    @property
    def _role(self) -> str:
        return "strong" if self._here else "body"

    def sizeHint(self) -> QSize:
        theme = current()
        return QSize(200, max(theme.line(self._role), theme.px(18)) + 2 * PAD)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, theme, lesson = self.painter(), current(), self._lesson
        begin, end = SIDE, self.width() - SIDE
        begin += self._icon(painter, begin, self._mark, 18, self._color)
        begin += self._text(painter, begin, lesson.number, ("small", "text2"), least=theme.px(32))
        minutes = tr("{minutes} min", minutes=lesson.minutes)
        end -= self._text(painter, end, minutes, ("small", "text2"), least=theme.px(52), back=True)
        end -= self._icon(painter, end - theme.px(16), KINDS.get(lesson.kind, "file-text"), 16, "text2")
        if self._has_lab:
            end -= self._icon(painter, end - theme.px(16), KINDS["lab_exercise"], 16, "text2")
        ink = self._color if self._color != "text3" else "text2"
        end -= self._text(painter, end, self.words, ("caption", ink), back=True)
        font, title = theme.font(self._role), own_direction(lesson.title)
        shown = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, max(0, end - begin))
        self._draw(
            painter, QRect(begin, 0, end - begin, self.height()), shown, font, "text3" if lesson.needs else "text"
        )
        self.setToolTip(lesson.title if shown != title else "")

    def _icon(self, painter: QPainter, x: int, name: str, size: int, color: str) -> int:
        """Draw an icon that begins at x; returns the room it takes."""
        side = current().px(size)
        area = self._mirrored(QRect(x, (self.height() - side) // 2, side, side))
        painter.drawPixmap(QPointF(area.topLeft()), pixmap(name, size, color))
        return side + GAP

    def _text(
        self, painter: QPainter, x: int, text: str, look: tuple[str, str], *, least: int = 0, back: bool = False
    ) -> int:
        """Draw words that begin at x, or end there with `back`; returns the room they take."""
        font = current().font(look[0])
        width = max(least, QFontMetrics(font).horizontalAdvance(text))
        area = QRect(x - width if back else x, 0, width, self.height())
        self._draw(painter, area, text, font, look[1], back=back)
        return width + GAP

    def _draw(self, painter: QPainter, area: QRect, text: str, font: QFont, color: str, *, back: bool = False) -> None:
        side = Qt.AlignmentFlag.AlignRight if back else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(current().color(color))
        painter.drawText(self._mirrored(area), int(side | Qt.AlignmentFlag.AlignVCenter), own_direction(text))

    def _mirrored(self, area: QRect) -> QRect:
        if not current().rtl:
            return area
        return QRect(self.width() - area.x() - area.width(), area.y(), area.width(), area.height())


def _state(lesson: LessonRow) -> tuple[str, str, str]:
    """Icon, colour and words of how far a lesson is."""
    if lesson.needs:
        return "lock", "text3", tr("Locked: needs {title}", title=lesson.needs_number or lesson.needs)
    if lesson.changed:
        return "pencil", "info", tr("Changed since you read it")
    word = {"done": tr("Done"), "in_progress": tr("In progress"), "not_started": tr("Not started")}[lesson.status]
    return *STATES[lesson.status], word
