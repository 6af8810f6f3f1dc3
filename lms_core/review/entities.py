"""Cards for spaced repetition, the log of their reviews, and how much of it a day may bring.

A card has a natural key, so two devices that make one of the same question make the same card. It keeps what it was
made with and, apart from that, its owner's words. Reviews are only ever added: where a card stands follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms_core.changes import Topic
from lms_core.errors import Denied, UserError
from lms_core.ops import Op
from lms_core.permissions import is_owner
from lms_core.schema import Actor, Entity, Field, Lookup, Row, Scopes

SOURCES = frozenset({"own", "highlight", "question", "author"})
RATINGS = AGAIN, HARD, GOOD, EASY = (1, 2, 3, 4)
TAKEN_BACK = 0
"""The rating of a row that takes another back."""
MAX_DURATION_MS = 10 * 60_000
RETENTION = (0.7, 0.97)
"""Least and most share of cards that one may wish to remember: beyond, a day holds nothing but reviews."""


def _own(row: Row) -> Scopes:
    return {f"account/{row['user_id']}": None}


def _may_own(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    return is_owner(actor, row["user_id"] if row else op.args.get("user_id"))


def _review_needs(op: Op, row: Row | None, actor: Actor) -> Iterable[str]:
    return (str(op.args.get("card_id")),)


def _review_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """A review is of a card of its author; what takes another back rates nothing, and names it."""
    card = find(str(op.args.get("card_id")))
    if card is not None and not is_owner(actor, card.get("user_id")):
        raise Denied("forbidden")
    if (op.args.get("rating") == TAKEN_BACK) != bool(op.args.get("undoes")):
        raise UserError("bad_value", field="rating")


CARD = Entity(
    name="card",
    topic=Topic.REVIEW,
    key=("user_id", "origin", "source_key"),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "origin": Field("const", required=True, choices=SOURCES),
        "source_key": Field("const", required=True, most=200),
        "course_id": Field("const", most=64),
        "lesson_id": Field("const", most=64),
        "asks": Field("const", default="", most=20_000),
        "answers": Field("const", default="", most=20_000),
        "front": Field("text", default="", most=20_000),
        "back": Field("text", default="", most=20_000),
        "tags": Field("attr", list, default=[], most=50),
        "suspended": Field("attr", bool, default=False),
        "removed": Field("attr", bool, default=False),
        "created_at": Field("const", int),
    },
    scopes=_own,
    may=_may_own,
)
"""`asks` and `answers` are what it was made with, `front` and `back` what its owner made of that, empty while nothing.

A card that was deleted is `removed`, for rows with a natural key stay.
"""

CARD_REVIEW = Entity(
    name="card_review",
    topic=Topic.REVIEW,
    made_by="append",
    owner="user_id",
    refs=("card_id",),
    fields={
        "user_id": Field("const", required=True),
        "card_id": Field("const", required=True),
        "rating": Field("const", int, required=True, least=TAKEN_BACK, most=EASY),
        "undoes": Field("const", default="", most=64),
        "reviewed_at": Field("const", int, required=True, least=0),
        "duration_ms": Field("const", int, default=0, least=0, most=MAX_DURATION_MS),
        "retention": Field("const", float, default=0.9, least=RETENTION[0], most=RETENTION[1]),
        "contact_at": Field("hub", int, default=0),
        "received_at": Field("hub", int, default=0),
    },
    stamps=("contact_at", "received_at"),
    scopes=_own,
    may=_may_own,
    check=_review_check,
    needs=_review_needs,
)
"""`retention` is what its author wished to remember then, so that the log alone says where a card stands."""

CARD_SETTINGS = Entity(
    name="card_settings",
    topic=Topic.REVIEW,
    key=("user_id",),
    owner="user_id",
    fields={
        "user_id": Field("const", required=True),
        "new_a_day": Field("attr", int, default=10, least=0, most=1000),
        "reviews_a_day": Field("attr", int, default=100, least=0, most=10_000),
        "retention": Field("attr", float, default=0.9, least=RETENTION[0], most=RETENTION[1]),
    },
    scopes=_own,
    may=_may_own,
)

ENTITIES = (CARD, CARD_REVIEW, CARD_SETTINGS)
