"""Beside the text: the outline of the course, and the notes of the lesson."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.viewmodel import LessonModel, Neighbour, Reading
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Paper
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.reading import COLOURS
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import IconMark, Line, Painted
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import language, tr
from lms_core.learning.model import Bookmark, Note

STATES = {"done": ("circle-check", "success"), "in_progress": ("circle-dot", "accentText")}


class OutlinePanel(Page):
    """All lessons of the course; the one in view is marked."""

    def __init__(
        self, follow: Callable[[Neighbour], None], go_to: Callable[[Bookmark], None], drop: Callable[[str], None]
    ) -> None:
        super().__init__(pad=0, top=12)
        self._follow, self._go_to, self._drop = follow, go_to, drop
        self._shown: object = None
        self._reading: Reading | None = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._reading is not None:
            self.show_outline(self._reading)

    def show_outline(self, reading: Reading) -> None:
        """Show the course with this lesson as the present one, once somebody looks at it."""
        self._reading = reading
        if not self.isVisible():
            return
        if (now := (reading.outline, reading.lesson.id, reading.state, reading.bookmarks)) == self._shown:
            return
        self._shown = now
        items: list[Item] = []
        if reading.bookmarks:
            items += [Label(tr("Bookmarks"), "smallStrong"), 4, *map(self._bookmark, reading.bookmarks), 12]
        for part in reading.outline:
            items += [Label(part.title, "smallStrong", wrap=True), 4]
            for lesson in part.lessons:
                icon, color = STATES.get(lesson.status, ("circle", "text3"))
                here = lesson.id == reading.lesson.id
                made = Clickable(name=f"{lesson.number} {lesson.title}", selected=here)
                made.setLayout(
                    row(IconMark(icon, 16, color), (Elided(f"{lesson.number} {lesson.title}", "small"), 1), margin=8)
                )
                made.clicked.connect(lambda lesson=lesson: self._follow(lesson))
                items.append(made)
            items.append(12)
        self.show_items(*items, "~")

    def _bookmark(self, kept: Bookmark) -> QWidget:
        made = Clickable(name=tr("Go to the bookmark: {words}", words=kept.title))
        drop = Button("", "ghost", "x", small=True, name=tr("Delete this bookmark"))
        drop.clicked.connect(lambda: self._drop(kept.id))
        made.setLayout(row(IconMark("bookmark", 16, "accentText"), (Elided(kept.title, "small"), 1), drop, margin=4))
        made.clicked.connect(lambda: self._go_to(kept))
        return made


class _Fresh:
    """The note that is being written: what it is about, its words, and those on their way to the disk."""

    def __init__(self, anchor: Mapping[str, Any]) -> None:
        self.anchor, self.id, self.text, self.stored, self.writing = anchor, "", "", "", False


class NotesPanel(QWidget):
    """Write a note at the top; those of the lesson below, edited in place and saved by themselves."""

    opened = Signal(str)

    def __init__(self, model: LessonModel, show: Callable[[str], None]) -> None:
        super().__init__()
        self._model, self._show = model, show
        self._fresh = _Fresh({})
        self._shown: object = None
        self.paper = Paper(tr("Write a note about this lesson"), lines=3)
        self.paper.setFixedHeight(current().line("body") * 3 + 22)
        self._about = Label("", "caption", "text2", wrap=True)
        self._saved = Label(tr("Saved here as you type"), "caption", "text2")
        done = Button(tr("Done"), "link", small=True)
        done.clicked.connect(self.settle)
        self._list = Page(pad=0, top=8)
        self.setLayout(
            column(
                self._about,
                self.paper,
                row(IconMark("check", 14), self._saved, "~", done, gap=6),
                (self._list, 1),
                gap=6,
                margin=(0, 12, 0, 0),
            )
        )
        self._about.hide()
        self.paper.settled.connect(self._on_typed)
        self.paper.textChanged.connect(self._on_typing)
        model.saved.connect(lambda: self._saved.say(tr("Saved here")))

    def _on_typing(self) -> None:
        self._saved.say(tr("Saving…"))

    def begin(self, anchor: Mapping[str, Any]) -> None:
        """Begin a note, about a quote when there is one."""
        self.settle()
        self._fresh = _Fresh(anchor)
        quote = str(anchor.get("quote", ""))
        self._about.say(f"“{quote}”")
        self._about.setVisible(bool(quote))
        self.paper.setFocus()

    def _on_typed(self, text: str) -> None:
        note = self._fresh
        note.text = text
        if note.id:
            self._model.writer.type(note.id, text, base=note.stored)
            note.stored = text
            self._model.writer.save()
        elif text.strip() and not note.writing:
            note.writing, note.stored = True, text
            self._model.write(text, note.anchor, lambda row: self._on_written(note, row), lambda: self._on_lost(note))

    def _on_written(self, note: _Fresh, row: str) -> None:
        note.id, note.writing = row, False
        if note.text != note.stored:
            self._model.writer.type(row, note.text, base=note.stored)
            note.stored = note.text
            self._model.writer.save()
        elif note is self._fresh:
            self._saved.say(tr("Saved here"))
        self._shown = None
        self.show_notes(self._model.notes)

    def _on_lost(self, note: _Fresh) -> None:
        """The note could not be written: its words stay where they were typed, or come back there."""
        note.writing = False
        if note is not self._fresh and not self.paper.toPlainText().strip():
            self._fresh = note
            self.paper.show_text(note.text)

    def settle(self) -> None:
        """Finish the note being written; it joins the list."""
        typed = self.paper.toPlainText()
        if typed.strip():
            self._on_typed(typed)
        self._fresh = _Fresh({})
        self.paper.show_text("")
        self._about.hide()
        self._shown = None
        self.show_notes(self._model.notes)

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        """Show the lesson's notes; texts being edited are left alone."""
        now = tuple((n.id, n.colour, n.quote) for n in notes if n.id != self._fresh.id)
        if now == self._shown:
            return
        self._shown = now
        items: list[Item] = []
        for note in notes:
            if note.id != self._fresh.id:
                items += [self._note(note), Line()]
        if not items:
            items.append(Label(tr("Select text to highlight it, or write above."), "small", "text2", wrap=True))
        self._list.show_items(*items, "~")

    def _note(self, note: Note) -> QWidget:
        kind = (
            tr("Highlight") if note.quote and not note.body else tr("Highlight and note") if note.quote else tr("Note")
        )
        stamp = QLocale(language()).toString(
            QDateTime.fromMSecsSinceEpoch(note.created_at), QLocale.FormatType.ShortFormat
        )
        remove = Button("", "ghost", "trash-2", name=tr("Delete this note"))
        remove.clicked.connect(lambda: self._model.delete_note(note.id))
        quote = None
        if note.quote:
            quote = Clickable(name=tr("Go to the place: {quote}", quote=note.quote))
            quote.setLayout(row((Label(f"“{note.quote}”", "small", "text2", wrap=True), 1), margin=4))
            quote.clicked.connect(lambda: self._show(note.id))
        lines = min(6, 1 + len(note.body) // 32 + note.body.count("\n"))
        paper = Paper(tr("Add a thought"), name=tr("Text of the note"), lines=lines)
        paper.setFixedHeight(current().line("body") * lines + 22)
        paper.show_text(note.body)
        stored = [note.body]

        def typed(text: str) -> None:
            base, stored[0] = stored[0], text
            self._model.writer.type(note.id, text, base=base)
            self._model.writer.save()

        paper.settled.connect(typed)
        paper.textChanged.connect(self._on_typing)
        tools = [remove]
        if note.quote:
            other = COLOURS[(COLOURS.index(note.colour) + 1) % len(COLOURS)] if note.colour in COLOURS else COLOURS[0]
            paint = Button("", "ghost", "highlighter", name=tr("Change the colour"))
            paint.clicked.connect(lambda: self._model.colour_note(note.id, other))
            tools.insert(0, paint)
        words = column(quote, paper, row((Elided(f"{kind} · {stamp}", "caption", "text3"), 1), *tools, gap=2), gap=4)
        return boxed(row(_Stripe(note.colour), (words, 1), gap=10, margin=(0, 10, 0, 10)))


class _Stripe(Painted):
    """The colour of a highlight along its note."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = "hl" + colour.capitalize() if colour else "hairline"
        self.setFixedWidth(4)

    def paintEvent(self, event: object) -> None:
        self.painter().fillRect(self.rect(), current().color(self._colour))
