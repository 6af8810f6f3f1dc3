"""A column of widgets by key: those that stay are kept, and those that are new are made a few at a turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_lms.timers import once

FIRST, MORE = 8, 3
"""How many are made at once, and how many more in each turn of the window."""

Make = Callable[[], QWidget]


class Pile(QWidget):
    """The column; `show_all` says what stands in it. The same key means the same widget.

    It places the widgets itself: a box layout asks each for its height at several widths, all of them again whenever
    one comes, which is as slow as the square of how many there are.
    """

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[Hashable, Make] = {}
        self._made: dict[Hashable, QWidget] = {}
        self._turn = once(self, 0, lambda: self._fill(MORE))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be made."""
        return len(self._made) == len(self._wanted)

    def widgets(self) -> list[QWidget]:
        """What stands in the column by now, from above."""
        return [self._made[key] for key in self._wanted if key in self._made]

    def show_all(self, items: Sequence[tuple[Hashable, Make]], *, at_once: Hashable = None) -> None:
        """Show these from above, at once what is made already, the first ones and the one of the key `at_once`."""
        self._wanted = dict(items)
        for key in [key for key in self._made if key not in self._wanted]:
            gone = self._made.pop(key)
            gone.hide()
            gone.deleteLater()
        if at_once in self._wanted and at_once not in self._made:
            self._make(at_once)
        self._fill(max(0, FIRST - len(self._made)))

    def _fill(self, count: int) -> None:
        for key in [key for key in self._wanted if key not in self._made][:count]:
            self._make(key)
        self._place()
        if not self.is_whole:
            self._turn.start()

    def _make(self, key: Hashable) -> None:
        made = self._made[key] = self._wanted[key]()
        made.setParent(self)

    # --- where
    def _place(self) -> None:
        """Stand the widgets below each other, each as high as it is at the width there is."""
        y, width = 0, self.width()
        for each in self.widgets():
            high = each.heightForWidth(width) if each.hasHeightForWidth() else each.sizeHint().height()
            each.setGeometry(0, y, width, high)
            if each.isHidden():
                each.show()
            y += high
        self.setFixedHeight(y)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest has to be."""
        return QSize(max((_least(each) for each in self.widgets()), default=0), self.height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the height of one is another
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()


def _least(widget: QWidget) -> int:
    layout = widget.layout()
    return max(widget.minimumWidth(), layout.minimumSize().width() if layout else widget.minimumSizeHint().width())
