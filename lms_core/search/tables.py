"""What can be found on this machine: made again from documents whenever its shape changes."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from lms_core.db.fts import FullText
from lms_core.db.rows import VISIBLE

search_doc = Table(
    "search_doc",
    VISIBLE,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("course_id", Text, index=True),
    Column("lesson_id", Text),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
search_later = Table(
    "search_later", VISIBLE, Column("row", Text, primary_key=True), Column("entity", Text, nullable=False)
)
"""Rows of a large sync that wait to be indexed."""
WORDS = FullText("search_index", ("title", "body", "kind"), (8.0, 1.0, 0.0))
KIND = "\ue000{}"
"""How a kind stands in the index: with a letter that nobody can type, so that no search for words meets it."""
