"""PDFs of our own making: pages of text, with an outline, locked, or as many pages as a book has."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

TEXT = (
    "Limpets cling to the rock by a foot that does not let go.",
    "The mean of twelve shells was four grams and a half.",
    "A second sample from the slipway was heavier by a gram.",
    "Waves take the light ones first, so the sample is not fair.",
)


def pdf_of(*pages: Sequence[str]) -> bytes:
    """A PDF whose pages have these lines."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1)
    for lines in pages:
        canvas.setFont("Times-Roman", 13)
        for at, line in enumerate(lines):
            canvas.drawString(72, A4[1] - 96 - at * 22, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def make_pdf(pages: int = 3, *, password: str = "", size: tuple[float, float] = A4, outline: bool = True) -> bytes:
    """A PDF whose pages each have a heading and four lines; the word `limpets` stands once on each."""
    out = io.BytesIO()
    lock = StandardEncryption(password, ownerPassword=password) if password else None
    canvas = Canvas(out, pagesize=size, encrypt=lock, pageCompression=1, invariant=1)
    for number in range(1, pages + 1):
        if outline and pages < 500:
            canvas.bookmarkPage(f"p{number}")
            canvas.addOutlineEntry(f"Chapter {number}", f"p{number}", 0)
        canvas.setFont("Times-Roman", 24)
        canvas.drawString(72, size[1] - 96, f"Chapter {number}")
        canvas.setFont("Times-Roman", 13)
        for at, line in enumerate(TEXT):
            canvas.drawString(72, size[1] - 140 - at * 22, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def without_pages() -> bytes:
    """A PDF that is whole and has no page."""
    parts = [b"%PDF-1.4\n", b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"]
    parts.append(b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n")
    at = [len(parts[0]), len(parts[0]) + len(parts[1])]
    start = sum(map(len, parts))
    table = b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in at)
    return b"".join(parts) + table + b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def make_slides(pages: int = 8) -> bytes:
    """Slides with a title, two lines and a chart of bars."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(960, 540), pageCompression=1, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Times-Bold", 44)
        canvas.drawString(72, 430, f"{number}  Means and margins")
        canvas.setFont("Times-Roman", 24)
        for at, line in enumerate(TEXT[:2]):
            canvas.drawString(72, 366 - at * 38, line)
        canvas.setFillGray(0.35)
        for bar in range(number + 3):
            canvas.rect(72 + bar * 70, 60, 44, 40 + (bar * 37 + number * 23) % 160, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
