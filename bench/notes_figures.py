"""Twenty thousand notes: read, filtered, scrolled, looked for in a lesson, and written to paper."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from lms_core.learning.anchors import Anchor, around, find_all
from lms_core.learning.model import Note
from lms_core.learning.notes_file import read_markdown, to_markdown
from lms_core.learning.notes_paper import write_pdf

NAMES = (
    "notes.paint_p95_ms", "notes.sift_ms", "notes.anchors_ms", "notes.pdf_s", "notes.markdown_s",
)  # fmt: skip
COUNT, LETTERS, MARKS, STEPS = 20_000, 80_000, 200, 150
WORDS = ["limpet", "shore", "tide", "wave", "sample", "mean", "weigh", "count", "honest", "barnacle", "wind", "moon"]


def run(context: Context) -> list[Figure]:
    """Measure each once; the list is a real one without a screen."""
    notes = [_note(n) for n in range(COUNT)]
    titles = {f"c{n}": f"Course {n}" for n in range(20)} | {f"l{n}": f"Lesson {n}" for n in range(400)}
    size = f"{COUNT:,} notes"
    painted, sifted = _painted(notes, titles)
    with tempfile.TemporaryDirectory() as folder:
        paper = _seconds(lambda: write_pdf(Path(folder) / "notes.pdf", notes, titles))
    text = to_markdown(notes, titles)
    both = _seconds(lambda: read_markdown(to_markdown(notes, titles)))
    values = (
        (painted, "ms", 16, f"p95 of {STEPS} pages of the list"),
        (sifted, "ms", 50, "a letter typed into the search"),
        (_found(), "ms", 1000, f"{MARKS} highlights, half of them gone, in {LETTERS:,} letters; beside the window"),
        (paper, "s", 60, "beside the window; told and stopped on the way"),
        (both, "s", 10, f"written and read back, {len(text) // 1_000_000} MB"),
    )
    return [
        figure(name, value, unit=unit, better="lower", bar=bar, size=size, note=note)
        for name, (value, unit, bar, note) in zip(NAMES, values, strict=True)
    ]


def _note(n: int) -> Note:
    words = [WORDS[(n * 7 + k * (n % 5 + 1)) % len(WORDS)] for k in range(24)]
    quote = " ".join(words[:12]) if n % 2 else ""
    return Note(f"{n:06}", f"c{n % 20}", f"l{n % 400}", " ".join(words[8:]), quote, colour="mint" if quote else "",
                tags=("sea", WORDS[n % 12]), created_at=1_767_600_000_000 + n)  # fmt: skip


def _painted(notes: list[Note], titles: dict[str, str]) -> tuple[float, float]:
    """How long a page of the list takes to draw, and the list to be sifted, in ms."""
    from PySide6.QtWidgets import QApplication

    from desktop_lms.features.notes.rows import row_of
    from desktop_lms.features.notes.view import card_of
    from desktop_lms.features.notes.viewmodel import sift
    from desktop_lms.widgets.cards import CardList

    app = QApplication.instance() or QApplication(["bench", "-platform", "offscreen"])
    rows = {note.id: row_of(note, titles, True) for note in notes}
    shown = CardList()
    shown.resize(640, 720)
    shown.show_rows([*rows], lambda name: card_of(rows[name]))
    shown.show()
    app.processEvents()
    spent = []
    for _ in range(STEPS):
        shown.verticalScrollBar().setValue(shown.verticalScrollBar().value() + 700)
        began = time.perf_counter()
        shown.viewport().repaint()
        spent.append((time.perf_counter() - began) * 1000)
    sifted = _seconds(lambda: sift(rows.values(), query="limp shore", order="newest")) * 1000
    shown.deleteLater()
    return percentile(spent, 95), sifted


def _found() -> float:
    text = " ".join(WORDS[(n * n + n // 3) % len(WORDS)] + str(n) for n in range(LETTERS // 9))
    marks = []
    for n in range(MARKS):
        at = n * (len(text) - 200) // MARKS
        gone = "words that stand nowhere in this lesson, not even nearly so " * (n % 2)
        marks.append(Anchor(gone or text[at : at + 90], *around(text, at, at + 90), at))
    return _seconds(lambda: find_all(text, marks)) * 1000


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
