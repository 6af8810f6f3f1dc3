"""Rows of sessions: how one begins, those of an account, which of many still stand (ACC-13, ACC-15)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, and_, bindparam, func, insert, select

from lms_core.accounts.model import Origin, Session, device_type
from lms_core.accounts.tables import account, device, session
from lms_core.db.bulk import chunks
from lms_core.unit import Unit


def open_sessions(conn: Connection, names: Collection[str], *, now: int) -> set[str]:
    """Those of the named sessions that are open, their accounts too."""
    query = select(session.c.id).join(account, account.c.id == session.c.account)
    still = (session.c.is_active, session.c.expires_at > now, account.c.is_active)
    found: set[str] = set()
    for part in chunks(names):
        found.update(name for (name,) in conn.execute(query.where(session.c.id.in_(part), *still)))
    return found


_whose = (account.c.email, account.c.role, account.c.is_active.label("account_active"), account.c.deleted_at)
SESSION = (
    select(session, *_whose).join(account, account.c.id == session.c.account).where(session.c.id == bindparam("row"))
)
"""A session by id, with what its account says of it."""


def begin_session(unit: Unit, who: str, *, origin: Origin, remember: bool, span: int, method: str, notes: str) -> str:
    """Begin a session of an account for `span` ms and return its id; `notes` say what is suspicious about it."""
    new = unit.new_id()
    unit.local(
        insert(session).values(
            id=new, account=who, device=None, turn=0, remember=remember, ip_address=origin.ip_address[:64],
            user_agent=origin.user_agent[:500], device_type=device_type(origin.user_agent), location="",
            login_method=method, created_at=unit.now_ms, expires_at=unit.now_ms + span, last_activity=unit.now_ms,
            logout_time=None, is_active=True, is_suspicious=bool(notes), security_notes=notes,
        )
    )  # fmt: skip
    return new


def sessions_of(conn: Connection, who: str) -> list[Session]:
    """The sessions of an account, the last used first; at most 200."""
    named = func.coalesce(device.c.name, "").label("device_name")
    columns = (named if name == "device_name" else session.c[name] for name in Session.__dataclass_fields__)
    same = and_(device.c.replica == session.c.device, device.c.account == session.c.account)
    query = select(*columns).join(device, same, isouter=True).where(session.c.account == who)
    newest = query.order_by(session.c.last_activity.desc(), session.c.id.desc()).limit(200)
    return [Session(**row) for row in conn.execute(newest).mappings()]
