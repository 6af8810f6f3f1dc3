"""A field for a whole number, empty for none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QIntValidator

from desktop_lms.widgets.inputs import Field


class NumberField(Field):
    """A whole number from 0 to `most`; `none` says what an empty field means."""

    def __init__(self, value: int | None, most: int, told: Callable[[int], object], *, none: str = "") -> None:
        super().__init__(none)
        self._most, self._number = most, told
        self.setValidator(QIntValidator(0, most, self))
        self.show_text(str(value) if value else "")
        self.settled.connect(self._on_settled)

    def _on_settled(self, text: str) -> None:
        value = min(self._most, int(text)) if text.strip().isdigit() else 0
        self.show_text(str(value) if value else "")
        self._number(value)
