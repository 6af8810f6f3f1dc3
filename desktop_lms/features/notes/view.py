"""All notes and highlights, by course and lesson."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QStandardPaths
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.notes.viewmodel import NoteRow, NotesModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.inputs import Choice, Field, Paper
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.surfaces import Card, Painted
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import language, sentence, tr
from lms_core.errors import LmsError

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
WIDTH = 760
KINDS = ("", "note", "highlight")


class NotesPage(Page):
    """The page; `go` follows a route, `say` shows a toast with a way back."""

    def __init__(self, model: NotesModel, *, go: Go, say: Say, open_example: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._model, self._go, self._say, self._open_example = model, go, say, open_example
        self._shown: object = None
        self.search = Field(tr("Search in notes and highlights"), icon="search", quiet=True)
        self.search.setMinimumWidth(280)
        self.courses = Choice(name=tr("Course"))
        self.kinds = Segments([tr("All"), tr("Notes"), tr("Highlights")], name=tr("Kind"))
        self._export = Button(tr("Export to Markdown"), "", "file-text")
        self._tools = boxed(row(self.kinds, self.courses, "~", self._export, gap=8))
        self._list = column(gap=0)
        self.show_items(heading(tr("Notes"), "", self.search), 20, self._tools, 20, (boxed(self._list), 1))
        self.search.textChanged.connect(lambda text: model.narrow(query=text))
        self.courses.chosen.connect(lambda course: model.narrow(course=course))
        self.kinds.chosen.connect(lambda at: model.narrow(kind=KINDS[at]))
        self._export.clicked.connect(self._ask_where)
        model.changed.connect(self._render)
        model.deleted.connect(lambda: self._say(tr("Note deleted"), lambda: model.undo_stack.undo()))
        model.exported.connect(lambda path: self._say(tr("Written to {path}", path=path), None))
        model.refused.connect(self._on_refused)
        look().changed.connect(self._restyle)
        QShortcut(QKeySequence("Ctrl+Z"), self, activated=model.undo_stack.undo)
        QShortcut(QKeySequence("Ctrl+F"), self, activated=self.search.setFocus)
        self._render()
        model.refresh()

    def leave(self) -> None:
        """Save what was typed."""
        self._model.writer.save()

    def _on_refused(self, error: LmsError) -> None:
        self._say(sentence(error), None)

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def _ask_where(self) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Export to Markdown"), str(Path(home) / "notes.md"), "Markdown (*.md)"
        )
        if chosen:
            self._model.export(Path(chosen))

    def _render(self) -> None:
        model = self._model
        rows = model.rows
        now = (model.all is None, model.error, tuple((r.note.id, r.note.colour, r.lesson, r.reachable) for r in rows))
        if now == self._shown:
            return
        self._shown = now
        self.courses.show_entries(
            [("", tr("All courses")), *((c, t or tr("A course that is gone")) for c, t in model.courses)]
        )
        self.courses.choose(model.course)
        self._tools.setVisible(bool(model.all))
        clear(self._list)
        for item in self._items(rows):
            self._list.addWidget(item) if isinstance(item, QWidget) else self._list.addSpacing(16)
        if rows:
            self._list.addStretch(1)

    def _items(self, rows: tuple[NoteRow, ...]) -> list[QWidget | int]:
        model = self._model
        if model.error and model.all is None:
            return [Banner(tr("The notes cannot be read"), sentence(model.error), tone="warning")]
        if model.all is None:
            return [Label(tr("Reading your notes…"), "body", "text2")]
        if not model.all:
            return [self._empty()]
        if not rows:
            return [empty_state("search", tr("Nothing fits"), tr("No note has all of these words and filters."))]
        items: list[QWidget | int] = []
        groups: dict[str, list[NoteRow]] = {}
        for each in rows:
            groups.setdefault(each.course or tr("Without a course"), []).append(each)
        for title, notes in groups.items():
            items += [16 if items else 0, Label(title, "heading"), 8] if items else [Label(title, "heading"), 8]
            for each in notes:
                items += [self._note(each), 12]
        return items

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

    def _note(self, each: NoteRow) -> QWidget:
        note = each.note
        stamp = QLocale(language()).toString(
            QDateTime.fromMSecsSinceEpoch(note.created_at), QLocale.FormatType.ShortFormat
        )
        where = each.lesson or (tr("Its lesson is not on this device") if note.lesson_id else tr("Loose note"))
        paper = Paper(tr("Add a thought"), name=tr("Text of the note"), lines=1)
        lines = min(8, 1 + len(note.body) // 90 + note.body.count("\n"))
        paper.setFixedHeight(current().line("body") * lines + 22)
        paper.show_text(note.body)
        stored = [note.body]

        def typed(text: str) -> None:
            base, stored[0] = stored[0], text
            self._model.writer.type(note.id, text, base=base)
            self._model.writer.save()

        paper.settled.connect(typed)
        jump = None
        if each.reachable:
            jump = Button(tr("Go to the place"), "link", small=True)
            jump.clicked.connect(lambda: self._go(f"lesson/{note.course_id}/{note.lesson_id}"))
        remove = Button("", "ghost", "trash-2", name=tr("Delete this note"))
        remove.clicked.connect(lambda: self._model.delete(note.id))
        quote: Item = None
        if note.quote:
            quote = boxed(row(Stripe(note.colour), (Label(f"“{note.quote}”", "body", "text2", wrap=True), 1), gap=12))
        foot = row((Elided(f"{where} · {stamp}", "caption", "text2"), 1), jump, remove, gap=12)
        card = Card(column(quote, paper, foot, gap=8, margin=16))
        card.setMaximumWidth(current().px(WIDTH))
        return card


class Stripe(Painted):
    """The colour of a highlight along its quote."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = "hl" + colour.capitalize() if colour else "hairlineStrong"
        self.setFixedWidth(4)

    def paintEvent(self, event: object) -> None:
        self.painter().fillRect(self.rect(), current().color(self._colour))
