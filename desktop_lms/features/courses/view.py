"""My courses and the catalogue as cards, found as one types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.downloads import Downloads
from desktop_lms.features.courses.viewmodel import FACETS, SORTS, CourseRow, CoursesModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.cells import Cells
from desktop_lms.widgets.feedback import cannot_read, empty_state
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Bar, Chip, Cover, Line, rounded
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import LANGUAGES, counted, dotted, formats, sentence, tr
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
        self._join, self._open_example = join, open_example
        self._shown: object = None
        self.shelf = Segments([tr("My courses"), tr("Catalogue")], name=tr("Shelf"))
        self.search = Field(tr("Find a course, topic or instructor"), icon="search", quiet=True)
        self.search.setMinimumWidth(220)
        self._names = {
            "status": tr("Status"), "category": tr("Category"), "level": tr("Level"), "language": tr("Language"),
            "price": tr("Price"), "rating": tr("Rating"), "duration": tr("Length"), "tag": tr("Tag"),
            "subtitles": tr("Subtitles"), "author": tr("Instructor"), "is_featured": tr("Selection"),
        }  # fmt: skip
        self._facets = {name: Choice(name=self._names[name]) for name in FACETS}
        self.sort = Choice(name=tr("Order"))
        self._here = Label("", "small", "text2")
        self._cards: Cells[CourseRow, CourseCard] = Cells(self._card, CourseCard.show_course, width=CARD, gap=GAP)
        self._rest = column(gap=0)
        self.show_items(
            heading(tr("Courses"), "", *self._joining(), self.shelf),
            20,
            row((self.search, 1), self.sort, self._here, gap=12),
            10,
            boxed(Flow(*self._facets.values())),
            20,
            self._cards,
            (boxed(self._rest), 1),
        )
        self._connect()
        self._render()
        model.refresh()

    def _card(self) -> CourseCard:
        return CourseCard(self._downloads, go=self._go, remove=self._model.remove)

    def _connect(self) -> None:
        model = self._model
        self.shelf.chosen.connect(lambda at: model.choose_shelf("catalogue" if at else "mine"))
        self.search.textChanged.connect(model.search)
        for name, choice in self._facets.items():
            choice.chosen.connect(lambda value, name=name: model.narrow(name, value))
        self.sort.chosen.connect(model.order)
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
        for card in self._cards.cells().values():
            card.show_progress_of(course)

    def _on_failed(self, course: str, error: LmsError) -> None:
        self._say(sentence(error), None)

    def _restyle(self) -> None:
        self._shown = None
        self._cards.renew()
        self._render()

    def _render(self) -> None:
        model = self._model
        now = (model.library, model.shown, model.filter, model.error)
        if now == self._shown:
            return
        self._shown = now
        if model.library is not None:
            mine, offered = model.shown.mine, model.shown.catalogue
            self.shelf.show_names([tr("My courses {count}", count=mine), tr("Catalogue {count}", count=offered)])
            self._here.say(tr("{size} here", size=size_of(model.library.bytes_here)))
        self._show_facets()
        clear(self._rest)
        self._cards.show_items(model.rows)
        self._cards.setVisible(bool(model.rows))
        if model.rows and not model.error:
            self._rest.addStretch(1)
        else:
            self._rest.addWidget(self._nothing(), 1)

    def _show_facets(self) -> None:
        model = self._model
        for name, choice in self._facets.items():
            taken = model.filter.facets.get(name, "")
            values = dict(model.choices(name))
            values = {**({taken: 0} if taken else {}), **values}
            entries = [
                (v, f"{words_for(name, model.words(name, v))} ({formats().toString(n)})") for v, n in values.items()
            ]
            choice.show_entries([("", self._names[name]), *entries])
            choice.choose(taken)
            choice.fit()
            choice.setVisible(bool(taken) or any(n < len(model.rows) for n in values.values()))
        sorts = SORTS[model.filter.shelf]
        self.sort.show_entries([(each, sort_words(each)) for each in sorts])
        self.sort.choose(model.filter.sort or sorts[0])
        self.sort.setVisible(len(model.rows) > 1)

    def _nothing(self) -> QWidget:
        model = self._model
        if model.error:
            return cannot_read(tr("The courses cannot be read"), model.error, model.refresh)
        if model.library is None:
            return boxed(column(Label(tr("Reading your courses…"), "body", "text2"), "~"))
        if model.is_narrowed:
            widen = Button(tr("Show all"), "primary")
            widen.clicked.connect(self._widen)
            return empty_state("search", tr("Nothing fits"), tr("No course has all of these words and filters."), widen)
        example: list[Button] = []
        if (opened := self._open_example) is not None:
            example = [Button(tr("Open an example"), "" if model.shown.catalogue else "primary")]
            example[0].clicked.connect(lambda: opened())
        if model.filter.shelf == "catalogue":
            text = tr("Published courses of your server appear here after a sync, and stay readable without a network.")
            return empty_state("library-big", tr("The catalogue is empty"), text, *example)
        find = Button(
            tr("Look in the catalogue"), "primary" if model.shown.catalogue or not example else "", "library-big"
        )
        find.clicked.connect(lambda: self.shelf.choose(1))
        text = tr("Courses you join or download stand here, with how far you are and what is on this device.")
        buttons = (find, *example) if model.shown.catalogue else (*example, find)
        return empty_state("book-open", tr("No courses yet"), text, *buttons)

    def _widen(self) -> None:
        self.search.clear()
        self._model.widen()


class CourseCard(Clickable):
    """A course: cover, title, how far one is, and what of it is on this machine; shown anew for each in view."""

    def __init__(self, downloads: Downloads, *, go: Go, remove: Callable[[str], None]) -> None:
        super().__init__(radius=12)
        self._course: CourseRow | None = None
        self._downloads, self._remove, self._go = downloads, remove, go
        self._state, self._more = Chip("", "plain"), Button("", "ghost", "ellipsis")
        self._stop = Button("", "ghost", "x", name=tr("Stop the download"))
        self._cover = Cover("", height=current().px(96), radius=12, top_only=True)
        self._title, self._facts = Elided("", "heading"), Elided("", "small", "text2")
        self._bar, self._said = Bar(), Elided("", "caption", "text2")
        keep = self._bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(keep)
        foot = boxed(row(self._state, "~", self._stop, self._more), height=current().px(32))
        inner = column(
            self._title, self._facts, 6, self._bar, self._said, 6, Line(), foot, gap=4, margin=(16, 12, 16, 8)
        )
        self.setLayout(column(self._cover, inner, gap=0, margin=1))
        self.clicked.connect(self._open)
        self._stop.clicked.connect(self._cancel)
        self._more.clicked.connect(self._menu)

    def show_course(self, course: CourseRow) -> None:
        """Show another course."""
        self._course = course
        self._downloads.covers.show(self._cover, course.id, course.thumbnail)
        self._title.say(course.title)
        facts = [", ".join(course.authors), LANGUAGES.get(course.language, course.language), amount_of(course)]
        self._facts.say(dotted(*facts))
        self._bar.setVisible(course.mine)
        self._bar.show_value(course.percent / 100)
        self._said.say(progress_words(course))
        self.setAccessibleName(f"{course.title}, {progress_words(course)}")
        self._show_foot()

    def _open(self) -> None:
        if self._course is not None:
            self._go(f"course/{self._course.id}")

    def _cancel(self) -> None:
        if self._course is not None:
            self._downloads.cancel(self._course.id)

    def show_progress_of(self, course: str) -> None:
        """Show how far the download of a course is, if it is this one."""
        if self._course is not None and self._course.id == course:
            self._show_foot()

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = "hairlineStrong" if self._over else "hairline"
        rounded(self.painter(), self.rect(), fill="surface", edge=edge)

    def _show_foot(self) -> None:
        """Show a download that is going on, or where the course is."""
        course = self._course
        if course is None:
            return
        progress = self._downloads.progress(course.id)
        if progress is not None:
            words = tr("Downloading {done} of {total}", done=size_of(progress.done), total=size_of(progress.total))
            self._state.say(words if progress.total else tr("Getting ready…"), "accent", "download")
        elif course.update:
            self._state.say(tr("Version {version} is out", version=course.update), "info", "sparkles")
        else:
            names = {"here": tr("On this device"), "text": tr("Text only"), "away": tr("Not here")}
            said = dotted(names[course.where], size_of(course.size) if course.size else "")
            self._state.say(said, "plain", WHERE[course.where])
        self._stop.setVisible(progress is not None)
        self._more.setVisible(progress is None)
        self._more.setAccessibleName(tr("More about {title}", title=course.title))
        self._more.setToolTip(self._more.accessibleName())

    def _menu(self) -> None:
        menu, course, at = QMenu(self), self._course, self._more
        if course is None:
            return
        fetchable = course.downloadable and (course.mine or not course.price)
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
        return dotted(lead, counted("1 lesson", "{count} lessons", course.lessons))
    if course.percent >= 100:
        return tr("Done")
    done = tr("{done} of {total} lessons", done=course.lessons_done, total=course.lessons)
    return dotted(f"{round(course.percent)} %", done)


def amount_of(course: CourseRow) -> str:
    """What it costs and how it is rated."""
    rated = f"★ {formats().toString(course.rating, 'f', 1)}" if course.rating else ""
    return dotted(course.amount, rated)


def sort_words(sort: str) -> str:
    """An order as people say it."""
    words = {
        "recent": tr("Last opened first"), "-progress": tr("Furthest first"), "relevance": tr("Best first"),
        "-published_date": tr("Newest first"), "-rating": tr("Best rated first"), "-enrolled": tr("Most learned first"),
        "price": tr("Cheapest first"), "title": tr("By title"),
    }  # fmt: skip
    return words.get(sort, sort)


def words_for(facet: str, value: str) -> str:
    """A facet's value as people say it."""
    words = {
        "beginner": tr("Beginner"), "intermediate": tr("Intermediate"), "advanced": tr("Advanced"),
        "all_levels": tr("All levels"), "free": tr("Free"), "paid": tr("Paid"),
        "active": tr("Learning"), "completed": tr("Completed"), "none": tr("Not joined"), "unenrolled": tr("Left"),
        "suspended": tr("Suspended"), "low": tr("Up to {amount}", amount=25),
        "middle": tr("{least} to {most}", least=25, most=100), "high": tr("Over {amount}", amount=100),
        "featured": tr("Recommended"),
        "short": tr("Under 2 hours"), "medium": tr("2 to 10 hours"), "long": tr("Over 10 hours"),
    }  # fmt: skip
    if facet == "rating":
        return tr("{stars} stars and more", stars=formats().toString(float(value), "f", 1))
    return LANGUAGES.get(value, value) if facet in ("language", "subtitles") else words.get(value, value)
