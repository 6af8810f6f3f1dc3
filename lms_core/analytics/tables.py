"""Figures of the platform, a row a day (ANA-09), and reports (ANA-14): plain tables of the hub, never in a feed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

ANALYTICS = MetaData()

platform_day = Table(
    "platform_day",
    ANALYTICS,
    Column("day", Text, primary_key=True),
    Column("taken_at", BigInteger),
    Column("total_accounts", BigInteger),
    Column("total_students", BigInteger),
    Column("total_instructors", BigInteger),
    Column("total_courses", BigInteger),
    Column("total_enrolments", BigInteger),
    Column("total_completions", BigInteger),
    Column("total_lessons_completed", BigInteger),
    Column("total_certificates_issued", BigInteger),
    Column("active_learners", BigInteger),
    Column("learners", BigInteger, nullable=False, server_default="0"),
    Column("seconds", BigInteger, nullable=False, server_default="0"),
    Column("attempts", BigInteger, nullable=False, server_default="0"),
    Column("lessons", BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
"""`day` is YYYY-MM-DD in UTC. Totals, and who learned within thirty days, are those at `taken_at`, null for a day on
which nothing was counted; `learners`, `seconds`, `attempts` and completed `lessons` are of the day itself and still
grow when a laptop brings what was done on it."""

report = Table(
    "report",
    ANALYTICS,
    Column("id", Text, primary_key=True),
    Column("requested_by", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("progress", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("lease", BigInteger),
    sqlite_with_rowid=False,
)
"""Reports that somebody asked for (ReportJob). `parameters` is JSON; until `lease` the process that took it has it."""

report_file = Table(
    "report_file",
    ANALYTICS,
    Column("report", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""What became of them: in the database, where every process of the server finds it and a backup keeps it."""
