"""What the hub alone knows of its own work: a row for each time a job ran. A plain table, never in a feed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

OPERATION = MetaData()

job_run = Table(
    "job_run",
    OPERATION,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False, index=True),
    Column("finished_at", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("said", Text, nullable=False),
    Index("job_run_name", "name", "started_at"),
    sqlite_with_rowid=False,
)
