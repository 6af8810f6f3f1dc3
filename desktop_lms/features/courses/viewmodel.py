"""My courses and the catalogue: found as one types, narrowed by facets, with what lies on this machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from desktop_lms.words import price_words
from lms_core.changes import Changes, Topic
from lms_core.courses import wish
from lms_core.courses.model import Card, Facts, Installed
from lms_core.errors import LmsError
from lms_core.learning.model import CourseState
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.COURSES, Topic.LEARNING, Topic.MEDIA})
PIECE = 20
"""So many courses are opened at a time."""
FILTERS = ("category", "level", "language", "subtitles", "price", "rating", "duration", "author", "tag", "is_featured")
FACETS = ("status", *FILTERS)
STATUSES = ("active", "completed", "none", "unenrolled", "suspended")
"""Of an enrolment, in the order in which they are offered; `dropped` is what `unenrolled` was called before."""
Shelf = Literal["mine", "catalogue"]
Where = Literal["here", "text", "away"]
SORTS = {"mine": ("recent", "title", "-progress"), "catalogue": wish.SORTS}


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
    price: float
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
    category_id: str = ""
    rating: float = 0.0
    reviews: int = 0
    enrolled: int = 0
    published_at: int = 0
    tags: tuple[str, ...] = ()
    subtitle_languages: tuple[str, ...] = ()
    thumbnail: str = ""
    status: str = "none"
    folded: tuple[str, ...] = ()
    """What search looks into, without case; who made it is among it."""


@dataclass(frozen=True)
class Library:
    """All courses known here."""

    rows: tuple[CourseRow, ...] = ()
    bytes_here: int = 0
    categories: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Filter:
    """What the person asked for."""

    shelf: Shelf = "mine"
    query: str = ""
    facets: dict[str, str] = field(default_factory=dict)
    sort: str = ""


@dataclass(frozen=True)
class Shown:
    """What a filter lets through, in order, with how many each value of a facet would."""

    rows: tuple[CourseRow, ...] = ()
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    mine: int = 0
    catalogue: int = 0


def narrowed(library: Library, asked: Filter) -> Shown:
    """Run a filter over the library; for 20,000 courses tens of milliseconds, so on another thread."""
    mine = [r for r in library.rows if r.mine]
    offered = [r for r in library.rows if r.downloadable]
    shelf = mine if asked.shelf == "mine" else offered
    wanted, status = _wish(asked), asked.facets.get("status")
    categories = wish.below(wanted.category, library.categories) | {wanted.category}
    rows, counts = wish.find(shelf, wanted, categories, FILTERS)
    stand = Counter(r.status for r in rows) if asked.shelf == "mine" else Counter()
    if status:
        rows, counts = wish.find([r for r in shelf if r.status == status], wanted, categories, FILTERS)
    counts["status"] = stand
    order = asked.sort or SORTS[asked.shelf][0]
    if order == "recent" or (order == "relevance" and not asked.query.strip()):
        at = {row.id: n for n, row in enumerate(shelf)}
        rows.sort(key=lambda row: at[row.id])
    elif order == "-progress":
        rows.sort(key=lambda row: -row.percent)
    return Shown(tuple(rows), counts, len(mine), len(offered))


def _wish(asked: Filter) -> wish.Wish:
    facets = {name: value for name, value in asked.facets.items() if value}
    least, most = wish.LENGTHS.get(facets.get("duration", ""), (None, None))
    cheapest, dearest = wish.PRICES.get(facets.get("price", ""), (None, None))
    rating = facets.get("rating")
    order = asked.sort or SORTS[asked.shelf][0]
    return wish.Wish(
        search=asked.query.strip(), category=facets.get("category", ""), level=facets.get("level", ""),
        language=facets.get("language", ""), tag=facets.get("tag", ""),
        subtitles=facets.get("subtitles", ""), author=facets.get("author", ""),
        is_featured=True if facets.get("is_featured") else None, least_price=cheapest, most_price=dearest,
        least_rating=float(rating) if rating else None, least_minutes=least, most_minutes=most,
        order=(order,) if order in wish.SORTS else ("title",),
    )  # fmt: skip


def load(workspace: Workspace) -> Library | None:
    """Read every course, own ones first; None when only some of those that were never listed here were opened."""
    here = {each.course_id: each for each in workspace.installed.installed()}
    fresh = [each for each in here.values() if not workspace.installed.knows(each)]
    for each in fresh[:PIECE]:
        workspace.installed.facts(each)
    if len(fresh) > PIECE:
        return None
    states = {s.course_id: s for s in workspace.learning.my_courses()}
    cards = {c.id: c for c in workspace.courses.catalog()}
    rows = [row_of(workspace, state, cards.get(course), here) for course, state in states.items()]
    rows += [row_of(workspace, None, card, here) for course, card in cards.items() if course not in states]
    here_bytes = sum(r.size for r in rows if r.where != "away")
    return Library(tuple(r for r in rows if r.title), here_bytes, tuple(workspace.courses.categories()))


def row_of(workspace: Workspace, state: CourseState | None, card: Card | None, here: dict[str, Installed]) -> CourseRow:
    """One course from what the device, the catalogue and the learner's record say of it."""
    course = state.course_id if state else card.id if card else ""
    pack = here.get(course)
    facts = workspace.installed.facts(pack) if pack else None
    where, size = _held(workspace, pack, facts, card)
    source = facts or card
    title = facts.title if facts else card.title if card else state.title if state else ""
    authors, category = (source.authors, source.category) if source else ((), "")
    tags = (facts.tags if facts else ()) or (card.tags if card else ())
    told = (source.subtitle, source.description) if source else ()
    says = (title, *told, card.short_description if card else "", *authors, category, *tags)
    price = card.price if card else 0.0
    return CourseRow(
        id=course, title=title, subtitle=source.subtitle if source else "",
        authors=authors,
        category=category,
        level=source.level if source else "",
        language=source.language if source else "",
        is_featured=bool(card and card.is_featured),
        price=price,
        amount=price_words(price, card.currency) if card and price else "",
        percent=state.percent if state else 0.0,
        lessons_done=state.lessons_done if state else 0,
        lessons=state.lessons_total if state else card.lessons if card else 0,
        minutes=card.minutes if card else 0,
        where=where,
        size=size,
        update=card.version if card and facts and card.version != facts.version else "",
        mine=state is not None,
        downloadable=bool(card and card.pack),
        category_id=(card.category_id if card else "") or category,
        rating=card.rating if card else 0.0,
        reviews=card.reviews if card else 0,
        enrolled=card.enrolled if card else 0,
        published_at=card.published_at if card else 0,
        tags=tags,
        subtitle_languages=card.subtitle_languages if card else (), thumbnail=card.thumbnail if card else "",
        status="unenrolled" if state and state.status == "dropped" else state.status if state else "none",
        folded=("\n".join(says).casefold(),),
    )  # fmt: skip


def _held(workspace: Workspace, pack: Installed | None, facts: Facts | None, card: Card | None) -> tuple[Where, int]:
    """What of a course is on this machine, and its bytes; of one that is not here what it would take."""
    if pack is None or facts is None:
        return "away", card.pack_size + card.media_size if card else 0
    media = dict(facts.media)
    if facts.premium and not workspace.downloads.gets_premium(pack.course_id):
        media = {sha256: size for sha256, size in media.items() if sha256 not in facts.premium}
    missing = {sha256 for sha256 in media if not workspace.media.has(sha256)}
    size = pack.size + sum(s for sha, s in media.items() if sha not in missing)
    return "text" if missing else "here", size


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
        self.shown = Shown()
        self.error: LmsError | None = None
        self._taken: Taken | None = None
        store.changed.connect(self._on_changed)

    # --- reading
    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, library: Library | None) -> None:
        if library is None:  # others may ask between two pieces
            self.refresh()
            return
        self.library, self.error = library, None
        self._narrow()

    def _narrow(self) -> None:
        library, asked = self.library, self.filter
        if library is None:
            self.changed.emit()
        else:
            self._store.pool(self, lambda: (library, asked, narrowed(library, asked)), self._on_narrowed)

    def _on_narrowed(self, told: tuple[Library, Filter, Shown]) -> None:
        library, asked, shown = told
        if library is self.library and asked == self.filter:
            self.shown = shown
            self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- narrowing
    @property
    def rows(self) -> tuple[CourseRow, ...]:
        """The courses to show."""
        return self.shown.rows

    def choices(self, facet: str) -> tuple[tuple[str, int], ...]:
        """The values of a facet, with how many courses each would show; lengths and ratings in their order."""
        counts = self.shown.counts.get(facet, Counter())
        orders = {
            "duration": wish.LENGTHS, "rating": map(str, wish.RATINGS), "price": wish.PRICES, "status": STATUSES,
        }  # fmt: skip
        known = tuple(orders.get(facet, ()))
        values = known or sorted(counts, key=lambda value: self.words(facet, value).casefold())
        return tuple((value, counts[value]) for value in values if counts[value])

    def words(self, facet: str, value: str) -> str:
        """The name of a category, which is told by its id; any other value as it is."""
        if facet != "category" or self.library is None:
            return value
        return next((each.name for each in self.library.categories if each.id == value), value)

    def order(self, sort: str) -> None:
        """Show them in another order, one of SORTS."""
        self._show(replace(self.filter, sort=sort))

    def _show(self, asked: Filter) -> None:
        self.filter = asked
        self._narrow()

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter hides something."""
        return bool(self.filter.query.strip() or any(self.filter.facets.values()))

    def choose_shelf(self, shelf: Shelf) -> None:
        """Show the other shelf; facets that it does not know are dropped."""
        self._show(Filter(shelf, self.filter.query))

    def search(self, query: str) -> None:
        """Narrow by words."""
        self._show(replace(self.filter, query=query))

    def narrow(self, facet: str, value: str) -> None:
        """Narrow by a facet; an empty value opens it again."""
        self._show(replace(self.filter, facets={**self.filter.facets, facet: value}))

    def widen(self) -> None:
        """Take all filters away."""
        self._show(Filter(self.filter.shelf, sort=self.filter.sort))

    # --- removing
    def remove(self, course: str) -> None:
        """Take a course off this machine; progress and notes stay, and `put_back` undoes it."""
        self.settle()
        rows = self.library.rows if self.library else ()
        row = next((r for r in rows if r.id == course), None)
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
