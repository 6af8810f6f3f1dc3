"""What a reader of a PDF waits for: five thousand pages opened, and the longest turn of the window's thread."""

from __future__ import annotations

import io
import os
import sys
import time
from typing import TYPE_CHECKING

from bench.figure import Context, Figure, figure

if TYPE_CHECKING:
    from desktop_lms.widgets.pdf.view import PdfView

NAMES = ("learn.pdf_open_ms", "learn.pdf_stall_max_ms")
BARS = (500, 50)
PAGES, JUMPS, WAIT_S = 5_000, 60, 20.0


def run(context: Context) -> list[Figure]:
    """Open a long PDF in its middle, search it, and leaf through it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from desktop_lms.start import SWITCH_S
    from desktop_lms.store import Errands
    from desktop_lms.widgets.pdf.view import PdfView

    app = QApplication.instance() or QApplication([])
    assert app is not None
    data, errands = long_pdf(PAGES), Errands()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)  # as in the app
    try:
        view = PdfView(errands, lambda: data)
        view.resize(1000, 700)
        view.show()
        spent, longest = _read(view)
        view.stop()
        view.deleteLater()
    finally:
        sys.setswitchinterval(usual)
        errands.close()
    size = f"{PAGES} pages, {len(data) / 1e6:.1f} MB"
    values = (spent, longest)
    return [
        figure(name, value, unit="ms", better="lower", bar=bar, size=size)
        for name, value, bar in zip(NAMES, values, BARS, strict=True)
    ]


def _read(view: PdfView) -> tuple[float, float]:
    """Milliseconds until the page where one was is painted, and the longest turn of the thread in all of it."""
    from PySide6.QtWidgets import QApplication

    began, longest = time.perf_counter(), 0.0
    view.open({"page": PAGES // 2})

    def turn() -> None:
        nonlocal longest
        start = time.perf_counter()
        QApplication.processEvents()
        longest = max(longest, (time.perf_counter() - start) * 1000)

    while view.document.picture(PAGES // 2) is None and time.perf_counter() - began < WAIT_S:
        turn()
    spent = (time.perf_counter() - began) * 1000
    view.document.search("limpets")
    for n in range(JUMPS):
        view.go_to(n * (PAGES // JUMPS))
        rest = time.perf_counter() + 0.05
        while time.perf_counter() < rest:
            turn()
    return spent, longest


def long_pdf(pages: int) -> bytes:
    """Pages with a heading and twenty lines of text."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Times-Roman", 20)
        canvas.drawString(72, 760, f"Chapter {number}")
        canvas.setFont("Times-Roman", 11)
        for line in range(20):
            canvas.drawString(72, 720 - line * 18, f"Line {line}: twelve limpets cling to the rock of page {number}.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()
