"""Widgets of one line stand in its middle, whatever their heights."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.flow import Flow


def box(width: int, height: int) -> QWidget:
    """A widget of a size."""
    made = QWidget()
    made.setFixedSize(width, height)
    return made


def test_a_line_has_one_middle(qtbot: QtBot) -> None:
    high, low, below = box(100, 36), box(28, 28), box(90, 20)
    home = QWidget()
    qtbot.addWidget(home)
    flow = Flow(high, low, below)
    home.setLayout(flow)
    home.resize(180, 100)
    home.show()
    assert high.geometry().getRect() == (0, 0, 100, 36)
    assert low.geometry().getRect() == (108, 4, 28, 28)
    assert below.geometry().getRect() == (0, 44, 90, 20), "what has no room goes on in the next line"
    assert flow.heightForWidth(180) == 64
    assert Flow().heightForWidth(180) == 0
