"""Statements of every exchange, built once, so that the driver can be given them as they are (`db.bulk.direct`)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, literal_column, select, update

from lms_core.sync import tables as t

_WHO, _TAKEN, _SCOPE, _FEED = t.replica.c, t.taken.c, t.scope.c, t.feed.c
_NONE: ColumnElement[int] = literal_column("0")  # what SQLite is told anyway, and then as a parameter

STATE = select(t.hub_state.c.key, t.hub_state.c.value)
GRANTED = select(t.grant.c.scope).where(t.grant.c.account == bindparam("account"))
CARD = (
    select(_WHO.account, _WHO.hw, _WHO.chain, _WHO.last_sync_at)
    .where(_WHO.id == bindparam("replica"))
    .order_by(_WHO.account)
)
CHAIN = select(_TAKEN.chain).where(
    _TAKEN.account == bindparam("account"), _TAKEN.replica == bindparam("replica"), _TAKEN.c == bindparam("c")
)
VERDICTS = (
    select(_TAKEN.verdict)
    .where(
        _TAKEN.account == bindparam("account"), _TAKEN.replica == bindparam("replica"), _TAKEN.c > bindparam("above")
    )
    .order_by(_TAKEN.c)
    .limit(bindparam("most"))
    .offset(_NONE)
)
ENTRIES = (
    select(_FEED.seq, _FEED.entry)
    .where(_FEED.scope == select(_SCOPE.id).where(_SCOPE.name == bindparam("name")).scalar_subquery())
    .where(_FEED.seq > bindparam("above"))
    .order_by(_FEED.seq)
    .limit(bindparam("most"))
    .offset(_NONE)
)
USED = select(t.usage.c.bytes).where(t.usage.c.account == bindparam("account"))
ADVANCE = (
    update(t.scope)
    .where(_SCOPE.name == bindparam("scope"))
    .values(seq=_SCOPE.seq + bindparam("by"))
    .returning(_SCOPE.id, _SCOPE.seq, _SCOPE.sums)
)
SUM = update(t.scope).where(_SCOPE.name == bindparam("scope")).values(sums=bindparam("packed"))
