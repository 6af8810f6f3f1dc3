"""Read a PDF: pages, place, zoom, search, outline, selection and highlights; a plain card for what cannot be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_lms.widgets.buttons import Button, menu_button
from desktop_lms.widgets.feedback import empty_state
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.lifted import Lifted
from desktop_lms.widgets.notes import mark_buttons
from desktop_lms.widgets.pdf.document import Later, Load, Make, PdfDocument
from desktop_lms.widgets.pdf.engine import Engine
from desktop_lms.widgets.pdf.marks import PdfMark
from desktop_lms.widgets.pdf.pages import PagesView
from desktop_lms.widgets.pdf.side import Entries, Thumbs
from desktop_lms.widgets.surfaces import Line, Panel
from desktop_lms.widgets.switches import Tabs
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

SIDE, NARROW = 168, 720
MOST_MARKED = 20
"""Pages that one highlight goes over: each keeps its own note."""
ZOOMS = ("width", "page", "0.5", "0.75", "1", "1.5", "2", "3", "4")


class PdfView(QWidget):
    """One document, opened when `open` is called; `stop` lets it go. Pictures are one without `words`."""

    place_changed = Signal(dict)
    """Where one is: page (from 0), at (part of it, 0 to 1) and zoom; to be given to `restore`."""
    highlighted = Signal(str, object)
    """Words are to be highlighted in a colour: a Passage for each page that they are on."""
    worked = Signal()
    """The person turned, searched or selected."""

    def __init__(self, later: Later, load: Load, make: Make = Engine, *, name: str = "", words: bool = True) -> None:
        super().__init__()
        self._name, self._has_words = name, words
        self._quote: tuple[int, str] = (0, "")
        self._sought: tuple[int, str, int | None] | None = None
        self._kept: Mapping[str, Any] = {}
        self._lifted: Lifted | None = None
        self._at_hit = -1
        self._zoom_said = ""
        self._side_wanted: bool | None = None
        self.document = PdfDocument(later, load, make, self)
        self.pages = PagesView(self.document, name=name or tr("PDF"))
        self.setAccessibleName(name or tr("PDF"))
        self._stack = QStackedWidget()
        self._message = QWidget()
        self.setLayout(column((self._stack, 1), gap=0))
        self._reader = self._build()
        self._stack.addWidget(self._reader)
        self._connect()
        self._say_state("file-text", tr("Opening…"), "")

    # --- building
    def _build(self) -> QWidget:
        self.thumbs, self.entries = Thumbs(self.document), Entries(self.document)
        self._lists = QStackedWidget()
        self._lists.addWidget(self.thumbs)
        self._lists.addWidget(self.entries)
        self._tabs = Tabs([tr("Pages"), tr("Outline")], 0, name=tr("Beside the pages"))
        self._side = Panel(column(self._tabs, (self._lists, 1), gap=0, margin=(12, 0, 12, 0)), edge="end")
        self._marks = self._build_marks()
        shown = row(self._side, (self.pages, 1), gap=0)
        self._tools, self._find = self._build_tools(), self._build_find()
        return boxed(column(self._tools, Line(), self._find, (shown, 1), self._marks, gap=0))

    def _build_tools(self) -> QWidget:
        self._fold = Button("", "ghost", "panel-left", name=tr("Pages and outline"))
        self._before = Button("", "ghost", "chevron-up", name=tr("Previous page"))
        self._after = Button("", "ghost", "chevron-down", name=tr("Next page"))
        self._number = Field(name=tr("Page"))
        self._number.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._of = Label("", "small", "text2")
        self._smaller = Button("", "ghost", "minus", name=tr("Smaller"))
        self._larger = Button("", "ghost", "plus", name=tr("Larger"))
        self._zoom_place = row(gap=0)
        search = Button("", "ghost", "search", name=tr("Find in this PDF"))
        whole = Button("", "ghost", "maximize", name=tr("Whole window"))
        self._fold.clicked.connect(self._on_fold)
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after.clicked.connect(lambda: self._turn(1))
        self._number.returnPressed.connect(self._on_number)
        self._smaller.clicked.connect(lambda: self.pages.zoom_by(-1))
        self._larger.clicked.connect(lambda: self.pages.zoom_by(1))
        search.clicked.connect(self.open_find)
        whole.clicked.connect(self.toggle_whole)
        self._show_zoom()
        search.setVisible(self._has_words)
        return boxed(row(
            self._fold, 4, self._before, self._after, self._number, self._of, "~", self._smaller, self._zoom_place,
            self._larger, "~", search, whole, gap=4, margin=(8, 6, 8, 6),
        ))  # fmt: skip

    def _build_find(self) -> QWidget:
        self.finder = Field(tr("Find in this PDF"), icon="search", quiet=True)
        self._hits = Label("", "caption", "text2")
        up, down = (
            Button("", "ghost", "chevron-up", name=tr("Previous place")),
            Button("", "ghost", "chevron-down", name=tr("Next place")),
        )
        shut = Button("", "ghost", "x", name=tr("Close"))
        self.finder.settled.connect(self._on_find)
        self.finder.returnPressed.connect(lambda: self._step_hit(1))
        up.clicked.connect(lambda: self._step_hit(-1))
        down.clicked.connect(lambda: self._step_hit(1))
        shut.clicked.connect(self.close_find)
        bar = boxed(row((self.finder, 1), self._hits, up, down, shut, gap=4, margin=(8, 6, 8, 6)))
        bar.hide()
        return bar

    def _build_marks(self) -> QWidget:
        self._chosen = Elided("", "caption", "text2")
        self._inks = mark_buttons(self._mark) if self._has_words else []
        take = Button(tr("Copy"), "", "copy", small=True)
        take.clicked.connect(self.pages.copy)
        bar = boxed(row((self._chosen, 1), *self._inks, take, gap=6, margin=(12, 6, 12, 6)))
        bar.hide()
        return bar

    def _connect(self) -> None:
        document, pages = self.document, self.pages
        document.opened.connect(self._on_opened)
        document.refused.connect(self._on_refused)
        document.found.connect(self._on_found)
        pages.moved.connect(self._on_moved)
        pages.zoomed.connect(self._show_zoom)
        pages.selected.connect(self._on_selected)
        pages.marks.changed.connect(self._on_marks)
        self._tabs.chosen.connect(self._lists.setCurrentIndex)
        self.thumbs.chosen.connect(self._jump)
        self.entries.chosen.connect(self._jump)
        for keys, then in (
            ("Ctrl+F", self.open_find), ("Ctrl++", lambda: pages.zoom_by(1)), ("Ctrl+=", lambda: pages.zoom_by(1)),
            ("Ctrl+-", lambda: pages.zoom_by(-1)), ("Ctrl+0", lambda: pages.set_zoom("width")),
            ("Ctrl+PgDown", lambda: self._turn(1)), ("Ctrl+PgUp", lambda: self._turn(-1)),
            ("F11", self.toggle_whole), ("F3", lambda: self._step_hit(1)), ("Shift+F3", lambda: self._step_hit(-1)),
        ):  # fmt: skip
            shortcut(self, keys, then, within=True)

    # --- opening
    def open(self, kept: Mapping[str, Any] | None = None) -> None:
        """Open the document and go to where one was."""
        self._kept = kept or {}
        self.document.open()

    def stop(self) -> None:
        """Let the document go."""
        self.pages.stop()
        self.document.close()

    def _on_opened(self) -> None:
        count = len(self.document.sizes)
        self._stack.setCurrentWidget(self._reader)
        self._of.say(tr("of {count}", count=count))
        self.thumbs.show_pages()
        self.entries.show_outline()
        self._tabs.setVisible(bool(self.document.outline))
        for each in (self._fold, self._before, self._after, self._number, self._of):
            each.setVisible(count > 1 or self._has_words)
        page, part, zoom = self._kept.get("page"), self._kept.get("at"), self._kept.get("zoom")
        if zoom in ("width", "page") or isinstance(zoom, int | float):
            self.pages.set_zoom(zoom)
        place = (page if isinstance(page, int) else 0, float(part) if isinstance(part, int | float) else 0.0)
        self.pages.lay_out(place if self._sought is None else (self._sought[0], 0.0))
        self._arrange()
        self._show_page()

    def _on_refused(self, why: str) -> None:
        if why == "locked":
            self._ask_password()
            return
        titles = {
            "damaged": (tr("This file cannot be read"), tr("It is damaged, or made in a way that is not known.")),
            "empty": (tr("This file has no pages"), tr("There is nothing to show in it.")),
        }
        title, detail = titles.get(why, (tr("This file is not here"), tr("It cannot be shown on this device now.")))
        self._say_state("triangle-alert", title, detail)

    def _ask_password(self) -> None:
        field = Field(tr("Password of the PDF"), secret=True)
        field.setFixedWidth(current().px(240))
        field.mark_bad(bool(self._kept.get("tried")))
        go = Button(tr("Open"), "primary")

        def again() -> None:
            self._kept = {**self._kept, "tried": True}
            self.document.open(field.text())

        go.clicked.connect(again)
        field.returnPressed.connect(again)
        tried = tr("This password does not open it.") if self._kept.get("tried") else ""
        asked = tr("Enter the password that you were given for it.")
        state = empty_state("lock", tr("This PDF is locked"), tried or asked)
        self._show_message(boxed(column((state, 1), row("~", field, go, "~", margin=(16, 0, 16, 24)), "~", gap=0)))
        field.setFocus()

    def _say_state(self, icon: str, title: str, detail: str) -> None:
        self._show_message(empty_state(icon, title, detail))

    def _show_message(self, widget: QWidget) -> None:
        self._message.deleteLater()
        self._message = widget
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    # --- place and size
    @property
    def place(self) -> dict[str, Any]:
        """Where one is."""
        page, part = self.pages.place
        return {"page": page, "at": round(part, 3), "zoom": self.pages.zoom}

    def go_to(self, page: int) -> None:
        """Show a page, from 0."""
        self.pages.go_to(page)

    def _jump(self, page: int) -> None:
        self.go_to(page)
        self.pages.setFocus()

    def _turn(self, by: int) -> None:
        self.go_to(self.pages.page + by)

    def _on_number(self) -> None:
        text = self._number.text().strip()
        if text.isdecimal() and 1 <= int(text) <= len(self.document.sizes):
            self._jump(int(text) - 1)
        self._show_page()

    def _on_moved(self) -> None:
        self._show_page()
        self.place_changed.emit(self.place)
        self.worked.emit()

    def _show_page(self) -> None:
        page, count = self.pages.page, len(self.document.sizes)
        if not self._number.hasFocus() or self._number.text() in ("", str(page), str(page + 2)):
            self._number.show_text(str(page + 1))
        self._number.setFixedWidth(current().px(24 + 9 * max(2, len(str(count)))))
        self._before.setEnabled(page > 0)
        self._after.setEnabled(page + 1 < count)
        self.thumbs.show_page(page)
        self.entries.show_page(page)

    def _show_zoom(self) -> None:
        names = {"width": tr("Fit width"), "page": tr("Fit page")}
        now = self.pages.zoom
        words = names[now] if isinstance(now, str) else f"{round(100 * now)} %"
        if words == self._zoom_said:
            return  # a new button in its place would move what stands below it, and so ask for itself again
        self._zoom_said = words
        entries = [(zoom, names.get(zoom) or f"{round(100 * float(zoom))} %") for zoom in ZOOMS]
        clear(self._zoom_place)
        self._zoom_place.addWidget(menu_button(words, "", tr("Zoom"), entries, self._on_zoom))

    def _on_zoom(self, zoom: str) -> None:
        self.pages.set_zoom(zoom if zoom in ("width", "page") else float(zoom))
        self.place_changed.emit(self.place)

    # --- arrangement
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The list stands where there is room, unless a person chose otherwise."""
        roomy = self.width() >= NARROW * current().scale and len(self.document.sizes) > 1
        self._side.setVisible(roomy if self._side_wanted is None else self._side_wanted)
        self._side.setFixedWidth(min(current().px(SIDE), max(120, self.width() // 3)))

    def _on_fold(self) -> None:
        self._side_wanted = not self._side.isVisibleTo(self)
        self._arrange()

    def toggle_whole(self) -> None:
        """Show it over the whole window, or put it back."""
        if self._lifted is not None:
            self._lifted.put_back()
            return
        parent = self.parentWidget()
        home = parent.layout() if parent is not None else None
        if home is not None and home.indexOf(self) >= 0:
            self._lifted = Lifted(self, home)
            self._lifted.ended.connect(self._on_put_back)

    def _on_put_back(self) -> None:
        self._lifted = None

    # --- search
    def open_find(self) -> None:
        """Find in the document."""
        if not self._has_words:
            return
        self._find.show()
        self.finder.setFocus()
        self.finder.selectAll()

    def close_find(self) -> None:
        """Find nothing any more."""
        self._find.hide()
        self.document.search("")
        self.pages.setFocus()

    def _on_find(self, words: str) -> None:
        self._at_hit = -1
        self.document.search(words)
        self.worked.emit()

    def _on_found(self) -> None:
        hits = self.document.hits
        if hits and self._at_hit < 0:
            self._show_hit(next((n for n, hit in enumerate(hits) if hit.page >= self.pages.page), 0))
        self._say_hits()

    def _say_hits(self) -> None:
        count = len(self.document.hits)
        if not self.finder.text().strip():
            self._hits.say("")
        elif count:
            more = "+" if self.document.is_searching else ""
            self._hits.say(tr("{at} of {count}", at=self._at_hit + 1, count=f"{count}{more}"))
        else:
            self._hits.say(tr("Searching…") if self.document.is_searching else tr("Nothing found"))

    def _step_hit(self, by: int) -> None:
        self.finder.tell()
        if hits := self.document.hits:
            self._show_hit((self._at_hit + by) % len(hits))
            self._say_hits()

    def _show_hit(self, at: int) -> None:
        self._at_hit = at
        self.pages.show_hit(self.document.hits[at])

    # --- highlights
    def show_marks(self, marks: Iterable[PdfMark]) -> None:
        """Show these highlights."""
        self.pages.marks.show(marks)

    def seek(self, page: int, quote: str, start: int | None) -> None:
        """Go to a page (from 0), and on to where the highlight of a quote that was there is found."""
        self._sought = (page, quote, start)
        self.go_to(page)
        self._on_marks()

    def _on_marks(self) -> None:
        if self._sought is not None and (found := self.pages.marks.find(*self._sought)) is not None:
            self._sought = None
            self.pages.bring(found)

    def _on_selected(self, page: int, quote: str) -> None:
        self._quote = (page, quote)
        self._chosen.say(f"“{quote}”" if quote else "")
        self._marks.setVisible(bool(quote))
        for button in self._inks:
            button.setEnabled(len(self.pages.selection.stretches) <= MOST_MARKED)
        self.worked.emit()

    def _mark(self, colour: str) -> None:
        if self._quote[1]:
            self.highlighted.emit(colour, self.pages.selection.passages)
            self.pages.clear_selection()
