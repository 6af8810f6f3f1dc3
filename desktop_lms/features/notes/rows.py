"""The notes that are at hand: read in pieces while somebody looks at them, and kept until they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop_lms.features.notes.papers import Papers, Sought, sought_in
from desktop_lms.store import Store
from desktop_lms.timers import once
from lms_core.changes import Changes, Topic
from lms_core.content.text import plain_text
from lms_core.errors import LmsError, NotFound
from lms_core.learning.anchors import Anchor, find_all
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.notes_file import Kept
from lms_core.workspace import Workspace

FIRST, PIECE, MOST = 400, 500, 50_000
"""Rows that are read at first, then at a time, and kept while nobody looks."""
FEW = 200
"""So many changed notes are read one by one, more as a whole."""
LATE_MS = 500
"""How often others are told while there is more to read."""
Kind = Literal["note", "highlight", "bookmark"]


class NoteRow(msgspec.Struct, frozen=True, gc=False):
    """A note or bookmark with the titles over it; empty ones where the course or lesson went away."""

    kept: Kept
    course: str
    lesson: str
    order: int | None
    """Which lesson of the course it stands in; None where that is not here."""
    found: str
    """What it is searched by."""
    lost: bool = False
    """The words that it marks are no longer in the lesson."""

    @property
    def kind(self) -> Kind:
        """What it is, for the filter."""
        if isinstance(self.kept, Bookmark):
            return "bookmark"
        return "highlight" if self.kept.quote else "note"

    @property
    def reachable(self) -> bool:
        """Whether its lesson is here."""
        return self.order is not None

    @property
    def is_orphan(self) -> bool:
        """Whether its place is gone; the note stays."""
        return self.lost or bool(self.kept.lesson_id and not self.reachable)


def load(workspace: Workspace, only: Iterable[str] | None = None) -> tuple[NoteRow, ...]:
    """Read all notes and bookmarks, or some of them."""
    notes, bookmarks = workspace.notes.all(only=only), workspace.notes.bookmarks(only=only)
    kept: list[Kept] = [*notes, *bookmarks]
    titles = workspace.notes.titles(kept)
    here = workspace.notes.here(each.lesson_id for each in kept if each.lesson_id)
    return tuple(row_of(each, titles, here.get(each.lesson_id or "")) for each in kept)


def row_of(kept: Kept, titles: Mapping[str, str], order: int | None) -> NoteRow:
    """A note or bookmark with its titles and what it is searched by."""
    course, lesson = titles.get(kept.course_id or "", ""), titles.get(kept.lesson_id or "", "")
    said = (kept.title,) if isinstance(kept, Bookmark) else (kept.body, kept.quote, *(f"#{tag}" for tag in kept.tags))
    return NoteRow(kept, course, lesson, order, "\n".join((*said, lesson, course)).casefold())


class Looked(NamedTuple):
    """Of highlights, those whose words are gone from the texts, and those that are to be looked for in documents."""

    lost: frozenset[str] = frozenset()
    sought: Mapping[str, Sought] = {}


def lost_in(workspace: Workspace, course: str, rows: Sequence[NoteRow]) -> Looked:
    """Look for the words of highlights of a course in the texts of its lessons."""
    try:
        document = workspace.installed.document(course)
    except NotFound:
        return Looked()
    lessons = {each.id: each for each in document.lessons()}
    by_lesson: dict[str, list[Note]] = {}
    for row in rows:
        if isinstance(row.kept, Note) and row.kept.quote:
            by_lesson.setdefault(row.kept.lesson_id or "", []).append(row.kept)
    lost: set[str] = set()
    sought: dict[str, Sought] = {}
    for lesson, marked in by_lesson.items():
        if lesson in lessons:
            sought |= sought_in(document, lessons[lesson], marked, workspace.media.has)
            notes = [note for note in marked if not note.anchor]
            text = f"{lessons[lesson].title}\n{plain_text(lessons[lesson].body)}"
            spots = find_all(text, [Anchor(n.quote, n.before, n.after) for n in notes])
            gone = [note for note, spot in zip(notes, spots, strict=True) if spot is None]
            plain = find_all(text, [Anchor(plain_text(note.quote)) for note in gone])  # code has what Markdown reads
            lost |= {note.id for note, spot in zip(gone, plain, strict=True) if spot is None}
    return Looked(frozenset(lost), sought)


class NoteRows(QObject):
    """All of them, the newest first when they are read. One who looks `follow`s them; `changed` tells of others."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self.by_id: dict[str, NoteRow] | None = None
        self._is_stale, self._is_untold = True, False
        self._some: frozenset[str] = frozenset()
        self._unread: list[str] = []
        self._marked: dict[str, list[str]] = {}
        self._unlooked: list[tuple[str, list[str]]] = []
        self._reader: QObject | None = None
        self._put_back: Callable[[], None] | None = None
        self._asked = 0
        self._late = once(self, LATE_MS, self._tell)
        self.papers = Papers(store, self)
        self.papers.told.connect(self._on_papers)
        store.changed.connect(self._on_changed)

    def follow(self, reader: QObject) -> None:
        """Read what is lacking for one who looks, until they are gone."""
        if self._put_back is not None:
            self._put_back()  # an answer to one who left
        self._reader, self._put_back = reader, None
        self._go_on()

    def read_again(self) -> None:
        """Read all of them anew."""
        self._is_stale = True
        self._go_on()

    @property
    def _is_followed(self) -> bool:
        return self._reader is not None and isValid(self._reader)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.COURSES in changes.topics or (Topic.NOTES in changes.topics and len(changes.rows) > FEW):
            self.read_again()
        elif Topic.NOTES in changes.topics:
            self._some |= changes.rows
            self._go_on()
        if not self._is_followed and len(self.by_id or ()) > MOST:
            self.by_id, self._is_stale = None, True

    # --- reading, one piece after the other: what others ask of the lane comes between
    def _go_on(self) -> None:
        if self._put_back is not None or not self._is_followed:
            return
        if self._is_stale:
            self._begin()
        elif self._some:
            self._read_some()
        elif self._unread:
            self._read_piece()
        elif self._unlooked:
            self._look()
        if self._is_untold and self._put_back is None:
            self._tell()
        elif self._is_untold and not self._late.isActive():
            self._late.start()

    def _ask(
        self, work: Callable[[Workspace], Any], then: Callable[[Any], None], put_back: Callable[[], None],
        fail: Callable[[LmsError], object],
    ) -> None:  # fmt: skip
        self._put_back = put_back
        self._asked += 1
        number, reader = self._asked, self._reader

        def done(told: Any, take: Callable[[Any], object]) -> None:
            if number == self._asked and self._put_back is not None:
                self._put_back = None
                take(told)

        def failed(error: LmsError) -> None:
            put_back()
            fail(error)

        def came(found: Any) -> None:
            then(found)
            self._go_on()

        if reader is not None:
            self._store.read(reader, work, lambda found: done(found, came), lambda error: done(error, failed))

    def _begin(self) -> None:
        def back() -> None:
            self._is_stale = True

        self._is_stale, self._some = False, frozenset()
        old = self.by_id
        self._ask(lambda w: _first(w, old), self._on_first, back, self.failed.emit)

    def _on_first(self, told: _First) -> None:
        is_new, self.by_id, self._unread = self.by_id is None, told.by_id, told.unread
        self._is_untold |= told.is_other
        self._marked = {}
        self._mark(told.rows)
        if is_new:
            self._tell()

    def _read_some(self) -> None:
        asked, self._some = self._some, frozenset()

        def back() -> None:
            self._some |= asked

        self._ask(lambda w: load(w, asked), lambda rows: self._take(asked, rows), back, self.failed.emit)

    def _read_piece(self) -> None:
        asked, self._unread = self._unread[-PIECE:], self._unread[:-PIECE]

        def back() -> None:
            self._unread += asked

        def take(rows: tuple[NoteRow, ...]) -> None:
            self._take(frozenset(asked), rows)
            self._mark(rows)

        self._ask(lambda w: load(w, asked), take, back, self.failed.emit)

    def _take(self, asked: frozenset[str], rows: tuple[NoteRow, ...]) -> None:
        some = self.by_id = self.by_id if self.by_id is not None else {}
        fresh = {row.kept.id: _still_lost(row, some.get(row.kept.id)) for row in rows}
        self._is_untold |= any(some.get(name) != fresh.get(name) for name in asked)
        for name in asked - fresh.keys():
            some.pop(name, None)
        some |= fresh

    def _mark(self, rows: Iterable[NoteRow]) -> None:
        """Once all are read, the words of highlights are to be looked for, course by course."""
        for row in rows:
            if row.kept.course_id and row.kind == "highlight":
                self._marked.setdefault(row.kept.course_id, []).append(row.kept.id)
        if not self._unread:
            self._unlooked, self._marked = sorted(self._marked.items(), reverse=True), {}

    def _look(self) -> None:
        course, names = at = self._unlooked.pop()
        rows = [row for name in names if (row := (self.by_id or {}).get(name)) is not None]
        self._ask(
            lambda w: lost_in(w, course, rows), lambda looked: self._on_looked(names, looked),
            lambda: self._unlooked.append(at), self._store.failed.emit,
        )  # fmt: skip

    def _on_looked(self, names: list[str], looked: Looked) -> None:
        self._set_lost({name: name in looked.lost for name in names if name not in looked.sought})
        self.papers.look(looked.sought)

    def _set_lost(self, lost: Mapping[str, bool]) -> None:
        some = self.by_id or {}
        other = [name for name in lost if name in some and some[name].lost != lost[name]]
        for name in other:
            some[name] = msgspec.structs.replace(some[name], lost=lost[name])
        self._is_untold |= bool(other)

    def _on_papers(self, lost: Mapping[str, bool]) -> None:
        self._set_lost(lost)
        self._tell()

    def _tell(self) -> None:
        self._late.stop()
        if self._is_untold:
            self._is_untold = False
            self.changed.emit()


def at_hand(store: Store) -> NoteRows:
    """Those of a store."""
    return store.findChild(NoteRows) or NoteRows(store)


class _First(NamedTuple):
    """What stands when reading begins: rows known before, in the place of some the newest; and what is to be read."""

    by_id: dict[str, NoteRow]
    rows: tuple[NoteRow, ...]
    unread: list[str]
    is_other: bool


def _first(workspace: Workspace, old: Mapping[str, NoteRow] | None) -> _First:
    """Read the ids of all, and the rows of the newest."""
    names, known = workspace.notes.names(), old or {}
    rows = tuple(_still_lost(row, known.get(row.kept.id)) for row in load(workspace, names[:FIRST]))
    fresh = {row.kept.id: row for row in rows}
    by_id = {name: row for name in names if (row := fresh.get(name) or known.get(name)) is not None}
    return _First(by_id, rows, [name for name in reversed(names) if name not in fresh], by_id != old)


def _still_lost(row: NoteRow, old: NoteRow | None) -> NoteRow:
    return msgspec.structs.replace(row, lost=True) if old is not None and old.lost else row
