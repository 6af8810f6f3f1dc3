"""Retention of the log, and scopes that heal"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE segment ADD COLUMN floor INTEGER DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE oplog ADD COLUMN at INTEGER")
    op.create_table(
        "healing",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("buckets", sa.Integer, nullable=False),
        sa.Column("pos", sa.Integer, nullable=False),
    )
