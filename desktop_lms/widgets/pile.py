"""A column of widgets by key: those that stay are kept, and those that are new are made a few at a turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.timers import once
from desktop_lms.widgets.layout import column

FIRST, MORE = 8, 3
"""How many are made at once, and how many more in each turn of the window."""

Make = Callable[[], QWidget]


class Pile(QWidget):
    """The column; `show_all` says what stands in it. The same key means the same widget."""

    def __init__(self) -> None:
        super().__init__()
        self._box = column(gap=0)
        self.setLayout(self._box)
        self._wanted: dict[Hashable, Make] = {}
        self._made: dict[Hashable, QWidget] = {}
        self._turn = once(self, 0, lambda: self._fill(MORE))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be made."""
        return len(self._made) == len(self._wanted)

    def show_all(self, items: Sequence[tuple[Hashable, Make]], *, at_once: Hashable = None) -> None:
        """Show these from above, at once what is made already, the first ones and the one of the key `at_once`."""
        self._wanted = dict(items)
        for key in [key for key in self._made if key not in self._wanted]:
            gone = self._made.pop(key)
            self._box.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for n, key in enumerate(key for key in self._wanted if key in self._made):
            if self._box.indexOf(self._made[key]) != n:
                self._box.insertWidget(n, self._made[key])
        if at_once in self._wanted and at_once not in self._made:
            self._make(at_once)
        self._fill(max(0, FIRST - len(self._made)))

    def _fill(self, count: int) -> None:
        for key in [key for key in self._wanted if key not in self._made][:count]:
            self._make(key)
        if not self.is_whole:
            self._turn.start()

    def _make(self, key: Hashable) -> None:
        place = 0
        for each in self._wanted:
            if each == key:
                break
            place += each in self._made
        self._made[key] = self._wanted[key]()
        self._box.insertWidget(place, self._made[key])
