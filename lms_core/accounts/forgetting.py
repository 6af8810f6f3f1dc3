"""Sessions that ended long ago and old entries of the sign-in log go away (OPS-03)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, func, or_, select

from lms_core.accounts.tables import login_log, session
from lms_core.unit import Unit

DAY_MS = 86_400_000
SESSION_GRACE = 30 * DAY_MS
"""As long as its owner may still see a session that has ended."""


def forget_old(unit: Unit, *, keep_log_days: int) -> dict[str, int]:
    """Remove them; `keep_log_days` of 0 keeps the log for good. Returns how many went, by table."""
    ended = unit.now_ms - SESSION_GRACE
    closed = and_(session.c.is_active.is_(False), func.coalesce(session.c.logout_time, session.c.last_activity) < ended)
    old: list[tuple[Any, Any]] = [(session, or_(session.c.expires_at < ended, closed))]
    if keep_log_days:
        old.append((login_log, login_log.c.timestamp < unit.now_ms - keep_log_days * DAY_MS))
    gone = {}
    for table, which in old:
        gone[table.name] = int(unit.all(select(func.count()).select_from(table).where(which))[0][0])
        unit.local(delete(table).where(which).execution_options(journal=False))
    return gone
