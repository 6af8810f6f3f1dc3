"""What the hub alone knows of files: who has proved to have one, and since when nobody refers to it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

HUB_FILES = MetaData()
"""Tables that only the hub has; migrations make them."""

held_file = Table(
    "held_file",
    HUB_FILES,
    Column("sha256", Text, primary_key=True),
    Column("account", Text, primary_key=True, index=True),
    Column("size", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Who gave a file or proved to have it: a course shows its readers only files of its own authors."""

unused_file = Table(
    "unused_file",
    HUB_FILES,
    Column("sha256", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Files that nothing refers to, and when that was first seen."""
