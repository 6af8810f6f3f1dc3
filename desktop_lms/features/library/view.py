"""Files: all that one's courses carry, found by words and kind, with where each is used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.library.viewmodel import LibraryModel, Shelf
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Chip, IconMark, Tile
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.courses.library import LibraryFile, Use

Go = Callable[[str], None]
KINDS = ("", "image", "video", "audio", "document", "other")
ICONS = {"image": "image", "video": "video", "audio": "music", "document": "file-text", "other": "archive"}
MARKS = {"text": "type", "item": "layers", "resource": "download", "caption": "captions", "cover": "image"}


class LibraryPage(Page):
    """The page; `go` follows a route."""

    def __init__(self, model: LibraryModel, *, go: Go) -> None:
        super().__init__()
        self._model, self._go = model, go
        self.setAccessibleName(tr("Files"))
        self.search = Field(tr("Search in files"), icon="search", quiet=True)
        self.search.setMinimumWidth(240)
        names = [tr("All"), tr("Pictures"), tr("Films"), tr("Sounds"), tr("Documents"), tr("Other")]
        self.kinds = Segments(names, name=tr("Kind"))
        self._tools = boxed(row(self.kinds, "~", gap=8))
        self._list = column(gap=0)
        self._rows: dict[str, ListRow] = {}
        self.show_items(heading(tr("Files"), "", self.search), 16, self._tools, 12, (boxed(self._list), 1))
        self.search.textChanged.connect(lambda text: model.narrow(typed=text.strip()))
        self.kinds.chosen.connect(lambda at: model.narrow(kind=KINDS[at]))
        model.changed.connect(self._render)
        look().changed.connect(self._render)
        shortcut(self, "Ctrl+F", self.search.setFocus)
        self._render()
        model.refresh()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        return [(tr("Teach"), "teach"), (tr("Files"), "")]

    def _render(self) -> None:
        shelf, error = self._model.shelf, self._model.error
        held = next((name for name, made in self._rows.items() if made.hasFocus()), "")
        clear(self._list)
        self._rows = {}
        there = shelf is not None and bool(shelf.whole)
        self._tools.setVisible(there)
        self.search.setVisible(there)
        if error:
            self._list.addWidget(Banner(tr("The files cannot be read"), sentence(error), tone="warning"))
        elif shelf is None:
            self._list.addWidget(Label(tr("Reading your files…"), "body", "text2"))
        for item in self._items(shelf) if shelf else ():
            if isinstance(item, QWidget):
                self._list.addWidget(item)
        if shelf is None or shelf.files:
            self._list.addStretch(1)
        if held in self._rows:
            self._rows[held].setFocus()

    def _items(self, shelf: Shelf) -> list[Item]:
        if not shelf.whole:
            text = tr("Pictures, films, sounds and documents that you add to your courses stand here together.")
            teach = Button(tr("To my courses"), "primary", "presentation")
            teach.clicked.connect(lambda: self._go("teach"))
            return [empty_state("folder-open", tr("No files yet"), text, teach)]
        if not shelf.files:
            every = Button(tr("Show all files"))
            every.clicked.connect(self._reset)
            return [empty_state("search", tr("Nothing fits"), tr("No file has these words and this kind."), every)]
        items = listed(*(self._file(shelf, file) for file in shelf.files))
        if len(shelf.files) < shelf.count:
            more = Button(tr("Show more"), "link")
            more.clicked.connect(self._model.more)
            items.append(boxed(row("~", more, "~", margin=(0, 12, 0, 0))))
        return items

    def _reset(self) -> None:
        self.search.clear()
        self.kinds.choose(0, quiet=True)
        self._model.narrow(typed="", kind="")

    def _file(self, shelf: Shelf, file: LibraryFile) -> QWidget:
        chosen = file.sha256 == shelf.chosen
        used = counted("Used once", "Used {count} times", file.used) if file.used else tr("Not used")
        detail = [size_of(file.size), "" if file.is_here else tr("not on this device"), file.alt]
        chip = Chip(used, "info" if file.used else "neutral")
        made = ListRow(file.name or tr("File"), dotted(*detail), chip, lead=Tile(ICONS[file.kind]))
        made.setAccessibleName(f"{made.accessibleName()}. {used}")
        made.select(chosen)
        made.clicked.connect(lambda: self._model.choose(file.sha256))
        self._rows[file.sha256] = made
        if not chosen:
            return made
        places: list[Item] = [self._use(use) for use in shelf.uses]
        nothing = Label(tr("No course of yours shows it or hands it out."), "small", "text2", wrap=True)
        inside = boxed(column(*(places or [nothing]), gap=0, margin=(64, 4, 8, 12)))
        return boxed(column(made, inside, gap=0))

    def _use(self, use: Use) -> QWidget:
        words = {
            "text": tr("in the text"), "item": tr("among the contents"), "resource": tr("to take along"),
            "caption": tr("as captions"), "cover": tr("as its picture"),
        }[use.what]  # fmt: skip
        detail = dotted(use.course_title if use.lesson_id else "", words)
        title = use.lesson_title or use.course_title
        made = ListRow(title, detail, lead=IconMark(MARKS[use.what], 16, "text2"), compact=True)
        route = f"builder/{use.course_id}/{use.lesson_id}" if use.lesson_id else f"builder/{use.course_id}"
        made.clicked.connect(lambda: self._go(route))
        return made
