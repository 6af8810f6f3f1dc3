"""The scaffold of a page."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.layout import boxed, column
from desktop_lms.widgets.page import Columns, Page
from desktop_lms.widgets.text import Label


class Tall(QWidget):
    """Keeps how high it was each time it was painted."""

    def __init__(self, heights: list[int]) -> None:
        super().__init__()
        self._heights = heights

    def sizeHint(self) -> QSize:
        return QSize(100, 30)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._heights.append(self.height())


def test_what_comes_is_painted_at_its_own_height_from_the_first(qtbot: QtBot) -> None:  # PRF-11
    heights: list[int] = []
    page = Page()
    page.resize(1000, 700)
    page.show_items(Tall([]), "~")
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    side = Label("What stands beside it. " * 20, "small", wrap=True)
    rows = boxed(column(boxed(column(*(Tall(heights) for _ in range(60)))), "~"))
    QTimer.singleShot(0, lambda: page.show_items(Columns(rows, boxed(column(side, "~"))), "~"))
    qtbot.waitUntil(lambda: len(heights) >= 15)
    assert set(heights) == {30}
    assert len(heights) < 60, "what is below is not painted"
