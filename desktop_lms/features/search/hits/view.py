"""Pieces of the page of results: a hit with its words marked, and the values of a facet with their counts."""

from __future__ import annotations

import html
from bisect import bisect_left
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import IconMark, Tile
from desktop_lms.widgets.text import Elided, Label, breakable
from desktop_lms.widgets.theme import current
from desktop_lms.words import LANGUAGES, dotted, formats, resource_words, tr
from lms_core.search.model import KINDS, Found

ICONS = {
    "course": "library-big", "lesson": "file-text", "video": "video", "page": "book-open", "resource": "folder-open",
    "note": "notebook-pen", "bookmark": "bookmark", "question": "circle-help",
    "answer": "list-checks", "card": "layers",
}  # fmt: skip
MOST_VALUES, MOST_KINDS = 6, len(KINDS)
"""Values shown of a facet; of those that say what something is all."""
LINES = 2


def kind_words(kind: str) -> str:
    """A kind of hit as people say it."""
    words = {
        "course": tr("Course"), "lesson": tr("Lesson"), "video": tr("Video"), "page": tr("PDF page"),
        "resource": tr("Resource"), "note": tr("Note"), "bookmark": tr("Bookmark"), "question": tr("Question"),
        "answer": tr("My answer"), "card": tr("Card"),
    }  # fmt: skip
    return words.get(kind, kind)


def command_icon(kind: str) -> str:
    """The icon of a hit or a suggestion."""
    return {"past": "history", "title": "search", "word": "search"}.get(kind) or ICONS.get(kind, "file-text")


def facet_words(facet: str, value: str, courses: dict[str, str]) -> str:
    """A facet's value as people say it."""
    if facet == "kind":
        return kind_words(value)
    if facet == "type":
        return resource_words(value)
    if facet == "course":
        return courses.get(value) or tr("A course that is gone")
    levels = {
        "beginner": tr("Beginner"), "intermediate": tr("Intermediate"), "advanced": tr("Advanced"),
        "all_levels": tr("All levels"),
    }  # fmt: skip
    return LANGUAGES.get(value, value) if facet == "language" else levels.get(value, value)


def place_words(found: Found) -> str:
    """Where in its lesson a hit stands; of a resource, what it is."""
    if found.kind == "resource":
        return resource_words(found.place)
    if found.kind == "page" and found.place:
        return tr("Page {number}", number=found.place)
    if found.kind == "video" and found.place.isdecimal():
        minutes, seconds = divmod(int(found.place), 60)
        return f"{minutes}:{seconds:02}"
    return ""


class Hit(Clickable):
    """A hit, shown anew for each that comes into view."""

    def __init__(self, chosen: Callable[[Found], None]) -> None:
        super().__init__()
        self._found: Found | None = None
        self._chosen = chosen
        self._tile = Tile("file-text")
        self._title, self._excerpt, self._where = Elided("", "strong"), Excerpt(), Elided("", "caption", "text2")
        words = column("~", self._title, self._where, self._excerpt, "~", gap=2)
        self.setLayout(row(boxed(column(self._tile, "~")), (words, 1), gap=16, margin=(8, 10, 8, 10)))
        self.clicked.connect(self._choose)

    def show_found(self, found: Found) -> None:
        """Show another hit."""
        self._found = found
        self._tile.show_icon(ICONS.get(found.kind, "file-text"))
        self._title.say(found.title or kind_words(found.kind))
        self._excerpt.show_parts(found.excerpt)
        title = "" if found.kind == "course" else found.course_title
        where = dotted(kind_words(found.kind), place_words(found), title)
        self._where.say(where)
        self.setAccessibleName(f"{kind_words(found.kind)}: {found.title}. {self._excerpt.accessibleName()}")

    def _choose(self) -> None:
        if self._found is not None:
            self._chosen(self._found)


class Excerpt(QLabel):
    """A stretch of text with the found words marked, two lines at most."""

    def __init__(self) -> None:
        super().__init__()
        theme = current()
        self._parts: Sequence[tuple[str, bool]] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        begin = (
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute if theme.rtl else Qt.AlignmentFlag.AlignLeft
        )
        self.setAlignment(Qt.AlignmentFlag.AlignTop | begin)
        self.setFont(theme.font("small"))
        self.setFixedHeight(self.fontMetrics().lineSpacing() * LINES + 2)

    def show_parts(self, parts: Sequence[tuple[str, bool]]) -> None:
        """Show another stretch."""
        self._parts = parts
        self.setVisible(bool(parts))
        self.setAccessibleName("".join(text for text, _ in parts))
        self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._say()

    def _say(self) -> None:
        """Show as many words as two lines have room for."""
        theme, parts = current(), _within(self._parts, self._most())
        mark = f"background-color:{theme.hex('hlAmber')}; color:{theme.hex('text')}"
        said = "".join(
            f'<span style="{mark}">{html.escape(text)}</span>' if hit else html.escape(text) for text, hit in parts
        )
        self.setText(f'<span style="color:{theme.hex("text2")}">{breakable(said)}</span>')

    def _most(self) -> int:
        """So many letters fit."""
        words, box = self.accessibleName(), QRect(0, 0, self.width(), self.height())
        flow = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere

        def fits(letters: int) -> bool:
            said = words[:letters] + "…" * (letters < len(words))
            return self.fontMetrics().boundingRect(box, int(flow), said).height() <= box.height()

        return bisect_left(range(len(words)), True, key=lambda letters: not fits(letters + 1))


def _within(parts: Sequence[tuple[str, bool]], most: int) -> list[tuple[str, bool]]:
    """The first letters of a stretch, ended by an ellipsis where there are more."""
    out, left = list[tuple[str, bool]](), most
    for text, hit in parts:
        if len(text) > left:
            return [*out, (text[:left].rstrip() + "…", hit)]
        out.append((text, hit))
        left -= len(text)
    return out


class FacetValue(Clickable):
    """A value to take or leave, with how many hits it has."""

    def __init__(self, chosen: Callable[[str], None]) -> None:
        super().__init__(radius=6)
        self._value, self._chosen = "", chosen
        self._words, self._count = Elided("", "small"), Label("", "caption", "text3", weight=400)
        self._check = IconMark("check", 14, "accentText")
        self.setLayout(row((self._words, 1), self._check, self._count, gap=8, margin=(8, 4, 8, 4)))
        self.clicked.connect(self._choose)

    def show_value(self, value: str, words: str, count: int, *, taken: bool) -> None:
        """Show another value."""
        self._value = value
        self._words.say(words, "accentText" if taken else "text")
        self._count.say(formats().toString(count))
        self._check.setVisible(taken)
        self.select(taken)
        state = tr("chosen") if taken else ""
        self.setAccessibleName(", ".join(filter(None, (words, str(count), state))))

    def _choose(self) -> None:
        self._chosen(self._value)


class Facet(QWidget):
    """A facet: its name over its values, the most common first; hidden where there is nothing to choose."""

    def __init__(self, name: str, facet: str, narrow: Callable[[str, str], None]) -> None:
        super().__init__()
        self._facet, self._narrow = facet, narrow
        self._most = MOST_KINDS if facet in ("kind", "type") else MOST_VALUES
        self._values: list[FacetValue] = []
        self._box = column(gap=1)
        head = row(8, Label(name, "caption", "text3", weight=600), "~", gap=0)
        self.setLayout(column(head, 2, self._box, gap=1, margin=(0, 0, 0, 18)))

    def show_values(self, values: Sequence[tuple[str, int]], taken: Sequence[str], courses: dict[str, str]) -> None:
        """Show the values of another answer; what is taken stays, even without a hit."""
        known = dict(values)
        shown = [*((value, known.get(value, 0)) for value in taken), *(pair for pair in values if pair[0] not in taken)]
        while len(self._values) < min(self._most, len(shown)):
            self._values.append(FacetValue(self._take))
            self._box.addWidget(self._values[-1])
        for n, line in enumerate(self._values):
            line.setVisible(n < len(shown))
            if n < len(shown):
                value, count = shown[n]
                line.show_value(value, facet_words(self._facet, value, courses), count, taken=value in taken)
        self.setVisible(len(shown) > 1 or bool(taken))

    def _take(self, value: str) -> None:
        self._narrow(self._facet, value)
