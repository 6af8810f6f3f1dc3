"""The text of a lesson in the middle of its room."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent

from desktop_lms.widgets.corners import Corners
from desktop_lms.widgets.reading import LessonText


class Reader(LessonText):
    """Leaves as much at both sides as there is beside a line."""

    def __init__(self, *, name: str = "") -> None:
        super().__init__(name=name)
        self.corners = Corners(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = max(16, int(self.width() - self.measure - 24) // 2)
        self.setViewportMargins(side, 8, 0, 0)
        super().resizeEvent(event)
