"""Rows and columns in one line each: what is in them, the gap between and the margin around."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget
from shiboken6 import delete

Item = QWidget | QLayout | int | str | tuple[QWidget | QLayout, int] | None
"""A widget, a layout, a gap in px, "~" for a stretch, (widget, stretch), or None for nothing."""
Margin = int | tuple[int, int, int, int]


def fill(layout: QBoxLayout, items: tuple[Item, ...], *, gap: int, margin: Margin) -> QBoxLayout:
    """Put items into a box."""
    layout.setSpacing(gap)
    layout.setContentsMargins(*(margin if isinstance(margin, tuple) else (margin,) * 4))
    for entry in items:
        item, stretch = entry if isinstance(entry, tuple) else (entry, 0)
        if isinstance(item, str):
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item, stretch)
        elif item is not None:
            layout.addWidget(item, stretch)
    return layout


def column(*items: Item, gap: int = 8, margin: Margin = 0) -> QBoxLayout:
    """Items below each other."""
    return fill(QVBoxLayout(), items, gap=gap, margin=margin)


def row(*items: Item, gap: int = 8, margin: Margin = 0) -> QBoxLayout:
    """Items beside each other."""
    return fill(QHBoxLayout(), items, gap=gap, margin=margin)


def boxed(layout: QLayout, *, width: int | None = None, height: int | None = None) -> QWidget:
    """A plain widget around a layout."""
    box = QWidget()
    box.setLayout(layout)
    if width is not None:
        box.setFixedWidth(width)
    if height is not None:
        box.setFixedHeight(height)
    return box


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if inner is not None:
            clear(inner)
            inner.deleteLater()
            continue
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        delete(item)  # nobody else does
