"""Typed tables of attempts, and the attempt that is going on, durable answer by answer."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from lms_core.assessment import entities as e
from lms_core.db.rows import Json, table_for

attempt = table_for(e.ATTEMPT, index=(("user_id", "assessment_id"), "lesson_id"))
answer = table_for(e.ANSWER, index=("attempt_id",))
grade = table_for(e.GRADE, index=("user_id", "attempt_id"))
derived_grade = table_for(e.GRADE, prefix="derived_")

LOCAL = MetaData()
"""Tables that hold truths of this machine alone; migrations make them."""

open_attempt = Table(
    "open_attempt",
    LOCAL,
    Column("id", Text, primary_key=True),
    Column("lesson_id", Text, nullable=False, unique=True),
    Column("course_id", Text, nullable=False),
    Column("assessment_id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("deadline_at", BigInteger),
    Column("questions", Json, nullable=False),
    Column("answers", Json, nullable=False),
    Column("flags", Json, nullable=False),
    Column("at", Integer, nullable=False),
    Column("paper", Json),
)
