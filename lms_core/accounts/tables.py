"""What the hub alone knows of accounts: passwords, sessions, devices, sign-ins. Plain tables, never in a feed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from lms_core.accounts import personal as e
from lms_core.accounts.entities import ACCOUNT
from lms_core.db.rows import table_for

ACCOUNTS = MetaData()

account = table_for(ACCOUNT, index=("role",))
profile = table_for(e.PROFILE, index=("profile_picture",))
user_social = table_for(e.USER_SOCIAL)
user_settings = table_for(e.USER_SETTINGS)
user_skill = table_for(e.USER_SKILL, index=("user_id",))
instructor_profile = table_for(e.INSTRUCTOR_PROFILE, index=("user_id", "status"))

credential = Table(
    "credential",
    ACCOUNTS,
    Column("account", Text, primary_key=True),
    Column("email_key", Text, nullable=False, unique=True),
    Column("username_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("last_login_at", BigInteger),
    Column("language", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
session = Table(
    "session",
    ACCOUNTS,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("device", Text),
    Column("turn", BigInteger, nullable=False),
    Column("remember", Boolean(create_constraint=False), nullable=False),
    Column("ip_address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("device_type", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("login_method", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("last_activity", BigInteger, nullable=False),
    Column("logout_time", BigInteger),
    Column("is_active", Boolean(create_constraint=False), nullable=False),
    Column("is_suspicious", Boolean(create_constraint=False), nullable=False),
    Column("security_notes", Text, nullable=False),
    sqlite_with_rowid=False,
)
login_log = Table(
    "login_log",
    ACCOUNTS,
    Column("id", Text, primary_key=True),
    Column("account", Text),
    Column("timestamp", BigInteger, nullable=False, index=True),
    Column("ip_address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("successful", Boolean(create_constraint=False), nullable=False),
    Index("login_log_account", "account", "timestamp"),
    sqlite_with_rowid=False,
)
audit = Table(
    "audit",
    ACCOUNTS,
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text),
    Column("action", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("ip_address", Text, nullable=False),
    Index("audit_at", "at"),
    Index("audit_actor", "actor", "at"),
    Index("audit_entity", "entity_id", "at"),
    sqlite_with_rowid=False,
)
"""What administrators did; `before` and `after` are JSON."""

device = Table(
    "device",
    ACCOUNTS,
    Column("replica", Text, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("app_version", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("recovery", LargeBinary, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    sqlite_with_rowid=False,
)
second_factor = Table(
    "second_factor",
    ACCOUNTS,
    Column("account", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("last_step", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("blocked_until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
recovery_code = Table(
    "recovery_code",
    ACCOUNTS,
    Column("account", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    sqlite_with_rowid=False,
)
identity = Table(
    "identity",
    ACCOUNTS,
    Column("provider", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("linked_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
provider_visit = Table(
    "provider_visit",
    ACCOUNTS,
    Column("state", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("account", Text),
    Column("redirect_uri", Text, nullable=False),
    Column("app_state", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("began_at", BigInteger, nullable=False, index=True),
    Column("code", Text, unique=True),
    Column("facts", LargeBinary),
    sqlite_with_rowid=False,
)
# EmailVerification and PasswordReset: token and code follow from the id and the hub's key, so neither is stored.
# A proof that nobody can use has the account '', for asking must cost the same whether or not an account is there.
proof = Table(
    "proof",
    ACCOUNTS,
    Column("account", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("token_hash", Text, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("ip_address", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
    sqlite_with_rowid=False,
)
