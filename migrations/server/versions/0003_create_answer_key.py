"""Create the answer keys of published versions, which never leave the hub."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "answer_key",
        sa.Column("pack", sa.Text(), primary_key=True),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_answer_key_course_id", "answer_key", ["course_id"])
