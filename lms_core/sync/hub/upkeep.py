"""Upkeep of the hub's tables: what is forgotten in time, and what is counted anew (SYNC.md sections 2, 5 and 10)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, delete, func, select, update

from lms_core.db.bulk import chunks
from lms_core.sync import tables as t
from lms_core.sync.sums import Sums
from lms_core.sync.wire import decode_entry

FEED_ROWS = 5000


def forget_left(conn: Connection, before: int, limit: int) -> int:
    """Delete feed entries of rows that left their scope before a time, oldest first; cursors below them expire."""
    feed = t.feed.c
    query = select(feed.scope, feed.row, feed.seq).where(feed.gone_at < before).order_by(feed.gone_at).limit(limit)
    floors: dict[int, int] = {}
    rows: dict[int, list[str]] = {}
    for scope, row, seq in conn.execute(query):
        floors[scope] = max(seq, floors.get(scope, 0))
        rows.setdefault(scope, []).append(row)
    for scope, floor in sorted(floors.items()):
        raised = update(t.scope).where(t.scope.c.id == scope, t.scope.c.min_seq < floor)
        conn.execute(raised.values(min_seq=floor))
        for part in chunks(rows[scope]):
            conn.execute(delete(t.feed).where(feed.scope == scope, feed.row.in_(part)))
    return sum(map(len, rows.values()))


def forget_log(conn: Connection, before: int, limit: int) -> int:
    """Delete chain and verdict of ops taken before a time, if their replica holds the verdict.

    Its last op stays, and what waits, with all after it.
    """
    taken, replica, held = t.taken.c, t.replica.c, t.held.c
    mine = and_(replica.account == taken.account, replica.id == taken.replica)
    query = select(taken.account, taken.replica, taken.c).join(t.replica, mine)
    theirs = and_(held.account == taken.account, held.replica == taken.replica)
    waits = select(t.held.c.c).where(theirs, held.c <= taken.c).correlate(t.taken).exists()
    told = and_(taken.at < before, taken.at <= replica.last_sync_at, taken.c < replica.hw)
    old = conn.execute(query.where(told, ~waits).limit(limit)).all()
    by_log: dict[tuple[str, str], list[int]] = {}
    for account, rep, c in old:
        by_log.setdefault((account, rep), []).append(c)
    for (account, rep), numbers in by_log.items():
        for part in chunks(numbers):
            conn.execute(delete(t.taken).where(taken.account == account, taken.replica == rep, taken.c.in_(part)))
    return len(old)


def count_sums(conn: Connection) -> int:
    """Count the sums of scopes that have none, as after an upgrade; returns how many scopes that were."""
    found = conn.execute(select(t.scope.c.id).where(t.scope.c.sums.is_(None))).scalars().all()
    for number in found:
        sums = Sums()
        for body in _entries(conn, number):
            entry = decode_entry(body)
            if entry.doc is not None:
                sums.change(entry.row, None, entry.ver)
        conn.execute(update(t.scope).where(t.scope.c.id == number).values(sums=sums.packed()))
    return len(found)


def _entries(conn: Connection, scope: int) -> Iterator[bytes]:
    feed, above = t.feed.c, 0
    while True:
        part = select(feed.seq, feed.entry).where(feed.scope == scope, feed.seq > above)
        found = conn.execute(part.order_by(feed.seq).limit(FEED_ROWS)).all()
        yield from (entry for _, entry in found)
        if len(found) < FEED_ROWS:
            return
        above = found[-1].seq


def count_usage(conn: Connection) -> None:
    """Count anew what each account fills: the bytes of the rows whose home it is (`used` only grows between)."""
    home = t.hub_row.c.home
    size = func.sum(func.length(t.hub_row.c.cells))
    for account in conn.execute(select(t.usage.c.account)).scalars().all():
        mine = home == f"account/{account}"
        total = conn.scalar(select(func.coalesce(size, 0)).where(mine, t.hub_row.c.gone.is_(False)))
        conn.execute(update(t.usage).where(t.usage.c.account == account).values(bytes=int(total or 0)))
