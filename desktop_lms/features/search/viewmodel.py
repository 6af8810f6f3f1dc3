"""Search as one types, for the page of all results and for what stands under the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from desktop_lms.timers import once
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.search.model import MEMO, Answer, Counts, Found, Question, Sort, Suggestion
from lms_core.workspace import Workspace

WAIT_MS, COUNT_MS, INDEXING_MS = 90, 200, 400
SLICE_S = 0.05
MOST = 100
TOPICS = frozenset({Topic.NOTES, Topic.COURSES, Topic.REVIEW, Topic.ASSESSMENT})
WORDS = r"[^\W_]+"
AT = "at:"
"""Begins the part of a route that says where in a lesson."""


def route_to(found: Found) -> str:
    """Where a result leads: the place in its lesson, its course, its quiz, its card, or the notes."""
    if found.kind == "question":
        return f"builder/{found.course_id}/{found.lesson_id}"
    if found.kind == "answer":
        return f"quiz/{found.course_id}/{found.lesson_id}"
    if found.kind == "card":
        return f"review/cards/{' '.join(re.findall(WORDS, found.title))}"
    if found.lesson_id and found.course_id:
        return f"lesson/{found.course_id}/{found.lesson_id}/{_place(found)}".rstrip("/")
    return f"course/{found.course_id}" if found.course_id else "notes"


def _place(found: Found) -> str:
    """Where in its lesson: the row of a note or bookmark, a second, a page of a file, or the first word found."""
    if found.place == MEMO:
        return f"{AT}{MEMO}"
    if found.kind in ("note", "bookmark"):
        return found.key
    if found.kind == "video":
        return f"{AT}video:{found.place}"
    if found.kind == "page":
        return f"{AT}page:{found.place}:{found.key.split(':')[1]}"
    word = next((text for text, marked in found.excerpt if marked), "")
    return f"{AT}text:{word}" if found.kind == "lesson" and word else ""


class SearchModel(QObject):
    """State of the page of results; `answer` is None until something was asked."""

    changed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.query = ""
        self.wanted: dict[str, tuple[str, ...]] = {}
        self.sort: Sort = "relevance"
        self.answer: Answer | None = None
        self.counts: Counts | None = None
        self.courses: dict[str, str] = {}
        self.past: tuple[str, ...] = ()
        self.error: LmsError | None = None
        self._typing = once(self, WAIT_MS, self.refresh)
        self._pausing = once(self, COUNT_MS, self._count)
        self._waiting = once(self, INDEXING_MS, self._catch_up)
        store.changed.connect(self._on_changed)
        store.read(self, lambda workspace: tuple(workspace.search.past()), self._on_past, self._on_failed)

    # --- asking
    @property
    def results(self) -> tuple[Found, ...] | None:
        """The hits; None until something was asked."""
        return self.answer.hits if self.answer else None

    def search(self, query: str) -> None:
        """Look for words; waits until typing pauses for a moment."""
        self.query = query
        self._typing.start()

    def search_now(self, query: str) -> None:
        """Look for words that were chosen as a whole."""
        self.query = query
        self.refresh()

    def narrow(self, facet: str, value: str) -> None:
        """Take a value of a facet, or open it again when it is taken."""
        taken = self.wanted.get(facet, ())
        left = tuple(v for v in taken if v != value) if value in taken else (*taken, value)
        self.wanted = {name: each for name, each in {**self.wanted, facet: left}.items() if each}
        self.refresh()

    def only(self, facet: str, value: str) -> None:
        """Take one value of a facet alone; empty opens it."""
        self.wanted = {name: each for name, each in {**self.wanted, facet: (value,)}.items() if each != ("",)}
        self.refresh()

    def widen(self) -> None:
        """Open all facets."""
        self.wanted = {}
        self.refresh()

    def order(self, sort: Sort) -> None:
        """Order the hits otherwise."""
        self.sort = sort
        self.refresh()

    def _question(self) -> Question:
        return Question(self.query, self.wanted, self.sort, MOST)

    def refresh(self) -> None:
        """Ask now."""
        self._typing.stop()
        asked = self._question()
        self._store.run(self, lambda w: (asked, w.search.ask(asked)), self._on_found, self._on_failed)

    def _on_found(self, told: tuple[Question, Answer]) -> None:
        asked, answer = told
        if asked != self._question():
            return
        self.answer, self.error = answer if self.query.strip() else None, None
        if self.answer is None:
            self.counts = None
        else:
            self._pausing.start()
        if answer.waiting:
            self._waiting.start()
        self.changed.emit()

    def _catch_up(self) -> None:
        self._store.run(
            self, lambda workspace: workspace.search.catch_up(SLICE_S), lambda _: self.refresh(), self._on_failed
        )

    def rest(self) -> None:
        """Ask nothing more by itself, for nobody looks."""
        for timer in (self._typing, self._pausing, self._waiting):
            timer.stop()

    def _count(self) -> None:
        self._pausing.stop()
        asked = self._question()
        if self.answer and self.answer.is_corrected:
            asked = Question(self.answer.meant, self.wanted, self.sort, MOST)
        query = self.query
        self._store.read(
            self, lambda workspace: (query, *_counted(workspace, asked)), self._on_counted, self._on_failed
        )

    def _on_counted(self, told: tuple[str, Counts, dict[str, str]]) -> None:
        query, counts, titles = told
        if query == self.query:
            self.counts, self.courses = counts, titles
            self.changed.emit()

    def _on_changed(self, changes: Changes) -> None:
        if self.query.strip() and changes.topics & TOPICS:
            self.refresh()

    def _on_past(self, past: tuple[str, ...]) -> None:
        self.past = past
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- leaving
    def follow(self, found: Found) -> str:
        """The route of a hit that somebody chose; what they searched for is kept on this device."""
        query = self.query
        self._store.run(self, lambda workspace: _chosen(workspace, query, found))
        return route_to(found)

    def forget_past(self) -> None:
        """Forget what was searched for."""
        self._store.run(self, lambda workspace: workspace.search.forget_past(), lambda _: self._on_past(()))


class Suggesting(QObject):
    """What stands under a field while one types: suggestions, then the best hits."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._latest = 0

    def find(
        self, query: str, then: Callable[[Sequence[Suggestion], Sequence[Found]], None], *, limit: int = 6
    ) -> None:
        """Hand suggestions and the best hits to `then`, unless the person has typed on meanwhile."""
        self._latest += 1
        asked = self._latest

        def on_found(told: tuple[Sequence[Suggestion], Sequence[Found]]) -> None:
            if asked == self._latest:
                then(*told)

        self._store.run(
            self,
            lambda w: (w.search.suggest(query, limit=limit), w.search.ask(Question(query, limit=limit)).hits),
            on_found,
        )


def _chosen(workspace: Workspace, query: str, found: Found) -> None:
    workspace.search.led_to(found)
    workspace.search.remember(query)


def _counted(workspace: Workspace, asked: Question) -> tuple[Counts, dict[str, str]]:
    counts = workspace.search.count(asked)
    return counts, workspace.search.titles(course for course, _ in counts.values.get("course", ())[:20])
