"""What stands below a lesson has its room at every size of text."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.foot.view import Foot, Mark
from desktop_lms.widgets.theme import Theme, use
from tests.desktop.features.lesson.conftest import Show


def test_the_mark_has_all_its_words_or_none(show: Show, qtbot: QtBot, qapp: QApplication) -> None:
    page, window, seen = show("Count the waves."), QWidget(), {}
    foot = page.findChild(Foot)
    mark = foot.findChild(Mark)
    qtbot.addWidget(window)
    page.setParent(window)  # as in a window, it may be smaller than it wants to be
    page.show()
    window.show()
    use(qapp, Theme(scale=2.0))
    for width in (1200, 300, 1200):
        page.resize(width, 700)
        QApplication.processEvents()
        seen[width] = (mark.shown, mark.width() >= mark.whole, foot.minimumSizeHint().width() <= width)
    use(qapp, Theme())
    page.setParent(None)
    assert seen == {1200: (mark.text(), True, True), 300: ("", False, True)}
    assert (mark.toolTip(), mark.accessibleName()) == ("Mark as done", "Mark as done")
