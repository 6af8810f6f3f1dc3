"""Words in drawings have the letters that the drawing names, or the app's own."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop_lms.widgets.drawing import drawn
from desktop_lms.widgets.theme import load_fonts


def words(family: str) -> bytes:
    """A drawing of words in letters of a family."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">'
        f'<text x="4" y="30" font-size="24" {family}>Rag sample</text></svg>'
    ).encode()


@pytest.mark.parametrize(
    ("listed", "alone"),
    [
        ('font-family="Inter, sans-serif"', "Inter"), ('font-family="sans-serif"', "Inter"),
        ("font-family=\"'Source Serif 4', serif\"", "Source Serif 4"),
        ('style="font-family: monospace"', "JetBrains Mono"),
    ],
)  # fmt: skip
def test_the_first_family_of_a_list_is_used(qapp: QApplication, listed: str, alone: str) -> None:
    load_fonts()
    shown = drawn(words(listed), most=200, ratio=1)
    assert shown == drawn(words(f'font-family="{alone}"'), most=200, ratio=1)
    assert shown != drawn(words('font-family="No such letters"'), most=200, ratio=1)
