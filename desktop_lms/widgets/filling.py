"""A long text comes into its document piece by piece, so that the window never waits for more than one of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit

from desktop_lms.timers import once

SLICE_S = 0.006
"""How long one turn may take, give or take a piece."""
FIRST_MS = 24
"""Before the first turn: what is there already is painted meanwhile."""
_SEAM = "\u200b"
"""Begins a piece and is taken out again: the first paragraph of what is inserted would lose its own format."""


class _Wanted(NamedTuple):
    """What waits for the text: as far as where, or all of it; what happens then; the position one goes to."""

    upto: int | None
    then: Callable[[], object]
    aim: int


class Filling(QObject):
    """Puts pieces of HTML behind what a text has; `settle` dresses what stands from a position on."""

    filled = Signal()
    """The last piece is there."""

    def __init__(self, text: QTextEdit, settle: Callable[[int], None]) -> None:
        super().__init__(text)
        self._text, self._settle = text, settle
        self._left: list[str] = []
        self._wanted: _Wanted | None = None
        self._turn = once(self, 0, self._go_on)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to come."""
        return not self._left

    def begin(self, pieces: Sequence[str]) -> None:
        """Take what shall come; what was left of another text is dropped."""
        self._left = list(reversed(pieces))
        self._drop()
        if self._left:
            self._turn.start(FIRST_MS)
        else:
            self._turn.stop()

    def add(self, pieces: Sequence[str]) -> None:
        """Take what shall come behind what is left."""
        self._left = [*reversed(pieces), *self._left]
        self._turn.start(0)

    def complete(self) -> None:
        """Put in all that is left now."""
        if self._left:
            while self._left:
                self._put(self._left.pop())
            self._after()

    def reach(self, upto: int | None, then: Callable[[], object], *, aim: int) -> None:
        """Do something once a position is there, or all of the text; what waited for another one is dropped.

        Nothing is painted before, for the place that will be seen, `aim`, is not there yet; the window goes on.
        """
        self._wanted = _Wanted(upto, then, aim)
        self._text.viewport().setUpdatesEnabled(False)
        self._serve()
        if self._wanted:
            self._turn.start(0)

    @property
    def aim(self) -> int | None:
        """The position that one goes to, until it is there."""
        return self._wanted.aim if self._wanted else None

    def _drop(self) -> None:
        self._wanted = None
        self._text.viewport().setUpdatesEnabled(True)

    def _serve(self) -> None:
        if (wanted := self._wanted) and not (self._left and self._lacks(wanted.upto)):
            self._drop()
            wanted.then()

    def _lacks(self, upto: int | None) -> bool:
        return upto is None or self._text.document().characterCount() <= upto

    def _go_on(self) -> None:
        began = time.perf_counter()
        while self._left and time.perf_counter() - began < SLICE_S:
            self._put(self._left.pop())
        self._after()

    def _after(self) -> None:
        self._serve()
        if self._left:
            self._turn.start(0)
        else:
            self._turn.stop()
            self.filled.emit()

    def _put(self, piece: str) -> None:
        cursor = QTextCursor(self._text.document())
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        at = cursor.position()
        cursor.insertHtml(f"<body><p>{_SEAM}</p>{piece}</body>")
        cursor.setPosition(at)
        cursor.deleteChar()
        cursor.endEditBlock()  # which tables there are is known from here on
        cursor.beginEditBlock()
        self._settle(at)
        cursor.endEditBlock()
