"""The shipped fonts for typesetting on paper, and lines of several scripts drawn with them."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby

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
OTHERS, BOX = ("sans", "arabic"), "\u25a1"
"""The fonts asked for a sign that a font has not, and what stands for one that none has."""


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
    return [part for run in runs(text) for part in _drawn(run.text, arabic if run.is_arabic else face)]


def _drawn(text: str, face: str) -> list[tuple[str, str]]:
    """A text with fonts that have its signs; a box stands for what none has, and nothing for what is not seen."""
    if _signs(face).issuperset(text):
        return [(text, face)]
    found: list[tuple[str, str]] = []
    for sign in text:
        if font := next((each for each in (face, *OTHERS) if sign in _signs(each)), ""):
            found.append((sign, font))
        elif unicodedata.category(sign) not in ("Cc", "Cf", "Mn"):
            found.append((BOX, "sans"))
    return [("".join(sign for sign, _ in part), font) for font, part in groupby(found, lambda each: each[1])]


@cache
def _signs(face: str) -> frozenset[str]:
    register()
    return frozenset(map(chr, pdfmetrics.getFont(face).face.charToGlyph))


def width_of(some: list[tuple[str, str]], size: float) -> float:
    """How wide the parts of a line are, in points."""
    return sum(float(pdfmetrics.stringWidth(text, font, size)) for text, font in some)
