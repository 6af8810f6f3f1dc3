"""Spaced repetition without a network: what is due, ratings, one's own cards, and what is to come."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from lms_core import ops
from lms_core.content.model import AnswerKey, QuestionDoc
from lms_core.errors import NotFound, UserError
from lms_core.learning.tables import enrollment, note, progress
from lms_core.ops import Draft, Values
from lms_core.permissions import LEARNING
from lms_core.review import entities as e
from lms_core.review import tables as t
from lms_core.review.model import (
    AHEAD_MS,
    DAY_MS,
    LEECH,
    Card,
    Due,
    Memory,
    Settings,
    Statistics,
    day_start,
    intervals,
    remembered,
)
from lms_core.unit import Unit, Work

DAYS = 30
PAGE = 100
SECONDS = 12.0
"""What a card takes before anybody knows."""
LAST = 200

_now = t.card_now.c
_BEING_LEARNED = _now.state.in_(("learning", "relearning"))


class ReviewService:
    """Cards of the person of a replica. Days begin at four in the morning in the zone that is given."""

    def __init__(self, work: Work) -> None:
        self._work = work

    # --- settings
    def settings(self) -> Settings:
        """How much a day brings."""
        with self._work() as unit:
            return _settings(unit)

    def change_settings(self, **fields: Any) -> None:
        """Change new_a_day, reviews_a_day or retention. Raises UserError `out_of_range`."""
        with self._work() as unit:
            row = e.CARD_SETTINGS.id_for(unit.actor.account)
            if unit.row(e.CARD_SETTINGS, row) is None:
                unit.emit(ops.create(e.CARD_SETTINGS, row, {"user_id": unit.actor.account, **fields}))
                return
            unit.emit(*(ops.change(e.CARD_SETTINGS, row, name, value) for name, value in fields.items()))

    # --- what is due
    def due_count(self, zone: tzinfo = UTC) -> Due:
        """What waits now within the limits of the day."""
        with self._work() as unit:
            return _Today(unit, zone).due()

    def queue(self, zone: tzinfo = UTC, *, limit: int = PAGE) -> list[Card]:
        """The next cards in their order: being learned, due, new; when none is left those that come back shortly."""
        with self._work() as unit:
            return [_card(r) for r in _Today(unit, zone).queue(limit)]

    def intervals(self, card: str) -> tuple[int, int, int, int]:
        """After how many ms the card would come back, by rating. Raises NotFound."""
        with self._work() as unit:
            return intervals(_memory(_row(unit, card)), unit.now_ms, _settings(unit).retention)

    def rate(self, card: str, rating: int, *, duration_ms: int = 0) -> str:
        """Note how well a card was remembered, 1 to 4; returns the review, which can be taken back. Raises NotFound."""
        with self._work() as unit:
            _make(unit, card)
            return _log(unit, card, rating=rating, duration_ms=min(duration_ms, e.MAX_DURATION_MS))

    def take_back(self, review: str) -> None:
        """Take a rating back: both rows stay in the log, and the card stands where it stood. Raises NotFound."""
        with self._work() as unit:
            found = unit.row(e.CARD_REVIEW, review)
            if found is None:
                raise NotFound
            _log(unit, found["card_id"], rating=e.TAKEN_BACK, undoes=review)

    # --- cards
    def get(self, card: str) -> Card:
        """One card; raises NotFound."""
        with self._work() as unit:
            return _card(_row(unit, card))

    def add(
        self, front: str, back: str, *, course: str | None = None, lesson: str | None = None, tags: Sequence[str] = ()
    ) -> str:
        """Write a card by hand. Raises UserError `card_empty`."""
        with self._work() as unit:
            places = {"course_id": course, "lesson_id": lesson, "tags": list(tags)}
            return _add(unit, "own", unit.new_id(), front=front, back=back, more=places)

    def add_from_note(self, name: str, front: str, back: str) -> str:
        """Make a highlight or note a card; asked again it is the same one. Raises NotFound, UserError `card_empty`."""
        with self._work() as unit:
            found = unit.all(select(note).where(note.c.id == name))
            if not found:
                raise NotFound
            places = {"course_id": found[0].course_id, "lesson_id": found[0].lesson_id, "tags": found[0].tags or []}
            return _add(unit, "highlight", name, front=front, back=back, more=places)

    def add_missed(self, lesson: str, course: str, questions: Iterable[QuestionDoc], key: AnswerKey) -> None:
        """Make cards of questions that were answered wrongly, where this device has their key."""
        with self._work() as unit:
            for question in questions:
                right = set(key.correct.get(question.id, ()))
                answer = "\n".join(
                    f"- {o.text}" if len(right) > 1 else o.text for o in question.options if o.id in right
                )
                why = key.explanations.get(question.id, "") or question.explanation
                offered = "\n".join(f"- {o.text}" for o in question.options)
                if answer:
                    _add(unit, "question", question.id, front=f"{question.text}\n\n{offered}",
                         back="\n\n".join(x for x in (answer, why) if x),
                         more={"course_id": course, "lesson_id": lesson})  # fmt: skip

    def edit(self, card: str, *, front: str, back: str) -> None:
        """Change the words of a card; its history stays. Raises NotFound, UserError `card_empty`."""
        _check(front, back)
        with self._work() as unit:
            shown, row = _row(unit, card), _make(unit, card)
            for field, text in (("front", front.strip()), ("back", back.strip())):
                if text != getattr(shown, field):
                    unit.emit(ops.edit_text(e.CARD, card, field=field, base=row[field] or "", text=text))

    def change(self, card: str, **fields: Any) -> None:
        """Set suspended, removed or tags of a card; what is removed can be brought back. Raises NotFound."""
        with self._work() as unit:
            row = _make(unit, card)
            changed = {name: value for name, value in fields.items() if row[name] != value}
            unit.emit(*(ops.change(e.CARD, card, name, value) for name, value in changed.items()))

    def cards(
        self, *, words: str = "", course: str = "", state: str = "", tag: str = "", offset: int = 0, limit: int = PAGE
    ) -> tuple[int, list[Card]]:
        """How many cards there are, and some of them, those of a course together.

        `state` is one of a memory's, `suspended` or `leech`.
        """
        with self._work() as unit:
            where = [_now.removed.is_(False), _reached(unit), *_narrowed(words, course, state, tag)]
            count = unit.all(select(func.count()).select_from(t.card_now).where(*where))[0][0]
            rows = _shown(unit).where(*where).order_by(_now.course_id, _now.ord, _now.id).offset(offset).limit(limit)
            return count, [_card(r) for r in unit.all(rows)]

    def tags(self) -> list[str]:
        """All tags of cards, by name."""
        with self._work() as unit:
            rows = unit.all(select(_now.tags).where(_now.made, _now.removed.is_(False), _now.tags != []).distinct())
        return sorted({tag for r in rows for tag in r.tags}, key=str.casefold)

    # --- what is to come, and what was
    def forecast(self, zone: tzinfo = UTC) -> list[int]:
        """How many cards become due on each of the next 30 days, today with all that waits."""
        with self._work() as unit:
            start = day_start(unit.now_ms, zone)
            day = func.max(0, (_now.due - start) // DAY_MS).label("day")
            where = (_now.state != "new", _now.due < start + DAYS * DAY_MS, _awake(unit))
            rows = unit.all(select(day, func.count()).where(*where).group_by(day))
        counts = {int(r[0]): r[1] for r in rows}
        return [counts.get(n, 0) for n in range(DAYS)]

    def statistics(self, zone: tzinfo = UTC) -> Statistics:
        """What the last 30 days were like."""
        with self._work() as unit:
            starts = [day_start(unit.now_ms, zone, n) for n in range(1 - DAYS, 1)]
            c = t.card_review.c
            log = unit.all(
                select(c.card_id, c.rating, c.reviewed_at, c.duration_ms)
                .where(c.user_id == unit.actor.account)
                .where(c.reviewed_at >= starts[0], *_counts())
                .order_by(c.reviewed_at, c.id)
            )
            first = {r.id: r.first_at for r in unit.all(select(_now.id, _now.first_at).where(_now.reps > 0))}
            cards = unit.all(select(func.count()).where(_now.removed.is_(False), _reached(unit)))[0][0]
        by_day = Counter(bisect_right(starts, r.reviewed_at) - 1 for r in log)
        share = remembered([(r.card_id, r.rating, r.reviewed_at) for r in log], starts, first)
        spent = sum(r.duration_ms or 0 for r in log) // 1000
        return Statistics(tuple(by_day[n] for n in range(DAYS)), share, cards, spent)


class _Today:
    """The limits of a day, and what they leave."""

    def __init__(self, unit: Unit, zone: tzinfo) -> None:
        self._unit = unit
        self.start, self.end = day_start(unit.now_ms, zone), day_start(unit.now_ms, zone, 1)
        settings, c = _settings(unit), t.card_review.c
        begun = select(func.count()).where(_now.first_at >= self.start)
        again = (
            select(func.count(c.card_id.distinct()))
            .join(t.card_now, _now.id == c.card_id)
            .where(c.user_id == unit.actor.account, c.reviewed_at >= self.start, *_counts())
            .where(_now.first_at < self.start)
        )
        self.new = max(0, settings.new_a_day - int(unit.all(begun)[0][0]))
        self.reviews = max(0, settings.reviews_a_day - int(unit.all(again)[0][0]))
        awake, now = _awake(unit), unit.now_ms
        self.groups: tuple[tuple[Any, Any, int | None], ...] = (
            (and_(_BEING_LEARNED, _now.due <= now, awake), _now.due, None),
            (and_(_now.state == "review", _now.due < self.end, awake), _now.due, self.reviews),
            (and_(_now.state == "new", awake), _now.ord, self.new),
        )
        self.soon = and_(_BEING_LEARNED, _now.due > now, _now.due < self.end, awake)

    def due(self) -> Due:
        learning, review, new = (self._count(where, most) for where, _, most in self.groups)
        count = learning + review + new
        minutes = max(1, round(count * _seconds(self._unit) / 60)) if count else 0
        return Due(learning, review, new, minutes, self._count(self.soon, None))

    def _count(self, where: Any, most: int | None) -> int:
        count = int(self._unit.all(select(func.count()).select_from(t.card_now).where(where))[0][0])
        return count if most is None else min(count, most)

    def queue(self, limit: int) -> list[Any]:
        rows: list[Any] = []
        for where, order, most in self.groups:
            left = limit - len(rows) if most is None else min(most, limit - len(rows))
            if left > 0:
                rows += self._unit.all(_shown(self._unit).where(where).order_by(order, _now.id).limit(left))
        if not rows:
            ahead = and_(self.soon, _now.due <= self._unit.now_ms + AHEAD_MS)
            rows = list(self._unit.all(_shown(self._unit).where(ahead).order_by(_now.due, _now.id).limit(limit)))
        return rows


# --- which cards
def _reached(unit: Unit) -> ColumnElement[bool]:
    """One's own, and those of authors once their lesson was opened."""
    c = progress.c
    opened = select(c.lesson_id).where(c.user_id == unit.actor.account, c.opened_at.is_not(None))
    return or_(_now.made, _now.lesson_id.in_(opened))


def _learned(unit: Unit) -> ColumnElement[bool]:
    """Cards of a course rest while it is not learned."""
    c = enrollment.c
    courses = select(c.course_id).where(c.user_id == unit.actor.account, c.status.in_(LEARNING))
    return or_(_now.course_id.is_(None), _now.course_id.in_(courses))


def _awake(unit: Unit) -> ColumnElement[bool]:
    return and_(_now.suspended.is_(False), _now.removed.is_(False), _learned(unit), _reached(unit))


def _shown(unit: Unit) -> Select[Any]:
    return select(t.card_now, (~_learned(unit)).label("paused"))


def _narrowed(words: str, course: str, state: str, tag: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    found += [
        or_(_now.front.icontains(word, autoescape=True), _now.back.icontains(word, autoescape=True))
        for word in words.split()
    ]
    if course:
        found.append(_now.course_id == course)
    if tag:
        each = func.json_each(_now.tags).table_valued("value")
        found.append(select(each.c.value).where(each.c.value == tag).exists())
    if state == "suspended":
        found.append(_now.suspended)
    elif state == "leech":
        found.append(_now.lapses >= LEECH)
    elif state:
        found.append(_now.state.in_(("learning", "relearning") if state == "learning" else (state,)))
    return found


def _counts() -> tuple[ColumnElement[bool], ...]:
    """Ratings that nobody took back."""
    c, gone = t.card_review.c, t.card_review.alias()
    return c.rating != e.TAKEN_BACK, c.id.not_in(select(gone.c.undoes).where(gone.c.undoes > ""))


def _seconds(unit: Unit) -> float:
    """How long a card takes this person, by the last 200."""
    c = t.card_review.c
    last = select(c.duration_ms).where(c.user_id == unit.actor.account)
    rows = unit.all(last.order_by(c.reviewed_at.desc()).limit(LAST))
    spent = [min(60_000, r.duration_ms) for r in rows if r.duration_ms]
    return sum(spent) / len(spent) / 1000 if spent else SECONDS


def _settings(unit: Unit) -> Settings:
    row = unit.row(e.CARD_SETTINGS, e.CARD_SETTINGS.id_for(unit.actor.account))
    return Settings(row["new_a_day"], row["reviews_a_day"], row["retention"]) if row else Settings()


# --- rows
def _row(unit: Unit, card: str) -> Any:
    rows = unit.all(_shown(unit).where(_now.id == card))
    if not rows:
        raise NotFound
    return rows[0]


def _memory(r: Any) -> Memory:
    return Memory(r.state, r.due, r.step, r.stability, r.difficulty, r.reps, r.lapses, r.first_at, r.last_at)


def _card(r: Any) -> Card:
    return Card(
        r.id, r.source, r.course_id, r.lesson_id, r.front, r.back, tuple(r.tags), r.suspended, bool(r.paused),
        _memory(r),
    )  # fmt: skip


def _check(front: str, back: str) -> None:
    if not front.strip() or not back.strip():
        raise UserError("card_empty")


def _add(unit: Unit, source: str, key: str, *, front: str, back: str, more: Values) -> str:
    """A card of its source; one that is there stays as it is, and one that was removed comes back."""
    _check(front, back)
    row = e.CARD.id_for(unit.actor.account, source, key)
    there = unit.row(e.CARD, row)
    if there is None:
        unit.emit(_draft(unit, row, {"origin": source, "source_key": key, "asks": front.strip(),
                                     "answers": back.strip(), **more}))  # fmt: skip
    elif there["removed"] and source != "question":
        unit.emit(ops.change(e.CARD, row, "removed", False))
    return row


def _draft(unit: Unit, row: str, values: Values) -> Draft:
    return ops.create(e.CARD, row, {"user_id": unit.actor.account, "created_at": unit.now_ms, **values})


def _make(unit: Unit, card: str) -> Values:
    """The row of a card, made when it was only offered by a course."""
    there = unit.row(e.CARD, card)
    if there is None:
        rows = unit.all(select(t.offered_card).where(t.offered_card.c.id == card))
        if not rows:
            raise NotFound
        r = rows[0]
        unit.emit(_draft(unit, card, {
            "origin": "author", "source_key": r.source_key, "course_id": r.course_id, "lesson_id": r.lesson_id,
            "asks": r.front, "answers": r.back,
        }))  # fmt: skip
        there = unit.row(e.CARD, card) or {}
    return there


def _log(unit: Unit, card: str, **values: Any) -> str:
    row = unit.new_id()
    facts = {"user_id": unit.actor.account, "card_id": card, "reviewed_at": unit.now_ms}
    unit.emit(ops.create(e.CARD_REVIEW, row, {**facts, "retention": _settings(unit).retention, **values}))
    return row
