"""Create the tables of the sync engine and of the file itself."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_sync_state_to_oplog()
    _create_unsealed_and_parked()
    _create_base_and_stage()
    _create_cursor_to_file_seal()


def _create_sync_state_to_oplog() -> None:
    op.create_table(
        "sync_state",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "segment",
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("rep", sa.Text(), nullable=False, unique=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("hw", sa.Integer(), nullable=False),
        sa.Column("dirty", sa.Boolean(create_constraint=False), nullable=False),
    )
    op.create_table(
        "oplog",
        sa.Column("rep", sa.Text(), primary_key=True),
        sa.Column("c", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.LargeBinary()),
        sa.Column("receipt", sa.LargeBinary()),
        sa.Column("seen_scope", sa.Text()),
        sa.Column("seen_seq", sa.Integer()),
        sa.Column("overlay", sa.Boolean(create_constraint=False), nullable=False),
        sqlite_with_rowid=False,
    )
    where = sa.text("verdict IS NULL")
    op.create_index("oplog_open", "oplog", ["rep", "c"], sqlite_where=where, postgresql_where=where)
    where = sa.text("overlay = 1")
    op.create_index("oplog_overlay", "oplog", ["row"], sqlite_where=where, postgresql_where=where)


def _create_unsealed_and_parked() -> None:
    op.create_table(
        "unsealed",
        sa.Column("key", sa.Integer(), primary_key=True),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unsealed_row", "unsealed", ["row"])
    op.create_table(
        "parked",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(create_constraint=False), nullable=False),
    )


def _create_base_and_stage() -> None:
    op.create_table(
        "base",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("doc", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("base_row", "base", ["row"])
    op.create_table(
        "stage",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("doc", sa.LargeBinary()),
        sqlite_with_rowid=False,
    )
    op.create_table("fold_later", sa.Column("row", sa.Text(), primary_key=True), sqlite_with_rowid=False)


def _create_cursor_to_file_seal() -> None:
    op.create_table(
        "cursor",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("seq", sa.Integer()),
        sa.Column("stale", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("staged", sa.Integer()),
    )
    op.create_table(
        "hub_time",
        sa.Column("lo", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "upload",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("done", sa.Boolean(create_constraint=False), nullable=False),
    )
    op.create_table(
        "visible_schema",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
    )
    op.create_table(
        "file_seal", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("token", sa.Text(), nullable=False)
    )
