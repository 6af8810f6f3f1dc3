"""What somebody does in the app, as far as no other row tells it (USR-10), and only while they agree (ANA-15).

A laptop keeps what was done in memory until something else is written, so that no click waits for the disk; the hub
removes everything when the person no longer agrees, and what is too old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Table, func, select

from lms_core import ops
from lms_core.accounts.personal import USER_SETTINGS
from lms_core.accounts.tables import user_settings
from lms_core.db.bulk import chunks
from lms_core.errors import LmsError
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.ops import Values
from lms_core.ports import Clock
from lms_core.schema import Entity
from lms_core.unit import Effect, Unit, Work

MOST_WAITING = 500
DAY_MS = 86_400_000
_TOLD = ((e.ACTIVITY_LOG, t.activity_log), (e.SEARCH_LOG, t.search_log))


class Activity:
    """What was done on this device and is not written yet; a profile without a server keeps nothing (`kept`)."""

    def __init__(self, clock: Clock, *, kept: bool = True) -> None:
        self._clock, self._kept = clock, kept
        self._waiting: list[tuple[Entity, Values]] = []

    def note(self, kind: str, *, course: str | None = None, lesson: str | None = None) -> None:
        """Remember that something was done, one of `entities.ACTIVITIES`; the same twice in a row is once."""
        done = {"activity_type": kind, "course_id": course, "lesson_id": lesson}
        last = self._last(e.ACTIVITY_LOG)
        if any(last.get(name) != value for name, value in done.items()):
            self._wait(e.ACTIVITY_LOG, done)

    def note_search(self, query: str, filters: Mapping[str, Any], *, count: int, ms: int) -> None:
        """Remember a search (SRC-07); of words that are being typed the last alone."""
        said, last = " ".join(query.split())[:200], self._last(e.SEARCH_LOG)
        before = str(last.get("query", ""))
        if before and not last.get("clicked") and (said.startswith(before) or before.startswith(said)):
            self._waiting = [each for each in self._waiting if each[1] is not last]
        if said:
            told = {"query": said, "filters": dict(filters), "result_count": count, "duration_ms": ms}
            self._wait(e.SEARCH_LOG, told)

    def note_click(self, kind: str, course: str | None) -> None:
        """Remember what the last search led to."""
        last = self._last(e.SEARCH_LOG)
        if last:
            led: Values = {**last, "clicked": kind, "clicked_course_id": course}
            self._waiting = [(entity, led if each is last else each) for entity, each in self._waiting]

    def _last(self, entity: Entity) -> Values:
        return next((each for kind, each in reversed(self._waiting) if kind is entity), {})

    def _wait(self, entity: Entity, done: Values) -> None:
        if self._kept:
            self._waiting = [*self._waiting, (entity, done | {"occurred_at": self._clock.ms()})][-MOST_WAITING:]

    def ride(self, unit: Unit) -> None:
        """Write it in a unit that writes anyway; forget it where the person does not agree."""
        done, self._waiting = self._waiting, []
        if done and agrees(unit):
            for entity, each in done:
                unit.emit(ops.create(entity, unit.new_id(), {"user_id": unit.actor.account, **each}))

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
    for name, table in (("user_settings", user_settings), *((kind.name, told) for kind, told in _TOLD)):
        for part in chunks(changed.get(name, frozenset())):
            who |= {r.user_id for r in unit.all(select(table.c.user_id).where(table.c.id.in_(part)).distinct())}
    c = user_settings.c
    for part in chunks(who):
        no = unit.all(select(c.user_id).where(c.user_id.in_(part), c.analytics_enabled.is_(False)))
        for r in no:
            for kind, told in _TOLD:
                _remove(unit, kind, told, told.c.user_id == r.user_id)


def sweep(unit: Unit, *, keep_days: int) -> int:
    """Remove what is older, for the daily job; 0 keeps it for good. Returns how many rows went."""
    until = unit.now_ms - keep_days * DAY_MS
    return sum(_remove(unit, kind, told, told.c.occurred_at < until) for kind, told in _TOLD) if keep_days else 0


def _remove(unit: Unit, entity: Entity, table: Table, which: Any) -> int:
    rows = [r.id for r in unit.all(select(table.c.id).where(which))]
    for row in rows:
        unit.derive(entity, row, None)
    return len(rows)


def counted(conn: Connection, since: int) -> Iterator[tuple[str, int]]:
    """How often each kind of activity was told since a moment, of everybody together; by kind."""
    c = t.activity_log.c
    query = select(c.activity_type, func.count()).where(c.occurred_at >= since).group_by(c.activity_type)
    yield from ((kind, int(count)) for kind, count in conn.execute(query.order_by(c.activity_type)))


WITHDRAWN = Effect(frozenset({"user_settings", "activity_log", "search_log"}), _withdraw)
