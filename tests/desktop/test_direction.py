"""Texts keep their own direction in a mirrored window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication

from desktop_lms.widgets.text import own_direction
from desktop_lms.widgets.theme import Theme, use
from desktop_lms.words import dotted, speak, tr


@pytest.fixture
def mirrored(qapp: QApplication) -> Iterator[None]:
    use(qapp, Theme(rtl=True))
    yield
    use(qapp, Theme())


@pytest.mark.parametrize("text", ["Who is missing?", "1.2 Who is missing?", "01-asking/01-spoonful.md", "/home/mina"])
def test_what_begins_in_latin_is_set_apart(mirrored: None, text: str) -> None:
    assert own_direction(text) == f"\u2066{text}\u2069"


@pytest.mark.parametrize("text", ["", "100 %", "من ينقص؟", "1.2 من ينقص؟ A"])
def test_the_rest_runs_with_the_window(mirrored: None, text: str) -> None:
    assert own_direction(text) == text


def test_a_window_that_is_not_mirrored_adds_nothing(qapp: QApplication) -> None:
    assert own_direction("Who is missing?") == "Who is missing?"


@pytest.fixture
def arabic(mirrored: None) -> Iterator[None]:
    speak("ar")
    yield
    speak("en")


def begins(text: str, *parts: str) -> list[float]:
    """Where parts of a line begin, in px from the left."""
    layout = QTextLayout(own_direction(text))
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1000)
    layout.endLayout()
    return [line.cursorToX(layout.text().index(part))[0] for part in parts]


def test_facts_stand_from_the_right_in_a_mirrored_window_whatever_they_are_written_in(arabic: None) -> None:
    for parts in (
        ("Tides", "12 lessons", "v1.0"),
        ("Tides", "12 درسًا", "v1.0"),
        ("المد", "Tides", "3"),
        ("3", "5", "7"),
    ):
        places = begins(dotted(*parts), *parts)
        assert places == sorted(places, reverse=True), parts
    figure, sign = begins(dotted("15 %", "Tides"), "15", "%")
    assert sign < figure, "as in all of the window"
    said = tr("{where} · last here: {when}", where="Mina's laptop", when="2026")
    left, right = begins(said, "2026", "Mina")
    assert left < right


def test_facts_in_arabic_stay_in_their_place_in_another_window(qapp: QApplication) -> None:
    parts = ("المد", "12 lessons", "درس", "31 August", "v1.0")
    places = begins(dotted(*parts), *parts)
    assert places == sorted(places)


def test_one_fact_or_facts_in_one_direction_are_joined_plainly(qapp: QApplication) -> None:
    assert [dotted(), dotted("", None, "One"), dotted("One", "", "Two")] == ["", "One", "One · Two"]
