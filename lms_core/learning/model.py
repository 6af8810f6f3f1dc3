"""What screens and commands are told of learning, and the pure rules behind it (PRG)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal

import msgspec

LessonStatus = Literal["not_started", "in_progress", "done"]


class LessonState(msgspec.Struct, frozen=True):
    """How far a learner is with a lesson; `percent` 0 to 100."""

    lesson_id: str
    status: LessonStatus = "not_started"
    percent: float = 0.0
    position: Mapping[str, Any] = msgspec.field(default_factory=dict)
    done_at: int | None = None
    watched: int = 0
    total: int = 0
    """Seconds of its video that were seen, of how many (PRG-02)."""
    memo: str = ""
    """One short text of the learner's own (C-15)."""


class CourseState(msgspec.Struct, frozen=True):
    """How far a learner is with a course."""

    course_id: str
    title: str
    status: str
    percent: float
    lessons_done: int
    lessons_total: int
    seconds: int
    last_lesson: str | None
    last_active_at: int | None
    installed: bool


class Enrollment(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's enrolment in a course and how far they are, as the hub has it; times in ms."""

    id: str
    user_id: str
    course_id: str
    title: str
    status: str
    payment_status: str
    enrolled_at: int | None
    completed_at: int | None
    percent: float
    lessons_done: int
    lessons_total: int
    seconds: int
    last_lesson: str | None
    last_active_at: int | None


class LessonProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's progress in a lesson as the hub has it; times in ms."""

    id: str
    user_id: str
    course_id: str
    lesson_id: str
    status: LessonStatus
    percent: float
    watched_seconds: int
    total_seconds: int
    completion_percentage: float
    position: Mapping[str, Any]
    notes: str
    opened_at: int | None
    done_at: int | None


class Studied(msgspec.Struct, frozen=True):
    """A stretch of study: its start in ms and its seconds."""

    start_ms: int
    seconds: int


class Continue(msgspec.Struct, frozen=True):
    """Where to go on: the last place, or the first lesson that is not done."""

    course_id: str
    course_title: str
    lesson_id: str
    lesson_title: str
    percent: float
    """Of the course."""
    position: Mapping[str, Any]
    seen: float = 0.0
    """How much of the lesson, in percent."""
    minutes: int = 0
    """What the whole lesson takes."""
    begun: bool = False
    """Whether any lesson of the course was opened."""


class Note(msgspec.Struct, frozen=True, gc=False):
    """A note or highlight. `quote` with its context anchors it in the text; `colour` makes it a highlight.

    `anchor` is the place in a video or a PDF (`anchors.Spot`); `enrollment_id` is None for who never joined the course.
    """

    id: str
    course_id: str | None
    lesson_id: str | None
    body: str
    quote: str = ""
    before: str = ""
    after: str = ""
    start: int | None = None
    anchor: str = ""
    colour: str = ""
    tags: tuple[str, ...] = ()
    is_private: bool = True
    created_at: int = 0
    edited_at: int | None = None
    enrollment_id: str | None = None


class SharedNote(msgspec.Struct, frozen=True):
    """A note of somebody else who shares it with the course; `author` is a name and nothing more."""

    author: str
    note: Note


class Bookmark(msgspec.Struct, frozen=True, gc=False):
    """A place to come back to; `anchor` is what the reader of the lesson's kind wrote (`anchors.Spot`)."""

    id: str
    course_id: str
    lesson_id: str
    anchor: str | None
    title: str
    created_at: int
    enrollment_id: str | None = None


class Day(msgspec.Struct, frozen=True):
    """One day of the week strip."""

    day: date
    seconds: int


class Goal(msgspec.Struct, frozen=True):
    """What somebody has set themselves, and how much of it they have reached: minutes today, or days this week."""

    kind: Literal["minutes", "days"]
    target: int
    reached: int

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        return self.reached >= self.target


class RosterEntry(msgspec.Struct, frozen=True):
    """A learner of a course as its instructors see them.

    `unproved` counts hand-ins whose time nobody can prove to lie before the end, `late` those proved to be behind it.
    """

    user_id: str
    name: str
    email: str
    status: str
    percent: float
    seconds: int
    last_active_at: int | None
    best_score: float | None
    unproved: int = 0
    late: int = 0


def is_done(done_at: int | None, reopened_at: int | None) -> bool:
    """Done means done after it was last reopened (SYNC.md, kind max)."""
    return done_at is not None and (reopened_at is None or done_at > reopened_at)


def percent_watched(watched: int, total: int) -> float:
    """How much of a video was seen, 0 to 100, rounded down to two decimals (PRG-02)."""
    return 10_000 * min(watched, total) // total / 100 if total > 0 else 0.0


def is_watched(watched: int, total: int) -> bool:
    """Whether so much of a video was seen that its lesson is done: 90 of 100 (PRG-08)."""
    return total > 0 and 10 * watched >= 9 * total


def percent_done(done: int, total: int) -> float:
    """Progress by lessons, rounded down to one decimal: 100 means all of them (PRG-03)."""
    return 1000 * done // total / 10 if total else 0.0


def union_seconds(sessions: Iterable[tuple[int, int]]) -> int:
    """Seconds covered by (start in ms, seconds) intervals; time on two devices at once counts once."""
    total, end = 0, 0
    for start, seconds in sorted(sessions):
        stop = start + seconds * 1000
        total += max(0, stop - max(start, end))
        end = max(end, stop)
    return total // 1000


class Calendar:
    """The local days of moments in ms; moments of one day that come together cost one look into the zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone, self._day = zone, date.min
        self._begin = self._end = 0.0

    def at(self, ms: float) -> tuple[date, float]:
        """The day of a moment, and when that day ends."""
        if not self._begin <= ms < self._end:
            self._day = datetime.fromtimestamp(ms / 1000, UTC).astimezone(self._zone).date()
            self._begin = max(self._midnight(self._day, fold) for fold in (0, 1))  # clocks may change at midnight
            self._end = self._midnight(self._day + timedelta(days=1))
        return self._day, self._end

    def _midnight(self, day: date, fold: int = 0) -> float:
        return datetime.combine(day, datetime.min.time(), self._zone).replace(fold=fold).timestamp() * 1000


def by_day(sessions: Iterable[tuple[int, int]], zone: tzinfo) -> dict[date, int]:
    """Seconds studied on each local day; a session past midnight is split."""
    parts: dict[date, list[tuple[int, int]]] = {}
    calendar = Calendar(zone)
    for begun, seconds in sorted(sessions):
        start, left = begun, seconds
        while left > 0:
            day, end = calendar.at(start)
            span = min(left, max(1, int((end - start) / 1000)))
            parts.setdefault(day, []).append((start, span))
            start, left = start + span * 1000, left - span
    return {day: union_seconds(spans) for day, spans in parts.items()}


def streak(days: Sequence[date], today: date) -> int:
    """Days in a row with study up to today; today may still be empty."""
    studied = set(days)
    day = today if today in studied else today - timedelta(days=1)
    count = 0
    while day in studied:
        count += 1
        day -= timedelta(days=1)
    return count


def longest_streak(days: Iterable[date]) -> int:
    """The most days in a row that there ever were."""
    studied = set(days)
    return max((streak([*studied], day) for day in studied if day + timedelta(days=1) not in studied), default=0)


def rough(count: int) -> int:
    """A number of learners as strangers see it: exact below 20, then down to its first digit."""
    step = 1 if count < 20 else 10 ** (len(str(count)) - 1)
    return count // step * step
