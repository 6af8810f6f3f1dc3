"""What courses take of this device: on their way, here, unused; and the switches that keep room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QMenu, QWidget

from desktop_lms.downloads import State
from desktop_lms.features.courses.storage.viewmodel import Arriving, Board, Part, StorageModel, parts_of
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet, cannot_read, empty_state
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.sizes import Shares, legend, size_of, wait_of
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Cover, IconMark, Tone
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import dotted, sentence, tr
from lms_core.downloads.storage import CourseSpace

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]


class StoragePage(Page):
    """The page; `go` follows a route, `say` shows a toast, `keep` asks what of a course is to stay."""

    def __init__(self, model: StorageModel, *, go: Go, say: Say, keep: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._go, self._say, self._keep = model, go, say, keep
        self._shown: object = None
        self._lines: dict[str, Line] = {}
        self._said = Label("", "small", "text2")
        self.setAccessibleName(tr("Storage"))
        model.changed.connect(self._show)
        model.freed.connect(self._on_freed)
        model.downloads.moved.connect(self._on_moved)
        look().changed.connect(self._show_again)
        self._show()
        model.refresh()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        return [(tr("Courses"), "courses"), (tr("Storage"), "")]

    def _on_freed(self, name: str, size: int) -> None:
        if name and not size:  # what another version or an open quiz needs stays
            self._say(tr("“{title}” is no longer on this device. Progress and notes stay.", title=name), None)
        elif name:
            self._say(tr("{size} of “{title}” are free again. Progress and notes stay.", size=size_of(size),
                         title=name), None)  # fmt: skip
        else:
            self._say(tr("{size} are free again", size=size_of(size)), None)

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _on_moved(self) -> None:
        self._show()
        for line in self._lines.values():
            line.show_progress()
        self._said.say(self._pace())

    def _show(self) -> None:
        model, downloads = self._model, self._model.downloads
        states = tuple((each, downloads.state(each.course)) for each in model.arriving)
        switches = (downloads.paused, downloads.make_room, downloads.auto_update)
        now = (model.board, model.error, states, *switches)
        if now == self._shown:
            return
        self._shown, self._lines = now, {}
        head: list[Item] = [heading(tr("Storage")), 20]
        if model.board is None:
            title = tr("What lies here cannot be read")
            fault = cannot_read(title, model.error, model.refresh) if model.error else None
            self.show_items(*head, fault or Label(tr("Looking at what lies here…"), "body", "text2"), "~")
            return
        if model.error:
            head += [Banner(tr("That did not work"), sentence(model.error), tone="warning", icon="circle-alert"), 16]
        if not model.board.space.courses and not states:
            find = Button(tr("Look in the catalogue"), "primary", "library-big")
            find.clicked.connect(self._to_courses)
            text = tr("What you take along stands here with its size, and what you no longer need goes from here.")
            self.show_items(*head, (empty_state("hard-drive", tr("Nothing takes room yet"), text, find), 1))
            return
        self.show_items(
            *head,
            self._trouble(),
            self._disk(model.board),
            28,
            self._arriving(states),
            self._here(),
            self._rules(),
            "~",
        )

    def _to_courses(self) -> None:
        self._go("courses")

    # --- the disk
    def _disk(self, board: Board) -> QWidget:
        space, parts = board.space, self._model.parts()
        words: dict[Part, str] = {
            "text": tr("Texts"), "image": tr("Pictures"), "file": tr("Sound and documents"), "video": tr("Videos"),
        }  # fmt: skip
        title = tr("Courses take {size}", size=size_of(space.used))
        free = tr("{free} of {total} are free", free=size_of(space.free), total=size_of(space.total))
        shares = Shares(list(parts.values()), space.used + space.unused, name=title)
        unused: Item = None
        if space.unused:
            clear = Button(tr("Remove"), small=True, name=tr("Remove what nothing uses"))
            clear.clicked.connect(self._model.clear_unused)
            said = tr("{size} are of old versions and courses that you removed. They go by themselves after 30 days.",
                      size=size_of(space.unused))  # fmt: skip
            unused = boxed(row(IconMark("archive", 16), (Label(said, "small", "text2", wrap=True), 1), clear, gap=10))
        top = row(Label(title, "heading"), "~", Label(free, "small", "text2"), gap=12)
        shown = legend([(words[part], size) for part, size in parts.items()])
        return Card(column(top, shares, shown, unused, gap=12, margin=20))

    def _trouble(self) -> Item:
        downloads, board = self._model.downloads, self._model.board
        state = next((s for s in map(downloads.state, downloads.courses) if s not in ("", "running", "waiting")), "")
        made: Banner | None = None
        if state == "full":
            room = sum(each.media for each in board.evictable) if board else 0
            text = tr("Downloads wait until there is room. Nothing that you wrote is lost.")
            buttons = []
            if room:
                text = tr("Media of completed courses take {size}. Their texts and your work would stay.",
                          size=size_of(room))  # fmt: skip
                make = Button(tr("Make room"), small=True)
                make.clicked.connect(self._model.make_room)
                buttons.append(make)
            made = Banner(tr("The disk is full"), text, *buttons, tone="warning", icon="triangle-alert")
        elif state == "offline":
            text = tr("Downloads go on by themselves, from where they stopped.")
            made = Banner(tr("No connection to the server"), text, tone="neutral", icon="wifi-off")
        elif state == "metered":
            text = tr("Every byte costs on this network: texts come, pictures and videos wait for a free one.")
            sync = Button(tr("Change this"), small=True, name=tr("Change what waits on this network"))
            sync.clicked.connect(lambda: self._go("syncing"))
            made = Banner(tr("Saving data"), text, sync, tone="neutral", icon="info")
        elif state == "signed_out":
            sign_in = Button(tr("Sign in"), small=True)
            sign_in.clicked.connect(lambda: self._go("syncing"))
            made = Banner(tr("Sign in again to go on"), "", sign_in, tone="warning", icon="circle-alert")
        return boxed(column(made, 16, gap=0)) if made else None

    # --- on its way
    def _arriving(self, states: tuple[tuple[Arriving, State], ...]) -> Item:
        if not states:
            return None
        downloads = self._model.downloads
        pause = Button(tr("Go on") if downloads.paused else tr("Pause all"), "link", small=True)
        pause.clicked.connect(lambda: downloads.pause_all(not downloads.paused))
        self._said = Label(self._pace(), "small", "text2")
        self._lines = {each.course: Line(each, self._model) for each, _ in states}
        rows = Card(column(*listed(*self._lines.values()), gap=0, margin=(16, 4, 12, 4)))
        head = row(Label(tr("On their way"), "heading"), "~", self._said, pause, gap=12)
        return boxed(column(boxed(head), 8, rows, 28, gap=0))

    def _pace(self) -> str:
        downloads = self._model.downloads
        left = downloads.seconds_left
        runs = any(downloads.state(course) == "running" for course in downloads.courses)
        if not runs or downloads.speed <= 0 or left is None:
            return ""
        return dotted(tr("{size} a second", size=size_of(downloads.speed)), wait_of(left))

    # --- here
    def _here(self) -> Item:
        board = self._model.board
        courses = board.space.courses if board else ()
        if not courses:
            return None
        rows = [self._row(each) for each in courses]
        return boxed(column(section(tr("On this device"), Card(column(*listed(*rows), gap=0, margin=(16, 4, 12, 4)))),
                            28, gap=0))  # fmt: skip

    def _row(self, course: CourseSpace) -> QWidget:
        names: dict[Part, str] = {
            "text": tr("text {size}"), "image": tr("pictures {size}"), "file": tr("files {size}"),
            "video": tr("videos {size}"),
        }  # fmt: skip
        facts = [names[part].format(size=size_of(size)) for part, size in parts_of(course).items() if size]
        words = column(Elided(course.title, "strong"), Elided(dotted(*facts), "small", "text2"), gap=0)
        cover = Cover(course.course, width=current().px(40), height=current().px(40))
        done = Chip(tr("Completed"), "success", "circle-check") if course.completed else None
        keep = Button(tr("Choose…"), small=True, name=tr("Choose what stays of {title}", title=course.title))
        keep.clicked.connect(lambda: self._keep(course.course))
        more = Button("", "ghost", "ellipsis", name=tr("More about {title}", title=course.title))
        more.clicked.connect(lambda: self._menu(course, more))
        size = Label(size_of(course.size), "strong")
        return boxed(row(cover, (words, 1), done, size, keep, more, gap=14, margin=(0, 10, 0, 10)))

    def _menu(self, course: CourseSpace, at: Button) -> None:
        menu = QMenu(self)
        menu.addAction(icon("book-open", 16), tr("Open"), lambda: self._go(f"course/{course.course}"))
        if course.media and course.can_return:
            menu.addAction(icon("file-text", 16), tr("Keep the text alone"), lambda: self._model.remove_media(course))
        menu.addAction(icon("trash-2", 16), tr("Remove from this device…"), lambda: self.ask_remove(course))
        menu.exec(at.mapToGlobal(at.rect().bottomLeft()))

    def ask_remove(self, course: CourseSpace) -> None:
        """Ask before a course goes, and say what stays."""
        text = tr("{size} get free. Your progress, notes, attempts and everything that waits to be sent stay.",
                  size=size_of(course.size))  # fmt: skip
        warn = tr("The server does not offer it any more: it cannot be fetched again.")
        leave, go = Button(tr("Cancel")), Button(tr("Remove"), "danger")
        sheet = Sheet(
            self.window(), tr("Remove “{title}” from this device?", title=course.title),
            Label(text, "body", "text2", wrap=True),
            None if course.can_return else Label(warn, "body", "danger", wrap=True), buttons=(leave, go),
        )  # fmt: skip
        leave.clicked.connect(sheet.close_sheet)
        go.clicked.connect(sheet.close_sheet)
        go.clicked.connect(lambda: self._model.remove(course))

    # --- rules
    def _rules(self) -> QWidget:
        downloads = self._model.downloads
        room = self._switch(
            tr("Make room by itself"),
            tr("When the disk is full, pictures and videos of completed courses go, the longest unopened first."),
            downloads.set_make_room, on=downloads.make_room,
        )  # fmt: skip
        update = self._switch(
            tr("Update courses by itself"),
            tr("New versions come as soon as they are out, never during a quiz. What you did stays."),
            downloads.set_auto_update, on=downloads.auto_update,
        )  # fmt: skip
        return section(tr("By itself"), Card(column(room, update, gap=14, margin=20)))

    def _switch(self, words: str, about: str, switched: Callable[[bool], None], *, on: bool) -> QWidget:
        box = QCheckBox(words)
        box.setFont(current().font("body"))
        box.setChecked(on)
        box.setAccessibleDescription(about)
        box.toggled.connect(switched)
        note = Label(about, "caption", "text3", wrap=True, weight=400)
        return boxed(column(box, row(current().px(18) + 8, (note, 1), gap=0), gap=0))


class Line(QWidget):
    """A course on its way: how far it is, what it waits for, and the verbs for it."""

    def __init__(self, course: Arriving, model: StorageModel) -> None:
        super().__init__()
        self._course, self._model = course, model
        self._bar, self._words = Bar(), Label("", "small", "text2")
        state = model.downloads.state(course.course)
        resting = state == "paused" and not model.downloads.paused
        pause = Button("", "ghost", "play" if resting else "pause", name=self._verb(resting=resting))
        pause.clicked.connect(lambda: model.downloads.pause(course.course, not resting))
        stop = Button("", "ghost", "x", name=tr("Stop fetching {title}", title=course.title))
        stop.clicked.connect(lambda: model.downloads.cancel(course.course))
        said = tone_of(state)
        chip = Chip(said[0], said[1], said[2]) if said else None
        words = column(row(Elided(course.title, "strong"), "~", self._words, gap=12), self._bar, gap=6)
        cover = Cover(course.course, width=current().px(40), height=current().px(40))
        self.setLayout(row(cover, (words, 1), chip, pause, stop, gap=12, margin=(0, 10, 0, 10)))
        self.show_progress()

    def _verb(self, *, resting: bool) -> str:
        title = self._course.title
        return tr("Go on with {title}", title=title) if resting else tr("Pause {title}", title=title)

    def show_progress(self) -> None:
        """Show how far it is."""
        downloads, course = self._model.downloads, self._course.course
        now = downloads.progress(course) or downloads.rest(course)
        self._bar.show_value(now.done / now.total if now.total else 0.0)
        done, total = size_of(now.done), size_of(now.total)
        self._words.say(tr("{done} of {total}", done=done, total=total) if now.total else "")


def tone_of(state: State) -> tuple[str, Tone, str] | None:
    """What a download waits for, as a chip; None while it comes."""
    found: dict[State, tuple[str, Tone, str]] = {
        "paused": (tr("Paused"), "neutral", "pause"), "offline": (tr("Offline"), "neutral", "wifi-off"),
        "metered": (tr("Waits for a free network"), "neutral", "info"),
        "full": (tr("No room"), "warning", "triangle-alert"),
        "waiting": (tr("Getting ready…"), "neutral", "clock"), "signed_out": (tr("Sign in"), "warning", "circle-alert"),
    }  # fmt: skip
    return found.get(state)
