"""My courses and the catalogue: found as one types, narrowed by facets, with what lies on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.courses.model import Card, Installed
from lms_core.errors import LmsError
from lms_core.learning.model import CourseState
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.COURSES, Topic.LEARNING, Topic.MEDIA})
FACETS = ("category", "level", "language", "price")
Shelf = Literal["mine", "catalogue"]
Where = Literal["here", "text", "away"]


@dataclass(frozen=True)
class CourseRow:
    """A course as its card shows it; sizes in bytes."""

    id: str
    title: str
    subtitle: str
    authors: tuple[str, ...]
    category: str
    level: str
    language: str
    price: Literal["free", "paid"]
    amount: str
    percent: float
    lessons_done: int
    lessons: int
    minutes: int
    where: Where
    size: int
    update: str
    mine: bool
    downloadable: bool
    is_featured: bool

    def matches(self, words: Iterable[str]) -> bool:
        """Whether all words occur in what the card says."""
        text = " ".join((self.title, self.subtitle, *self.authors, self.category)).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True)
class Library:
    """All courses known here."""

    rows: tuple[CourseRow, ...] = ()
    bytes_here: int = 0


@dataclass(frozen=True)
class Filter:
    """What the person asked for."""

    shelf: Shelf = "mine"
    query: str = ""
    facets: dict[str, str] = field(default_factory=dict)


def load(workspace: Workspace) -> Library:
    """Read every course, own ones first."""
    states = {s.course_id: s for s in workspace.learning.my_courses()}
    cards = {c.id: c for c in workspace.courses.catalog()}
    here = {each.course_id: each for each in workspace.installed.installed()}
    rows = [row_of(workspace, state, cards.get(course), here) for course, state in states.items()]
    rows += [row_of(workspace, None, card, here) for course, card in cards.items() if course not in states]
    return Library(tuple(r for r in rows if r.title), sum(r.size for r in rows if r.where != "away"))


def row_of(workspace: Workspace, state: CourseState | None, card: Card | None, here: dict[str, Installed]) -> CourseRow:
    """One course from what the device, the catalogue and the learner's record say of it."""
    course = state.course_id if state else card.id if card else ""
    document = workspace.installed.document(course) if course in here else None
    where: Where = "away"
    size = card.pack_size + card.media_size if card else 0
    if document is not None:
        media = {m.sha256: m.size for m in document.media}
        missing = {sha256 for sha256 in media if not workspace.media.has(sha256)}
        where = "text" if missing else "here"
        text = workspace.installed.find(course)
        size = (text.size if text else 0) + sum(s for sha, s in media.items() if sha not in missing)
    source = document or card
    price = card.price if card else 0.0
    return CourseRow(
        id=course,
        title=(document.title if document else card.title if card else state.title if state else ""),
        subtitle=source.subtitle if source else "",
        authors=source.authors if source else (),
        category=source.category if source else "",
        level=source.level if source else "",
        language=source.language if source else "",
        is_featured=bool(card and card.is_featured),
        price="paid" if price else "free",
        amount=f"{price:.2f} {card.currency}" if card and price else "",
        percent=state.percent if state else 0.0,
        lessons_done=state.lessons_done if state else 0,
        lessons=state.lessons_total if state else card.lessons if card else 0,
        minutes=card.minutes if card else 0,
        where=where,
        size=size,
        update=card.version if card and document and card.version != document.version else "",
        mine=state is not None,
        downloadable=bool(card and card.pack),
    )


class CoursesModel(QObject):
    """State of the page. `rows` are those that the filter lets through."""

    changed = Signal()
    removed = Signal(str, int)
    """A course left this machine: its title and the bytes of it."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.library: Library | None = None
        self.filter = Filter()
        self.error: LmsError | None = None
        self._taken: Taken | None = None
        store.changed.connect(self._on_changed)

    # --- reading
    def refresh(self) -> None:
        """Read again."""
        self._store.run(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, library: Library) -> None:
        self.library, self.error = library, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- narrowing
    @property
    def shelf(self) -> tuple[CourseRow, ...]:
        """All courses of the chosen shelf."""
        return self.on_shelf(self.filter.shelf)

    def on_shelf(self, shelf: Shelf) -> tuple[CourseRow, ...]:
        """All courses of one shelf: the person's own, or those that the catalogue offers."""
        rows = self.library.rows if self.library else ()
        return tuple(r for r in rows if (r.mine if shelf == "mine" else r.downloadable))

    @property
    def rows(self) -> tuple[CourseRow, ...]:
        """The courses to show."""
        words = self.filter.query.casefold().split()
        wanted = [(name, value) for name, value in self.filter.facets.items() if value]
        return tuple(
            r for r in self.shelf if r.matches(words) and all(getattr(r, name) == value for name, value in wanted)
        )

    def choices(self, facet: str) -> tuple[str, ...]:
        """The values of a facet that occur on the shelf."""
        return tuple(sorted({str(getattr(r, facet)) for r in self.shelf} - {""}, key=str.casefold))

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter hides something."""
        return bool(self.filter.query.strip() or any(self.filter.facets.values()))

    def choose_shelf(self, shelf: Shelf) -> None:
        """Show the other shelf; facets that it does not know are dropped."""
        self.filter = Filter(shelf, self.filter.query)
        self.changed.emit()

    def search(self, query: str) -> None:
        """Narrow by words."""
        self.filter = replace(self.filter, query=query)
        self.changed.emit()

    def narrow(self, facet: str, value: str) -> None:
        """Narrow by a facet; an empty value opens it again."""
        self.filter = replace(self.filter, facets={**self.filter.facets, facet: value})
        self.changed.emit()

    def widen(self) -> None:
        """Take all filters away."""
        self.filter = Filter(self.filter.shelf)
        self.changed.emit()

    # --- removing
    def remove(self, course: str) -> None:
        """Take a course off this machine; progress and notes stay, and `put_back` undoes it."""
        self.settle()
        row = next((r for r in self.shelf if r.id == course), None)
        if row is not None:
            self._store.run(self, lambda workspace: (row, take_off(workspace, course)), self._on_removed)

    def _on_removed(self, taken: tuple[CourseRow, Taken | None]) -> None:
        row, self._taken = taken
        self.removed.emit(row.title, row.size)

    def put_back(self) -> None:
        """Undo the last removal."""
        taken, self._taken = self._taken, None
        if taken is not None:
            self._store.run(self, lambda workspace: taken.put_back(workspace), self._on_settled)

    def settle(self) -> None:
        """Give the space of the last removed course free; nothing puts it back from then on."""
        taken, self._taken = self._taken, None
        if taken is not None:
            self._store.run(self, lambda workspace: taken.free(workspace), self._on_settled)

    def _on_settled(self, _: object) -> None:
        """What changed is told by the store."""


@dataclass(frozen=True)
class Taken:
    """A course that was taken off this machine, while its files are still here."""

    pack: str
    key_pack: str
    media: frozenset[str]

    def put_back(self, workspace: Workspace) -> None:
        """Install it again."""
        workspace.installed.install_pack(self.pack, workspace.media.read(self.pack), key_pack=self.key_pack)

    def free(self, workspace: Workspace) -> None:
        """Delete files that no other course and no draft uses, if the catalogue can bring the course again."""
        if all(card.pack != self.pack for card in workspace.courses.catalog()):
            return
        used = {m.sha256 for i in workspace.installed.installed() for m in workspace.installed.open(i.pack).media}
        used |= {m.sha256 for d in workspace.courses.my_courses() for m in workspace.courses.document(d.id).media}
        for sha256 in self.media - used:
            workspace.media.delete(sha256)


def take_off(workspace: Workspace, course: str) -> Taken | None:
    """Take a course out of the list of installed ones."""
    found = workspace.installed.find(course)
    if found is None:
        return None
    media = frozenset(m.sha256 for m in workspace.installed.open(found.pack).media)
    workspace.installed.remove(course)
    return Taken(found.pack, found.key_pack, media)
