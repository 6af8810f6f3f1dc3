"""What the review shows first: what is due, what is to come, how well it is remembered, the limits of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.ports import LOCAL
from lms_core.review.model import Due, Settings, Statistics, day_start
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.REVIEW, Topic.COURSES, Topic.LEARNING})


@dataclass(frozen=True)
class Overview:
    """Everything the page shows."""

    due: Due
    forecast: tuple[int, ...]
    told: Statistics
    settings: Settings
    today: date
    """The learner's day, which begins at four."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no card at all."""
        return not self.told.cards


def load(workspace: Workspace) -> Overview:
    """Read the page in one transaction."""
    review = workspace.review
    with workspace.work():
        return Overview(
            review.due_count(LOCAL), tuple(review.forecast(LOCAL)), review.statistics(LOCAL), review.settings(),
            datetime.fromtimestamp(day_start(workspace.clock.ms(), LOCAL) / 1000, LOCAL).date(),
        )  # fmt: skip


class ReviewModel(QObject):
    """State of the page."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.content: Overview | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def choose(self, **fields: Any) -> None:
        """Change how much a day brings."""
        self._store.run(self, lambda workspace: workspace.review.change_settings(**fields), None, self.refused.emit)

    def add(self, front: str, back: str) -> None:
        """Write a card by hand."""
        self._store.run(self, lambda workspace: workspace.review.add(front, back), None, self.refused.emit)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, content: Overview) -> None:
        if content != self.content or self.error:
            self.content, self.error = content, None
            self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
