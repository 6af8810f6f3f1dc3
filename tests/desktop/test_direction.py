"""Texts keep their own direction in a mirrored window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop_lms.widgets.text import own_direction
from desktop_lms.widgets.theme import Theme, use


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
