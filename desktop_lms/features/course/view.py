"""A course's page: what it is, the outline with states in words, and where to go on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.downloads import Downloads
from desktop_lms.features.course.before.view import before, refused
from desktop_lms.features.course.free.view import free
from desktop_lms.features.course.outline.view import LessonLine
from desktop_lms.features.course.viewmodel import CourseHome, CourseModel, LessonRow, ModuleRow, Sheets
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, cannot_read
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Columns, Page, section
from desktop_lms.widgets.ring import Ring
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Cover, IconMark, Line
from desktop_lms.widgets.switches import Tabs
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import LANGUAGES, counted, dotted, sentence, tr
from lms_core.content.text import plain_text
from lms_core.errors import StorageError, UserError

LARGE = 1.2
"""Above this scale of text the cover gives its room to the words."""
Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]


class CoursePage(Page):
    """The page; `go` follows a route, `say` shows a toast with a way back."""

    crumbs_changed = Signal()

    def __init__(
        self, model: CourseModel, downloads: Downloads, *, go: Go, say: Say, sheets: Sheets | None = None
    ) -> None:
        super().__init__()
        self._sheets = sheets
        self._model, self._downloads, self._go, self._say = model, downloads, go, say
        self._tab = 0
        self._open: set[int] | None = None
        self._shown: object = None
        self._progress: Label | None = None
        model.changed.connect(self._render)
        model.left.connect(self._on_left)
        downloads.changed.connect(self._on_download)
        look().changed.connect(self._restyle)
        self._render()
        model.refresh()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        home = self._model.home
        return [(tr("Courses"), "courses"), *([(home.title, "")] if home else [])]

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def _on_left(self) -> None:
        self._say(tr("You left this course. Progress and notes stay."), self._model.join)

    def _on_download(self, course: str) -> None:
        progress = self._downloads.progress(course)
        if course != self._model.course:
            return
        if progress and self._progress is not None:
            self._progress.say(told(progress.done, progress.total))
        else:
            self._restyle()

    def _render(self) -> None:
        home, error = self._model.home, self._model.error
        loading = self._downloads.progress(self._model.course) is not None
        now = (home, error, self._tab, frozenset(self._open or ()), loading, self._model.previews)
        if now == self._shown:
            return
        self._shown, self._progress = now, None
        if home is None:
            title = tr("This course cannot be opened")
            if isinstance(error, StorageError):
                self.show_items(cannot_read(title, error, self._model.refresh), "~")
            elif error:
                back = self._button(tr("All courses"), lambda: self._go("courses"), small=True)
                self.show_items(Banner(title, sentence(error), back, tone="warning"), "~")
            else:
                self.show_items(Label(tr("Opening the course…"), "body", "text2"), "~")
            return
        if self._open is None and home.modules:
            self._open = {m.number for m in home.modules if m.done < len(m.lessons)}
        self.crumbs_changed.emit()
        about = tr("About the course")
        names = [tr("Outline"), about] if home.modules else [about]
        tabs = Tabs(names, min(self._tab, len(names) - 1), name=tr("Part of the course"))
        tabs.chosen.connect(self._on_tab)
        outline = home.modules and self._tab == 0
        main = boxed(column(self._outline(home) if outline else self._about(home), "~"))
        side = self._side(home)
        body = Columns(main, boxed(column(*side, "~", gap=24))) if any(side) else main
        self.show_items(self._head(home), 24, tabs, 20, body, "~")

    def _on_tab(self, at: int) -> None:
        self._tab = at
        self._render()

    def _button(
        self, text: str, then: Callable[[], object], kind: str = "", icon_name: str = "", *, small: bool = False
    ) -> Button:
        button = Button(text, kind, icon_name, small=small)  # type: ignore[arg-type]
        button.clicked.connect(lambda: then())
        return button

    # --- head
    def _head(self, home: CourseHome) -> QWidget:
        theme = current()
        facts = [
            ", ".join(home.authors),
            counted("1 lesson, about {time}", "{count} lessons, about {time}", home.lessons, time=spell(home.minutes)),
        ]
        facts += [name_of(home.language), level_of(home.level)]
        words = column(
            Label(home.title, "display", wrap=True),
            Label(dotted(*facts), "small", "text2", wrap=True),
            12,
            wrapped(self._actions(home)),
            gap=4,
        )
        cover = Cover(home.id, width=theme.px(176), height=theme.px(112))
        self._downloads.covers.show(cover, home.id, home.card.thumbnail if home.card else "")
        done = tr("{done} of {total}", done=home.state.lessons_done, total=home.lessons)
        name = tr("{done} of {total} lessons", done=home.state.lessons_done, total=home.lessons)
        ring = Ring(home.state.percent, done, name=name) if home.modules else None
        shown = boxed(column(cover, "~")) if theme.scale <= LARGE else None
        return boxed(row(shown, (words, 1), ring, gap=24))

    def _actions(self, home: CourseHome) -> list[Item]:
        progress = self._downloads.progress(home.id)
        if progress is not None:
            self._progress = Label(told(progress.done, progress.total), "small", "text2")
            return [self._progress, self._button(tr("Stop"), lambda: self._downloads.cancel(home.id), "ghost", "x")]
        items: list[Item] = []
        if home.where == "away" and home.price:
            return [Chip(home.price, "neutral", "tag"), (_unsold(), 1)]
        if home.where == "away":
            size = size_of(home.size)
            items.append(self._button(tr("Download · {size}", size=size), self._fetch, "primary", "download"))
            text = tr("Text only · {size}", size=size_of(home.card.pack_size if home.card else 0))
            items.append(self._button(text, lambda: self._downloads.fetch(home.id, media=False), "", "file-text"))
        elif home.resume and (home.enrolled or not home.reasons):
            word = tr("Continue {number}", number=home.resume_number) if home.state.last_lesson else tr("Start")
            route = self._route(home.resume.lesson_id)
            items.append(self._button(word, lambda: self._go(route), "primary", "play"))
        if home.where == "text" and home.card:
            items.append(self._button(tr("Get the pictures"), self._fetch, "", "download"))
        sheets = self._sheets
        if sheets is not None and (home.where != "away" or home.card):
            place = {"here": tr("On this device"), "text": tr("Partly here"), "away": tr("Choose…")}[home.where]
            items.append(self._button(place, lambda: sheets.keep(home.id), "", "hard-drive"))
        if home.price:
            items.append(Chip(home.price, "neutral", "tag"))
        elif not home.reasons:
            items.append(self._button(tr("Join"), self._model.join, "", "plus"))
        more = Button("", "", "ellipsis", name=tr("More"))
        more.clicked.connect(lambda: self._menu(home, more))
        return [*items, more if home.enrolled else None]

    def _menu(self, home: CourseHome, at: Button) -> None:
        menu = QMenu(self)
        menu.addAction(icon("log-out", 16), tr("Leave this course"), self._model.leave)
        menu.exec(at.mapToGlobal(at.rect().bottomLeft()))

    def _fetch(self) -> None:
        self._downloads.fetch(self._model.course)

    def _route(self, lesson: str) -> str:
        home = self._model.home
        rows = [r for m in home.modules for r in m.lessons] if home else []
        kind = next((r.kind for r in rows if r.id == lesson), "reading")
        return f"{'quiz' if kind == 'quiz' else 'lesson'}/{self._model.course}/{lesson}"

    # --- outline
    def _outline(self, home: CourseHome) -> QWidget:
        box = column(gap=0, margin=(1, 4, 1, 4))
        for number, module in enumerate(home.modules):
            if number:
                box.addWidget(Line())
            box.addWidget(self._module(module))
            if module.number in (self._open or ()):
                for lesson in module.lessons:
                    box.addWidget(self._lesson(home, lesson))
                box.addSpacing(8)
        return Card(box)

    def _module(self, module: ModuleRow) -> Clickable:
        opened = module.number in (self._open or ())
        said = tr("{done} of {total}", done=module.done, total=len(module.lessons))
        made = Clickable(
            name=f"{module.number} {module.title}, {said}, {tr('open') if opened else tr('closed')}", radius=0
        )
        bar = Bar(module.done / len(module.lessons) if module.lessons else 0)
        bar.setFixedWidth(current().px(72))
        made.setLayout(
            row(
                IconMark("chevron-down" if opened else "chevron-right", 16),
                Label(str(module.number), "heading"),
                (Elided(module.title, "heading"), 1),
                Label(said, "small", "text2"),
                bar,
                gap=10,
                margin=(16, 14, 16, 14),
            )
        )
        made.clicked.connect(lambda: self._toggle(module.number))
        return made

    def _toggle(self, number: int) -> None:
        self._open = (self._open or set()) ^ {number}
        self._render()

    def _lesson(self, home: CourseHome, lesson: LessonRow) -> Clickable:
        here = bool(home.resume and home.resume.lesson_id == lesson.id and home.state.last_lesson)
        made = LessonLine(lesson, here=here)
        made.clicked.connect(lambda: self._open_lesson(lesson))
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(lambda at: self._lesson_menu(made, lesson, at))
        return made

    def _open_lesson(self, lesson: LessonRow) -> None:
        if lesson.needs:
            self._say(sentence(UserError("lesson_locked", needs=lesson.needs)), None)
        elif self._model.home and self._model.home.price and (lesson.preview or lesson.kind != "quiz"):  # LES-09
            self._go(f"preview/{self._model.course}/{lesson.id}")
        else:
            self._go(self._route(lesson.id))

    def _lesson_menu(self, made: QWidget, lesson: LessonRow, at: object) -> None:
        if lesson.kind == "quiz" or lesson.needs:
            return  # a quiz is done when it is passed
        menu, done = QMenu(self), lesson.status == "done"
        words = tr("Mark as not done") if done else tr("Mark as done")
        menu.addAction(words, lambda: self._model.mark(lesson.id, done=not done))
        menu.exec(made.mapToGlobal(at))

    # --- about
    def _about(self, home: CourseHome) -> QWidget:
        text = plain_text(home.description) or home.subtitle or tr("Its authors have not described this course yet.")
        items: list[Item] = [Label(text, "body", wrap=True)]
        for title, lines in ((tr("What you learn"), home.objectives), (tr("What you need"), home.requirements)):
            if lines:
                points: list[Item] = [
                    boxed(row(IconMark("check", 16, "accentText"), (Label(line, "body", wrap=True), 1), gap=10))
                    for line in lines
                ]
                items.append(section(title, *points, gap=8))
        facts = [
            (tr("Category"), home.category), (tr("Level"), level_of(home.level)),
            (tr("Language"), name_of(home.language)), (tr("Version"), home.version), (tr("License"), home.license),
        ]  # fmt: skip
        said: list[Item] = [
            boxed(row(Label(name, "small", "text2"), "~", Label(value, "small"))) for name, value in facts if value
        ]
        if home.sequential:
            items.append(Label(tr("Lessons open one after the other."), "small", "text2", wrap=True))
        items.append(section(tr("Facts"), *said, gap=4))
        return Card(column(*items, gap=24, margin=24))

    # --- side
    def _side(self, home: CourseHome) -> list[Item]:
        previews = free(home.id, self._model.previews if home.price else (), self._go)
        items: list[Item] = [refused(home), before(home, self._go), previews]
        if home.update and self._downloads.progress(home.id) is None:
            note = (home.card.change_note if home.card else "") or tr("Your progress and notes stay.")
            update = self._button(tr("Update now"), self._fetch, small=True)
            if home.running:
                note = sentence(UserError("attempt_open"))
                quiz = f"quiz/{home.id}/{home.running}"
                update = self._button(tr("Go to the quiz"), lambda: self._go(quiz), small=True)
            sheets = self._sheets
            see = self._button(tr("See changes"), lambda: sheets.update(home.id), small=True) if sheets else None
            title = tr("Version {version} is out", version=home.update)
            lines = column(
                row(IconMark("sparkles", 18, "info"), (Label(title, "strong", wrap=True), 1), gap=10),
                Label(note, "small", "text2", wrap=True), Flow(*filter(None, (see, update))), gap=10, margin=16,
            )  # fmt: skip
            items.append(Card(lines, fill="infoSoft", edge="infoSoft"))
        if home.where != "away":
            place = tr("Everything is on this device") if home.where == "here" else tr("The text is on this device")
            facts = tr("{size} · version {version}", size=size_of(home.size), version=home.version[:12])
            items.append(
                Card(column(
                    row(IconMark("hard-drive", 18), (Label(place, "strong", wrap=True), 1), gap=10),
                    Label(facts, "small", "text2", wrap=True),
                    gap=6, margin=16,
                ))
            )  # fmt: skip
        if home.certificate:
            items.append(self._certificate(home))
        if home.state.seconds:
            spent = tr("{time} studied in this course", time=spell(max(1, home.state.seconds // 60)))
            items.append(boxed(row(IconMark("clock", 16), (Label(spent, "small", "text2", wrap=True), 1), gap=10)))
        return items

    def _certificate(self, home: CourseHome) -> QWidget:
        title, detail = {
            "given": (tr("With a certificate"), tr("Complete every lesson and pass every quiz to get it.")),
            "provisional": (tr("Completed"), tr("Provisional: your certificate comes once the server has checked.")),
            "here": (tr("Your certificate is here"), ""),
        }[home.certificate]
        show = self._button(tr("See it"), lambda: self._go("certificates"), small=True)
        lines = column(
            row(IconMark("award", 18, "accentText"), (Label(title, "strong", wrap=True), 1), gap=10),
            Label(detail, "small", "text2", wrap=True) if detail else None,
            row(show, "~") if home.certificate == "here" else None, gap=8, margin=16,
        )  # fmt: skip
        return Card(lines)


def wrapped(items: list[Item]) -> Item:
    """Buttons that go on in the next line where there is no more room."""
    widgets = [each for each in items if isinstance(each, QWidget)]
    return boxed(Flow(*widgets)) if len(widgets) == sum(each is not None for each in items) else row(*items, "~")


def _unsold() -> Label:
    return Label(tr("Not sold here. Ask your school how to get it."), "small", "text2", wrap=True)


def told(done: int, total: int) -> str:
    """How far a download is, in words."""
    if not total:
        return tr("Getting ready…")
    return tr("Downloading {done} of {total}", done=size_of(done), total=size_of(total))


def name_of(code: str) -> str:
    """A language in its own words."""
    found = LANGUAGES.get(code) or (QLocale(code).nativeLanguageName() if code else "")
    return found[:1].upper() + found[1:]


def level_of(level: str) -> str:
    """A level in words."""
    words = {
        "beginner": tr("Beginner"), "intermediate": tr("Intermediate"), "advanced": tr("Advanced"),
        "all_levels": tr("All levels"),
    }  # fmt: skip
    return words.get(level, level)


def spell(minutes: int) -> str:
    """Minutes in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return tr("{hours} h {minutes} min", hours=hours, minutes=rest)
    return tr("{hours} h", hours=hours) if hours else tr("{minutes} min", minutes=minutes)
