"""What a person keeps of each course on this machine, and files here that nothing uses any more."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table, Text

from lms_core.db.rows import Json

LOCAL = MetaData()
"""Made by migrations."""

download = Table(
    "download",
    LOCAL,
    Column("course_id", Text, primary_key=True),
    Column("pack", Text, nullable=False),
    Column("keep", Text, nullable=False),
    Column("lessons", Json, nullable=False),
    Column("paused", Boolean(create_constraint=False), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)
"""The choice for a course and the version it is wanted in, `pack` "" for the one that is here. How far it is follows
from the files: a transfer goes on behind the bytes of its part."""

unused_here = Table(
    "unused_here", LOCAL, Column("sha256", Text, primary_key=True), Column("since", BigInteger, nullable=False)
)
"""Files of courses that nothing refers to, and when that was first seen."""
