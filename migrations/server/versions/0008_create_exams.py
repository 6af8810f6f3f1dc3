"""Create exams: their questions, which no pack holds any more, and who started one until when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "exam_paper",
        sa.Column("pack", sa.Text(), primary_key=True),
        sa.Column("assessment_id", sa.Text(), primary_key=True),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "exam_lease",
        sa.Column("attempt", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger()),
    )
    op.create_index("exam_lease_account", "exam_lease", ["account", "assessment_id"])
