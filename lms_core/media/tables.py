"""What the hub alone knows of files: how they arrived, who has proved to have one, since when nobody refers to it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

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

upload_record = Table(
    "upload_record",
    HUB_FILES,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("original_filename", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("processing_status", Text, nullable=False),
    Column("processing_error", Text, nullable=False),
    Column("processing_metadata", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("updated_at", BigInteger, nullable=False),
    Index("upload_record_account", "account", "created_at"),
    sqlite_with_rowid=False,
)
"""What became of each upload, under its id; the metadata are JSON."""
