"""The last exchanges, failed ones too: what a person looks at when something seems not to arrive."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from lms_core.changes import Topic
from lms_core.sync import tables as t
from lms_core.sync.units import ReplicaUnit

KEPT = 200


def note_failure(unit: ReplicaUnit, code: str) -> None:
    """Remember that the hub could not be reached or refused; the same again moves the time of the last one."""
    run = t.sync_run.c
    last = unit.conn.execute(select(run.id, run.result).order_by(run.id.desc()).limit(1)).first()
    if last is not None and last.result == code:
        unit.local(update(t.sync_run).where(run.id == last.id).values(at=unit.now_ms))
        return
    unit.local(insert(t.sync_run), [{"at": unit.now_ms, "result": code, "sent": 0, "received": 0}], topic=Topic.SYNC)
    if last is not None:
        unit.local(delete(t.sync_run).where(run.id <= last.id + 1 - KEPT))
