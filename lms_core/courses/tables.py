"""Typed tables of courses, and what this machine has installed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, Table, Text, false, text

from lms_core.courses import entities as e
from lms_core.db.rows import table_for

course = table_for(e.COURSE)
module = table_for(e.MODULE, index=("course_id",))
lesson = table_for(e.LESSON, index=("course_id",))
content_item = table_for(e.CONTENT_ITEM, index=("course_id",))
resource = table_for(e.RESOURCE, index=("course_id",))
course_prerequisite = table_for(e.COURSE_PREREQUISITE, index=("course_id",))
assessment = table_for(e.ASSESSMENT, index=("course_id", "lesson_id"))
question = table_for(e.QUESTION, index=("course_id",))
course_file = table_for(e.COURSE_FILE, index=("course_id", "sha256"))
course_instructor = table_for(e.COURSE_INSTRUCTOR, index=("course_id", "user_id"))
course_card = table_for(e.COURSE_CARD, index=("course_id", "category_id", "published_at"))
category = table_for(e.CATEGORY, index=("name",))

LOCAL = MetaData()
"""Tables that hold truths of this machine alone; migrations make them."""

installed = Table(
    "installed",
    LOCAL,
    Column("course_id", Text, primary_key=True),
    Column("pack", Text, nullable=False),
    Column("key_pack", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("lessons", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("installed_at", BigInteger, nullable=False),
    Column("progress_method", Text, nullable=False, server_default="lesson"),
    Column("progress_weights", Text, nullable=False, server_default="{}"),
    Column("sequential", Boolean(create_constraint=False), nullable=False, server_default=false()),
)
installed_lesson = Table(
    "installed_lesson",
    LOCAL,
    Column("id", Text, primary_key=True),
    Column("course_id", Text, nullable=False, index=True),
    Column("module_id", Text, nullable=False),
    Column("ord", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("assessment_id", Text),
    Column("weight", Float, nullable=False, server_default=text("1")),
    Column("preview", Boolean(create_constraint=False), nullable=False, server_default=false()),
)
known_pack = Table(
    "known_pack",
    LOCAL,
    Column("pack", Text, primary_key=True),
    Column("course_id", Text, nullable=False, index=True),
    Column("key_pack", Text, nullable=False),
)
"""Every version that was ever installed here: attempts refer to theirs after an update."""
lesson_change = Table(
    "lesson_change",
    LOCAL,
    Column("lesson_id", Text, primary_key=True),
    Column("course_id", Text, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
)
"""When an update that was installed here last changed what a lesson says."""
