"""Words of people stand where the window begins its lines, whatever language they are in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.text import Label
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
