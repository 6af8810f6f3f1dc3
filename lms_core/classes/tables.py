"""Typed tables of classes, and the codes by which people join: plain tables of the hub."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from lms_core.classes import entities as e
from lms_core.db.rows import table_for

cohort = table_for(e.COHORT, index=("term",))
cohort_member = table_for(e.COHORT_MEMBER, index=("cohort_id", "user_id"))
cohort_course = table_for(e.COHORT_COURSE, index=("cohort_id", "course_id"))

CLASSES = MetaData()

class_code = Table(
    "class_code",
    CLASSES,
    Column("cohort_id", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("uses_left", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
