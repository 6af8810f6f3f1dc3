"""Lessons of a course that one has not joined: those that are free to read, and the others folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.folding import Fold
from desktop_lms.widgets.layout import Item, boxed, column
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.words import counted, tr
from lms_core.rest.previews import FreeLesson

Go = Callable[[str], None]
ICONS = {"video": "video", "quiz": "list-checks"}


def free(course: str, lessons: Sequence[FreeLesson], go: Go) -> QWidget | None:
    """Those lessons in order, each a way into it; nothing where there are none."""
    if not lessons:
        return None
    whole = [_row(course, each, go) for each in lessons if each.preview]
    rest = [each for each in lessons if not each.preview]
    items: list[Item] = [Label(tr("Free to read"), "strong"), *listed(*whole)] if whole else []
    if rest:
        told = counted("1 lesson", "{count} lessons", len(rest))
        items.append(Fold(tr("For those who have joined"), told, lambda: _rows(course, rest, go)))
    made = Card(column(*items, gap=4, margin=16))
    made.setAccessibleName(tr("Free to read") if whole else tr("For those who have joined"))
    return made


def _rows(course: str, lessons: Sequence[FreeLesson], go: Go) -> QWidget:
    return boxed(column(*listed(*(_row(course, each, go) for each in lessons)), gap=0))


def _row(course: str, lesson: FreeLesson, go: Go) -> ListRow:
    told = tr("{minutes} min", minutes=lesson.minutes) if lesson.minutes else ""
    icon = ICONS.get(lesson.kind, "file-text") if lesson.preview else "lock"
    row = ListRow(lesson.title, told, lead=Tile(icon, "neutral"))
    row.clicked.connect(lambda: go(f"preview/{course}/{lesson.id}"))
    return row
