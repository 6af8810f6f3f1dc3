"""Widgets in a text: they stand where the text leaves them room, whatever is scrolled, resized or chosen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.embedding import pictures
from desktop_lms.widgets.reading import LessonText
from lms_core.content.dress import embed_html

LONG = "<p>Limpets hold on to the rock, whatever the sea does.</p>" * 60


class Box(QWidget):
    """So high as it is told to be."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self._high = height

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._high

    def grow(self, height: int) -> None:
        self._high = height
        self.updateGeometry()


@pytest.fixture
def text(qtbot: QtBot) -> Iterator[LessonText]:
    made = LessonText(name="Lesson text")
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    yield made
    made._settle.stop()


def same(made: QWidget) -> QWidget:
    return made


def show(text: LessonText, html: str, **widgets: QWidget) -> None:
    text.show_html(html, make={key: partial(same, made) for key, made in widgets.items()})
    QApplication.processEvents()


def spot(text: LessonText, key: str) -> int:
    """Where the placeholder ends in the view, in px."""
    at = next(at for at, name in pictures(text.document()) if name == f"embed:{key}")
    return text.cursorRect(text._cursor(at + 1)).bottom()


def test_a_widget_has_its_room_between_the_words(text: LessonText) -> None:
    box = Box(150)
    show(text, f"<p>Above</p>{embed_html('a', 'A box')}<p>Below</p>", a=box)
    above, below = (text.cursorRect(text._cursor(text.toPlainText().index(word))) for word in ("Above", "Below"))
    assert box.height() == 150
    assert box.y() >= above.bottom() - 1
    assert box.geometry().bottom() <= below.top() + 1
    assert box.width() > 300


def test_it_goes_with_the_text(text: LessonText) -> None:
    box = Box(100)
    show(text, f"{embed_html('a')}{LONG}", a=box)
    before = box.y()
    text.verticalScrollBar().setValue(60)
    assert box.y() == before - 60
    text.resize(400, 500)
    QApplication.processEvents()
    assert abs(spot(text, "a") - box.geometry().bottom()) < 12
    assert box.width() < 400


def test_what_grows_pushes_the_words_below_it(text: LessonText) -> None:
    box = Box(60)
    show(text, f"{embed_html('a')}<p>Below</p>", a=box)
    below = text.cursorRect(text._cursor(text.toPlainText().index("Below"))).top()
    box.grow(260)
    QTest.qWait(20)
    assert box.height() == 260
    assert text.cursorRect(text._cursor(text.toPlainText().index("Below"))).top() == below + 200


def test_what_is_far_below_is_made_when_one_comes_near(text: LessonText) -> None:
    made: list[str] = []

    def make() -> QWidget:
        made.append("a")
        return Box(80)

    text.show_html(f"{LONG}{embed_html('a')}", make={"a": make})
    QApplication.processEvents()
    assert made == []
    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
    QApplication.processEvents()
    assert made == ["a"]


def test_many_that_come_near_at_once_are_made_one_in_a_turn(text: LessonText, qtbot: QtBot) -> None:
    boxes = {f"item{n}": Box(40) for n in range(5)}
    text.show_html("".join(embed_html(key) for key in boxes), make={k: partial(same, b) for k, b in boxes.items()})
    counts = []
    text.embedding.made.connect(lambda *_: counts.append(len(text.embedding.widgets)))
    text.embedding.arrange()
    assert counts == [1]
    qtbot.waitUntil(lambda: len(counts) == len(boxes))
    tops = [box.y() for box in boxes.values()]
    assert all(below - above >= 40 for above, below in itertools.pairwise(tops))


def test_choosing_words_across_it_takes_all_of_them(text: LessonText) -> None:
    show(text, f"<p>Above</p>{embed_html('a')}<p>Below</p>", a=Box(80))
    text.selectAll()
    chosen = text.textCursor().selectedText()
    assert chosen.startswith("Above")
    assert chosen.endswith("Below")
    assert text.locate("Below") is not None


def test_the_keyboard_reaches_them_in_the_order_of_the_text(text: LessonText) -> None:
    first, second = QPushButton("First"), QPushButton("Second")
    show(text, f"{embed_html('a')}<p>Between</p>{embed_html('b')}", b=second, a=first)
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is first
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is second


def test_what_the_mouse_presses_stays_below_it(text: LessonText, qtbot: QtBot) -> None:
    box = QPushButton("Play")
    box.setFixedHeight(80)
    show(text, f"<p>Words</p>{embed_html('a')}{LONG}", a=box)
    text.verticalScrollBar().setValue(box.y() + box.height() // 2)
    low = QPoint(20, box.height() - 8)
    qtbot.waitUntil(lambda: text.window().childAt(box.mapTo(text.window(), low)) is box)
    before = text.verticalScrollBar().value()
    done: list[bool] = []
    box.clicked.connect(lambda checked: done.append(checked))
    at = box.mapTo(text.window(), low)
    QTest.mousePress(text.window().windowHandle(), Qt.MouseButton.LeftButton, pos=at)
    assert text.window().focusWidget() is box
    assert text.verticalScrollBar().value() == before
    QTest.mouseRelease(text.window().windowHandle(), Qt.MouseButton.LeftButton, pos=at)
    assert done == [False]


def test_what_is_shown_again_keeps_its_widget_and_what_is_gone_takes_it_along(text: LessonText) -> None:
    box, other = Box(80), Box(90)
    show(text, f"{embed_html('a')}{embed_html('b')}", a=box, b=other)
    text.show_html(f"<p>New words</p>{embed_html('a')}", make={"a": lambda: Box(10)})
    QApplication.processEvents()
    assert text.embedding.widgets == [box]
    assert box.isVisible()
    assert not other.isVisible()


def test_pictures_that_come_later_leave_the_widgets_in_place(text: LessonText) -> None:
    box = Box(80)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="200" viewBox="0 0 80 200"/>'
    there: dict[str, bytes] = {}
    text.show_html(f'<p><img src="math:x"></p>{embed_html("a")}{LONG}', there.get, {"a": lambda: box})
    QApplication.processEvents()
    before = box.y()
    there["math:x"] = svg
    text.pictures_came()
    assert box.y() > before + 150
