"""The mails that a hub has to send, and what became of them. A plain table, never in a feed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

MAIL = MetaData()

# `data` holds no secret: a code and its link follow from `proof` and the hub's key when the mail is sent.
# Who has no account has the account ''. An empty address is nobody's: the row only costs the same work.
mail = Table(
    "mail",
    MAIL,
    Column("account", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", BigInteger, index=True),
    Column("error", Text, nullable=False),
    Column("sent_at", BigInteger),
    sqlite_with_rowid=False,
)
