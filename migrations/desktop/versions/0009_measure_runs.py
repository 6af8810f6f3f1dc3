"""Keep of each run how long it took and how many bytes went up and came down."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE sync_run ADD COLUMN ms INTEGER")
    op.execute("ALTER TABLE sync_run ADD COLUMN up INTEGER DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE sync_run ADD COLUMN down INTEGER DEFAULT 0 NOT NULL")
