"""Lessons that one may read before one joins a course."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.layout import column
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr
from lms_core.rest.previews import FreeLesson


def free(course: str, lessons: Sequence[FreeLesson], go: Callable[[str], None]) -> QWidget | None:
    """Those lessons in order, each a way into it; nothing where there are none."""
    if not lessons:
        return None
    rows = []
    for lesson in lessons:
        told = tr("{minutes} min", minutes=lesson.minutes) if lesson.minutes else ""
        row = ListRow(lesson.title, told, lead=Tile("video" if lesson.kind == "video" else "file-text", "neutral"))
        row.clicked.connect(lambda name=lesson.id: go(f"preview/{course}/{name}"))
        rows.append(row)
    made = Card(column(Label(tr("Free to read"), "strong"), *listed(*rows), gap=4, margin=16))
    made.setAccessibleName(tr("Free to read"))
    return made
