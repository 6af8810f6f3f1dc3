"""The words of PDFs are found, and no PDF can stop the search."""

from __future__ import annotations

import pytest

from lms_core.media import pdf_text
from lms_core.media.pdf_text import pdf_pages
from tests.pdfs import TEXT, make_pdf, without_pages


def test_words_come_page_by_page() -> None:
    pages = dict(pdf_pages(make_pdf(3)))
    assert list(pages) == [1, 2, 3]
    assert pages[2].startswith("Chapter 2 ")
    assert all(line in pages[3] for line in TEXT)


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.4 rubbish", make_pdf()[:900], make_pdf(password="sesame"), without_pages(), b"\x00" * 5000],
)  # fmt: skip
def test_what_cannot_be_read_has_no_words(data: bytes) -> None:
    assert list(pdf_pages(data)) == []


def test_long_ones_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_text, "MOST_PAGES", 2)
    assert len(list(pdf_pages(make_pdf(4)))) == 2
    monkeypatch.setattr(pdf_text, "MOST_LETTERS", 30)
    assert sum(len(words) for _, words in pdf_pages(make_pdf(4))) == 30
    monkeypatch.setattr(pdf_text, "MOST_LETTERS", 10_000)
    monkeypatch.setattr(pdf_text, "PATIENCE_S", -1)
    assert len(list(pdf_pages(make_pdf(4)))) == 1
