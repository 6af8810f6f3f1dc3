"""All results of a search, by kind, with the words marked."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop_lms.features.search.viewmodel import SearchModel, route_to
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Line, Tile
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr
from lms_core.search.model import Found, Kind

Go = Callable[[str], None]
ICONS = {"course": "library-big", "lesson": "file-text", "note": "notebook-pen"}
KINDS: tuple[Kind | None, ...] = (None, "lesson", "note", "course")


class SearchPage(Page):
    """The page; `go` follows a route. `words` are what was typed elsewhere already."""

    def __init__(self, model: SearchModel, *, go: Go, words: str = "") -> None:
        super().__init__()
        self._model, self._go = model, go
        self.field = Field(tr("Search lessons, notes and courses"), icon="search")
        self.kinds = Segments([tr("All"), tr("Lessons"), tr("Notes"), tr("Courses")], name=tr("Kind"))
        self._count = Label("", "small", "text2")
        self._list = column(gap=0)
        self.show_items(
            heading(tr("Search")), 16, self.field, 12, row(self.kinds, "~", self._count), 12, (boxed(self._list), 1)
        )
        self.field.textChanged.connect(model.search)
        self.field.returnPressed.connect(model.refresh)
        self.kinds.chosen.connect(lambda at: model.only(KINDS[at]))
        model.changed.connect(self._render)
        look().changed.connect(self._render)
        self.field.setText(words)
        self._render()
        self.setFocusProxy(self.field)

    def _render(self) -> None:
        model = self._model
        clear(self._list)
        results = model.results
        self._count.say(tr("{count} found", count=len(results)) if results else "")
        if model.error:
            self._list.addWidget(Banner(tr("The search failed"), sentence(model.error), tone="warning"))
        elif not model.query.strip() or results is None:
            text = tr(
                "Everything on this device is searched: lessons, your notes and the catalogue. No network needed."
            )
            self._list.addWidget(empty_state("search", tr("What are you looking for?"), text), 1)
            return
        elif not results:
            text = tr("No lesson, note or course has these words. Fewer words or a beginning of a word find more.")
            self._list.addWidget(empty_state("search", tr("Nothing found"), text), 1)
            return
        for number, found in enumerate(results or ()):
            if number:
                self._list.addWidget(Line())
            self._list.addWidget(self._row(found))
        self._list.addStretch(1)

    def _row(self, found: Found) -> QWidget:
        kinds = {"course": tr("Course"), "lesson": tr("Lesson"), "note": tr("Note")}
        where = " · ".join(filter(None, (kinds[found.kind], found.course_title)))
        made = Clickable(name=f"{kinds[found.kind]}: {found.title}")
        words = column(Elided(found.title, "strong"), Excerpt(found.excerpt), Elided(where, "caption", "text2"), gap=2)
        made.setLayout(row(boxed(column(Tile(ICONS[found.kind]), "~")), (words, 1), gap=16, margin=(8, 12, 8, 12)))
        made.clicked.connect(lambda: self._go(route_to(found)))
        return made


class Excerpt(QLabel):
    """A stretch of text with the found words marked."""

    def __init__(self, parts: tuple[tuple[str, bool], ...]) -> None:
        super().__init__()
        theme = current()
        mark = f"background-color:{theme.hex('hlAmber')}; color:{theme.hex('text')}"
        said = "".join(
            f'<span style="{mark}">{html.escape(text)}</span>' if hit else html.escape(text) for text, hit in parts
        )
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setFont(theme.font("small"))
        self.setText(f'<span style="color:{theme.hex("text2")}">{said}</span>')
        self.setAccessibleName("".join(text for text, _ in parts))
