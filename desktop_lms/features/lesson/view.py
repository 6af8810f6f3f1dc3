"""The reading page: text, place and marks in the middle, outline and notes beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_lms.features.lesson.arriving.view import banners, closed
from desktop_lms.features.lesson.finding.view import FindBar
from desktop_lms.features.lesson.foot.view import Foot
from desktop_lms.features.lesson.framing import framed
from desktop_lms.features.lesson.hosting import Hosting
from desktop_lms.features.lesson.marking.choosing import Choosing
from desktop_lms.features.lesson.marking.view import MarkBar
from desktop_lms.features.lesson.panel.view import NotesPanel, OutlinePanel
from desktop_lms.features.lesson.reader.view import Reader
from desktop_lms.features.lesson.room import AT_MEMO, Fetching, Room, found_anchor, found_spot, route_of, spot_of
from desktop_lms.features.lesson.sheets.view import ask_before_leaving, show_picture
from desktop_lms.features.lesson.text import Body, Dress, behind, callout_words
from desktop_lms.features.lesson.viewmodel import LessonModel, Neighbour, Reading
from desktop_lms.timers import once
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.marking import marks_of
from desktop_lms.widgets.reading import COLOURS
from desktop_lms.widgets.surfaces import Line, Panel
from desktop_lms.widgets.switches import Tabs
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr
from lms_core.learning.anchors import Spot, read_spot
from lms_core.learning.model import Bookmark

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
PANEL, NARROW = 312, 900
SLOW_MS = 150
"""Before a page that is still empty says why."""


class LessonPage(QWidget):
    """The page; `go` follows a route, `say` shows a toast, `resize_text` makes text larger (1) or smaller (-1).

    It waits, built, until `open` says which lesson it shows.
    """

    crumbs_changed = Signal()
    compact = True

    def __init__(
        self,
        model: LessonModel,
        *,
        go: Go,
        say: Say,
        resize_text: Callable[[int], None] | None = None,
        fetching: Fetching | None = None,
    ) -> None:
        super().__init__()
        self._fetching = fetching
        self._model, self._go, self._say = model, go, say
        self._bookmarked = self._wanted_note = ""
        self._restored = False
        self._begun: Body | None = None
        self._wanted: bool | None = None
        self._slow = once(self, SLOW_MS, self._say_opening)
        self.text = Reader(name=tr("Lesson text"))
        self.finding = FindBar(self.text)
        self._chosen, self._marks = Choosing(self.text), MarkBar()
        self._foot = Foot(model, self._follow, resize_text)
        self._room: Room | None = None
        self.notes = NotesPanel(model, self._show_note)
        rename = self.notes.model.rename
        self.outline = OutlinePanel(self._follow, self._go_to_bookmark, model.delete_bookmark, rename)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._message = column(gap=0, margin=(24, 12, 24, 0))
        self._below = boxed(column(Line(), self._foot, gap=0))
        middle = column(self.finding, boxed(self._message), (self.text, 1), self._marks, self._below, gap=0)
        self._tabs = Tabs([tr("Outline"), tr("Notes")], 1, name=tr("Beside the text"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.outline)
        self._stack.addWidget(self.notes)
        self._stack.setCurrentIndex(1)
        self._side = Panel(column(self._tabs, (self._stack, 1), gap=0, margin=(20, 8, 20, 0)), edge="start")
        self.setLayout(row((Panel(middle), 1), self._side, gap=0))

    def _connect(self) -> None:
        model, text = self._model, self.text
        model.changed.connect(self._render)
        model.came.connect(self._on_came)
        model.shutting.connect(self.notes.settle)
        model.notes_changed.connect(self._on_notes)
        self.notes.model.changed.connect(self._show_places)
        self.notes.model.refused.connect(lambda error: self._say(sentence(error), None))
        self.notes.model.carded.connect(self._on_carded)
        model.drawing.begun.connect(self._on_begun)
        model.drawing.rendered.connect(self._on_rendered)
        model.drawing.pictures_came.connect(text.pictures_came)
        text.filled.connect(self._on_whole)
        text.link_clicked.connect(self._follow_link)
        text.picture_clicked.connect(self._zoom)
        self._chosen.changed.connect(self._on_selected)
        text.scrolled.connect(self._on_scrolled)
        text.viewport().installEventFilter(self)
        self.finding.opened.connect(lambda: model.drawing.look_within(self.finding.look_within))
        self.finding.opened.connect(self._marks.hide)
        self._tabs.chosen.connect(self._stack.setCurrentIndex)
        self._marks.colour_chosen.connect(self._highlight)
        self._marks.note_asked.connect(self._note_selection)
        self._foot.bookmark_asked.connect(self._bookmark)
        self._foot.panel_asked.connect(self._fold)
        look().changed.connect(self._render)
        for keys, then in (
            ("Ctrl+F", self.finding.open_bar), ("F3", self.finding.next), ("Shift+F3", self.finding.previous),
            ("Esc", self.finding.close_bar), ("Ctrl+Z", model.undo_stack.undo),
            ("Ctrl+Shift+Z", model.undo_stack.redo), ("Ctrl+D", self._bookmark),
            ("Ctrl+Alt+N", self._note_selection), ("Ctrl+Alt+H", lambda: self._highlight(COLOURS[0])),
        ):  # fmt: skip
            shortcut(self, keys, then, within=True)

    def open(self, lesson: str, place: str = "") -> None:
        """Open a lesson, or come back to the one that is here; `place` is a bookmark, a note or `at:`."""
        model = self._model
        model.lesson_id = lesson
        if place:
            self._bookmarked = self._wanted_note = place
        if model.reading is None:
            self._slow.start()
        model.open()
        self.notes.model.refresh()

    def _say_opening(self) -> None:
        clear(self._message)
        self._message.addWidget(Label(tr("Opening the lesson…"), "body", "text2"))

    def _on_came(self) -> None:
        """Go to what was asked for in a text that was here already."""
        self._restored = self._restored and not self._bookmarked
        if self._model.drawing.is_set:
            self._restore()
        if self.can_stay:
            self._model.drawing.read_ahead()

    @property
    def can_stay(self) -> bool:
        """Whether all of it is there and nothing in it holds a file: then it can be shown again as it is."""
        model = self._model
        whole = model.reading is not None and model.error is None and self.text.is_whole and model.drawing.is_drawn
        whole = whole and not self.text.document().isEmpty()
        return whole and not any(getattr(part, "holds_files", False) for part in self.text.findChildren(QWidget))

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        reading = self._model.reading
        if reading is None:
            return [(tr("Lesson"), "")]
        return [(reading.course_title, f"course/{reading.course_id}"), (reading.lesson.title, "")]

    def leave(self) -> None:
        """Keep place, notes and time."""
        self._slow.stop()
        if self._room is not None:
            self._room.left.emit()
        self.notes.settle()
        if self._model.reading is not None:
            self._model.moved_to(self.text.percent, {"at": self.text.place})
        self.finding.put_away()
        self._model.leave()

    # --- showing
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The panel stands where there is room, unless a person chose otherwise."""
        roomy = self.width() >= NARROW * current().scale
        shut = self._model.error is not None and self._model.reading is None
        self._below.setVisible(not shut)
        self._side.setVisible(not shut and (roomy if self._wanted is None else self._wanted))
        self._side.setFixedWidth(min(current().px(PANEL), 420, max(240, self.width() // 2)))

    def _fold(self) -> None:
        self._wanted = not self._side.isVisibleTo(self)
        self._arrange()

    def _render(self) -> None:
        model, reading = self._model, self._model.reading
        self._slow.stop()
        clear(self._message)
        self._arrange()
        if model.error is not None and reading is None:
            self.finding.hide()
            self.text.show_html("")
            self._message.addWidget(closed(model.error, self._go, model.open))
            self.crumbs_changed.emit()
            return
        if reading is None:
            return
        if reading.lesson.kind == "quiz":
            self._go(f"quiz/{reading.course_id}/{reading.lesson.id}")
            return
        for banner in banners(reading, self._fetching, self._go):
            self._message.addWidget(banner)
        anywhere = self._restored or self._bookmarked or reading.state.position.get("at")
        model.prepare(Dress(current().colors, callout_words(), current().px(16)), soon=not anywhere)
        self._on_notes()
        self.crumbs_changed.emit()

    def _on_begun(self, body: Body) -> None:
        """Show the first screen; the rest comes behind it."""
        if (reading := self._model.reading) is not None:
            self._begun = body
            pieces, make = framed(reading, body, self._new_room(reading), foot=False)
            self.text.show_html(pieces[0], self._resource, make, rest=pieces[1:], more=True)
            self._restore()

    def _on_rendered(self, body: Body) -> None:
        reading, begun = self._model.reading, self._begun
        if reading is None:
            return
        self._begun = None
        at = self.text.place if self._restored else None
        pieces, make = framed(reading, body, self._new_room(reading))
        if begun is not None and (rest := behind(begun, body)):
            foot = pieces[-1][len(body.pieces[-1]) :]
            self.text.go_on((*rest[:-1], rest[-1] + foot), make)
            return
        self.text.show_html(pieces[0], self._resource, make, rest=pieces[1:])
        if at is not None:
            self.text.go_to(at, above=0)
        else:
            self._restore()
        if self.text.is_whole:
            self._on_whole()

    def _on_whole(self) -> None:
        self._show_highlights()
        self._model.drawing.read_ahead()

    def _new_room(self, reading: Reading) -> Room:
        if self._room is None or self._room.lesson != reading.lesson:
            hosting = Hosting(self._model, follow=self._follow_link, say=self._say)
            store, places = self._model.store, reading.state.position
            self._room = Room(store, reading.lesson, reading.files, places=places, host=hosting, parent=self)
            self._room.note_asked.connect(self._note_selection)
            self._room.selected.connect(self._chosen.take)
            self.notes.enter(self._room)
            self._room.course, self._room.fetching = reading.course_id, self._fetching
        return self._room

    def _resource(self, name: str) -> bytes | None:
        return self._model.drawing.pictures.get(name)

    def _restore(self) -> None:
        """Go to the place where one stopped, once the text has its size."""
        reading = self._model.reading
        if self._restored or reading is None or not self.isVisible() or not self.text.toPlainText():
            return
        self._restored, wanted, self._bookmarked = True, self._bookmarked, ""
        at = reading.state.position.get("at")
        if kept := next((b for b in reading.bookmarks if b.id == wanted), None):
            self.text.once_whole(partial(self._go_to_bookmark, kept))
        elif anchor := found_anchor(wanted):
            self.text.go_to_anchor(anchor)
        elif spot := found_spot(wanted):
            self.text.once_whole(partial(self._show_spot, spot))
        elif isinstance(at, int) and at > 0 and reading.state.status != "done":
            self.text.go_to(at)
        if wanted == AT_MEMO:  # the place one stopped at stays
            self._show_beside()
            self.notes.memo.paper.setFocus()
        self._show_wanted()

    def _show_spot(self, spot: Spot) -> None:
        if spot.quote and (at := self.text.locate(spot.quote)):
            self.finding.mark(spot.quote, at[0])
        elif spot.quote:
            self._model.drawing.look_within(partial(self.finding.look_for, spot.quote))
        elif self._room is not None:
            self._room.seek(spot)

    def _on_scrolled(self, percent: float) -> None:
        if self._restored and self._model.is_open:
            self._model.moved_to(percent, {"at": self.text.place})
            self._foot.show_spent()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.KeyPress):
            self._model.active()
        return super().eventFilter(watched, event)

    # --- around
    def _follow(self, lesson: Neighbour) -> None:
        reading = self._model.reading
        if reading is not None:
            self._go(f"{'quiz' if lesson.kind == 'quiz' else 'lesson'}/{reading.course_id}/{lesson.id}")

    def _bookmark(self) -> None:
        if self._model.bookmark(self.text.place, self.text.words_at(self.text.place)):
            self._say(tr("Bookmark kept"), self._model.undo_stack.undo)

    def _go_to_bookmark(self, kept: Bookmark) -> None:
        """Go to the words that were kept, where they stand now; those of another lesson open it."""
        if kept.lesson_id != self._model.lesson_id:
            self._go(f"lesson/{kept.course_id}/{kept.lesson_id}/{kept.id}")
            return
        place = read_spot(kept.anchor)
        if place.at_s is not None and self._room is not None:
            self._room.seek(place)
            self.text.go_to(0)
            return
        at = place.start or 0
        spot = self.text.locate(kept.title.rstrip("…"), "", at)
        self.text.go_to(spot[0] if spot else at)

    # --- links and pictures
    def _follow_link(self, url: str) -> None:
        reading = self._model.reading
        route = route_of(url, reading.course_id, self._model.lesson_id) if reading is not None else ""
        if route.startswith("#"):
            self.text.go_to_anchor(route[1:])
        elif route:
            self._go(route)
        elif url.startswith(("http://", "https://", "mailto:")):
            ask_before_leaving(self.window(), url)

    def _zoom(self, name: str) -> None:
        data, reading = self._resource(name), self._model.reading
        if data and reading is not None:
            file = reading.files.get(name.removeprefix("media:"))
            show_picture(self.window(), file.name if file else tr("Picture"), data, self._model.store.pool)

    # --- highlights
    def _on_selected(self, quote: str) -> None:
        self._marks.show_quote(quote)
        self._model.active()

    def _highlight(self, colour: str) -> None:
        if self._chosen.settle():
            self._model.add_note("", **self._chosen.anchor(colour))
            self._chosen.clear()
            self._say(tr("Highlighted"), self._model.undo_stack.undo)

    def _note_selection(self) -> None:
        anchor = self._chosen.anchor(COLOURS[0]) if self._chosen.settle() else {}
        self._show_beside()
        self.notes.begin(anchor)
        self._chosen.clear()

    def _show_beside(self) -> None:
        self._tabs.choose(1)
        self._wanted = True if self._side.isHidden() else self._wanted
        self._arrange()

    def _show_highlights(self) -> None:
        self.notes.model.look_in(self.text.toPlainText(), [(key, at) for key, at, _ in self.text.embedding.parts()])
        self._show_places()

    def _show_places(self) -> None:
        colours = {note.id: note.colour for note in self._model.notes}
        self.text.show_marks(*marks_of(self.notes.model.placed, colours))
        self._show_wanted()

    def _show_wanted(self) -> None:
        wanted, self._wanted_note = self._wanted_note, ""
        if wanted and not self._show_note(wanted):
            self._wanted_note = wanted

    def _show_note(self, note: str) -> bool:
        found = next((each for each in self._model.notes if each.id == note and each.anchor), None)
        if found is None or self._room is None:
            return self.text.marking.go_to(note)
        self._room.seek(spot := spot_of(found))
        self.text.once_whole(lambda: self.text.marking.go_to_part(spot.item) or self.text.marking.go_to_part("files"))
        return True

    def _on_carded(self, card: str) -> None:
        self._say(tr("Card made"), lambda: self.notes.model.drop_card(card))

    def _on_notes(self) -> None:
        reading = self._model.reading
        self._tabs.show_names([tr("Outline"), tr("Notes {count}", count=len(self._model.notes))])
        self.notes.show_notes(self._model.notes)
        self._show_highlights()
        if reading is not None:
            self._foot.show_reading(reading)
            self.outline.show_outline(reading)
