"""All cards: found by words, course, state and tag, changed, put to rest, and deleted with a way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.review.viewmodel import TOPICS
from desktop_lms.store import Store
from lms_core.changes import Changes
from lms_core.errors import LmsError
from lms_core.review.model import Card
from lms_core.workspace import Workspace

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """The cards that are shown, how many fit, how many there are, titles over them, and all tags."""

    cards: tuple[Card, ...]
    count: int
    whole: int
    titles: dict[str, str]
    tags: tuple[str, ...]
    courses: tuple[tuple[str, str], ...]
    """(id, title) of installed courses."""
    now_ms: int


class BrowseModel(QObject):
    """State of the page."""

    changed = Signal()
    deleted = Signal(str)
    refused = Signal(object)

    def __init__(self, store: Store, words: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.content: Listed | None = None
        self.error: LmsError | None = None
        self.by: dict[str, str] = {"words": words, "course": "", "state": "", "tag": ""}
        self.most = PAGE
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        by, most = dict(self.by), self.most

        def work(workspace: Workspace) -> Listed:
            with workspace.work():
                review = workspace.review
                count, cards = review.cards(**by, limit=most)  # type: ignore[arg-type]
                whole = review.cards(limit=0)[0]
                titles = workspace.notes.titles()
                courses = tuple((each.course_id, each.title) for each in workspace.installed.installed())
                tags, now = tuple(review.tags()), workspace.clock.ms()
                return Listed(tuple(cards), count, whole, titles, tags, courses, now)

        self._store.read(self, work, self._on_loaded, self._on_failed)

    def narrow(self, **by: str) -> None:
        """Show only some: by words, course, state or tag."""
        if any(self.by[name] != value for name, value in by.items()):
            self.by.update(by)
            self.most = PAGE
            self.refresh()

    def more(self) -> None:
        """Show more of them."""
        self.most += PAGE
        self.refresh()

    @property
    def is_narrowed(self) -> bool:
        """Whether only some are shown."""
        return any(self.by.values())

    def change(self, card: str, **fields: Any) -> None:
        """Put to rest, wake or tag a card."""
        self._store.run(self, lambda workspace: workspace.review.change(card, **fields), None, self.refused.emit)

    def edit(self, card: str, front: str, back: str) -> None:
        """Change its words."""
        self._store.run(
            self, lambda workspace: workspace.review.edit(card, front=front, back=back), None, self.refused.emit
        )

    def add(self, front: str, back: str) -> None:
        """Write a card by hand."""
        self._store.run(self, lambda workspace: workspace.review.add(front, back), None, self.refused.emit)

    def delete(self, card: str) -> None:
        """Delete a card; `deleted` tells which, so that it can be brought back."""
        self.change(card, removed=True)
        self.deleted.emit(card)

    def bring_back(self, card: str) -> None:
        """Take a deletion back; its history is there."""
        self.change(card, removed=False)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, content: Listed) -> None:
        if content != self.content or self.error:
            self.content, self.error = content, None
            self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
