"""A click on a link within a text goes to its place, whoever named it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.theme import current
from lms_core.content.render import RenderTheme, render

FAR = "Words of a text.\n\n" * 120


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("x", 'Some <span id="x">marked</span> words.'),
        ("x", 'Some <a name="x"></a>marked words.'),
        ("x", '<div id="x" markdown="1">\n\n#### A head\n\n</div>'),
        ("x", 'A list:\n\n1. <span id="x"></span>One\n2. Two'),
        ("task---an-X", "## Task - an X"),
    ],
)
def test_a_click_goes_there(qtbot: QtBot, link: str, place: str) -> None:
    text = LessonText(name="Lesson text")
    qtbot.addWidget(text)
    text.resize(700, 300)
    text.link_clicked.connect(lambda url: text.go_to_anchor(url[1:]))
    text.show()
    made = render(f"[go there](#{link})\n\n{FAR}{place}\n\n{FAR}", theme=RenderTheme(current().colors))
    first, *rest = [made.html[start:end] for start, end in pairwise((0, *made.cuts, len(made.html)))]
    assert rest
    text.show_html(first, rest=rest)
    cursor = text._cursor(2)
    QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=text.cursorRect(cursor).center())
    qtbot.waitUntil(lambda: text.verticalScrollBar().value() > 0)
    found = text.words_at(text.place)
    assert found.startswith(("Some marked", "A head", "One", "Task")), found
    text._settle.stop()
