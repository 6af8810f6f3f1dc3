"""Create codes beside the password, and sign-in through other providers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recovery_code",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity",
        sa.Column("provider", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False, index=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "provider_visit",
        sa.Column("state", sa.Text(), primary_key=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account", sa.Text()),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("app_state", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False, index=True),
        sa.Column("code", sa.Text(), unique=True),
        sa.Column("subject", sa.Text()),
        sa.Column("facts", sa.LargeBinary()),
        sqlite_with_rowid=False,
    )
