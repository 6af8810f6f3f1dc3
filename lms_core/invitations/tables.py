"""Who was invited to the hub. A plain table, never in a feed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

INVITATIONS = MetaData()

# Link and code follow from `proof` and the hub's key, so neither is stored. `account` is who accepted, '' for nobody.
invitation = Table(
    "invitation",
    INVITATIONS,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, index=True),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("class_id", Text),
    Column("message", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("token_hash", Text, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("made_by", Text),
    Column("made_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger, nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("revoked_at", BigInteger),
    sqlite_with_rowid=False,
)
