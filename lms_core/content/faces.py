"""The shipped fonts for typesetting on paper, and lines of several scripts drawn with them."""

from __future__ import annotations

from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from lms_core.content.script import direction_of, runs
from lms_core.folders import shipped

FACES = {
    "serif": "SourceSerif4_400Regular", "bold": "SourceSerif4_600SemiBold", "italic": "SourceSerif4_400Regular_Italic",
    "sans": "Inter_400Regular", "label": "Inter_600SemiBold",
    "arabic": "IBMPlexSansArabic_400Regular", "arabic-bold": "IBMPlexSansArabic_600SemiBold",
}  # fmt: skip
HEAVY = frozenset({"bold", "label"})


@cache
def register() -> None:
    """Make the fonts known to the typesetter."""
    for name, file in FACES.items():
        pdfmetrics.registerFont(TTFont(name, shipped("resources") / "fonts" / f"{file}.ttf"))


def pieces_of(text: str, face: str) -> list[tuple[str, str]]:
    """A line from left to right, with the font of each part."""
    arabic = "arabic-bold" if face in HEAVY else "arabic"
    if direction_of(text) == "rtl":
        face = {"italic": "serif"}.get(face, face)  # beside a script that knows no italics
    return [(run.text, arabic if run.is_arabic else face) for run in runs(text)]


def width_of(some: list[tuple[str, str]], size: float) -> float:
    """How wide the parts of a line are, in points."""
    return sum(float(pdfmetrics.stringWidth(text, font, size)) for text, font in some)
