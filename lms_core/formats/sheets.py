"""Tables for other programs: CSV that no spreadsheet takes for a formula, and PDF to print."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from lms_core.folders import shipped
from lms_core.formats.shaping import visual

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FONTS = {"Text": "Inter_400Regular", "Head": "Inter_600SemiBold", "Arabic": "IBMPlexSansArabic_400Regular"}
MARGIN, LINE, SIZE, SMALL = 40.0, 15.0, 8.5, 7.5
INK, QUIET, RULE = "#1d2733", "#5b6875", "#d5dbe1"
MOST_PDF_ROWS = 5000

Cell = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """A table with what stands above it; every row has as many cells as there are headings."""

    title: str
    about: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def to_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets ask for; a text that looks like a formula gets an apostrophe."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow(sheet.headings)
    table.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def to_pdf(sheet: Sheet) -> bytes:
    """A4 across, as many pages as needed; the columns as wide as what is in them. At most 5,000 rows, which it says."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen.canvas import Canvas

    _load_fonts()
    out = BytesIO()
    page = Canvas(out, pagesize=landscape(A4), pageCompression=1)
    page.setTitle(sheet.title)
    _Pages(page, sheet, *landscape(A4)).draw()
    page.save()
    return out.getvalue()


def _load_fonts() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in FONTS.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, shipped("resources") / "fonts" / f"{file}.ttf"))


class _Pages:
    """A sheet being drawn, page after page."""

    def __init__(self, page: Any, sheet: Sheet, width: float, height: float) -> None:
        self._page, self._sheet, self._height = page, sheet, height
        self._room = width - 2 * MARGIN
        self._rows = [[_shown(cell) for cell in row] for row in sheet.rows[:MOST_PDF_ROWS]]
        self._widths = self._shared(self._room)
        self._number = 0
        self._y = 0.0

    def draw(self) -> None:
        """All of it."""
        self._begin()
        for row, cells in zip(self._rows, self._sheet.rows, strict=False):
            if self._y < MARGIN + LINE:
                self._page.showPage()
                self._begin()
            numbers = [isinstance(cell, int | float) for cell in cells]
            self._line(row, "Text", INK, numbers)
        more = len(self._sheet.rows) - len(self._rows)
        if more:
            self._text(MARGIN, self._y, f"{more} more rows are in the CSV file.", "Text", QUIET)
        self._page.showPage()

    def _begin(self) -> None:
        self._number += 1
        self._y = self._height - MARGIN
        if self._number == 1:
            self._text(MARGIN, self._y - 8, self._sheet.title, "Head", INK, size=16)
            self._text(MARGIN, self._y - 26, self._sheet.about, "Text", QUIET)
            self._y -= 52
        self._text(MARGIN, MARGIN / 2, f"{self._sheet.title} · {self._number}", "Text", QUIET, size=SMALL)
        numbers = [isinstance(cell, int | float) for cell in (self._sheet.rows or [[]])[0]]
        self._line(list(self._sheet.headings), "Head", QUIET, numbers)

    def _line(self, cells: Sequence[str], font: str, ink: str, numbers: Sequence[bool]) -> None:
        x = MARGIN
        for at, (cell, width) in enumerate(zip(cells, self._widths, strict=True)):
            self._text(x, self._y, cell, font, ink, room=width - 8, right=at < len(numbers) and numbers[at])
            x += width
        self._page.setStrokeColor(RULE)
        self._page.setLineWidth(0.4)
        self._page.line(MARGIN, self._y - 5, MARGIN + self._room, self._y - 5)
        self._y -= LINE

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        ink: str,
        *,
        size: float = SIZE,
        room: float = 0.0,
        right: bool = False,
    ) -> None:
        """One line, cut where there is no more room; numbers end where the column does."""
        font = _font_for(text, font)
        if room:
            text = _cut(text, font, size, room)
        self._page.setFont(font, size)
        self._page.setFillColor(ink)
        if right:
            self._page.drawRightString(x + room, y, visual(text))
        else:
            self._page.drawString(x, y, visual(text))

    def _shared(self, room: float) -> list[float]:
        """Widths of the columns: what the first rows need, shared out when that is more than there is."""
        asked = []
        for at, heading in enumerate(self._sheet.headings):
            cells = [heading, *(row[at] for row in self._rows[:200])]
            asked.append(min(max(_width(each, _font_for(each, "Head"), SIZE) for each in cells), room / 2) + 10)
        scale = room / sum(asked)
        return [each * scale for each in asked]


def _shown(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _font_for(text: str, font: str) -> str:
    return "Arabic" if any("\u0600" <= each <= "\u06ff" for each in text) else font


def _width(text: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(visual(text), font, size))


def _cut(text: str, font: str, size: float, room: float) -> str:
    if _width(text, font, size) <= room:
        return text
    while text and _width(f"{text}…", font, size) > room:
        text = text[:-1]
    return f"{text}…"
