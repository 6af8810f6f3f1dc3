"""Cards of notes: small until one is opened to be edited, so that a lesson may have hundreds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.panel.viewmodel import PanelModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.flashcard import ask_card
from desktop_lms.widgets.inputs import Paper
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.notes import Stripe, Swatches, Tags
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.times import when_words
from desktop_lms.words import dotted, tr
from lms_core.learning.anchors import read_spot
from lms_core.learning.model import Note, SharedNote
from lms_core.learning.notes_file import clock, plain_words

MOST = 400
"""So many letters of a note stand on a card that is not open."""


class NoteCard(Clickable):
    """A note in short; Return opens it, Delete throws it away."""

    delete_asked = Signal()

    def __init__(self, note: Note, *, gone: bool) -> None:
        super().__init__(name=tr("Edit: {words}", words=_plain(note.body) or _short(note.quote)))
        words: list[Item] = []
        if note.quote:
            words.append(Label(f"“{_short(note.quote)}”", "small", "text2" if note.body else "text", wrap=True))
        if note.body:
            words.append(Label(_plain(note.body), "small", wrap=True))
        if gone:
            lost = Label(tr("The place is gone; the note stays."), "caption", "warning", wrap=True)
            words.append(boxed(row(IconMark("triangle-alert", 14, "warning"), (lost, 1), gap=6)))
        words.append(Elided(facts(note), "caption", "text2"))
        self.setLayout(row(Stripe(note.colour if note.quote else ""), (column(*words, gap=4), 1), gap=10, margin=8))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)


class OpenCard(QWidget):
    """A note being edited: its words, colour and tags, and who reads it. Esc closes it."""

    closed = Signal()
    delete_asked = Signal()
    jump_asked = Signal()

    def __init__(self, model: PanelModel, note: Note, *, saving: Callable[[], None]) -> None:
        super().__init__()
        self._model, self._note, self._stored, self._saving = model, note, note.body, saving
        lines = min(8, max(3, 1 + len(note.body) // 32 + note.body.count("\n")))
        self.paper = Paper(tr("Add a thought"), name=tr("Text of the note"), lines=lines, fixed=True)
        self.paper.show_text(note.body)
        self.paper.settled.connect(self._on_typed)
        self.paper.textChanged.connect(saving)
        self.swatches = Swatches(name=tr("Colour of the highlight"))
        self.swatches.chosen.connect(self._on_colour)
        self.swatches.setParent(self)
        self.swatches.setVisible(bool(note.quote))
        self.tags = Tags()
        self.tags.changed.connect(self._on_tags)
        for part in (self.paper, self.tags.field, self.swatches):
            part.installEventFilter(self)
        self._stripe = Stripe(note.colour if note.quote else "")
        colours = row(self.swatches, "~") if note.quote else None
        words = column(self._quote(), colours, self.paper, self.tags, self._tools(), gap=8)
        self.setLayout(row(self._stripe, (words, 1), gap=10, margin=8))
        self.show_facts(note)

    def show_facts(self, note: Note) -> None:
        """Show colour and tags of the note, and who reads it; the words are left to who writes them."""
        self._note = note
        self.swatches.show_colour(note.colour)
        self._stripe.show_colour(note.colour if note.quote else "")
        self.tags.show_tags(note.tags)
        self.share.show_icon("lock" if note.is_private else "users")
        name = tr("Share with the course") if note.is_private else tr("Take back from the course")
        self.share.setAccessibleName(name)
        self.share.setToolTip(name)

    def _quote(self) -> QWidget | None:
        if not self._note.quote:
            return None
        quote = Clickable(name=tr("Go to the place: {quote}", quote=self._note.quote))
        quote.setLayout(row((Label(f"“{self._note.quote}”", "small", "text2", wrap=True), 1), margin=4))
        quote.clicked.connect(self.jump_asked)
        return quote

    def _tools(self) -> QWidget:
        note = self._note
        self.share = Button("", "ghost", "lock")
        self.share.clicked.connect(self._on_share)
        self.share.setVisible(bool(note.course_id))
        remove = Button("", "ghost", "trash-2", name=tr("Delete this note"))
        remove.clicked.connect(self.delete_asked)
        done = Button("", "ghost", "check", name=tr("Done"))
        done.clicked.connect(self.finish)
        card = Button("", "ghost", "layers", name=tr("Make a card to review"))
        card.clicked.connect(self.ask_card)
        return boxed(row("~", card, self.share, remove, done, gap=2))

    def ask_card(self) -> None:
        """Ask what a card of the note asks for."""
        note = self._note

        def save(front: str, back: str) -> None:
            self._model.make_card(note.id, front, back)

        ask_card(self.window(), save, quote=note.quote, back=self.paper.toPlainText())

    def settle(self) -> None:
        """Hand over what was typed; a note that is left without words goes, unless it marks some."""
        self.paper.tell()
        self.tags.settle()
        self._model.lesson.writer.leave(self._note.id, self.paper.toPlainText())

    def finish(self) -> None:
        """Close the card."""
        self.settle()
        self.closed.emit()

    def _on_typed(self, text: str) -> None:
        if text != self._stored:
            base, self._stored = self._stored, text
            self._model.lesson.writer.type(self._note.id, text, base=base)
            self._model.lesson.writer.save()

    def _on_colour(self, colour: str) -> None:
        self._stripe.show_colour(colour)
        self._model.change(self._note, colour=colour)

    def _on_tags(self, tags: list[str]) -> None:
        self._model.change(self._note, tags=tuple(tags))

    def _on_share(self) -> None:
        self._model.change(self._note, is_private=not self._note.is_private)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes the card, not what the page would close."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.finish()
                return True
        return super().eventFilter(watched, event)


def shared_card(shared: SharedNote) -> QWidget:
    """What somebody else shares; only their name is told."""
    note = shared.note
    author = tr("Shared by {name}", name=shared.author) if shared.author else tr("Shared")
    quote = Label(f"“{_short(note.quote)}”", "small", "text2", wrap=True) if note.quote else None
    body = Label(_plain(note.body, 2000), "small", wrap=True) if note.body else None
    who = boxed(
        row(
            IconMark("users", 14, "text2"),
            (Elided(dotted(author, when_words(note.created_at)), "caption", "text2"), 1),
            gap=6,
        )
    )
    made = boxed(row(Stripe(note.colour if note.quote else ""), (column(quote, body, who, gap=4), 1), gap=10, margin=8))
    made.setAccessibleName(author)
    return made


def facts(note: Note) -> str:
    """Day, place, tags and who reads it, on one line."""
    spot = read_spot(note.anchor)
    place = clock(spot.at_s) if spot.at_s is not None else tr("Page {page}", page=spot.page) if spot.page else ""
    shared = "" if note.is_private else tr("Shared")
    return dotted(place, when_words(note.created_at), shared, *(f"#{tag}" for tag in note.tags))


def _short(text: str, most: int = MOST) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"


def _plain(body: str, most: int = MOST) -> str:
    """The words of a note line by line, without the marks of its Markdown."""
    return _short("\n".join(filter(None, map(plain_words, body[: 2 * most].splitlines()))), most)
