"""Create the daily figures of the platform, and reports."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

FIGURES = (
    "taken_at", "total_accounts", "total_students", "total_instructors", "total_courses", "total_enrolments",
    "total_completions", "total_lessons_completed", "total_certificates_issued", "active_learners",
)  # fmt: skip
OF_THE_DAY = ("learners", "seconds", "attempts", "lessons")


def upgrade() -> None:
    op.create_table(
        "platform_day",
        sa.Column("day", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.BigInteger()) for name in FIGURES),
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in OF_THE_DAY),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("lease", sa.BigInteger()),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_report_requested_by", "report", ["requested_by"])
    op.create_index("ix_report_status", "report", ["status"])
    op.create_table(
        "report_file",
        sa.Column("report", sa.Text(), primary_key=True),
        sa.Column("format", sa.Text(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
