"""Create what the jobs behind the requests did: one row for each time a job ran."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("job_run_name", "job_run", ["name", "started_at"])
    op.create_index("ix_job_run_started_at", "job_run", ["started_at"])
