"""A document on its way to the screen: one piece of work after another, off the window's thread, the seen pages first.

Pictures of pages are kept up to KEPT_BYTES, those seen last the longest.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, QSize, QSizeF, Signal
from PySide6.QtGui import QImage
from shiboken6 import isValid

from desktop_lms.widgets.pdf.engine import MOST_PIXELS, Engine, Entry, Stretch, Unreadable
from desktop_lms.widgets.pdf.images import ImagesEngine

KEPT_BYTES, KEPT_THUMBS = 96 << 20, 240
SLICE_S = 0.03
MOST_HITS = 2_000

Load = Callable[[], bytes]
AnyEngine = Engine | ImagesEngine
Make = Callable[[bytes, str], AnyEngine]
"""A document from its bytes and a password; raises Unreadable."""


class Later(Protocol):
    """Work beside the window; `then` and `fail` are called on its thread while `owner` is there."""

    def __call__(
        self, owner: QObject, work: Callable[[], Any], then: Callable[[Any], object], fail: Callable[[Any], object]
    ) -> object: ...


class _Walk:
    """Steps through a document, as many at a time as a slice allows."""

    def __init__(self, steps: Callable[[AnyEngine], Iterator[list[Any]]], then: Callable[[list[Any]], object]) -> None:
        self._steps, self.then = steps, then
        self._begun: Iterator[list[Any]] | None = None
        self.is_over = False

    def go_on(self, engine: AnyEngine) -> list[Any]:
        until, found = time.monotonic() + SLICE_S, []
        self._begun = self._begun or self._steps(engine)
        for told in self._begun:
            found += told
            if time.monotonic() > until:
                return found
        self.is_over = True
        return found


class PdfDocument(QObject):
    """One document; `opened` or `refused` tells how `open` went."""

    opened = Signal()
    refused = Signal(str)
    """locked, damaged, empty, or absent when PDFs cannot be shown or its bytes are not here."""
    drawn = Signal(int)
    thumbed = Signal(int)
    found = Signal()

    def __init__(self, later: Later, load: Load, make: Make = Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._later, self._load, self._make = later, load, make
        self._engine: AnyEngine | None = None
        self._busy = self._closed = False
        self._asked: deque[tuple[Callable[[AnyEngine], Any], Callable[[Any], object]]] = deque()
        self._wanted: list[tuple[int, QSize]] = []
        self._thumbs_wanted: list[tuple[int, QSize]] = []
        self._pages: OrderedDict[int, QImage] = OrderedDict()
        self._thumbs: OrderedDict[int, QImage] = OrderedDict()
        self._words, self._next_page = "", 0
        self._walk: _Walk | None = None
        self.sizes: list[QSizeF] = []
        self.widest = 0.0
        """The width of the widest page, in points."""
        self.outline: list[Entry] = []
        self.hits: list[Stretch] = []

    # --- opening
    def open(self, password: str = "") -> None:
        """Open it; the bytes are read off the window's thread, too."""
        load, make, self._busy = self._load, self._make, True

        def work() -> tuple[AnyEngine, list[QSizeF], list[Entry]]:
            made = make(load(), password)
            return made, made.sizes(), made.outline()

        self._later(self, _safely(work), self._on_opened, lambda _: self._on_opened("absent"))

    def _on_opened(self, made: Any) -> None:
        self._busy = False
        if isinstance(made, str):
            self.refused.emit(made)
            return
        self._engine, self.sizes, self.outline = made
        self.widest = max((size.width() for size in self.sizes), default=0.0)
        if self._closed:
            self.close()
            return
        self.opened.emit()
        self._go_on()

    def close(self) -> None:
        """Let the document go once what runs has ended; nothing is told any more."""
        self._closed = True
        self._asked.clear()
        self._wanted, self._thumbs_wanted, self._words, self._walk = [], [], "", None
        if self._engine is not None and not self._busy:
            self._engine.close()
            self._engine = None

    # --- what is wanted
    def want(self, pages: Sequence[tuple[int, QSize]]) -> None:
        """Draw these pages, each in its size in pixels, the first first; what was wanted before is not any more."""
        self._wanted = [(page, size) for page, size in pages if not self._is_drawn(page, size)]
        self._go_on()

    def want_thumbs(self, pages: Sequence[tuple[int, QSize]]) -> None:
        """Draw these small, after everything else."""
        self._thumbs_wanted = [(page, size) for page, size in pages if page not in self._thumbs]
        self._go_on()

    def picture(self, page: int) -> QImage | None:
        """The page as it was drawn last, maybe in another size."""
        if page in self._pages:
            self._pages.move_to_end(page)
        return self._pages.get(page)

    def thumb(self, page: int) -> QImage | None:
        """The page drawn small."""
        return self._thumbs.get(page)

    def ask(self, work: Callable[[AnyEngine], Any], then: Callable[[Any], object]) -> None:
        """Ask the document itself; `then` gets what it said, and None when that failed."""
        self._asked.append((work, then))
        self._go_on()

    def walk(self, steps: Callable[[AnyEngine], Iterator[list[Any]]], then: Callable[[list[Any]], object]) -> None:
        """Go through the document a slice at a time, behind what is to be seen; `then` gets what each slice found.

        Another walk that goes on ends.
        """
        self._walk = _Walk(steps, then)
        self._go_on()

    def search(self, words: str) -> None:
        """Look for words on every page, a slice at a time; `found` tells of each slice and of the end."""
        self._words, self._next_page, self.hits = " ".join(words.split()), 0, []
        self.found.emit()
        self._go_on()

    @property
    def is_searching(self) -> bool:
        """Whether pages are left to look at."""
        return bool(self._words) and self._next_page < len(self.sizes) and len(self.hits) < MOST_HITS

    # --- working
    def _is_drawn(self, page: int, size: QSize) -> bool:
        """Whether a picture is as wide as wanted, or as wide as any can be."""
        kept = self._pages.get(page)
        if kept is None:
            return False
        largest = kept.width() * kept.height() > MOST_PIXELS * 0.98 and size.width() > kept.width()
        return kept.width() == size.width() or largest

    def _go_on(self) -> None:
        if self._busy or self._engine is None or self._closed:
            return
        engine = self._engine
        if self._asked:
            work, then = self._asked.popleft()
            self._run(lambda: work(engine), then)
        elif self._wanted:
            page, size = self._wanted.pop(0)
            self._run(lambda: engine.draw(page, size), lambda image: self._on_drawn(page, image))
        elif self.is_searching:
            words, first, last = self._words, self._next_page, len(self.sizes)
            self._run(lambda: _look(engine, words, first, last), lambda told: self._on_found(words, told))
        elif (walk := self._walk) is not None:
            self._run(lambda: walk.go_on(engine), lambda found: self._on_walked(walk, found))
        elif self._thumbs_wanted:
            page, size = self._thumbs_wanted.pop(0)
            self._run(lambda: engine.draw(page, size), lambda image: self._on_thumb(page, image))

    def _run(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        self._busy = True

        def done(told: Any) -> None:
            self._busy = False
            if self._closed:
                self.close()
                return
            then(told)
            if isValid(self):
                self._go_on()

        self._later(self, work, done, lambda _: done(None))

    def _on_walked(self, walk: _Walk, found: list[Any] | None) -> None:
        if walk is self._walk:
            self._walk = None if walk.is_over or found is None else walk
            walk.then(found or [])

    def _on_drawn(self, page: int, image: QImage | None) -> None:
        if image is None:
            return
        self._pages[page] = image
        self._pages.move_to_end(page)
        while len(self._pages) > 1 and sum(kept.sizeInBytes() for kept in self._pages.values()) > KEPT_BYTES:
            self._pages.popitem(last=False)
        self.drawn.emit(page)

    def _on_thumb(self, page: int, image: QImage | None) -> None:
        if image is None:
            return
        self._thumbs[page] = image
        while len(self._thumbs) > KEPT_THUMBS:
            self._thumbs.popitem(last=False)
        self.thumbed.emit(page)

    def _on_found(self, words: str, told: tuple[int, list[Stretch]] | None) -> None:
        if words != self._words:
            return
        self._next_page, hits = told if told is not None else (len(self.sizes), [])
        self.hits += hits
        self.found.emit()


def _look(engine: AnyEngine, words: str, first: int, last: int) -> tuple[int, list[Stretch]]:
    """Look at pages for a moment; returns the page to go on with, and what was found."""
    until, hits = time.monotonic() + SLICE_S, []
    for page in range(first, last):
        hits += engine.find(page, words)
        if time.monotonic() > until:
            return page + 1, hits
    return last, hits


def _safely(work: Callable[[], Any]) -> Callable[[], Any]:
    """The work, or in a word why a document cannot be shown."""

    def run() -> Any:
        try:
            return work()
        except ImportError:
            return "absent"
        except Unreadable as error:
            return str(error)

    return run
