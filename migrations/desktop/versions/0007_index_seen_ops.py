"""Find the ops of a scope that the hub has answered, without reading the whole log at each exchange."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("oplog_seen", "oplog", ["seen_scope", "seen_seq"], sqlite_where=sa.text("seen_scope IS NOT NULL"))
