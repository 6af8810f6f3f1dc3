"""A fold: a line that opens what is below it, which is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.words import tr


class _Chevron(IconMark):
    """Points down to what is open, and onward to what is shut."""

    def turn(self, *, open_: bool) -> None:
        self._icon = "chevron-down" if open_ else "chevron-right"
        self.update()


class Fold(QWidget):
    """A title over its details, what stands at the end, and `make` for what opens."""

    def __init__(
        self, title: str, detail: str, make: Callable[[], QWidget], *end: QWidget, lead: QWidget | None = None
    ):
        super().__init__()
        self._title, self._make, self._body = title, make, None
        self._mark = _Chevron("chevron-right", 16, "text2")
        self.head = Clickable()
        words = column(Elided(title, "strong"), Label(detail, "small", "text2") if detail else None, gap=0)
        pad = 12 if lead is not None else 8  # as high as a row of a list, where it has a tile
        self.head.setLayout(row(lead, (words, 1), *end, self._mark, gap=16, margin=(8, pad, 8, pad)))
        self._box = column(self.head, gap=8)
        self.setLayout(self._box)
        self.head.clicked.connect(self.toggle)
        self._tell()

    _body: QWidget | None

    @property
    def is_open(self) -> bool:
        """Whether what is below can be seen."""
        return self._body is not None and not self._body.isHidden()

    @property
    def body(self) -> QWidget | None:
        """What opens, once it is made."""
        return self._body

    def toggle(self) -> None:
        """Open or shut."""
        if self._body is None:
            self._body = self._make()
            self._box.addWidget(self._body)
            self._body.show()
        else:
            self._body.setVisible(self._body.isHidden())
        self._tell()
        self.updateGeometry()

    def _tell(self) -> None:
        self._mark.turn(open_=self.is_open)
        state = tr("open") if self.is_open else tr("folded")
        self.head.setAccessibleName(f"{self._title}, {state}")
        self.setAccessibleName(self._title)


def is_folded(widget: QWidget) -> bool:
    """Whether a widget stands in a fold, whose line says what it is."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, Fold):
        above = above.parentWidget()
    return above is not None
