"""The highlights of a document: looked for on its pages as they are now, beside the window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, QRectF, Signal

from desktop_lms.widgets.pdf.document import AnyEngine, PdfDocument
from desktop_lms.widgets.pdf.engine import Engine, Stretch, Unreadable
from lms_core.learning.anchors import Anchor
from lms_core.learning.leafing import Leaf, Passage, leaf_through


class PdfMark(NamedTuple):
    """A highlight: the page (from 0) that its words were on, they, its colour and the note it belongs to."""

    page: int
    anchor: Anchor
    colour: str = "amber"
    note: str = ""

    @property
    def passage(self) -> Passage:
        """Where it was."""
        return Passage(self.page, self.anchor)


Stretches = tuple[Stretch, ...]
Found = tuple[Passage, Stretches | None]
"""A passage and its words on a page, or on two; None where they are nowhere."""


class Marks(QObject):
    """Knows where each of them stands now."""

    changed = Signal()
    """Others are shown, or more were looked for."""

    def __init__(self, document: PdfDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._marks: list[PdfMark] = []
        self._found: dict[Passage, Stretches | None] = {}

    def show(self, marks: Iterable[PdfMark]) -> None:
        """Show these; those that are new are looked for."""
        self._marks = list(marks)
        wanted = {mark.passage for mark in self._marks}
        self._found = {passage: found for passage, found in self._found.items() if passage in wanted}
        unseen = [*wanted - self._found.keys()]
        self.changed.emit()
        self._document.walk(lambda engine: _look_for(engine, unseen), self._on_found)

    def _on_found(self, found: list[Found]) -> None:
        self._found.update(found)
        self.changed.emit()

    def on(self, page: int) -> Iterator[tuple[str, tuple[QRectF, ...]]]:
        """Colour and areas of those on a page."""
        for mark in self._marks:
            for stretch in self._found.get(mark.passage) or ():
                if stretch.page == page:
                    yield mark.colour, stretch.areas

    def find(self, page: int, quote: str, start: int | None) -> Stretch | None:
        """Where the one stands that had this quote there; None before it is found."""
        asked = (page, quote, start)
        found = (s for p, s in self._found.items() if s and (p.page, p.anchor.quote, p.anchor.start) == asked)
        return next(found, (None,))[0]

    @property
    def told(self) -> dict[str, bool]:
        """By note whether the words are in the document, of those that were looked for."""
        found = self._found
        return {mark.note: found[mark.passage] is not None for mark in self._marks if mark.passage in found}


def _look_for(engine: AnyEngine, passages: list[Passage]) -> Iterator[list[Found]]:
    for told in leaf_through(engine.text, engine.count, passages):
        yield [(passage, leaf and _stretches(engine, leaf)) for passage, leaf in told]


def _stretches(engine: AnyEngine, leaf: Leaf) -> Stretches:
    first = engine.at(leaf.page, leaf.start, leaf.end - leaf.start)
    return (first, engine.at(leaf.page + 1, 0, leaf.more)) if leaf.more > 0 else (first,)


def look_up(data: bytes, passages: Sequence[Passage]) -> dict[Passage, bool]:
    """Whether passages are in a PDF; nothing of those of one that cannot be read, or that is too long to be sure."""
    try:
        engine = Engine(data)
    except (ImportError, Unreadable):
        return {}
    told = {passage: leaf is not None for step in leaf_through(engine.text, engine.count, passages)
            for passage, leaf in step}  # fmt: skip
    engine.close()
    return told
