"""Widgets of one line stand in its middle, whatever their heights."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.theme import Dressed, Theme, use
from tests import walker


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


@pytest.mark.parametrize("rtl", [False, True])
def test_buttons_of_a_sheet_go_on_in_the_next_line_at_its_end(qtbot: QtBot, qapp: QApplication, rtl: bool) -> None:
    use(qapp, Theme(rtl=rtl))
    window = Dressed()
    qtbot.addWidget(window)
    window.resize(640, 480)
    window.show()
    buttons = [Button(words) for words in ("Abbrechen", "Eine Datei für jeden Kurs …", "Einzelheiten kopieren", "PDF")]
    sheet = Sheet(window, "Notizen exportieren", buttons=buttons)
    QApplication.processEvents()
    wrong, places = walker.cut(sheet), [each.geometry() for each in buttons]
    lines = {place.y(): [each for each in places if each.y() == place.y()] for place in places}
    use(qapp, Theme())
    assert (wrong, len(lines)) == ([], 2)
    ends = {min(each.left() for each in line) if rtl else max(each.right() for each in line) for line in lines.values()}
    assert ends == {28 if rtl else sheet.card.width() - 29}
