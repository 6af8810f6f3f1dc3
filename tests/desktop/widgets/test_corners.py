"""Code is copied as it was written, by mouse or keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.corners import Corners
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.ruling import area
from desktop_lms.widgets.theme import current
from desktop_lms.widgets.typesetting import INDENT
from lms_core.content.dress import RenderTheme
from lms_core.content.render import render

CODE = 'def mean(shells):\n    total = "a  b"\n\n    return total'


def test_code_is_copied_as_it_was_written(qtbot: QtBot) -> None:
    text = LessonText(name="x")
    qtbot.addWidget(text)
    corners = Corners(text)
    text.resize(600, 500)
    text.show()
    source = f"Words.\n\n!!! note\n    A callout.\n\n```python\n{CODE}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    text.show_html(f"<body>{render(source, theme=RenderTheme(current().colors)).html}</body>")
    QTest.qWait(20)
    buttons = [each for each in text.findChildren(Button) if each.isVisible()]
    assert [each.accessibleName() for each in buttons] == ["Copy the code"]
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Tab)
    QTest.keyClick(buttons[0], Qt.Key.Key_Space)
    assert QApplication.clipboard().text() == CODE
    assert buttons[0].accessibleName() == "Copied"
    corners._settle()
    assert buttons[0].accessibleName() == "Copy the code"
    for timer in (text._settle, corners._told):
        timer.stop()


def test_code_in_a_list_begins_with_its_words_and_ends_with_the_lines_of_the_text(qtbot: QtBot) -> None:
    text = LessonText(name="x")
    qtbot.addWidget(text)
    corners = Corners(text)
    text.resize(600, 500)
    text.show()
    lists = "1. Words\n\n    ```\n    one\n    ```\n\n    - Words\n\n        ```\n        two\n        ```\n"
    source = f"{lists}\n```\nthree\n```\n"
    text.show_html(f"<body>{render(source, theme=RenderTheme(current().colors)).html}</body>")
    QTest.qWait(20)
    boxes = [area(text.document(), frame) for frame in text.document().rootFrame().childFrames()]
    assert [box.left() - boxes[2].left() for box in boxes] == [INDENT, 2 * INDENT, 0]
    assert {box.right() for box in boxes} == {boxes[2].right()}
    for timer in (text._settle, corners._told):
        timer.stop()


def test_a_button_goes_with_its_code(qtbot: QtBot) -> None:
    text = LessonText(name="x")
    qtbot.addWidget(text)
    corners = Corners(text)
    text.resize(600, 300)
    text.show()
    words = "\n\n".join(["Words."] * 40)
    source = f"```\none\n```\n\n{words}\n\n```\ntwo\n```\n"
    text.show_html(f"<body>{render(source, theme=RenderTheme(current().colors)).html}</body>")
    QTest.qWait(20)
    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
    QTest.qWait(20)
    first, second = text.findChildren(Button)
    assert not first.isVisible()
    assert text.viewport().rect().contains(second.geometry())
    second.click()
    assert QApplication.clipboard().text() == "two"
    for timer in (text._settle, corners._told):
        timer.stop()
