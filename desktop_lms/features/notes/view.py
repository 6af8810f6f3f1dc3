"""All notes, highlights and bookmarks: a list that finds and filters, and beside it the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QStackedWidget, QWidget

from desktop_lms.features.notes.pane.view import NotePane
from desktop_lms.features.notes.rows import NoteRow
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.store import Task
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.cards import CardList, CardRow
from desktop_lms.widgets.feedback import Sheet, cannot_read, empty_state
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.notes import colour_words, token
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.pdf.marks import look_up
from desktop_lms.widgets.surfaces import Bar, Panel
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Label, shortened
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.times import when_words
from desktop_lms.words import dotted, sentence, tr
from lms_core.errors import LmsError
from lms_core.learning.anchors import read_spot
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.notes_file import clock, plain_words

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
KINDS = ("", "note", "highlight", "bookmark", "orphan")
ICONS = {"note": "sticky-note", "highlight": "highlighter", "bookmark": "bookmark"}
PANE, NARROW, LEAST = 340, 860, 240
SHORT = 24
"""The most letters of a tag among the choices."""
LOOKED_AT = 800
"""So many letters of a note may come to stand on its card."""


class NotesPage(Panel):
    """The page; `go` follows a route, `say` shows a toast with a way back."""

    def __init__(self, model: NotesModel, *, go: Go, say: Say, open_example: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._model, self._go, self._say, self._open_example = model, go, say, open_example
        self.search = Field(tr("Search in notes and highlights"), icon="search", quiet=True)
        self.search.setMinimumWidth(280)
        names = [tr("All"), tr("Notes"), tr("Highlights"), tr("Bookmarks"), tr("Place gone")]
        self.kinds = Segments(names, name=tr("Kind"))
        self.courses, self.tags = Choice(name=tr("Course")), Choice(name=tr("Tag"))
        self.colours, self.orders = Choice(_colours(), name=tr("Colour")), Choice(_orders(), name=tr("Order"))
        self.export = Button(tr("Export…"), "", "download")
        self._count = Label("", "caption", "text2")
        self.list = CardList(name=tr("Notes"))
        self.pane = NotePane(model, go)
        self._message = Page(pad=0, top=0)
        self._beside = True
        self._build()
        self._connect()
        self._render()
        model.look_up_with(look_up)
        model.refresh()

    def _build(self) -> None:
        filters = Flow(self.courses, self.tags, self.colours, self.orders)
        self._tools = boxed(column(row(self.kinds, "~"), filters, gap=10))
        self._both = row((boxed(column(self._count, (self.list, 1), gap=6)), 1), self.pane, gap=20)
        self._stack = QStackedWidget()
        self._stack.addWidget(boxed(self._both))
        self._stack.addWidget(self._message)
        head = heading(tr("Notes"), "", self.search, self.export)
        self._stack.setMinimumHeight(LEAST)
        body = column(head, 16, self._tools, 12, (self._stack, 1), gap=0, margin=(0, 0, 0, 0))
        self.setLayout(column((Page((boxed(body), 1)), 1), gap=0))

    def _connect(self) -> None:
        model = self._model
        self.search.textChanged.connect(lambda text: model.narrow(query=text))
        self.courses.chosen.connect(lambda course: model.narrow(course=course))
        self.tags.chosen.connect(lambda tag: model.narrow(tag=tag))
        self.colours.chosen.connect(lambda colour: model.narrow(colour=colour))
        self.orders.chosen.connect(lambda order: model.narrow(order=order))
        self.kinds.chosen.connect(lambda at: model.narrow(kind=KINDS[at]))
        self.export.clicked.connect(self.ask_export)
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._open)
        self.list.delete_asked.connect(self._delete)
        self.pane.delete_asked.connect(self._delete)
        model.changed.connect(self._render)
        model.deleted.connect(self._on_deleted)
        model.exported.connect(lambda path: self._say(tr("Written to {path}", path=path), None))
        model.carded.connect(self._on_carded)
        model.refused.connect(self._on_refused)
        look().changed.connect(self._render)
        for keys, then in (
            ("Ctrl+Z", model.undo_stack.undo), ("Ctrl+Shift+Z", model.undo_stack.redo),
            ("Ctrl+F", self.search.setFocus), ("Ctrl+E", self.ask_export),
        ):  # fmt: skip
            shortcut(self, keys, then)

    def leave(self) -> None:
        """Save what was typed."""
        self.pane.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self._beside = self.width() >= NARROW * current().scale
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._both.setDirection(way)
        self.pane.setMinimumWidth(current().px(PANE) if wide else 0)
        self.pane.setMaximumWidth(current().px(PANE) if wide else 16_777_215)
        self._both.setStretch(1, 0 if wide else 1)
        self.pane.setMaximumHeight(16_777_215 if wide else self.height() * 3 // 8)
        self.pane.setVisible(wide or bool(self.list.keys))

    # --- showing
    def _render(self) -> None:
        model = self._model
        self.courses.show_entries(
            [("", tr("All courses")), *((c, t or tr("A course that is gone")) for c, t in model.courses)]
        )
        self.courses.choose(model.course)
        self.tags.show_entries([("", tr("All tags")), *((tag, f"#{shortened(tag, SHORT)}") for tag in model.tags)])
        self.tags.choose(model.tag)
        self.tags.setVisible(bool(model.tags))
        self._tools.setVisible(bool(model.count))
        self.search.setVisible(bool(model.count))
        self.export.setEnabled(bool(model.rows))
        self._count.say(tr("{count} of {all}", count=len(model.rows), all=model.count or 0))
        self._count.setVisible(model.is_narrowed)
        self.list.show_rows(model.names, self._card)
        if not self.list.keys and self._beside:
            self.list.choose(model.names[:1])
        message = self._nothing()
        self._message.show_items(message)
        self._stack.setCurrentIndex(0 if message is None else 1)
        self._on_chosen()

    def _card(self, name: str) -> CardRow:
        found = self._model.row(name)
        return card_of(found) if found is not None else CardRow("", "", "")

    def _nothing(self) -> QWidget | None:
        """What stands there instead of the list."""
        model = self._model
        if model.count is None and model.error:
            return cannot_read(tr("The notes cannot be read"), model.error, model.refresh)
        if model.count is None:
            return boxed(column(Label(tr("Reading your notes…"), "body", "text2"), "~"))
        if not model.count:
            return self._empty()
        if not model.rows:
            reset = Button(tr("Show all notes"))
            reset.clicked.connect(self._reset)
            return empty_state("search", tr("Nothing fits"), tr("No note has all of these words and filters."), reset)
        return None

    def _empty(self) -> QWidget:
        text = tr(
            "Highlight text in any lesson, or write beside it. Notes keep their place and work without a network."
        )
        go_on = Button(tr("Continue a lesson"), "primary", "play")
        go_on.clicked.connect(lambda: self._go("today"))
        example = Button(tr("Open an example"))
        example.clicked.connect(lambda: self._open_example() if self._open_example else None)
        buttons = (go_on, example) if self._open_example else (go_on,)
        return empty_state("notebook-pen", tr("Your notes will live here"), text, *buttons)

    def _reset(self) -> None:
        self.search.clear()
        self.kinds.choose(0, quiet=True)
        self.colours.choose("")
        self._model.narrow(query="", course="", tag="", colour="", kind="")

    def _on_chosen(self) -> None:
        rows = [found for name in self.list.keys if (found := self._model.row(name))]
        self.pane.show_rows(rows)
        self.pane.setVisible(self._beside or bool(rows))  # below the list it would take the room of notes

    # --- doing
    def _open(self, name: str) -> None:
        found = self._model.row(name)
        if found is not None and found.reachable:
            self._go(f"lesson/{found.kept.course_id}/{found.kept.lesson_id}/{name}")

    def _delete(self) -> None:
        self.pane.tags.settle()
        self._model.delete(*self.list.keys)

    def _on_deleted(self, count: int) -> None:
        words = tr("Note deleted") if count == 1 else tr("{count} notes deleted", count=count)
        self._say(words, self._model.undo_stack.undo)

    def _on_carded(self, card: str) -> None:
        self._say(tr("Card made"), lambda: self._model.drop_card(card))

    def _on_refused(self, error: LmsError) -> None:
        self._say(sentence(error), None)

    # --- export
    def ask_export(self) -> None:
        """Ask in which form and where; what is filtered out stays out."""
        if not self._model.rows:
            return
        said = tr("{count} notes, as they are filtered now.", count=len(self._model.rows))
        shut, folder, pdf, one = (
            Button(tr("Cancel")), Button(tr("A file for each course…"), "", "folder"),
            Button(tr("PDF…"), "", "file-text"), Button(tr("Markdown…"), "primary", "download"),
        )  # fmt: skip
        about = tr("Markdown can be read back without a loss; a PDF is for paper.")
        sheet = Sheet(
            self.window(), tr("Export notes"), Label(said, "body", "text2", wrap=True),
            Label(about, "small", "text2", wrap=True), buttons=(shut, folder, pdf, one), width=600,
        )  # fmt: skip
        shut.clicked.connect(sheet.close_sheet)
        for button, then in ((folder, self._to_folder), (pdf, self._to_pdf), (one, self._to_markdown)):
            button.clicked.connect(sheet.close_sheet)
            button.clicked.connect(then)

    def _to_markdown(self) -> None:
        if chosen := self._where("notes.md", "Markdown (*.md)"):
            self._model.export(Path(chosen))

    def _to_pdf(self) -> None:
        if chosen := self._where("notes.pdf", "PDF (*.pdf)"):
            self.watch(self._model.export(Path(chosen)))

    def _to_folder(self) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        if chosen := QFileDialog.getExistingDirectory(self, tr("Export notes"), home):
            self._model.export(Path(chosen), each=True)

    def _where(self, name: str, kind: str) -> str:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return QFileDialog.getSaveFileName(self, tr("Export notes"), str(Path(home) / name), kind)[0]

    def watch(self, task: Task) -> None:
        """Show how far a long export is, and let it be stopped."""
        stop, bar, words = Button(tr("Stop")), Bar(), Label("", "small", "text2")
        sheet = Sheet(self.window(), tr("Writing your notes"), bar, words, buttons=(stop,))
        stop.clicked.connect(task.cancel)

        def told(done: int, total: int, name: str) -> None:
            bar.show_value(done / max(1, total))
            words.say(tr("{done} of {total}", done=done, total=total))

        task.progressed.connect(told)
        task.ended.connect(sheet.close_sheet)


def card_of(each: NoteRow) -> CardRow:
    """The card of a note."""
    kept = each.kept
    lesson = each.lesson or (tr("Its lesson is not on this device") if kept.lesson_id else tr("Loose note"))
    spot = read_spot(kept.anchor)
    facts = [
        each.course, lesson, clock(spot.at_s) if spot.at_s is not None else "",
        tr("Page {page}", page=spot.page) if spot.page else "", when_words(kept.created_at),
    ]  # fmt: skip
    if isinstance(kept, Note) and not kept.is_private:
        facts.append(tr("Shared"))
    if each.is_orphan:
        facts.insert(0, tr("Place gone"))
    said = dotted(*facts)
    sign = "triangle-alert" if each.is_orphan else ICONS[each.kind]
    if isinstance(kept, Bookmark):
        return CardRow("", kept.title or lesson, said, icon=sign)
    words = plain_words(kept.body[:LOOKED_AT])
    return CardRow(kept.quote, words, said, token(kept.colour) if kept.quote else "", sign, kept.tags)


def _colours() -> list[tuple[str, str]]:
    return [("", tr("All colours")), *colour_words().items()]


def _orders() -> list[tuple[str, str]]:
    return [
        ("newest", tr("Newest first")), ("oldest", tr("Oldest first")), ("edited", tr("Last edited first")),
        ("course", tr("By course and place")),
    ]  # fmt: skip
