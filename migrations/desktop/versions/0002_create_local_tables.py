"""Create what a laptop alone knows: courses installed on it, and the quiz attempt that is going on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "installed",
        sa.Column("course_id", sa.Text(), primary_key=True),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("key_pack", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("installed_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "installed_lesson",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("module_id", sa.Text(), nullable=False),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Text()),
    )
    op.create_index("ix_installed_lesson_course_id", "installed_lesson", ["course_id"])
    op.create_table(
        "open_attempt",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("lesson_id", sa.Text(), nullable=False, unique=True),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger()),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
    )
