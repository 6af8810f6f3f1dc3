"""Create who has proved to have a file, and since when one is unused; authors of before have the files they named."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    held = op.create_table(
        "held_file",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True, index=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unused_file",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if not {"course_file", "course_instructor"} <= there:
        return
    file = sa.table("course_file", sa.column("course_id"), sa.column("sha256"), sa.column("size"))
    lead = sa.table("course_instructor", sa.column("course_id"), sa.column("user_id"))
    named = (
        sa.select(file.c.sha256, lead.c.user_id, sa.func.coalesce(sa.func.max(file.c.size), 0), sa.literal(0))
        .join(lead, lead.c.course_id == file.c.course_id)
        .group_by(file.c.sha256, lead.c.user_id)
    )
    op.execute(sa.insert(held).from_select(["sha256", "account", "size", "at"], named))
