"""Create the tables of the sync engine."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_hub_state_to_taken()
    _create_hub_row_to_feed()
    _create_grant_of_to_dirty()
    _create_visible_schema()


def _create_hub_state_to_taken() -> None:
    op.create_table(
        "hub_state",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "epoch_end",
        sa.Column("epoch", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("commits", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "replica",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hw", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("last_sync_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_replica_account", "replica", ["account"])
    op.create_table(
        "taken",
        sa.Column("replica", sa.Text(), primary_key=True),
        sa.Column("c", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )


def _create_hub_row_to_feed() -> None:
    op.create_table(
        "hub_row",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("base_epoch", sa.BigInteger(), nullable=False),
        sa.Column("base_n", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    where = sa.text("parent IS NOT NULL")
    op.create_index("hub_row_parent", "hub_row", ["parent"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "scope",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("id", sa.Integer(), nullable=False, unique=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed",
        sa.Column("scope", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("feed_seq", "feed", ["scope", "seq"])


def _create_grant_of_to_dirty() -> None:
    op.create_table(
        "grant_of",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("scope", sa.Text(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grant_of_account", "grant_of", ["account"])
    op.create_table(
        "refused",
        sa.Column("row", sa.Text(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "held",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_held_row", "held", ["row"])
    op.create_table(
        "quarantined",
        sa.Column("replica", sa.Text(), primary_key=True),
        sa.Column("c", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "dirty",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
    )


def _create_visible_schema() -> None:
    op.create_table(
        "visible_schema",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
    )
