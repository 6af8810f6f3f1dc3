"""A session of review: one card after another until the day's are done or one stops; each rating is durable at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.rendering import Rendering
from desktop_lms.store import Store
from desktop_lms.words import dotted
from lms_core.content.dress import RenderTheme
from lms_core.errors import LmsError, NotFound
from lms_core.ports import LOCAL
from lms_core.review.model import Card, Due
from lms_core.workspace import Workspace

Stage = Literal["loading", "front", "back", "over"]


@dataclass(frozen=True)
class Turn:
    """The card that is asked now or None, after what time each rating brings it back, and what waits."""

    card: Card | None
    intervals: tuple[int, int, int, int]
    due: Due
    place: str = ""
    """Titles of its course and lesson."""


@dataclass(frozen=True)
class Rated:
    """A rating of this session, which can be taken back."""

    review: str
    card: str
    rating: int
    duration_ms: int


def turn(workspace: Workspace, first: str = "") -> Turn:
    """What comes next; `first` is a card that is asked again."""
    review = workspace.review
    with workspace.work():
        due, card = review.due_count(LOCAL), None
        if first:
            card = review.get(first)
        elif found := review.queue(LOCAL, limit=1):
            card = found[0]
        if card is None:
            return Turn(None, (0, 0, 0, 0), due)
        titles = workspace.notes.titles()
        names = (titles.get(each or "", "") for each in (card.course_id, card.lesson_id))
        return Turn(card, review.intervals(card.id), due, dotted(*names))


class SessionModel(QObject):
    """State of the session."""

    changed = Signal()
    refused = Signal(object)
    said = Signal(str)
    rendered = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.stage: Stage = "loading"
        self.turn: Turn | None = None
        self.error: LmsError | None = None
        self.rated: list[Rated] = []
        self.front, self.back = Rendering(store, self), Rendering(store, self)
        self.front.rendered.connect(self.rendered)
        self.back.rendered.connect(self.rendered)
        self._shown_at, self._busy = 0, False

    @property
    def card(self) -> Card | None:
        """The card that is asked now."""
        return self.turn.card if self.turn else None

    @property
    def left(self) -> int:
        """How many are still to come."""
        return self.turn.due.count if self.turn else 0

    @property
    def counts(self) -> Counter[int]:
        """How often each rating was given."""
        return Counter(each.rating for each in self.rated)

    @property
    def seconds(self) -> int:
        """How long the cards took."""
        return sum(each.duration_ms for each in self.rated) // 1000

    def begin(self) -> None:
        """Ask the first card."""
        self._do(turn)

    def render(self, theme: RenderTheme, *, ink: str, size: float) -> None:
        """Prepare both sides of the card."""
        if self.card is not None:
            self.front.show(self.card.front, theme, ink=ink, size=size)
            self.back.show(self.card.back, theme, ink=ink, size=size)

    def reveal(self) -> None:
        """Show the answer."""
        if self.stage == "front":
            self.stage = "back"
            self.changed.emit()

    def rate(self, rating: int) -> None:
        """Say how well it was known, 1 to 4; before the answer was shown nothing happens."""
        card = self.card
        if self.stage != "back" or card is None or self._busy:
            return
        spent = max(0, self._store.workspace.clock.monotonic_ms() - self._shown_at)

        def work(workspace: Workspace) -> Turn:
            review = workspace.review.rate(card.id, rating, duration_ms=spent)
            self.rated.append(Rated(review, card.id, rating, spent))
            return turn(workspace)

        self._do(work)

    def undo(self) -> None:
        """Take the last rating back and ask its card again."""
        if not self.rated or self._busy:
            return
        last = self.rated[-1]

        def work(workspace: Workspace) -> Turn:
            workspace.review.take_back(last.review)
            self.rated.pop()
            return turn(workspace, last.card)

        self._do(work)

    def suspend(self) -> None:
        """Let the card rest until it is woken in the list of cards, and go on."""
        if self.card is not None and not self._busy:
            card = self.card.id
            self._change(lambda workspace: workspace.review.change(card, suspended=True), "")
            self.said.emit(card)

    def wake(self, card: str) -> None:
        """Take a suspension back."""
        self._change(lambda workspace: workspace.review.change(card, suspended=False), card)

    def edit(self, front: str, back: str) -> None:
        """Change the words of the card and ask it again."""
        if self.card is not None and not self._busy:
            card = self.card.id
            self._change(lambda workspace: workspace.review.edit(card, front=front, back=back), card)

    def stop(self) -> None:
        """End the session; what was rated is there already."""
        if self.stage in ("front", "back"):
            self.stage = "over"
            self.changed.emit()

    # --- underneath
    def _change(self, change: Callable[[Workspace], object], again: str) -> None:
        def work(workspace: Workspace) -> Turn:
            change(workspace)
            return turn(workspace, again)

        self._do(work)

    def _do(self, work: Callable[[Workspace], Turn]) -> None:
        self._busy = True
        self._store.run(self, work, self._on_turn, self._on_failed)

    def _on_turn(self, found: Turn) -> None:
        self._busy, self.turn, self.error = False, found, None
        self.stage = "front" if found.card else "over"
        self._shown_at = self._store.workspace.clock.monotonic_ms()
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self._busy = False
        if isinstance(error, NotFound) and self.stage != "loading":  # the card left this device meanwhile
            self.begin()
            return
        if self.turn is None:
            self.error = error
            self.changed.emit()
        else:
            self.refused.emit(error)
