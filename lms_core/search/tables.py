"""What can be found on this machine: made again from documents whenever its shape changes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

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
    Column("place", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""`place` is where in its lesson it stands: a page, a second, an anchor; `at` when it was written, in ms."""
search_group = Table(
    "search_group",
    VISIBLE,
    Column("id", Integer, primary_key=True),
    Column("facets", Text, nullable=False, unique=True),
)
"""Values of facets that occur together, as JSON; thousands of documents share one."""
search_facet = Table("search_facet", VISIBLE, Column("id", Integer, primary_key=True), Column("grp", Integer))
"""The group of each document, in rows so short that counting reads few pages."""
search_later = Table(
    "search_later", VISIBLE, Column("row", Text, primary_key=True), Column("entity", Text, primary_key=True)
)
"""Rows that wait to be indexed: of a large sync, and courses whose facets, texts or readers changed."""
search_file = Table(
    "search_file",
    VISIBLE,
    Column("sha256", Text, primary_key=True),
    Column("course_id", Text, primary_key=True, index=True),
    Column("kind", Text, nullable=False),
)
"""Files with words of installed courses: of kind `page` or `video`."""
search_text = Table(
    "search_text",
    VISIBLE,
    Column("sha256", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)
"""Words of files by page or second; a file without any has an empty text at -1, so that it is read once."""
WORDS = FullText("search_index", ("title", "body", "facets"), (8.0, 1.0, 0.0))
VOCABULARY = "search_words"
