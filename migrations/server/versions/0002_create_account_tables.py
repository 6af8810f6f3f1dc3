"""Create what the hub alone knows of accounts: credentials, sessions, the login log and devices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _create_credential_and_login_log()
    _create_session()
    _create_device()


def _create_credential_and_login_log() -> None:
    op.create_table(
        "credential",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("email_key", sa.Text(), nullable=False, unique=True),
        sa.Column("username_key", sa.Text(), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("last_login_at", sa.BigInteger()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "login_log",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text()),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("successful", sa.Boolean(create_constraint=False), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_login_log_timestamp", "login_log", ["timestamp"])
    op.create_index("login_log_account", "login_log", ["account", "timestamp"])


def _create_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("device", sa.Text()),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("remember", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("device_type", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("login_method", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("last_activity", sa.BigInteger(), nullable=False),
        sa.Column("logout_time", sa.BigInteger()),
        sa.Column("is_active", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("is_suspicious", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("security_notes", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_session_account", "session", ["account"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])


def _create_device() -> None:
    op.create_table(
        "device",
        sa.Column("replica", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("recovery", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_device_account", "device", ["account"])
