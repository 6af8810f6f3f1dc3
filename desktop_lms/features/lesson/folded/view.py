"""Text within the text: what is folded, the side of a card, a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from desktop_lms.features.lesson.room import Room
from desktop_lms.features.lesson.text import MEDIA, Body, Dress, callout_words, draw_formulas, render_body
from desktop_lms.features.lesson.within import words_within
from desktop_lms.timers import once
from desktop_lms.widgets.corners import Corners
from desktop_lms.widgets.embedding import Make
from desktop_lms.widgets.folding import Fold
from desktop_lms.widgets.layout import boxed, column
from desktop_lms.widgets.marking import Mark, marks_of
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.surfaces import Card
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.typesetting import page_html
from desktop_lms.words import tr
from lms_core.content.embeds import Embed
from lms_core.content.large import GAP
from lms_core.learning.placing import Placed, Quote, place

_END = re.compile(re.escape(GAP) + r"((?:<!--\w+-->|</div>|\s)*)$")
"""What a box leaves below it, at the end of a text."""

SETTLED_MS, ABOVE = 60, 56
"""Until what was opened took its room; and what stands above a highlight, such as the head of its table, in px."""


class PartText(LessonText):
    """Markdown of a part, so high as its words: rendered beside the window, with all that a lesson may have in it."""

    margin, spare = 0, 0

    def __init__(self, source: str, room: Room, *, name: str = "", title: str = "") -> None:
        super().__init__(name=name)
        self._title = title
        self._room, self._source = room, ""
        self._pictures: dict[str, bytes] = {}
        self._embeds: tuple[Embed, ...] | None = None
        self._sought: tuple[str, int] | None = None
        self._quotes: Sequence[Quote] = ()
        self._wanted = ""
        self._high = current().line("read") * (1 + len(source) // 80)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tall = once(self, 0, self._measure_height)
        self._settled = once(self, SETTLED_MS, self._reveal)
        self.document().documentLayout().documentSizeChanged.connect(self._on_size)
        self.link_clicked.connect(room.follow)
        self.filled.connect(self._place_quotes)
        look().changed.connect(self._render)
        self.corners = Corners(self)
        self.show_source(source)

    def show_source(self, source: str) -> None:
        """Show another text."""
        if source != self._source:
            self._source, self._embeds = source, None
            self._render()

    def _render(self) -> None:
        room, source = self._room, self._source
        dress, files = self._dressed()

        def show(body: Body) -> None:
            if source == self._source:
                self._show(body)
                room.later(self, lambda: self._read(body, dress), self._on_pictures)

        room.later(self, lambda: self._made(source, dress, files), show)

    def _dressed(self) -> tuple[Dress, dict[str, str]]:
        """What rendering needs to know."""
        theme = current()
        files = {name: file.mime for name, file in self._room.files.items()}
        return Dress(theme.colors, callout_words(), theme.px(16)), files

    def _made(self, source: str, dress: Dress, files: Mapping[str, str]) -> Body:
        """The text as it is shown; beside the window."""
        return render_body(source, title=self._title, dress=dress, files=files)

    def _read(self, body: Body, dress: Dress) -> dict[str, bytes]:
        """The pictures and formulas of a text."""
        names = {name for name in MEDIA.findall(body.html) if self._room.has(name)}
        found = {f"media:{name}": self._room.read(name) for name in names}
        return found | draw_formulas(body.formulas, dress=dress) if body.formulas else found

    def _show(self, body: Body) -> None:
        from desktop_lms.features.lesson.parts import make_part  # which knows of folds

        room = self._room
        make: dict[str, Make] = {e.key: (lambda e=e: make_part(e, room)) for e in body.embeds}
        *above, last = body.pieces
        first, *rest = [*above, _END.sub(r"\1", last)]
        self.show_html(self._page(first), self._pictures.get, make, rest=rest)
        self._measure_height()
        self._embeds = body.embeds
        self._place_quotes()
        if self._sought is not None:
            self.seek(*self._sought)

    def _page(self, text: str) -> str:
        return page_html(text)

    def _on_pictures(self, found: dict[str, bytes]) -> None:
        if found:
            self._pictures |= found
            self.pictures_came()

    # --- find
    def seek(self, words: str, nth: int) -> None:
        """Go to the place of that number where some words stand, once they are there."""
        self._sought = (words, nth)
        if (embeds := self._embeds) is not None:
            dress, files = self._dressed()
            self._room.later(self, lambda: words_within(embeds, dress=dress, files=files), self._go_to_sought)

    def _go_to_sought(self, within: Mapping[str, str]) -> None:
        sought, self._sought = self._sought, None
        self.finding.look_within(within)
        if sought is not None and (count := self.find_all(sought[0])):
            self.finding.show(min(sought[1], count - 1))
            self._reveal()
            self._settled.start()  # what was opened takes its room meanwhile

    def _reveal(self) -> None:
        """Bring the words that were found into the view of all texts around this one."""
        place = self.cursorRect()
        above = self.parentWidget()
        while above is not None:
            if isinstance(above, LessonText):
                above.bring(QRect(self.viewport().mapTo(above.viewport(), place.topLeft()), place.size()))
            above = above.parentWidget()

    # --- highlights
    def mark_for(self, room: Room) -> None:
        """Let words be chosen to be highlighted."""
        self.selected.connect(lambda *chosen: room.selected.emit(self, *chosen))

    def show_quotes(self, quotes: Sequence[Quote]) -> None:
        """Show highlights of these words, once they are there."""
        if tuple(quotes) != self._quotes:
            self._quotes = tuple(quotes)
            self._place_quotes()

    def show_quote(self, note: str) -> None:
        """Go to a highlight, once it is there."""
        self._wanted = note
        self._place_quotes()

    def _place_quotes(self) -> None:
        """Find the highlights, beside the window."""
        embeds, quotes, source = self._embeds, self._quotes, self._source
        if embeds is None or not self.is_whole or not (quotes or self.marking.notes):
            return
        text, parts = self.toPlainText(), [(key, at) for key, at, _ in self.embedding.parts()]
        dress, files = self._dressed()

        def work() -> Placed:
            within = words_within(embeds, dress=dress, files=files)
            return place(text, parts, within, quotes)

        def show(placed: Placed) -> None:
            if (quotes, source) == (self._quotes, self._source):
                self.show_marks(*marks_of(placed, {quote.note: quote.colour for quote in quotes}))
                if self._wanted and self.marking.go_to(self._wanted):
                    self._wanted = ""

        self._room.later(self, work, show)

    def show_mark(self, mark: Mark) -> None:
        """Go to a highlight, also in the texts around this one."""
        self.go_to(mark.start, above=current().px(ABOVE))
        self.ensureCursorVisible()
        self._reveal()
        self._settled.start()  # what was opened takes its room meanwhile

    # --- height
    def _on_size(self) -> None:
        if self.isVisible():
            self._tall.start()

    def _measure_height(self) -> None:
        high = int(self.document().size().height()) + self.viewportMargins().top() + 8
        if high != self._high:
            self._high = high
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure_height()

    def sizeHint(self) -> QSize:
        return QSize(300, self._high)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._high)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the lesson scrolls


class Folded(Card):
    """A fold in a lesson."""

    def __init__(self, embed: Embed, room: Room) -> None:
        title = embed.title or tr("More")
        self._text: PartText | None = None
        self._quotes: Sequence[Quote] = ()

        def made() -> QWidget:
            self._text = PartText(embed.source, room, name=title)
            self._text.mark_for(room)
            self._text.show_quotes(self._quotes)
            return boxed(column(self._text, margin=(8, 0, 8, 4)))  # its words begin below those of the title

        self.fold = Fold(title, "", made)
        super().__init__(column(self.fold, margin=(8, 4, 8, 4)))
        self.setAccessibleName(title)

    def words_within(self) -> None:
        """What is folded stays the same."""

    def mark_within(self, words: str) -> None:
        """Mark words where it is open."""
        if self._text is not None and (self.fold.is_open or not words):
            self._text.find_all(words)

    def show_within(self, words: str, nth: int) -> None:
        """Open it and go to the words."""
        if not self.fold.is_open:
            self.fold.toggle()
        if self._text is not None:
            self._text.seek(words, nth)

    def show_quotes(self, quotes: Sequence[Quote]) -> None:
        """Show highlights, when it is opened."""
        self._quotes = quotes
        if self._text is not None:
            self._text.show_quotes(quotes)

    def show_quote(self, note: str) -> None:
        """Open it and go to a highlight."""
        if not self.fold.is_open:
            self.fold.toggle()
        if self._text is not None:
            self._text.show_quote(note)
