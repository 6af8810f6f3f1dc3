"""Find the few ops that are answered and still shown, without reading all that wait at each exchange."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    where = sa.text("overlay = 1 AND verdict IS NOT NULL")
    op.create_index("oplog_told", "oplog", ["seen_scope", "seen_seq", "row"], sqlite_where=where)
