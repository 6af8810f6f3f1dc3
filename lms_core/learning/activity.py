"""What somebody does in the app, as far as no other row tells it (USR-10), and only while they agree (ANA-15).

A laptop keeps what was done in memory until something else is written, so that no click waits for the disk; the hub
removes everything when the person no longer agrees, and what is too old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, func, select

from lms_core import ops
from lms_core.accounts.personal import USER_SETTINGS
from lms_core.accounts.tables import user_settings
from lms_core.db.bulk import chunks
from lms_core.errors import LmsError
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.ops import Values
from lms_core.ports import Clock
from lms_core.unit import Effect, Unit, Work

MOST_WAITING = 500
DAY_MS = 86_400_000


class Activity:
    """What was done on this device and is not written yet; a profile without a server keeps nothing (`kept`)."""

    def __init__(self, clock: Clock, *, kept: bool = True) -> None:
        self._clock, self._kept = clock, kept
        self._waiting: list[Values] = []

    def note(self, kind: str, *, course: str | None = None, lesson: str | None = None) -> None:
        """Remember that something was done, one of `entities.ACTIVITIES`; the same twice in a row is once."""
        done = {"activity_type": kind, "course_id": course, "lesson_id": lesson}
        last = self._waiting[-1] if self._waiting else {}
        if self._kept and any(last.get(name) != value for name, value in done.items()):
            self._waiting = [*self._waiting, done | {"occurred_at": self._clock.ms()}][-MOST_WAITING:]

    def ride(self, unit: Unit) -> None:
        """Write it in a unit that writes anyway; forget it where the person does not agree."""
        done, self._waiting = self._waiting, []
        if done and agrees(unit):
            for each in done:
                unit.emit(ops.create(e.ACTIVITY_LOG, unit.new_id(), {"user_id": unit.actor.account, **each}))

    def flush(self, work: Work) -> None:
        """Write it now; a disk that takes nothing loses it."""
        if self._waiting:
            with suppress(LmsError), work() as unit:
                self.ride(unit)


def agrees(unit: Unit) -> bool:
    """Whether the actor agrees that what they do is told; until they say no, they do."""
    row = unit.row(USER_SETTINGS, USER_SETTINGS.id_for(unit.actor.account))
    return row is None or row["analytics_enabled"] is not False


def _withdraw(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    """Remove all activity of those who do not agree any more, also what comes from a laptop that did not know it."""
    who: set[str] = set()
    for name, table in (("user_settings", user_settings), ("activity_log", t.activity_log)):
        for part in chunks(changed.get(name, frozenset())):
            who |= {r.user_id for r in unit.all(select(table.c.user_id).where(table.c.id.in_(part)).distinct())}
    c = user_settings.c
    for part in chunks(who):
        no = unit.all(select(c.user_id).where(c.user_id.in_(part), c.analytics_enabled.is_(False)))
        for r in no:
            _remove(unit, t.activity_log.c.user_id == r.user_id)


def sweep(unit: Unit, *, keep_days: int) -> int:
    """Remove what is older, for the daily job; 0 keeps it for good. Returns how many rows went."""
    return _remove(unit, t.activity_log.c.occurred_at < unit.now_ms - keep_days * DAY_MS) if keep_days else 0


def _remove(unit: Unit, which: Any) -> int:
    rows = [r.id for r in unit.all(select(t.activity_log.c.id).where(which))]
    for row in rows:
        unit.derive(e.ACTIVITY_LOG, row, None)
    return len(rows)


def counted(conn: Connection, since: int) -> Iterator[tuple[str, int]]:
    """How often each kind of activity was told since a moment, of everybody together; by kind."""
    c = t.activity_log.c
    query = select(c.activity_type, func.count()).where(c.occurred_at >= since).group_by(c.activity_type)
    yield from ((kind, int(count)) for kind, count in conn.execute(query.order_by(c.activity_type)))


WITHDRAWN = Effect(frozenset({"user_settings", "activity_log"}), _withdraw)
