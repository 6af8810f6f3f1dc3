"""Tables and code that are too large for the text: read sideways, copied, and never in the window's way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.large.view import CodeText, Large, LargeText, TableText
from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.room import Aside, Room
from desktop_lms.features.lesson.text import Dress, callout_words, render_body
from desktop_lms.store import InlineStore
from desktop_lms.widgets.theme import current
from lms_core.content.model import LessonDoc

HEADS = ("Shell", "Place", "Day", "Tide", "Weight in g", "Length in mm", "Who weighed it", "What was seen")
WIDE = f"| {' | '.join(HEADS)} |\n{'|---' * 8}|\n" + "".join(
    f"| {n} | Slipway, lower step | {n} May | ebb | 4.{n} | 3{n} | Joseph | barnacles and **weed** |\n"
    for n in range(8)
)
LONG = "| Shell | Grams | Label |\n|---|---|---|\n" + "".join(f"| {n} | 4.{n} | `L{n:03}` |\n" for n in range(500))
CODE = "```python\n" + "".join(f"shell_{n} = weigh(scale, shell={n})  # grams\n\n" for n in range(1500)) + "```\n"
TURN_S = 0.05

Show = Callable[[str], Large]


@pytest.fixture
def show(qtbot: QtBot, store: InlineStore) -> Iterator[Show]:
    room = Room(store, LessonDoc("x", "X"), {}, host=Aside())
    theme = current()
    dress = Dress(theme.colors, callout_words(), theme.px(16))

    def made(body: str) -> Large:
        rendered = render_body(f"Words.\n\n{body}", title="", dress=dress, files={})
        assert len(rendered.html) < 400, "the text has but a place for it"
        part = make_part(rendered.embeds[0], room)
        assert isinstance(part, Large)
        qtbot.addWidget(part)
        part.resize(560, 500)
        part.show()
        return part

    yield made
    for text in (each for each in QApplication.allWidgets() if isinstance(each, LargeText)):
        text._settle.stop()
        text._tall.stop()
        text.filling.begin(())


def longest_turn(text: LargeText) -> float:
    """CPU seconds of the longest turn of the window's thread until all is there."""
    longest = 0.0
    while not text.is_whole:
        began = time.thread_time()
        QApplication.processEvents()
        longest = max(longest, time.thread_time() - began)
    return longest


def test_a_wide_table_scrolls_sideways_by_keys_and_wheel(qtbot: QtBot, show: Show) -> None:
    part = show(WIDE)
    text, bar = part.text, part.text.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert text.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert text.accessibleName() == "Table, 8 rows, 8 columns"
    qtbot.keyClick(text, Qt.Key.Key_Right)
    assert bar.value() > 0
    bar.setValue(0)
    wheel(text, Qt.KeyboardModifier.ShiftModifier)
    assert bar.value() > 0
    assert not part.all.isVisible(), "all of its height is there"
    part.resize(2400, 500)
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_the_rows_of_a_long_table_stand_in_one_line(qtbot: QtBot, show: Show) -> None:
    text = show(LONG).text
    assert isinstance(text, TableText)
    text.filling.complete()
    layout, tables = text.document().documentLayout(), text._tables()
    assert len(tables) > 20
    edges = {round(layout.blockBoundingRect(t.cellAt(0, n).firstCursorPosition().block()).left())
             for t in tables for n in (1,)}  # fmt: skip
    assert len(edges) == 1, "columns go on where they were"
    boxes = [layout.frameBoundingRect(table) for table in tables]
    assert all(above.bottom() == below.top() for above, below in pairwise(boxes)), "no gap"


def test_the_head_of_a_table_stays_in_view(show: Show) -> None:
    text = show(LONG).text
    text.filling.complete()
    QApplication.processEvents()
    head = QRect(0, 8, text.viewport().width(), 14)
    above, below = text.viewport().grab(head).toImage(), text.viewport().grab(head.translated(0, 66)).toImage()
    text.verticalScrollBar().setValue(2000)
    now = text.viewport().grab(head).toImage()
    assert shapes(now) == shapes(above) != shapes(below)


def test_words_are_found_and_chosen_in_it(show: Show) -> None:
    text = show(LONG).text
    assert text.find_all("L499") == 1
    assert text.go_to_found(0) == 1
    assert text.textCursor().selectedText() == "L499"
    assert text.verticalScrollBar().value() > 0


def test_it_is_copied_as_a_spreadsheet_takes_it(show: Show) -> None:
    part = show(WIDE)
    part.copy.click()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t") == list(HEADS)
    assert lines[1].endswith("\tJoseph\tbarnacles and weed")
    assert len(lines) == 9


def test_code_is_as_it_was_written(show: Show) -> None:
    part = show(CODE)
    assert isinstance(part.text, CodeText)
    written = CODE.removeprefix("```python\n").removesuffix("\n\n```\n")
    part.text.filling.complete()
    assert part.text.toPlainText().strip() == written
    part.copy.click()
    assert QGuiApplication.clipboard().text() == written


def test_all_of_it_is_shown_when_asked_for(qtbot: QtBot, show: Show) -> None:
    part = show(CODE)
    part.text.filling.complete()
    qtbot.waitUntil(lambda: part.text._high > 3000 * 14)
    low = part.sizeHint().height()
    assert low < 600
    part.all.click()
    qtbot.waitUntil(lambda: part.sizeHint().height() > 3000 * 14)
    part.all.click()
    qtbot.waitUntil(lambda: part.sizeHint().height() == low)


def test_the_wheel_scrolls_the_lesson_until_one_is_in_it(qtbot: QtBot, show: Show) -> None:
    text = show(CODE).text
    text.filling.complete()
    wheel(text)
    assert text.verticalScrollBar().value() == 0
    text.window().activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    wheel(text)
    assert text.verticalScrollBar().value() > 0


@pytest.mark.parametrize("body", [LONG, CODE], ids=["table", "code"])
def test_no_turn_of_the_window_is_long(show: Show, body: str) -> None:
    assert longest_turn(show(body).text) < TURN_S


def wheel(text: LargeText, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    view, at = text.viewport(), QPointF(20, 20)
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, held,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(view, event)


def shapes(image: QImage) -> set[int]:
    """Which columns of a picture, each 12 px wide, have words; where nothing is painted it is as light as the page."""
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(current().color("page"))
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    image = flat
    ground = image.pixelColor(image.width() - 1, 0).lightness()
    places = ((x, y) for y in range(image.height()) for x in range(image.width()))
    return {x // 12 for x, y in places if image.pixelColor(x, y).lightness() < ground - 60}
