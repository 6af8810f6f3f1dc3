"""Which sessions still stand, looked up for many at once (ACC-13, ACC-15)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from lms_core.accounts.tables import account, session
from lms_core.db.bulk import chunks


def open_sessions(conn: Connection, names: Collection[str], *, now: int) -> set[str]:
    """Those of the named sessions that are open, their accounts too."""
    query = select(session.c.id).join(account, account.c.id == session.c.account)
    still = (session.c.is_active, session.c.expires_at > now, account.c.is_active)
    found: set[str] = set()
    for part in chunks(names):
        found.update(name for (name,) in conn.execute(query.where(session.c.id.in_(part), *still)))
    return found
