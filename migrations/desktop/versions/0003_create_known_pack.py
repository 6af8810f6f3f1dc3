"""Remember which key pack belongs to a version, also after an update: attempts at the old one are still looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "known_pack",
        sa.Column("pack", sa.Text(), primary_key=True),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("key_pack", sa.Text(), nullable=False),
    )
    op.create_index("ix_known_pack_course_id", "known_pack", ["course_id"])
    op.execute("INSERT INTO known_pack (pack, course_id, key_pack) SELECT pack, course_id, key_pack FROM installed")
