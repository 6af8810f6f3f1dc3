"""What of a document is selected: by the mouse or by keys, over as many pages as one likes up to MOST_PAGES."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from desktop_lms.widgets.pdf.document import AnyEngine, PdfDocument
from desktop_lms.widgets.pdf.engine import Stretch
from lms_core.learning.anchors import anchor_at
from lms_core.learning.leafing import Passage

MOST_PAGES = 200
Place = tuple[int, int]
"""A page from 0, and before which letter of it."""
Step = Literal["letter", "word", "line", "edge"]
Work = Callable[[AnyEngine], list[Stretch]]
_Selected = list[tuple[Stretch, Passage]]

KEYS: dict[QKeySequence.StandardKey, tuple[Step, int]] = {
    QKeySequence.StandardKey.SelectNextChar: ("letter", 1), QKeySequence.StandardKey.SelectPreviousChar: ("letter", -1),
    QKeySequence.StandardKey.SelectNextWord: ("word", 1), QKeySequence.StandardKey.SelectPreviousWord: ("word", -1),
    QKeySequence.StandardKey.SelectNextLine: ("line", 1), QKeySequence.StandardKey.SelectPreviousLine: ("line", -1),
    QKeySequence.StandardKey.SelectEndOfLine: ("edge", 1),
    QKeySequence.StandardKey.SelectStartOfLine: ("edge", -1),
}  # fmt: skip


def span(engine: AnyEngine, one: Place, other: Place) -> list[Stretch]:
    """The words between two places, page by page, at most MOST_PAGES."""
    (first, start), (last, end) = sorted((one, other))
    found = []
    for page in range(first, min(last + 1, first + MOST_PAGES)):
        begin, stop = start if page == first else 0, end if page == last else len(engine.text(page))
        if stop > begin:
            found.append(engine.at(page, begin, stop - begin))
    return found


def moved(engine: AnyEngine, place: Place, step: Step, by: int) -> Place:
    """A place so many steps (1 or -1) further; at the end of a page it goes on with the next."""
    page, at = place
    while True:
        text = engine.text(page)
        stops = (0, *_stops(text, step, by, at), len(text))
        ahead = [n for n in stops if (n > at if by > 0 else n < at)]
        if ahead:
            return page, min(ahead) if by > 0 else max(ahead)
        if step == "edge" or not 0 <= page + by < engine.count:
            return page, at
        page += by
        at = 0 if by > 0 else len(engine.text(page))
        if step == "line":
            return page, at


def _stops(text: str, step: Step, by: int, at: int) -> list[int]:
    """Where a step may end on a page."""
    if step == "letter":
        return [n for n in range(len(text)) if text[n - 1 : n + 1] != "\r\n"]
    if step == "word":
        return [w.end() if by > 0 else w.start() for w in re.finditer(r"\w+", text)]
    lines = [(line.start(), line.end()) for line in re.finditer(r"[^\r\n]+", text)]
    if step == "edge":
        return [n for start, end in lines if start <= at <= end for n in (start, end)]
    column = next((at - start for start, end in lines if start <= at <= end), 0)
    return [min(start + column, end) for start, end in lines if not start <= at <= end]


class Selection(QObject):
    """The selected words, one stretch for each page; they are asked for one question after the other."""

    changed = Signal(bool)
    """Other words are selected; True when keys did it, so that their end should be in view."""

    def __init__(self, document: PdfDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self.stretches: tuple[Stretch, ...] = ()
        self.passages: tuple[Passage, ...] = ()
        """What to remember of each of them, to find it again."""
        self._ends: tuple[Place, Place] | None = None
        self._press: tuple[int, QPointF] | None = None
        self._drag: tuple[int, QPointF] | None = None
        self._asking = False

    @property
    def end(self) -> tuple[int, Stretch] | None:
        """Which end grows, 0 for the upper and -1 for the lower, and the words that are there."""
        if not self.stretches or self._ends is None:
            return None
        upper = 0 if self._ends[1] < self._ends[0] else -1
        return upper, self.stretches[upper]

    # --- by the mouse
    def press(self, spot: tuple[int, QPointF] | None) -> None:
        """Begin at a point of a page, or at none."""
        self._press = spot
        self.clear()

    @property
    def is_pressed(self) -> bool:
        """Whether a selection has begun."""
        return self._press is not None

    def drag(self, spot: tuple[int, QPointF]) -> None:
        """Select as far as here."""
        self._drag = spot
        self._ask_between()

    def release(self) -> None:
        """The mouse let go."""
        self._press = None

    def word(self, page: int, at: QPointF) -> None:
        """Select the word at a point."""

        def work(engine: AnyEngine) -> list[Stretch]:
            return self._kept(engine.word(page, at), backwards=False)

        self._ask(work, self._show)

    def _ask(self, work: Work, then: Callable[[_Selected | None], object]) -> None:
        def told(engine: AnyEngine) -> _Selected:
            found = [each for each in work(engine) if each.text.strip()]
            return [(s, Passage(s.page, anchor_at(engine.text(s.page), s.start, s.end))) for s in found]

        self._document.ask(told, then)

    def _ask_between(self) -> None:
        """Ask what is selected, one question at a time."""
        if self._press is None or self._drag is None or self._asking:
            return
        (page, start), (last, end) = self._press, self._drag
        self._drag, self._asking = None, True

        def work(engine: AnyEngine) -> list[Stretch]:
            if page == last:
                return self._kept(
                    engine.between(page, start, end), backwards=(end.y(), end.x()) < (start.y(), start.x())
                )
            self._ends = (page, engine.letter(page, start)), (last, engine.letter(last, end))
            return span(engine, *self._ends)

        self._ask(work, self._on_between)

    def _kept(self, found: Stretch, *, backwards: bool) -> list[Stretch]:
        ends = (found.page, found.start), (found.page, found.end)
        self._ends = ends[::-1] if backwards else ends
        return [found]

    def _on_between(self, found: _Selected | None) -> None:
        self._asking = False
        self._show(found)
        self._ask_between()

    # --- by keys
    def on_key(self, event: QKeyEvent, page: int) -> bool:
        """Do what a key asks of the selection, which begins on `page`; returns whether it was one of these."""
        step = next((step for key, step in KEYS.items() if event.matches(key)), None)
        if step is not None:
            self.extend(*step, page)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.all(page)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Escape and self.stretches:
            self.clear()
        else:
            return False
        return True

    def extend(self, step: Step, by: int, page: int) -> None:
        """Move the end that was set last by a step."""

        def work(engine: AnyEngine) -> list[Stretch]:
            begin, end = self._ends or ((page, 0), (page, 0))
            self._ends = begin, moved(engine, end, step, by)
            return span(engine, *self._ends)

        self._ask(work, lambda found: self._show(found, by_keys=True))

    def all(self, page: int) -> None:
        """Select a page, and said again as much of the document as may be."""

        def work(engine: AnyEngine) -> list[Stretch]:
            whole = (page, 0), (page, len(engine.text(page)))
            if self._ends == whole:
                last = min(engine.count, MOST_PAGES) - 1
                whole = (0, 0), (last, len(engine.text(last)))
            self._ends = whole
            return span(engine, *whole)

        self._ask(work, self._show)

    # --- what is there
    def _show(self, found: _Selected | None, *, by_keys: bool = False) -> None:
        self.stretches = tuple(stretch for stretch, _ in found or ())
        self.passages = tuple(passage for _, passage in found or ())
        self.changed.emit(by_keys)

    def clear(self) -> None:
        """Select nothing."""
        self._ends = None
        if self.stretches:
            self._show(None)

    def copy(self) -> None:
        """Take the selected words to the clipboard."""
        if self.stretches:
            QGuiApplication.clipboard().setText("\n".join(each.text for each in self.stretches))
