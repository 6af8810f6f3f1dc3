"""When a card is due: FSRS over the log of its reviews, and the days that a learner's memory lives in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from lms_core.review.entities import AGAIN, RATINGS, TAKEN_BACK

if TYPE_CHECKING:
    import fsrs

State = Literal["new", "learning", "review", "relearning"]
STATES: tuple[State, ...] = ("new", "learning", "review", "relearning")
STEPS = (timedelta(minutes=10),)
"""After what time a card comes back on the day it was learned or forgotten."""
MAX_DAYS = 3650
DAY_BEGINS = time(4)
"""Who learns past midnight still learns today."""
DAY_MS = 86_400_000
AHEAD_MS = 20 * 60_000
"""How early a card that is being learned may come back when nothing else is left."""
LEECH = 6
"""So often forgotten, a card costs more than it teaches and is better written anew."""


class Review(msgspec.Struct, frozen=True):
    """One row of the log; `at` in ms: when it was done, and never later than the hub got it."""

    id: str
    rating: int
    undoes: str
    at: int
    retention: float


class Memory(msgspec.Struct, frozen=True):
    """Where a card stands; times in ms, `stability` in days, `difficulty` from 1 to 10."""

    state: State = "new"
    due: int = 0
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None
    reps: int = 0
    lapses: int = 0
    first_at: int | None = None
    last_at: int | None = None


class Card(msgspec.Struct, frozen=True):
    """A card as screens see it, in Markdown; `paused`: its course was left, or the lesson is not reached yet."""

    id: str
    source: str
    course_id: str | None
    lesson_id: str | None
    front: str
    back: str
    tags: tuple[str, ...]
    suspended: bool
    paused: bool
    memory: Memory

    @property
    def is_leech(self) -> bool:
        """Whether it was forgotten again and again."""
        return self.memory.lapses >= LEECH


class Due(msgspec.Struct, frozen=True):
    """What waits today within the limits of the day, and about how many minutes it takes."""

    learning: int = 0
    review: int = 0
    new: int = 0
    minutes: int = 0
    later: int = 0
    """Cards that are being learned and come back today, but not yet."""

    @property
    def count(self) -> int:
        """All of them."""
        return self.learning + self.review + self.new


class Settings(msgspec.Struct, frozen=True):
    """How much a day brings, and the share of cards that are to be remembered."""

    new_a_day: int = 10
    reviews_a_day: int = 100
    retention: float = 0.9


class Statistics(msgspec.Struct, frozen=True):
    """Of the last 30 days: reviews by day, the oldest first, and the share remembered of cards seen before that day."""

    days: tuple[int, ...]
    retention: float | None
    cards: int
    seconds: int


# --- days
def day_start(now_ms: int, zone: tzinfo, days: int = 0) -> int:
    """When the learner's day began that holds a time, or one that lies `days` later; in ms."""
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)
    first = local.date() - timedelta(days=local.time() < DAY_BEGINS)
    return round(datetime.combine(first + timedelta(days=days), DAY_BEGINS, zone).timestamp() * 1000)


# --- memory
@lru_cache(maxsize=64)
def _scheduler(retention: float) -> fsrs.Scheduler:
    """The scheduler with FSRS's own weights, without chance: the same log is the same due day everywhere."""
    import fsrs  # not before somebody reviews

    return fsrs.Scheduler(
        desired_retention=retention, learning_steps=STEPS, relearning_steps=STEPS, maximum_interval=MAX_DAYS,
        enable_fuzzing=False,
    )  # fmt: skip


def replay(log: Iterable[Review]) -> Memory:
    """Where a card stands after a log, in whatever order and how often its rows came."""
    rows = {each.id: each for each in log}
    gone = {each.undoes for each in rows.values() if each.rating == TAKEN_BACK}
    memory = Memory()
    for each in sorted(rows.values(), key=lambda review: (review.at, review.id)):
        if each.rating in RATINGS and each.id not in gone:  # others wait to be refused
            memory = after(memory, each.rating, each.at, each.retention)
    return memory


def after(memory: Memory, rating: int, at: int, retention: float) -> Memory:
    """Where a card stands after one more review."""
    import fsrs

    card, _ = _scheduler(retention).review_card(_card(memory), fsrs.Rating(rating), _moment(at))
    forgot = rating == AGAIN and memory.state == "review"
    return Memory(
        STATES[card.state.value], round(card.due.timestamp() * 1000), card.step, card.stability, card.difficulty,
        memory.reps + 1, memory.lapses + forgot, at if memory.first_at is None else memory.first_at, at,
    )  # fmt: skip


def intervals(memory: Memory, now_ms: int, retention: float) -> tuple[int, int, int, int]:
    """After how many ms the card would come back, by rating."""
    again, hard, good, easy = (after(memory, rating, now_ms, retention).due - now_ms for rating in RATINGS)
    return again, hard, good, easy


def _card(memory: Memory) -> fsrs.Card:
    import fsrs

    state = max(1, STATES.index(memory.state))
    last = None if memory.last_at is None else _moment(memory.last_at)
    due = _moment(memory.due)
    return fsrs.Card(0, fsrs.State(state), memory.step, memory.stability, memory.difficulty, due, last)


def _moment(at: int) -> Any:
    return datetime.fromtimestamp(at / 1000, UTC)


def remembered(log: Sequence[tuple[str, int, int]], starts: Sequence[int], first: dict[str, int]) -> float | None:
    """The share of cards remembered at the first look of a day, of those first seen before it; None without any.

    Args:
        log: (card, rating, time), the oldest first.
        starts: when the days began, the oldest first.
        first: when each card was first seen.
    """
    seen: dict[tuple[str, int], bool] = {}
    at = 0
    for card, rating, moment in log:
        while at + 1 < len(starts) and starts[at + 1] <= moment:
            at += 1
        if first.get(card, moment) < starts[at]:
            seen.setdefault((card, at), rating != AGAIN)
    return sum(seen.values()) / len(seen) if seen else None
