"""Typed tables of cards and their log, and where each card stands: made again from the log when their shape changes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, Text

from lms_core.db.rows import VISIBLE, Json, table_for
from lms_core.review import entities as e

card = table_for(e.CARD, index=("user_id",))
card_review = table_for(e.CARD_REVIEW, index=("card_id", "undoes", ("user_id", "reviewed_at")))
card_settings = table_for(e.CARD_SETTINGS)

offered_card = Table(
    "offered_card",
    VISIBLE,
    Column("id", Text, primary_key=True),
    Column("course_id", Text, nullable=False, index=True),
    Column("lesson_id", Text, nullable=False),
    Column("source_key", Text, nullable=False),
    Column("ord", Integer, nullable=False),
    Column("front", Text, nullable=False),
    Column("back", Text, nullable=False),
)
"""Cards of authors in the courses on this machine, under the id that they get once somebody reviews them."""

card_now = Table(
    "card_now",
    VISIBLE,
    Column("id", Text, primary_key=True),
    Column("made", Boolean(create_constraint=False), nullable=False),
    Column("source", Text, nullable=False),
    Column("course_id", Text),
    Column("lesson_id", Text),
    Column("ord", BigInteger, nullable=False),
    Column("front", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("tags", Json, nullable=False),
    Column("suspended", Boolean(create_constraint=False), nullable=False),
    Column("removed", Boolean(create_constraint=False), nullable=False),
    Column("state", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("step", Integer),
    Column("stability", Float),
    Column("difficulty", Float),
    Column("reps", Integer, nullable=False),
    Column("lapses", Integer, nullable=False),
    Column("logged", Integer, nullable=False),
    Column("first_at", BigInteger),
    Column("last_at", BigInteger),
    Index("ix_card_now_due", "state", "suspended", "removed", "due", "id", "course_id", "made", "lesson_id"),
    Index("ix_card_now_ord", "state", "suspended", "removed", "ord", "id", "course_id", "made", "lesson_id"),
    Index("ix_card_now_course", "course_id"),
    Index("ix_card_now_first_at", "first_at"),
)
"""Every card as it stands now, times in ms; `made`: it has a row of its own, `ord` the order of new ones.

`logged` rows of its log led there. The two long indexes answer what a day brings without a look at the cards.
"""
