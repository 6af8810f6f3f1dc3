"""How far this device's clock was from the hub's at the last contact (SYNC.md section 4): said, never corrected."""

from __future__ import annotations

from sqlalchemy import delete, insert

from lms_core.changes import Topic
from lms_core.db.engine import fetch
from lms_core.sync import tables as t
from lms_core.sync.replica.unit import ReplicaUnit

LIMIT_MS = 120_000
"""Beyond this a person is told."""
SAME_MS = 1000
_KEY = "clock"


def note(unit: ReplicaUnit, hub_ms: int) -> None:
    """Remember the offset seen at a contact; positive when this device is ahead."""
    now, before = unit.now_ms - hub_ms, offset(unit)
    if abs(now - before) < SAME_MS:
        return
    topic = Topic.SYNC if (abs(now) > LIMIT_MS) != (abs(before) > LIMIT_MS) else None
    unit.local(delete(t.state).where(t.state.c.key == _KEY))
    unit.local(insert(t.state), [{"key": _KEY, "value": now.to_bytes(8, "big", signed=True)}], topic=topic)


def offset(unit: ReplicaUnit) -> int:
    """The last offset in ms; 0 before the first contact."""
    kept = fetch(unit.conn, "SELECT value FROM sync_state WHERE key = ?", (_KEY,))
    return int.from_bytes(kept[0][0], "big", signed=True) if kept else 0


def off_by(unit: ReplicaUnit) -> int:
    """The offset when it is large enough to be told, else 0."""
    now = offset(unit)
    return now if abs(now) > LIMIT_MS else 0
