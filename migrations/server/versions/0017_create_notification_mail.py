"""Create the tables of what is to be told by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "notification_mail",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("notification", sa.Text(), primary_key=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sqlite_with_rowid=False,
    )
    op.create_index("notification_mail_waits", "notification_mail", ["sent_at", "account"])
    op.create_table(
        "digest",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
