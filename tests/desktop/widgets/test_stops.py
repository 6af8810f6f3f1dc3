"""Tab goes through a text in the order of reading: links, pictures, and the widgets that stand there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.reading import LessonText
from lms_core.content.dress import embed_html

NAME = f"media:{'a' * 64}"
HTML = (
    f'<p>A <a href="lesson:x">first <b>link</b></a>.</p>{embed_html("a")}<p>Words</p><p><img src="{NAME}"></p>'
    f'{embed_html("plain")}{"<p>Words</p>" * 40}<table><tr><td><a href="#end">second</a></td></tr></table>'
    f"{embed_html('b')}"
)


def picture() -> bytes:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


class Desk(QWidget):
    """A text between two buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.text, self.after = QPushButton("Before"), LessonText(name="Text"), QPushButton("After")
        box = QVBoxLayout(self)
        for each in (self.before, self.text, self.after):
            box.addWidget(each)
        self.opened: list[str] = []
        self.text.link_clicked.connect(self.opened.append)
        self.text.picture_clicked.connect(self.opened.append)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key, held)

    @property
    def here(self) -> str:
        """What has the keyboard."""
        focus = QApplication.focusWidget()
        if focus is self.text:
            return self.text.stops.now.target if self.text.stops.now else "text"
        return focus.text() if isinstance(focus, QPushButton) else ""


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    two = QWidget()
    pair = QVBoxLayout(two)
    pair.addWidget(QPushButton("One"))
    pair.addWidget(QPushButton("Two"))
    data = picture()
    make = {"a": lambda: two, "b": lambda: QPushButton("Last"), "plain": QWidget}
    made.text.show_html(HTML, lambda name: data if name == NAME else None, make)
    made.before.setFocus()
    qtbot.waitUntil(made.before.hasFocus)
    yield made
    made.text._settle.stop()


def test_tab_goes_in_the_order_of_reading_and_back(desk: Desk) -> None:
    way = ["text", "lesson:x", "One", "Two", NAME, "#end", "Last", "After"]
    seen = []
    for _ in way:
        desk.press(Qt.Key.Key_Tab)
        seen.append(desk.here)
    assert seen == way
    desk.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    back = [desk.here]
    while desk.here != "text":
        desk.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        back.append(desk.here)
    assert back == way[-2::-1]
    desk.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert desk.here == "Before"


def test_what_was_made_late_is_not_come_by_twice(desk: Desk) -> None:
    seen = []
    for n in range(18):
        if n == 9:
            desk.text.verticalScrollBar().setValue(0)
        desk.press(Qt.Key.Key_Tab)
        seen.append(desk.here)
    assert seen[8:9] == ["Before"]
    assert seen[:9] == seen[9:]


def test_enter_opens_what_has_the_keyboard_and_it_is_seen(desk: Desk) -> None:
    desk.text.setFocus()
    QTest.keyClick(desk.text, Qt.Key.Key_Return)
    for _ in range(6):
        desk.press(Qt.Key.Key_Tab)
        if QApplication.focusWidget() is desk.text:
            desk.press(Qt.Key.Key_Return)
            stop = desk.text.stops.now
            place = desk.text.stops._places(stop)[0].toAlignedRect().translated(-desk.text.offset)
            assert desk.text.viewport().rect().contains(place), stop.target
    assert desk.opened == ["lesson:x", NAME, "#end"]


def test_the_ring_is_painted_around_a_link(desk: Desk) -> None:
    desk.text.setFocus()
    plain = desk.text.viewport().grab().toImage()
    desk.press(Qt.Key.Key_Tab)
    assert desk.text.viewport().grab().toImage() != plain
    assert len(desk.text.stops._places(desk.text.stops.now)) == 1, "one ring, though a part of the link is bold"
    desk.text.stops.step_back()
    assert desk.text.viewport().grab().toImage() == plain


def test_one_begins_where_one_reads(desk: Desk) -> None:
    desk.text.setFocus()
    desk.text.verticalScrollBar().setValue(desk.text.verticalScrollBar().maximum())
    desk.press(Qt.Key.Key_Tab)
    assert desk.here == "#end"


def test_one_comes_back_from_a_widget(desk: Desk) -> None:
    desk.text.setFocus()
    desk.press(Qt.Key.Key_Tab)
    desk.press(Qt.Key.Key_Tab)
    assert desk.here == "One"
    desk.text.stops.step_back()
    assert desk.here == "text"
