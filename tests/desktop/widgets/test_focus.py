"""The focus ring: it follows the keyboard, not the mouse, and does not look at what happens to other widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.focus import FocusRing
from desktop_lms.widgets.theme import Dressed, Theme, use


class Counting(FocusRing):
    """Counts what it is asked about."""

    asked = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.asked += 1
        return super().eventFilter(watched, event)


def test_the_ring_follows_the_keyboard_and_is_asked_about_nothing_else(qtbot: QtBot) -> None:
    home = QWidget()
    qtbot.addWidget(home)
    first, second = QPushButton("one"), QPushButton("two")
    box = QHBoxLayout(home)
    box.addWidget(first)
    box.addWidget(second)
    ring = Counting(home)
    home.show()
    home.activateWindow()
    first.setFocus()
    qtbot.waitUntil(home.isActiveWindow)
    handle = home.windowHandle()
    assert handle is not None
    qtbot.wait(300)  # it looks at the keyboard from then on
    qtbot.keyClick(handle, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert ring.isVisible()
    assert ring.geometry() == second.geometry().adjusted(-4, -4, 4, 4)
    second.resize(home.width(), second.height())
    assert home.rect().contains(ring.geometry()), "what reaches the edge has a whole ring too"
    second.move(second.x() + 7, second.y())
    assert ring.geometry().x() == second.x() - 4
    qtbot.mouseClick(handle, Qt.MouseButton.LeftButton, pos=first.geometry().center())
    assert not ring.isVisible()
    ring.asked = 0
    for _ in range(50):
        QPushButton(home).show()
    assert ring.asked == 0


@pytest.mark.parametrize("make", [Button, QCheckBox, QRadioButton])
def test_a_button_has_no_second_ring_of_its_own(qapp: Any, qtbot: QtBot, make: Callable[[str], QWidget]) -> None:
    use(qapp, Theme())
    home = Dressed()
    qtbot.addWidget(home)
    button = make("one")
    home.setCentralWidget(button)
    home.show()
    home.activateWindow()
    qtbot.waitUntil(home.isActiveWindow)
    pictures = []
    for act in (button.setFocus, button.clearFocus):
        home.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        act()
        pictures.append(button.grab().toImage())
    assert pictures[0] == pictures[1]
