"""Where one is in a row of steps: done ones ticked, the present one strong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.layout import boxed, row
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Label


def step_line(names: Sequence[str], here: int) -> QWidget:
    """The line; `here` counts from 0."""
    parts: list[QWidget] = []
    for number, name in enumerate(names):
        now = number == here
        mark: QWidget = (
            IconMark("circle-check", 16, "success")
            if number < here
            else Label(str(number + 1), "smallStrong", "accentText" if now else "text3")
        )
        words = Label(name, "smallStrong" if now else "small", "text" if now else "text2")
        parts.append(boxed(row(mark, words, gap=8)))
    return boxed(Flow(*parts, gap=24))
