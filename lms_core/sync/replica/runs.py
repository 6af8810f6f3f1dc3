"""The last runs of exchanges, failed ones too: what a person looks at when something seems not to arrive."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from lms_core.changes import Topic
from lms_core.ports import Clock
from lms_core.sync import tables as t
from lms_core.sync.replica.unit import ReplicaUnit

KEPT = 200


class Running:
    """The run that is going on: what it moved and cost so far, and the row that tells of it."""

    def __init__(self, clock: Clock, *, timed: bool = True) -> None:
        """Begin; a reply that was carried as a file is not `timed`."""
        self._clock, self._timed = clock, timed
        self._began = clock.monotonic_ms()
        self._key: int | None = None
        self._result = "ok"
        self._sent = self._received = self._up = self._down = 0

    def asked(self, size: int) -> None:
        """Count what is sent."""
        self._up += size

    def note(self, unit: ReplicaUnit, result: str, *, sent: int, received: int, size: int) -> None:
        """Count one reply; a run that moved nothing leaves no trace."""
        self._sent, self._received, self._down = self._sent + sent, self._received + received, self._down + size
        self._result = result if self._result == "ok" else self._result
        if not self._sent and not self._received and self._result == "ok":
            return
        ms = self._clock.monotonic_ms() - self._began if self._timed else None
        row = {"at": unit.now_ms, "result": self._result, "sent": self._sent, "received": self._received, "ms": ms,
               "up": self._up, "down": self._down}  # fmt: skip
        same = update(t.sync_run).where(t.sync_run.c.id == self._key)
        if self._key is None or not unit.conn.execute(same.values(row)).rowcount:  # gone with its transaction
            self._key = _add(unit, row)


def note_failure(unit: ReplicaUnit, code: str) -> None:
    """Remember that the hub could not be reached or refused; the same again moves the time of the last one."""
    run = t.sync_run.c
    last = unit.conn.execute(select(run.id, run.result).order_by(run.id.desc()).limit(1)).first()
    if last is not None and last.result == code:
        unit.local(update(t.sync_run).where(run.id == last.id).values(at=unit.now_ms))
        return
    _add(unit, {"at": unit.now_ms, "result": code, "sent": 0, "received": 0})
    unit.topics.add(Topic.SYNC)


def _add(unit: ReplicaUnit, row: dict[str, object]) -> int:
    """Keep one more run and let the oldest go."""
    made = unit.conn.execute(insert(t.sync_run).values(row)).inserted_primary_key
    key = int(made[0]) if made else 0
    unit.conn.execute(delete(t.sync_run).where(t.sync_run.c.id <= key - KEPT))
    return key
