"""Beside the list: one note with all that can be done to it, or several at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_lms.features.notes.rows import NoteRow
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.flashcard import ask_card
from desktop_lms.widgets.inputs import Field, Paper
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.notes import Stripe, Swatches, Tags
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr
from lms_core.learning.model import Bookmark, Note

Go = Callable[[str], None]


class NotePane(Page):
    """Shows what is chosen; edits are saved by themselves."""

    delete_asked = Signal()

    def __init__(self, model: NotesModel, go: Go) -> None:
        super().__init__(pad=20, top=20)
        self.setAccessibleName(tr("The chosen note"))
        self._model, self._go = model, go
        self._shown: object = None
        self._name = self._stored = ""
        self.paper = Paper(tr("Add a thought"), name=tr("Text of the note"), lines=6, fixed=True)
        self.title = Field(tr("Name of the bookmark"))
        self.title.setAccessibleName(tr("Name of the bookmark"))
        self.tags = Tags()
        self.swatches = Swatches(name=tr("Colour of the highlight"))
        self._share = Button("", "ghost", "lock", small=True)
        self._saved = Label("", "caption", "text2")
        self._parts = (self.paper, self.title, self.tags, self.swatches, self._share, self._saved)
        self._aside = QWidget(self)
        self._aside.hide()
        self._put_aside()
        self.paper.settled.connect(self._on_typed)
        self.paper.textChanged.connect(self._on_typing)
        self.title.settled.connect(self._on_named)
        self.tags.changed.connect(self._on_tags)
        self.swatches.chosen.connect(self._on_colour)
        self._share.clicked.connect(self._on_share)
        model.writer.saved.connect(self._on_saved)

    # --- showing
    def show_rows(self, rows: list[NoteRow]) -> None:
        """Show one note, or what can be done with several."""
        now = [(r.kept.id, r.is_orphan, r.lesson, r.course, _looks(r)) for r in rows], current()
        if now == self._shown:
            self._follow(rows)
            return
        self._shown = now
        if [each.kept.id for each in rows] != [self._name]:
            self.leave()
        hand = self.window().focusWidget() if rows and rows[0].kept.id == self._name else None
        hand = hand if any(part is hand or part.isAncestorOf(hand) for part in self._parts if hand) else None
        self._put_aside()
        self._show(rows)
        if hand is not None:
            hand.setFocus()

    def leave(self) -> None:
        """Hand over what was typed; a note that is left without words goes, unless it marks some."""
        self.paper.tell()
        self.tags.settle()
        if self._name:
            self._model.writer.leave(self._name, self.paper.toPlainText())

    def _put_aside(self) -> None:
        """Keep what is not shown in the page, with which it goes."""
        for part in self._parts:
            part.setParent(self._aside)

    def _follow(self, rows: list[NoteRow]) -> None:
        """Words that came from elsewhere, unless somebody writes here."""
        kept = rows[0].kept if len(rows) == 1 else None
        if isinstance(kept, Note) and kept.body != self._stored and not self.paper.hasFocus():
            self._stored = kept.body
            self.paper.show_text(kept.body)

    def _show(self, rows: list[NoteRow]) -> None:
        if len(rows) == 1:
            self._show_one(rows[0])
        elif rows:
            self._show_many(len(rows))
        else:
            self.show_items(
                24, row("~", IconMark("sticky-note", 28, "text3"), "~"), 8,
                Label(tr("Choose a note to read it whole and to edit it."), "small", "text2", wrap=True), "~",
            )  # fmt: skip

    def _show_many(self, count: int) -> None:
        remove = Button(tr("Delete"), "danger", "trash-2")
        remove.clicked.connect(self.delete_asked)
        self.show_items(
            Label(tr("{count} notes are chosen", count=count), "heading", wrap=True), 12, row(remove, "~"), "~"
        )

    def _show_one(self, shown: NoteRow) -> None:
        kept, other = shown.kept, shown.kept.id != self._name
        self._name = kept.id
        items: list[Item] = [self._where(shown), 12]
        if shown.is_orphan:
            items += [_gone(), 12]
        items += self._bookmark(kept, other) if isinstance(kept, Bookmark) else self._note(kept, other)
        remove = Button(tr("Delete"), "ghost", "trash-2", small=True, name=tr("Delete this note"))
        remove.clicked.connect(self.delete_asked)
        jump = None
        if shown.reachable:
            jump = Button(tr("Go to the place"), "", "arrow-right", small=True, icon_after=True)
            jump.clicked.connect(self._jump)
        card = None
        if isinstance(kept, Note) and kept.quote:
            card = Button(tr("Make a card"), "", "layers", small=True)
            card.clicked.connect(self.ask_card)
        self.show_items(*items, 16, row(jump, "~", remove, gap=8), 8 if card else None, row(card, "~"), "~")

    def _where(self, shown: NoteRow) -> QWidget:
        lesson = shown.lesson or (tr("Its lesson is not on this device") if shown.kept.lesson_id else tr("Loose note"))
        over = Label(shown.course, "caption", "text2", wrap=True) if shown.course else None
        return boxed(column(over, Label(lesson, "strong", wrap=True), gap=2))

    def _bookmark(self, kept: Bookmark, other: bool) -> list[Item]:
        if other or not self.title.hasFocus():
            self.title.show_text(kept.title)
        return [self.title]

    def _note(self, note: Note, other: bool) -> list[Item]:
        if other or (note.body != self._stored and not self.paper.hasFocus()):
            self._stored = note.body
            self.paper.show_text(note.body)
            self._saved.say(tr("Saved here as you type"))
        self.paper.show_lines(min(14, max(5, 2 + len(note.body) // 36)))
        items: list[Item] = []
        if note.quote:
            words = Label(f"“{note.quote}”", "read", wrap=True)
            self.swatches.show_colour(note.colour)
            items += [boxed(row(Stripe(note.colour), (words, 1), gap=12)), 10, row(self.swatches, "~"), 12]
        self.tags.show_tags(note.tags)
        self._say_share(note)
        items += [self.paper, 6, row(IconMark("check", 14), (self._saved, 1), gap=6), 14, self.tags, 10]
        return [*items, row(self._share, "~")] if note.course_id else items

    def _say_share(self, note: Note) -> None:
        self._share.show_icon("lock" if note.is_private else "users")
        self._share.say(tr("Only you read it. Share…") if note.is_private else tr("Shared with the course. Take back"))

    # --- doing
    def ask_card(self) -> None:
        """Ask what a card of the highlight asks for."""
        shown = self._model.row(self._name)
        if shown is not None and isinstance(shown.kept, Note):
            note = shown.kept

            def save(front: str, back: str) -> None:
                self._model.make_card(note.id, front, back)

            ask_card(self.window(), save, quote=note.quote, back=note.body)

    def _jump(self) -> None:
        shown = self._model.row(self._name)
        if shown is not None:
            kept = shown.kept
            self._go(f"lesson/{kept.course_id}/{kept.lesson_id}/{kept.id}")

    def _on_typing(self) -> None:
        self._saved.say(tr("Saving…"))

    def _on_typed(self, text: str) -> None:
        if self._name and text != self._stored:
            base, self._stored = self._stored, text
            self._model.writer.type(self._name, text, base=base)
            self._model.writer.save()

    def _on_saved(self) -> None:
        self._saved.say(tr("Saved here"))

    def _on_named(self, title: str) -> None:
        shown = self._model.row(self._name)
        if shown is not None and isinstance(shown.kept, Bookmark) and shown.kept.title != title.strip() != "":
            self._model.rename(self._name, title.strip())

    def _on_tags(self, tags: list[str]) -> None:
        self._model.change(self._name, tags=tags)

    def _on_colour(self, colour: str) -> None:
        self._model.change(self._name, colour=colour)

    def _on_share(self) -> None:
        shown = self._model.row(self._name)
        if shown is not None and isinstance(shown.kept, Note):
            self._model.change(self._name, is_private=not shown.kept.is_private)


def _looks(shown: NoteRow) -> object:
    kept = shown.kept
    if isinstance(kept, Bookmark):
        return kept.title
    return kept.quote, kept.colour, kept.tags, kept.is_private


def _gone() -> QWidget:
    words = Label(tr("The place is gone; the note stays."), "small", "text2", wrap=True)
    return boxed(row(IconMark("triangle-alert", 16, "warning"), (words, 1), gap=8))
