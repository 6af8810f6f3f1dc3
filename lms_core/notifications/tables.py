"""The typed table of notifications, and what the hub alone keeps: which of them still have to go by mail."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from lms_core.db.rows import table_for
from lms_core.notifications.entities import NOTIFICATION

notification = table_for(NOTIFICATION, index=("user_id",))

NOTIFICATIONS = MetaData()

notification_mail = Table(
    "notification_mail",
    NOTIFICATIONS,
    Column("account", Text, primary_key=True),
    Column("notification", Text, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Index("notification_mail_waits", "sent_at", "account"),
    sqlite_with_rowid=False,
)
"""What a person is to be told by mail; `sent_at` (ms) is when it went into the queue of mails."""

digest = Table(
    "digest",
    NOTIFICATIONS,
    Column("account", Text, primary_key=True),
    Column("day", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The last day (YYYY-MM-DD) on which somebody got a digest."""
