"""Beside the text: the outline of the course, and the notes of the lesson."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.memo.view import MemoPart
from desktop_lms.features.lesson.panel.cards.view import NoteCard, OpenCard, shared_card
from desktop_lms.features.lesson.panel.viewmodel import PanelModel
from desktop_lms.features.lesson.room import Room
from desktop_lms.features.lesson.viewmodel import LessonModel, Neighbour, Reading
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field, Paper
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.pile import Pile
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import IconMark, Line
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.words import tr
from lms_core.learning.anchors import Spot, write_spot
from lms_core.learning.model import Bookmark, Note

STATES = {"done": ("circle-check", "success"), "in_progress": ("circle-dot", "accentText")}


class OutlinePanel(Page):
    """All lessons of the course; the one in view is marked."""

    def __init__(
        self,
        follow: Callable[[Neighbour], None],
        go_to: Callable[[Bookmark], None],
        drop: Callable[[str], None],
        rename: Callable[[str, str, str], None] | None = None,
    ) -> None:
        super().__init__(pad=0, top=12)
        self._follow, self._go_to, self._drop, self._rename = follow, go_to, drop, rename
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
        title = Elided(kept.title, "small")
        name = Field(tr("Name of the bookmark"), quiet=True)
        name.setAccessibleName(tr("Name of the bookmark"))
        name.hide()
        pen = Button("", "ghost", "pencil", small=True, name=tr("Rename this bookmark"))
        pen.setVisible(self._rename is not None)

        def begin() -> None:
            name.show_text(kept.title)
            title.setVisible(name.isVisible())
            name.setVisible(not name.isVisible())
            name.setFocus()

        def done() -> None:
            if self._rename is not None and (words := name.text().strip()) and words != kept.title:
                self._rename(kept.id, kept.title, words[:200])
            elif name.isVisible():
                begin()

        pen.clicked.connect(begin)
        name.returnPressed.connect(done)
        mark = IconMark("bookmark", 16, "accentText")
        made.setLayout(row(mark, (title, 1), (name, 1), pen, drop, margin=4, gap=4))
        made.clicked.connect(lambda: self._go_to(kept))
        return made


class _Fresh:
    """The note that is being written: what it is about, its words, and those on their way to the disk."""

    def __init__(self, anchor: Mapping[str, Any]) -> None:
        self.anchor, self.id, self.text, self.stored, self.writing = anchor, "", "", "", False


class NotesPanel(QWidget):
    """Write a note at the top; those of the lesson below, edited in place and saved by themselves."""

    opened = Signal(str)

    def __init__(self, model: LessonModel, show: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._show = model, show
        self.model = PanelModel(model)
        self.room: Room | None = None
        """Knows where the film of the lesson stands, which a note is about that is about no words."""
        self._open = ""
        self._editing: OpenCard | None = None
        self._fresh = _Fresh({})
        self._shown: object = None
        self.paper = Paper(tr("Write a note about this lesson"), lines=3, fixed=True)
        self._about = Label("", "caption", "text2", wrap=True)
        self._saved = Elided(tr("Saved here as you type"), "caption", "text2")
        done = Button(tr("Done"), "link", small=True)
        done.clicked.connect(self.settle)
        self.memo = MemoPart(model)
        self._mine, self._others = Pile(), column(gap=0)
        self._list = Page(self._mine, boxed(self._others), "~", 12, self.memo, 8, pad=0, top=8)
        self.setLayout(
            column(
                self._about,
                self.paper,
                row(IconMark("check", 14), (self._saved, 1), done, gap=6),
                (self._list, 1),
                gap=6,
                margin=(0, 12, 0, 0),
            )
        )
        self._about.hide()
        self.paper.settled.connect(self._on_typed)
        self.paper.textChanged.connect(self._on_typing)
        model.saved.connect(self._on_saved)
        self.model.changed.connect(self.show_notes)

    def _on_saved(self) -> None:
        self._saved.say(tr("Saved here"))

    def _on_typing(self) -> None:
        self._saved.say(tr("Saving…"))

    def enter(self, room: Room) -> None:
        """Take what the parts of the lesson tell of highlights in them."""
        self.room = room
        self.model.enter(room.parts)
        room.looked.connect(self.model.take_looked)

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
            where = self.room.where if self.room is not None and not note.anchor.get("quote") else None
            here = where() if where is not None else Spot()
            note.anchor = {**note.anchor, **({"anchor": write_spot(here)} if here != Spot() else {})}
            self._model.write(text, note.anchor, lambda row: self._on_written(note, row), lambda: self._on_lost(note))

    def _on_written(self, note: _Fresh, row: str) -> None:
        note.id, note.writing = row, False
        if note.text != note.stored:
            self._model.writer.type(row, note.text, base=note.stored)
            note.stored = note.text
            self._model.writer.save()
        elif note is self._fresh:
            self._saved.say(tr("Saved here"))
        if note is not self._fresh:
            self._model.writer.leave(row, note.text)
        self._shown = None
        self.show_notes(self._model.notes)

    def _on_lost(self, note: _Fresh) -> None:
        """The note could not be written: its words stay where they were typed, or come back there."""
        note.writing = False
        if note is not self._fresh and not self.paper.toPlainText().strip():
            self._fresh = note
            self.paper.show_text(note.text)

    def settle(self) -> None:
        """Finish the note being written; it joins the list. What was typed into the memo is stored."""
        self.memo.paper.tell()
        if self._editing is not None:
            self._editing.settle()
        note, typed = self._fresh, self.paper.toPlainText()
        if typed.strip() or note.id or note.writing:
            self._on_typed(typed)
        if note.id:
            self._model.writer.leave(note.id, typed)
        self._fresh = _Fresh({})
        self.paper.show_text("")
        self._about.hide()
        self.show_notes(self._model.notes)

    def show_notes(self, notes: tuple[Note, ...] = ()) -> None:
        """Show the notes of the lesson in the order of its text, and what others share; an open one is left alone."""
        self.memo.show_memo()
        mine = [note for note in self.model.notes if note.id != self._fresh.id]
        if self._editing is not None and all(note.id != self._open for note in mine):
            self._open, self._editing = "", None
        if (opened := next((note for note in mine if note.id == self._open), None)) and self._editing is not None:
            self._editing.show_facts(opened)
        now = (tuple(map(self._key, mine)), self._open, self.model.shared)
        if now == self._shown:
            return
        self._shown = now
        at = self._list.verticalScrollBar().value()
        self._mine.show_all([(self._key(note), partial(self._row, note)) for note in mine], at_once=self._open)
        items: list[Item] = []
        if self.model.shared:
            items += [12, Label(tr("From others in the course"), "smallStrong"), 4]
            for shared in self.model.shared:
                items += [shared_card(shared), Line()]
        if not items and not mine:
            items.append(Label(tr("Select text to highlight it, or write above."), "small", "text2", wrap=True))
        clear(self._others)
        self._others.addWidget(boxed(column(*items, gap=0)))
        self._list.verticalScrollBar().setValue(at)

    def _key(self, note: Note) -> Hashable:
        """What a card is made of; one that is open stays while its note changes."""
        return (note, self.model.is_gone(note)) if note.id != self._open else note.id

    def _row(self, note: Note) -> QWidget:
        return boxed(column(self._card(note), Line(), gap=0))

    def _card(self, note: Note) -> QWidget:
        if note.id == self._open:
            opened = OpenCard(self.model, note, saving=self._on_typing)
            opened.closed.connect(self._close)
            opened.delete_asked.connect(lambda: self._delete(note.id))
            opened.jump_asked.connect(lambda: self._show(note.id))
            self._editing = opened
            return opened
        card = NoteCard(note, gone=self.model.is_gone(note))
        card.clicked.connect(lambda: self.open_note(note.id))
        card.delete_asked.connect(lambda: self._delete(note.id))
        return card

    def open_note(self, note: str) -> None:
        """Open a note to be edited, and go to its place."""
        if self._editing is not None:
            self._editing.settle()
        self._open, self._editing = note, None
        self.show_notes()
        self._show(note)
        if self._editing is not None:
            self._editing.paper.setFocus()

    def _close(self) -> None:
        self._open, self._editing = "", None
        self.show_notes()

    def _delete(self, note: str) -> None:
        if note == self._open:
            self._open, self._editing = "", None
        self._model.delete_note(note)
