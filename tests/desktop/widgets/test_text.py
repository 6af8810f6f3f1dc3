"""Words of people stand where the window begins its lines, and go on in the next where they are long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.text import LONG, Label, breakable
from desktop_lms.widgets.theme import Theme, use

WIDE = 500


@pytest.fixture(params=[False, True], ids=["english", "arabic"])
def mirrored(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[bool]:
    use(qapp, Theme(rtl=request.param))
    yield request.param
    use(qapp, Theme())


def inked(label: Label) -> tuple[int, int]:
    """The first and the last column that something is painted in."""
    image = label.grab().toImage()
    ground = image.pixel(0, 0)
    seen = [x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in range(image.height()))]
    return seen[0], seen[-1]


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("title", ["Between the tides", "بين المد والجزر"])
def test_a_title_begins_where_the_window_does(qtbot: QtBot, mirrored: bool, title: str, wrap: bool) -> None:
    label = Label(title, "title", wrap=wrap)
    qtbot.addWidget(label)
    label.resize(WIDE, 40)
    first, last = inked(label)
    assert last - first < WIDE / 2
    assert (first < 10, last > WIDE - 10) == (not mirrored, mirrored)


def test_a_long_word_goes_on_in_the_next_line(qtbot: QtBot) -> None:
    label = Label("x" * 60, "display", wrap=True)
    qtbot.addWidget(label)
    line = label.heightForWidth(4000)
    assert label.minimumSizeHint().width() < 100
    assert label.heightForWidth(300) >= 3 * line
    assert label.accessibleName() == "x" * 60
    label.say("x" * 60 + " " + "y" * 60)
    assert label.heightForWidth(300) >= 6 * line


def test_what_is_marked_is_copied_as_it_is(qtbot: QtBot) -> None:
    long = "python -m sync_server restore /srv/backups/2026-11-23-before-the-exams.tar"
    label = Label(long, "mono", wrap=True, selectable=True)
    qtbot.addWidget(label)
    label.resize(700, 60)
    label.show()
    QTest.mousePress(label, Qt.MouseButton.LeftButton, pos=QPoint(1, 12))
    QTest.mouseMove(label, QPoint(699, 50))
    QTest.mouseRelease(label, Qt.MouseButton.LeftButton, pos=QPoint(699, 50))
    assert label.selectedText() == long


@pytest.mark.parametrize("word", ["x" * LONG, "&quot;" * LONG, f'<a href="{"x" * 60}">', "الع" * 20, "水" * 60])
def test_other_words_stay_whole(word: str) -> None:
    assert breakable(f"a {word} b") == f"a {word} b"


def test_a_sign_and_its_accent_stay_together() -> None:
    assert breakable("e\u0301&amp;" * LONG) == "\u200be\u0301\u200b&amp;" * LONG
