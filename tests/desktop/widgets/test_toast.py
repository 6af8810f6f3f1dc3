"""A toast says what happened and never hides what one needs next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Toast


def window(qtbot: QtBot) -> QWidget:
    """An empty window of a usual size."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def test_it_lies_where_nothing_is_to_be_pressed(qtbot: QtBot) -> None:
    home = window(qtbot)
    toast = Toast(home)
    toast.say("Note deleted", lambda: None)
    usual = QRect(toast.geometry())
    assert abs(usual.center().x() - 500) <= 1
    assert 600 < usual.bottom() < 640
    save = Button("Save")
    save.setParent(home)
    save.move(usual.center() - QPoint(20, 10))
    save.show()
    toast.say("Note deleted", lambda: None)
    assert not toast.geometry().intersects(save.geometry())
    assert home.rect().contains(toast.geometry())
    save.hide()
    toast.say("Note deleted", lambda: None)
    assert toast.geometry() == usual, "what is hidden is not in the way"


def test_it_waits_while_somebody_points_at_it(qtbot: QtBot) -> None:
    toast = Toast(window(qtbot))
    toast.say("Note deleted", lambda: None)
    assert toast._timer.isActive()
    at = QPointF(5, 5)
    QApplication.sendEvent(toast, QEnterEvent(at, at, at))
    assert not toast._timer.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast._timer.isActive()
    toast.hide()
