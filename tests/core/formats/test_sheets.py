"""Tables for other programs: no cell is a formula, a PDF says what it should, Arabic is joined and runs to the left."""

from __future__ import annotations

import csv
import unicodedata
from io import StringIO
from pathlib import Path

import pytest

from lms_core.formats.shaping import shaped, visual
from lms_core.formats.sheets import MOST_PDF_ROWS, Sheet, to_csv, to_pdf

QtPdf = pytest.importorskip("PySide6.QtPdf")


def pages(data: bytes, folder: Path) -> list[str]:
    """The words of each page, as a reader of PDF finds them."""
    path = folder / "sheet.pdf"
    path.write_bytes(data)
    document = QtPdf.QPdfDocument()
    assert document.load(str(path)) == QtPdf.QPdfDocument.Error.None_
    found = [document.getAllText(number).text() for number in range(document.pageCount())]
    document.close()
    return found


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "\r=1"])
def test_a_text_is_no_formula(evil: str) -> None:
    data = to_csv(Sheet("Users", "", ("Name", "Score"), [(evil, -5), ('O\'Hara, "Ann"', None)]))
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["Name", "Score"], [f"'{evil}", "-5"], ['O\'Hara, "Ann"', ""]]


def test_a_pdf_holds_what_was_asked_for(tmp_path: Path) -> None:
    rows = [(f"Learner {number}", "x" * 300, number / 2) for number in range(100)]
    found = pages(to_pdf(Sheet("Progress", "100 rows, as of today", ("Name", "Words", "Per cent"), rows)), tmp_path)
    assert len(found) == 4
    assert "Progress" in found[0]
    assert "100 rows, as of today" in found[0]
    assert all("Per cent" in page for page in found), "every page has its headings"
    assert "Learner 0" in found[0]
    assert "Learner 99" in found[-1]
    assert "49.5" in found[-1]
    assert "x…" in found[0], "what is too wide is cut"


def test_a_long_one_says_what_it_leaves_out(tmp_path: Path) -> None:
    found = pages(to_pdf(Sheet("Users", "", ("Name",), [("Ada",)] * (MOST_PDF_ROWS + 7))), tmp_path)
    assert "7 more rows are in the CSV file." in found[-1]


def test_one_without_rows(tmp_path: Path) -> None:
    (page,) = pages(to_pdf(Sheet("Users", "0 rows", ("Name", "Role"), [])), tmp_path)
    assert "Role" in page
    assert to_csv(Sheet("Users", "", ("Name",), [])).decode("utf-8-sig") == "Name\r\n"


def forms(text: str) -> list[str]:
    """The forms of joined letters, by the last words of their names."""
    return [unicodedata.name(each).removeprefix("ARABIC ") for each in shaped(text)]


def test_arabic_letters_are_joined() -> None:
    assert forms("سلام") == [
        "LETTER SEEN INITIAL FORM", "LIGATURE LAM WITH ALEF FINAL FORM", "LETTER MEEM ISOLATED FORM",
    ]  # fmt: skip
    assert forms("محمد") == [
        "LETTER MEEM INITIAL FORM", "LETTER HAH MEDIAL FORM", "LETTER MEEM MEDIAL FORM", "LETTER DAL FINAL FORM",
    ]  # fmt: skip
    assert forms("د ب") == ["LETTER DAL ISOLATED FORM", "SPACE", "LETTER BEH ISOLATED FORM"]
    assert forms("بَب")[::2] == ["LETTER BEH INITIAL FORM", "LETTER BEH FINAL FORM"], "a mark parts no letters"


def test_what_runs_to_the_left_is_turned_and_the_rest_is_not() -> None:
    noor = shaped("نور")[::-1]
    assert visual("Ada Moyo 8b") == "Ada Moyo 8b"
    assert visual("نور") == noor
    assert visual("نور12") == f"12{noor}"
    assert visual("class نور") == f"class {noor}"
    assert visual("بَ") == shaped("بَ"), "a mark stays behind its letter"


def test_arabic_has_glyphs(tmp_path: Path) -> None:
    (page,) = pages(to_pdf(Sheet("Users", "1 row", ("Name",), [("نور محمد",)])), tmp_path)
    assert any("ARABIC" in unicodedata.name(each, "") for each in page)
