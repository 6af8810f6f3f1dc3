"""What an administrator sees of sync at the hub: everybody's devices, and what waits or failed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.tables import account, device, session
from lms_core.sync import tables as t
from lms_core.sync.hub.projector import Troubles
from lms_core.unit import Work

DAY_MS = 86_400_000
QUIET_MS = 30 * DAY_MS
MOST_FAULTS = 50
STATES = ("active", "quiet", "revoked")


@dataclass(frozen=True, kw_only=True)
class AnyDevice:
    """A device of somebody; times in ms since 1970, None for never.

    `last_seen_at` is when it last renewed its sign-in, which it does every quarter of an hour while it reaches the
    hub; `last_sent_at` when its latest change came. `held` changes of it wait at the hub.
    """

    replica_id: str
    account: str
    person: str
    email: str
    name: str
    platform: str
    app_version: str
    registered_at: int
    last_seen_at: int | None
    last_sent_at: int | None
    revoked_at: int | None
    held: int


@dataclass(frozen=True)
class Fault:
    """A row whose consequences could not be computed, or a change that no rule could judge (`of` its author)."""

    entity: str
    row: str
    of: str
    error: str
    at: int


@dataclass(frozen=True, kw_only=True)
class SyncHealth:
    """What waits at the hub.

    `seen_lately` devices reached it in the last 24 hours; `following` rows are still to be followed up, `held` groups
    of changes wait for a row of another laptop or a newer program; `rows` and `ops` are set aside because a rule
    failed, the latest of them in `faults`.
    """

    devices: int
    seen_lately: int
    following: int
    held: int
    rows: int
    ops: int
    faults: list[Fault]


class SyncDesk:
    """Sync as administrators see it; `again` takes up what was set aside."""

    def __init__(
        self,
        *,
        work: Work,
        look: Callable[[], AbstractContextManager[Connection]],
        now_ms: Callable[[], int],
        again: Callable[[], Troubles],
    ) -> None:
        self._work, self._look, self._now_ms, self._again = work, look, now_ms, again

    def devices(self, *, search: str, state: str, offset: int, most: int) -> tuple[int, list[AnyDevice]]:
        """How many devices there are, and some: the last seen first.

        `search` is text of the device's or its owner's name or address; `state` one of active, quiet (not seen for
        thirty days), revoked, or "".
        """
        query = _narrowed(_devices(), search, state, self._now_ms() - QUIET_MS)
        order = (func.coalesce(_seen.c.at, 0).desc(), device.c.registered_at.desc(), device.c.replica)
        with self._look() as conn:
            count = conn.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = conn.execute(query.order_by(*order).offset(offset).limit(most)).mappings()
            return int(count), [AnyDevice(**row) for row in rows]

    def health(self) -> SyncHealth:
        """What waits and what failed."""
        with self._look() as conn:
            lately = _seen.c.at >= self._now_ms() - DAY_MS
            return SyncHealth(
                devices=_count(conn, select(device.c.replica).where(device.c.revoked_at.is_(None))),
                seen_lately=_count(conn, select(_seen.c.device).where(lately)),
                following=_count(conn, select(t.dirty.c.row)),
                held=_count(conn, select(t.held.c.c)),
                rows=_count(conn, select(t.stuck.c.row)),
                ops=_count(conn, select(t.quarantined.c.c)),
                faults=_faults(conn),
            )

    def retry(self, by: By) -> Troubles:
        """Take up what was set aside, as after an update of the program; returns what still fails. Raises Denied."""
        with self._work() as unit:
            check_admin(unit, by)
            note(unit, by, Action.SYNC_RETRIED, entity="sync", row="set_aside")
        return self._again()


_seen = (
    select(session.c.device, func.max(session.c.last_activity).label("at"))
    .where(session.c.device.is_not(None))
    .group_by(session.c.device)
    .subquery()
)
_latest = (t.taken.c.account == t.replica.c.account, t.taken.c.replica == t.replica.c.id, t.taken.c.c == t.replica.c.hw)
_sent = select(t.replica.c.id, t.replica.c.account, t.taken.c.at).join(t.taken, and_(*_latest)).subquery()
_held = (
    select(t.held.c.replica, t.held.c.account, func.count().label("count"))
    .group_by(t.held.c.replica, t.held.c.account)
    .subquery()
)


def _devices() -> Select[Any]:
    """All devices with their owner."""
    return (
        select(
            device.c.replica.label("replica_id"), device.c.account, device.c.name, device.c.platform,
            device.c.app_version, device.c.registered_at, device.c.revoked_at,
            (account.c.first_name + " " + account.c.last_name).label("person"), account.c.email,
            _seen.c.at.label("last_seen_at"), _sent.c.at.label("last_sent_at"),
            func.coalesce(_held.c.count, 0).label("held"),
        )
        .join(account, account.c.id == device.c.account)
        .outerjoin(_seen, _seen.c.device == device.c.replica)
        .outerjoin(_sent, (_sent.c.id == device.c.replica) & (_sent.c.account == device.c.account))
        .outerjoin(_held, (_held.c.replica == device.c.replica) & (_held.c.account == device.c.account))
    )  # fmt: skip


def _narrowed(query: Select[Any], search: str, state: str, quiet: int) -> Select[Any]:
    if search:
        names = (device.c.name, account.c.email, account.c.first_name + " " + account.c.last_name)
        query = query.where(or_(*(name.icontains(search, autoescape=True) for name in names)))
    if state:
        query = query.where(device.c.revoked_at.is_not(None) if state == "revoked" else device.c.revoked_at.is_(None))
    if state == "quiet":
        query = query.where(func.coalesce(_seen.c.at, device.c.registered_at) < quiet)
    return query


def _count(conn: Connection, query: Select[Any]) -> int:
    return int(conn.scalar(select(func.count()).select_from(query.subquery())) or 0)


def _faults(conn: Connection) -> list[Fault]:
    rows = select(t.stuck.c.entity, t.stuck.c.row, t.stuck.c.error, t.stuck.c.at).order_by(t.stuck.c.at.desc())
    ops = select(t.quarantined.c.account, t.quarantined.c.error, t.quarantined.c.at).order_by(t.quarantined.c.at.desc())
    found = [Fault(r.entity, r.row, "", r.error, r.at) for r in conn.execute(rows.limit(MOST_FAULTS))]
    found += [Fault("", "", r.account, r.error, r.at) for r in conn.execute(ops.limit(MOST_FAULTS))]
    return sorted(found, key=_at, reverse=True)[:MOST_FAULTS]


def _at(fault: Fault) -> int:
    return fault.at
