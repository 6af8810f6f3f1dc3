"""The reading page: text, place and marks in the middle, outline and notes beside it."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QPixmap, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from desktop_lms.features.lesson.panel.view import NotesPanel, OutlinePanel
from desktop_lms.features.lesson.text import MEDIA, Dress, callout_words
from desktop_lms.features.lesson.viewmodel import LessonModel, Neighbour, Reading
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.reading import COLOURS, LessonText, Mark
from desktop_lms.widgets.surfaces import Line, Panel
from desktop_lms.widgets.switches import Tabs
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr
from lms_core.learning.model import Bookmark

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
PANEL, NARROW = 312, 900


class _Reader(LessonText):
    """The text in the middle of its room."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = max(16, int(self.width() - self.measure - 24) // 2)
        self.setViewportMargins(side, 8, 0, 0)
        super().resizeEvent(event)


class LessonPage(QWidget):
    """The page; `go` follows a route, `say` shows a toast, `resize_text` makes text larger (1) or smaller (-1)."""

    crumbs_changed = Signal()
    compact = True

    def __init__(
        self,
        model: LessonModel,
        *,
        go: Go,
        say: Say,
        resize_text: Callable[[int], None] | None = None,
        bookmarked: str = "",
    ) -> None:
        super().__init__()
        self._model, self._go, self._say, self._resize_text = model, go, say, resize_text
        self._bookmarked = bookmarked
        self._restored = False
        self._wanted: bool | None = None
        self._quote: tuple[str, int, int] = ("", 0, 0)
        self.text = _Reader(name=tr("Lesson text"))
        self.finder = Field(tr("Find on this page"), icon="search", quiet=True)
        self._hits = Label("", "caption", "text2")
        self._find_bar = self._build_find()
        self._marks = self._build_marks()
        self._foot = row(gap=12, margin=(24, 10, 24, 10))
        self._spent = Label("", "caption", "text2")
        self.notes = NotesPanel(model, self._show_note)
        self.outline = OutlinePanel(self._follow, self._go_to_bookmark, model.delete_bookmark)
        self._build()
        self._connect()
        model.open()

    def _build(self) -> None:
        self._message = column(gap=0, margin=(24, 12, 24, 0))
        middle = column(
            self._find_bar, boxed(self._message), (self.text, 1), self._marks, Line(), boxed(self._foot), gap=0
        )
        self._tabs = Tabs([tr("Outline"), tr("Notes")], 1, name=tr("Beside the text"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.outline)
        self._stack.addWidget(self.notes)
        self._stack.setCurrentIndex(1)
        self._side = Panel(column(self._tabs, (self._stack, 1), gap=0, margin=(20, 8, 20, 0)), edge="start")
        box = row((Panel(middle), 1), self._side, gap=0)
        self.setLayout(box)

    def _connect(self) -> None:
        model, text = self._model, self.text
        model.changed.connect(self._render)
        model.notes_changed.connect(self._on_notes)
        model.rendered.connect(self._on_rendered)
        model.pictures_came.connect(text.pictures_came)
        text.link_clicked.connect(self._follow_link)
        text.picture_clicked.connect(self._zoom)
        text.selected.connect(self._on_selected)
        text.scrolled.connect(self._on_scrolled)
        text.viewport().installEventFilter(self)
        self._tabs.chosen.connect(self._stack.setCurrentIndex)
        self.finder.textChanged.connect(self._on_find)
        self.finder.returnPressed.connect(lambda: self._on_find(self.finder.text()))
        look().changed.connect(self._restyle)
        for keys, then in (
            ("Ctrl+F", self.open_find),
            ("Esc", self._close_find),
            ("Ctrl+Z", model.undo_stack.undo),
            ("Ctrl+Shift+Z", model.undo_stack.redo),
            ("Ctrl+D", self._bookmark),
            ("Ctrl+Alt+N", self._note_selection),
            ("Ctrl+Alt+H", lambda: self._highlight(COLOURS[0])),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, activated=then)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        reading = self._model.reading
        if reading is None:
            return [(tr("Lesson"), "")]
        return [(reading.course_title, f"course/{reading.course_id}"), (reading.lesson.title, "")]

    def leave(self) -> None:
        """Keep place, notes and time."""
        self.notes.settle()
        if self._model.reading is not None:
            self._model.moved_to(self.text.percent, {"at": self.text.place})
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
        self._side.setVisible(roomy if self._wanted is None else self._wanted)
        self._side.setFixedWidth(min(current().px(PANEL), 420, max(240, self.width() // 2)))

    def _fold(self) -> None:
        self._wanted = not self._side.isVisibleTo(self)
        self._arrange()

    def _restyle(self) -> None:
        if self._model.reading is not None:
            self._render()

    def _render(self) -> None:
        model, reading = self._model, self._model.reading
        clear(self._message)
        if model.error is not None and reading is None:
            self._side.hide()
            self._message.addWidget(
                Banner(tr("This lesson cannot be opened"), sentence(model.error), tone="warning", icon="triangle-alert")
            )
            return
        if reading is None:
            return
        if reading.lesson.kind == "quiz":
            self._go(f"quiz/{reading.course_id}/{reading.lesson.id}")
            return
        if any(name in reading.missing for name in MEDIA.findall(reading.lesson.body)):
            title = tr("Pictures are not on this device yet")
            get = Button(tr("Get them"), small=True)
            get.clicked.connect(lambda: self._go(f"course/{reading.course_id}"))
            self._message.addWidget(Banner(title, tr("The text is complete."), get, icon="image"))
        theme = current()
        model.prepare(Dress(theme.colors, callout_words(), theme.px(16)))
        self.outline.show_outline(reading)
        self._show_foot(reading)
        self._on_notes()
        self.crumbs_changed.emit()

    def _on_rendered(self, body: str) -> None:
        reading, theme = self._model.reading, current()
        if reading is None:
            return
        over = f"{reading.module} · {reading.number} · {tr('{minutes} min', minutes=reading.minutes)}"
        style = f"font-family:Inter,'IBM Plex Sans Arabic'; font-size:{theme.px(12)}px; color:{theme.hex('text2')}"
        head = f'<p style="{style}">{html.escape(over)}</p><h1>{html.escape(reading.lesson.title)}</h1>'
        direction = "rtl" if theme.rtl else "ltr"
        at = self.text.place if self._restored else None
        self.text.show_html(f'<body dir="{direction}">{head}{body}</body>', self._resource)
        self._show_highlights()
        if at is not None:
            self.text.go_to(at)
        else:
            self._restore()

    def _resource(self, name: str) -> bytes | None:
        return self._model.pictures.get(name)

    def _restore(self) -> None:
        """Go to the place where one stopped, once the text has its size."""
        reading = self._model.reading
        if self._restored or reading is None or not self.isVisible() or not self.text.toPlainText():
            return
        self._restored = True
        if kept := next((b for b in reading.bookmarks if b.id == self._bookmarked), None):
            self._go_to_bookmark(kept)
            return
        at = reading.state.position.get("at")
        if isinstance(at, int) and at > 0 and reading.state.status != "done":
            self.text.go_to(at)

    def _on_scrolled(self, percent: float) -> None:
        if self._restored:
            self._model.moved_to(percent, {"at": self.text.place})
            self._show_spent()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.KeyPress):
            self._model.active()
        return super().eventFilter(watched, event)

    # --- foot
    def _show_foot(self, reading: Reading) -> None:
        clear(self._foot)
        self._spent = Label("", "caption", "text2")
        done = self._model.is_done
        mark = Button(
            tr("Mark as not done") if done else tr("Mark as done"), "ghost", "circle-check" if done else "circle"
        )
        mark.clicked.connect(lambda: self._model.mark(done=not done))
        smaller, larger = (
            Button("", "ghost", "minus", name=tr("Smaller text")),
            Button("", "ghost", "plus", name=tr("Larger text")),
        )
        smaller.clicked.connect(lambda: self._resize_text(-1) if self._resize_text else None)
        larger.clicked.connect(lambda: self._resize_text(1) if self._resize_text else None)
        if self._resize_text is None:
            smaller.hide()
            larger.hide()
        self._foot.addWidget(self._neighbour(reading.previous, "arrow-left"))
        self._foot.addStretch(1)
        keep = Button("", "ghost", "bookmark", name=tr("Bookmark this place"))
        keep.clicked.connect(self._bookmark)
        for each in (smaller, larger, keep, self._spent, mark):
            self._foot.addWidget(each)
        self._foot.addStretch(1)
        panel = Button("", "ghost", "panel-right", name=tr("Show or hide the panel"))
        panel.clicked.connect(self._fold)
        self._foot.addWidget(self._neighbour(reading.following, "arrow-right"))
        self._foot.addWidget(panel)
        self._show_spent()

    def _neighbour(self, lesson: Neighbour | None, icon: str) -> QWidget:
        if lesson is None:
            return QWidget()
        forward = icon == "arrow-right"
        short = lesson.title if len(lesson.title) <= 28 else lesson.title[:27].rstrip() + "…"
        made = Button(f"{lesson.number} {short}", "" if forward else "ghost", icon, icon_after=forward)
        made.setToolTip(lesson.title)
        made.clicked.connect(lambda: self._follow(lesson))
        return made

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
        at = int(kept.anchor) if kept.anchor and kept.anchor.isdecimal() else 0
        spot = self.text.locate(kept.title.rstrip("…"), "", at)
        self.text.go_to(spot[0] if spot else at)

    def _show_spent(self) -> None:
        minutes = self._model.study.total_ms // 60_000
        words = tr("Place kept · {minutes} min active", minutes=minutes) if minutes else tr("Place kept")
        self._spent.say(words)

    # --- links and pictures
    def _follow_link(self, url: str) -> None:
        reading = self._model.reading
        if url.startswith("lesson:") and reading is not None:
            self._go(f"lesson/{reading.course_id}/{url.removeprefix('lesson:').partition('#')[0]}")
        elif url.startswith("#"):
            self.text.scrollToAnchor(url[1:])
        elif url.startswith(("http://", "https://", "mailto:")):
            self._ask_before(url)

    def _ask_before(self, url: str) -> None:
        stay, leave = Button(tr("Stay here")), Button(tr("Open in the browser"), "primary", "external-link")
        body = (Label(url, "body", "text2", wrap=True), Label(tr("This leads out of the course."), "small", "text2"))
        sheet = Sheet(self.window(), tr("Open this address?"), *body, buttons=(stay, leave))
        stay.clicked.connect(sheet.close_sheet)
        leave.clicked.connect(lambda: (sheet.close_sheet(), QDesktopServices.openUrl(QUrl(url))))

    def _zoom(self, name: str) -> None:
        data = self._resource(name)
        reading = self._model.reading
        image = QImage.fromData(data) if data else QImage()
        if image.isNull() or reading is None:
            return
        room = self.window().size() * 0.8
        shown = image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        picture = QLabel()
        picture.setPixmap(QPixmap.fromImage(shown))
        close = Button(tr("Close"))
        title = reading.media_names.get(name.removeprefix("media:"), tr("Picture"))
        sheet = Sheet(self.window(), title, picture, buttons=(close,), width=shown.width() + 64)
        close.clicked.connect(sheet.close_sheet)

    # --- find
    def _build_find(self) -> QWidget:
        shut = Button("", "ghost", "x", name=tr("Close"))
        shut.clicked.connect(self._close_find)
        bar = boxed(row((self.finder, 1), self._hits, shut, margin=(24, 8, 24, 8)))
        bar.hide()
        return bar

    def open_find(self) -> None:
        """Find on the page."""
        self._find_bar.show()
        self.finder.setFocus()
        self.finder.selectAll()

    def _close_find(self) -> None:
        if not self._find_bar.isHidden():
            self._find_bar.hide()
            self.text.find_all("")
            self.text.setFocus()

    def _on_find(self, words: str) -> None:
        count = self.text.find_all(words)
        self._hits.say(tr("{count} found", count=count) if words else "")

    # --- highlights
    def _build_marks(self) -> QWidget:
        names = {"amber": tr("Amber"), "mint": tr("Mint"), "rose": tr("Rose"), "sky": tr("Sky")}
        buttons = []
        for colour in COLOURS:
            made = Button(
                names[colour], "", "highlighter", small=True, name=tr("Highlight in {colour}", colour=names[colour])
            )
            made.clicked.connect(lambda _=False, colour=colour: self._highlight(colour))
            buttons.append(made)
        note = Button(tr("Note"), "", "notebook-pen", small=True)
        note.clicked.connect(self._note_selection)
        self._selected_words = Elided("", "caption", "text2")
        bar = boxed(row((self._selected_words, 1), *buttons, note, gap=6, margin=(24, 6, 24, 6)))
        bar.hide()
        return bar

    def _on_selected(self, quote: str, start: int, end: int) -> None:
        self._quote = (quote, start, end)
        self._marks.setVisible(bool(quote))
        self._selected_words.say(f"“{quote}”" if quote else "")
        self._model.active()

    def _anchor(self, colour: str) -> dict[str, object]:
        quote, start, end = self._quote
        before, after = self.text.around(start, end)
        return {"quote": quote[:4000], "before": before, "after": after, "start": start, "colour": colour}

    def _highlight(self, colour: str) -> None:
        if self._quote[0]:
            self._model.add_note("", **self._anchor(colour))
            cursor = self.text.textCursor()
            cursor.clearSelection()
            self.text.setTextCursor(cursor)
            self._say(tr("Highlighted"), self._model.undo_stack.undo)

    def _note_selection(self) -> None:
        self._tabs.choose(1)
        self._wanted = True if self._side.isHidden() else self._wanted
        self._arrange()
        self.notes.begin(self._anchor(COLOURS[0]) if self._quote[0] else {})

    def _show_highlights(self) -> None:
        spots = [(n, self.text.locate(n.quote, n.before, n.start)) for n in self._model.notes if n.quote]
        self.text.show_marks([Mark(*spot, n.colour or COLOURS[0], n.id) for n, spot in spots if spot])

    def _show_note(self, note: str) -> None:
        found = next((each for each in self._model.notes if each.id == note), None)
        if found and found.quote and (spot := self.text.locate(found.quote, found.before, found.start)):
            self.text.go_to(spot[0])

    def _on_notes(self) -> None:
        reading = self._model.reading
        self._tabs.show_names([tr("Outline"), tr("Notes {count}", count=len(self._model.notes))])
        self.notes.show_notes(self._model.notes)
        self._show_highlights()
        if reading is not None:
            self._show_foot(reading)
            self.outline.show_outline(reading)
