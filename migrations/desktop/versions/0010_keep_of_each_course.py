"""Keep what a person wants of each course here, files that nothing uses any more, and lessons that updates changed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "download",
        sa.Column("course_id", sa.Text(), primary_key=True),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("keep", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "unused_here",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "lesson_change",
        sa.Column("lesson_id", sa.Text(), primary_key=True),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_lesson_change_course_id", "lesson_change", ["course_id"])
