"""My courses and the catalogue as cards, found as one types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from desktop_lms.downloads import Downloads
from desktop_lms.features.courses.viewmodel import FACETS, CourseRow, CoursesModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Bar, Chip, Cover, Line, rounded
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import LANGUAGES, counted, language, sentence, tr
from lms_core.errors import LmsError

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
CARD, GAP = 290, 24
WHERE = {"here": "hard-drive", "text": "file-text", "away": "cloud-off"}


class CoursesPage(Page):
    """The page; `go` follows a route, `say` shows a toast with a way back, `join` asks for the code of a class."""

    def __init__(
        self,
        model: CoursesModel,
        downloads: Downloads,
        *,
        go: Go,
        say: Say,
        open_example: Callable[[], None] | None = None,
        join: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._model, self._downloads, self._go, self._say = model, downloads, go, say
        self._join = join
        self._open_example = open_example
        self._cards: dict[str, CourseCard] = {}
        self._shown: object = None
        self._columns = 0
        self.shelf = Segments([tr("My courses"), tr("Catalogue")], name=tr("Shelf"))
        self.search = Field(tr("Find a course, topic or instructor"), icon="search", quiet=True)
        self.search.setMinimumWidth(220)
        names = {"category": tr("Category"), "level": tr("Level"), "language": tr("Language"), "price": tr("Price")}
        self._facets = {name: Choice(name=names[name]) for name in FACETS}
        self._names = names
        self._here = Label("", "small", "text2")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._body = boxed(self._grid)
        self._rest = column(gap=0)
        self.show_items(
            heading(tr("Courses"), "", *self._joining(), self.shelf),
            20,
            row((self.search, 1), *self._facets.values(), self._here, gap=8),
            24,
            self._body,
            (boxed(self._rest), 1),
        )
        self._connect()
        self._render()
        model.refresh()

    def _connect(self) -> None:
        model = self._model
        self.shelf.chosen.connect(lambda at: model.choose_shelf("catalogue" if at else "mine"))
        self.search.textChanged.connect(model.search)
        for name, choice in self._facets.items():
            choice.chosen.connect(lambda value, name=name: model.narrow(name, value))
        model.changed.connect(self._render)
        model.removed.connect(self._on_removed)
        self._downloads.changed.connect(self._on_download)
        self._downloads.failed.connect(self._on_failed)
        look().changed.connect(self._restyle)

    def _joining(self) -> list[Button]:
        storage = Button(tr("Storage"), icon="hard-drive", small=True)
        storage.clicked.connect(self._to_storage)
        if self._join is None:
            return [storage]
        made = Button(tr("Join a class…"), icon="users", small=True)
        made.clicked.connect(self._join)
        return [storage, made]

    def _to_storage(self) -> None:
        self._go("storage")

    def leave(self) -> None:
        """Free what was removed; nothing puts it back from here on."""
        self._model.settle()

    def _on_removed(self, title: str, size: int) -> None:
        words = tr("“{title}” left this device, {size} free again", title=title, size=size_of(size))
        self._say(words, self._model.put_back)

    def _on_download(self, course: str) -> None:
        if course in self._cards:
            self._cards[course].show_progress()

    def _on_failed(self, course: str, error: LmsError) -> None:
        self._say(sentence(error), None)

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _render(self) -> None:
        model = self._model
        now = (model.library, model.filter, model.error)
        if now == self._shown:
            return
        self._shown = now
        if model.library is not None:
            counts = (len(model.on_shelf("mine")), len(model.on_shelf("catalogue")))
            self.shelf.show_names([tr("My courses {count}", count=counts[0]), tr("Catalogue {count}", count=counts[1])])
            self._here.say(tr("{size} here", size=size_of(model.library.bytes_here)))
        for name, choice in self._facets.items():
            values = model.choices(name)
            choice.show_entries([("", self._names[name]), *((value, words_for(name, value)) for value in values)])
            choice.choose(model.filter.facets.get(name, ""))
            choice.setVisible(len(values) > 1)
        clear(self._grid)
        clear(self._rest)
        self._cards = {}
        for each in model.rows:
            self._cards[each.id] = CourseCard(each, self._downloads, go=self._go, remove=model.remove)
        self._columns = 0
        self._place()
        self._body.setVisible(bool(self._cards))
        if not self._cards:
            self._rest.addWidget(self._nothing(), 1)
        else:
            self._rest.addStretch(1)

    def _place(self) -> None:
        """As many cards beside each other as there is room for."""
        room = self.viewport().width() - 80
        columns = max(1, (room + GAP) // (current().px(CARD) + GAP))
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, number // columns, number % columns, Qt.AlignmentFlag.AlignTop)
        for at in range(max(columns, self._grid.columnCount())):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)

    def _nothing(self) -> QWidget:
        model = self._model
        if model.error:
            again = Button(tr("Try again"), small=True)
            again.clicked.connect(model.refresh)
            return Banner(tr("The courses cannot be read"), sentence(model.error), again, tone="warning")
        if model.library is None:
            return Label(tr("Reading your courses…"), "body", "text2")
        if model.is_narrowed:
            widen = Button(tr("Show all"), "primary")
            widen.clicked.connect(self._widen)
            return empty_state("search", tr("Nothing fits"), tr("No course has all of these words and filters."), widen)
        if model.filter.shelf == "catalogue":
            text = tr("Published courses of your server appear here after a sync, and stay readable without a network.")
            return empty_state("library-big", tr("The catalogue is empty"), text)
        find = Button(tr("Look in the catalogue"), "primary", "library-big")
        find.clicked.connect(lambda: self.shelf.choose(1))
        example = Button(tr("Open an example"))
        example.clicked.connect(lambda: self._open_example() if self._open_example else None)
        text = tr("Courses you join or download stand here, with how far you are and what is on this device.")
        buttons = (find, example) if self._open_example else (find,)
        return empty_state("book-open", tr("No courses yet"), text, *buttons)

    def _widen(self) -> None:
        self.search.clear()
        self._model.widen()


class CourseCard(Clickable):
    """A course: cover, title, how far one is, and what of it is on this machine."""

    def __init__(self, course: CourseRow, downloads: Downloads, *, go: Go, remove: Callable[[str], None]) -> None:
        super().__init__(name=f"{course.title}, {progress_words(course)}", radius=12)
        self._course, self._downloads, self._remove = course, downloads, remove
        self._foot = row(gap=8)
        facts = [", ".join(course.authors), LANGUAGES.get(course.language, course.language), course.amount]
        bar = Bar(course.percent / 100) if course.mine else None
        inner = column(
            Elided(course.title, "heading"),
            Elided(" · ".join(filter(None, facts)), "small", "text2"),
            6,
            bar,
            Elided(progress_words(course), "caption", "text2"),
            6,
            Line(),
            boxed(self._foot, height=current().px(32)),
            gap=4,
            margin=(16, 12, 16, 8),
        )
        cover = Cover(course.id, height=current().px(96), radius=12, top_only=True)
        self.setLayout(column(cover, inner, gap=0, margin=1))
        self.clicked.connect(lambda: go(f"course/{course.id}"))
        self.show_progress()

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = "hairlineStrong" if self._over else "hairline"
        rounded(self.painter(), self.rect(), fill="surface", edge=edge)

    def show_progress(self) -> None:
        """Show a download that is going on, or where the course is."""
        clear(self._foot)
        course, progress = self._course, self._downloads.progress(self._course.id)
        if progress is not None:
            words = tr("Downloading {done} of {total}", done=size_of(progress.done), total=size_of(progress.total))
            self._foot.addWidget(Chip(words if progress.total else tr("Getting ready…"), "accent", "download"))
            self._foot.addStretch(1)
            stop = Button("", "ghost", "x", name=tr("Stop the download"))
            stop.clicked.connect(lambda: self._downloads.cancel(course.id))
            self._foot.addWidget(stop)
            return
        if course.update:
            self._foot.addWidget(Chip(tr("Version {version} is out", version=course.update), "info", "sparkles"))
        else:
            names = {"here": tr("On this device"), "text": tr("Text only"), "away": tr("Not here")}
            said = f"{names[course.where]} · {size_of(course.size)}" if course.size else names[course.where]
            self._foot.addWidget(Chip(said, "plain", WHERE[course.where]))
        self._foot.addStretch(1)
        more = Button("", "ghost", "ellipsis", name=tr("More about {title}", title=course.title))
        more.clicked.connect(lambda: self._menu(more))
        self._foot.addWidget(more)

    def _menu(self, at: Button) -> None:
        menu, course = QMenu(self), self._course
        fetchable = course.downloadable and (course.mine or course.price == "free")
        if fetchable and (course.where != "here" or course.update):
            words = tr("Update now") if course.update else tr("Download everything")
            menu.addAction(icon("download", 16), words, lambda: self._downloads.fetch(course.id))
        if fetchable and course.where == "away":
            fetch = self._downloads.fetch
            menu.addAction(icon("file-text", 16), tr("Download the text"), lambda: fetch(course.id, media=False))
        menu.addAction(icon("book-open", 16), tr("Open"), self.clicked.emit)
        if course.where != "away":
            menu.addAction(icon("trash-2", 16), tr("Remove from this device"), lambda: self._remove(course.id))
        menu.exec(at.mapToGlobal(at.rect().bottomLeft()))


def progress_words(course: CourseRow) -> str:
    """How far one is, in words."""
    if not course.mine or (not course.lessons_done and not course.percent):
        lead = tr("Not started") if course.mine else tr("Recommended") if course.is_featured else ""
        return " · ".join(filter(None, (lead, counted("1 lesson", "{count} lessons", course.lessons))))
    if course.percent >= 100:
        return tr("Done")
    done = tr("{done} of {total} lessons", done=course.lessons_done, total=course.lessons)
    return f"{round(course.percent)} % · {done}"


def words_for(facet: str, value: str) -> str:
    """A facet's value as people say it."""
    words = {
        "beginner": tr("Beginner"), "intermediate": tr("Intermediate"), "advanced": tr("Advanced"),
        "all_levels": tr("All levels"), "free": tr("Free"), "paid": tr("Paid"),
    }  # fmt: skip
    return LANGUAGES.get(value, value) if facet == "language" else words.get(value, value)


def size_of(count: int) -> str:
    """Bytes as people say them."""
    digits = 1 if count < 10_000_000 else 0
    return QLocale(language()).formattedDataSize(count, digits, QLocale.DataSizeFormat.DataSizeSIFormat)
