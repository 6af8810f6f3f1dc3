"""Lines on paper: each sign in a font that has it, and none goes without a word."""

from __future__ import annotations

from lms_core.content.faces import BOX, pieces_of


def test_what_no_font_has_is_a_box_and_the_rest_stays() -> None:
    assert pieces_of("Weigh it", "serif") == [("Weigh it", "serif")]
    assert pieces_of("潮 tide \U0001f41a\ufe0f!", "serif") == [
        (BOX, "sans"),
        (" tide ", "serif"),
        (BOX, "sans"),
        ("!", "serif"),
    ]


def test_a_sign_is_taken_from_another_font_that_has_it() -> None:
    assert pieces_of("a ⌘ b", "serif") == [("a ", "serif"), ("⌘", "sans"), (" b", "serif")]


def test_arabic_beside_what_no_font_has() -> None:
    parts = pieces_of("المد 潮", "sans")
    assert parts[0] == (BOX, "sans")
    assert parts[-1][1] == "arabic"
