"""All cards of this machine and where each stands: a table that follows their rows, the log and the courses here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import delete, func, select

from lms_core.content.exercises import cards_in
from lms_core.content.model import CourseDocument
from lms_core.db.bulk import chunks, put
from lms_core.ops import Values
from lms_core.review import tables as t
from lms_core.review.entities import CARD
from lms_core.review.model import Review, replay
from lms_core.unit import Effect, Unit

LATER = 1 << 50
"""New cards of courses come in their order, and one's own by the time they were made, ahead of them."""


def author_key(lesson: str, front: str) -> str:
    """What an author's card is known by: its front, so that an update keeps the history of one whose front stayed."""
    plain = " ".join(front.split()).casefold()
    return f"{lesson}:{blake2b(plain.encode(), digest_size=12).hexdigest()}"


def offer(unit: Unit, course: str, document: CourseDocument | None) -> None:
    """Offer the cards that authors wrote into an installed course, or those of a removed one no more."""
    c = t.offered_card.c
    old = {r.id for r in unit.all(select(c.id).where(c.course_id == course))}
    found = {} if document is None else {each["id"]: each for each in _cards(unit.actor.account, document)}
    unit.local(delete(t.offered_card).where(c.course_id == course))
    put(unit.conn, t.offered_card, list(found.values()), ["id"])
    refresh(unit, old | found.keys())


def _cards(me: str, document: CourseDocument) -> Iterable[Values]:
    order = 0
    for lesson in document.lessons():
        for front, back in cards_in(lesson.body):
            key = author_key(lesson.id, front)
            order += 1
            yield {
                "id": CARD.id_for(me, "author", key), "course_id": document.course_id, "lesson_id": lesson.id,
                "source_key": key, "ord": order, "front": front, "back": back,
            }  # fmt: skip


def refresh(unit: Unit, cards: Collection[str]) -> None:
    """Bring cards into the table as their rows, the log and their courses have them now."""
    for part in chunks(sorted(cards)):
        made = {r.id: r for r in unit.all(select(t.card).where(t.card.c.id.in_(part)))}
        offered = {r.id: r for r in unit.all(select(t.offered_card).where(t.offered_card.c.id.in_(part)))}
        logs: dict[str, list[Review]] = {}
        for r in unit.all(select(t.card_review).where(t.card_review.c.card_id.in_(part))):
            logs.setdefault(r.card_id, []).append(_review(r))
        unit.local(delete(t.card_now).where(t.card_now.c.id.in_(part)))
        shown = [_row(i, made.get(i), offered.get(i), logs.get(i, [])) for i in part if i in made or i in offered]
        put(unit.conn, t.card_now, shown, ["id"])


def _review(r: Any) -> Review:
    at = min(r.reviewed_at, r.received_at) if r.received_at else r.reviewed_at
    return Review(r.id, r.rating, r.undoes or "", at, r.retention)


def _row(name: str, made: Any, offered: Any, log: Sequence[Review]) -> Values:
    """What its owner wrote stands above what the course says now, and that above what it was made with."""
    memory = replay(log)
    source = made or offered
    texts = [
        (made and getattr(made, mine)) or (offered and getattr(offered, mine)) or getattr(made, first)
        for mine, first in (("front", "asks"), ("back", "answers"))
    ]
    return {
        "id": name, "made": made is not None, "source": made.origin if made else "author",
        "course_id": source.course_id, "lesson_id": source.lesson_id,
        "ord": LATER + offered.ord if offered else made.created_at or 0, "front": texts[0], "back": texts[1],
        "tags": (made.tags if made else None) or [], "suspended": bool(made and made.suspended),
        "removed": bool(made and made.removed), "state": memory.state, "due": memory.due, "step": memory.step,
        "stability": memory.stability, "difficulty": memory.difficulty, "reps": memory.reps, "lapses": memory.lapses,
        "logged": len(log), "first_at": memory.first_at, "last_at": memory.last_at,
    }  # fmt: skip


def _follow(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    cards, reviews = set(changed.get("card", ())), changed.get("card_review", frozenset())
    found: set[str] = set()
    c = t.card_review.c
    for part in chunks(reviews):
        for r in unit.all(select(c.id, c.card_id).where(c.id.in_(part))):
            found.add(r.id)
            cards.add(r.card_id)
    if len(found) < len(reviews):  # one was refused and is gone: whose it was the log no longer says
        count = select(func.count()).where(c.card_id == t.card_now.c.id).scalar_subquery()
        cards |= {r.id for r in unit.all(select(t.card_now.c.id).where(t.card_now.c.logged != count))}
    refresh(unit, cards)


MEMORY = Effect(frozenset({"card", "card_review"}), _follow)
"""On a device: where cards stand follows their rows and reviews, whoever wrote them and in whatever order they came."""
