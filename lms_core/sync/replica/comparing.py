"""Once a day a replica compares its rows with the hub's, the sooner again the more often it found something."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

import msgspec
from sqlalchemy import select

from lms_core.db.bulk import put
from lms_core.sync import tables as t
from lms_core.sync.replica.healing import PAUSES, Audit, pause
from lms_core.sync.replica.unit import ReplicaUnit
from lms_core.sync.wire import Reply

log = logging.getLogger(__name__)


class _Plan(msgspec.Struct, frozen=True, array_like=True):
    """When rows are compared next (ms of this machine), and how often in a row they were not the same."""

    due: int = 0
    tries: int = 0


def _plan(unit: ReplicaUnit) -> _Plan:
    body = unit.conn.scalar(select(t.state.c.value).where(t.state.c.key == "audit"))
    return msgspec.msgpack.decode(body, type=_Plan) if body else _Plan()


def _keep(unit: ReplicaUnit, plan: _Plan) -> None:
    put(unit.conn, t.state, [{"key": "audit", "value": msgspec.msgpack.encode(plan)}], ["key"])


class Comparing:
    """The comparisons of one replica; `sums` are those that the next request has to bring."""

    def __init__(self, work: Callable[[], AbstractContextManager[ReplicaUnit]]) -> None:
        self._work = work
        self._audit = Audit()
        self.sums: dict[str, list[int]] = {}

    def go_on(self) -> Literal["no", "counting", "ready"]:
        """Count some rows when it is time to compare; `ready`: the next request does that."""
        if self.sums:
            return "ready"
        with self._work() as unit:
            due = _plan(unit).due
            if not due:  # all has just come
                _keep(unit, _Plan(unit.now_ms + pause(len(PAUSES))))
            later = unit.now_ms < due <= unit.now_ms + pause(len(PAUSES))  # one far ahead is a wrong clock's
            if not due or later or not unit.tx.cursors():
                return "no"
            self.sums = self._audit.count(unit.tx) or {}
        return "ready" if self.sums else "counting"

    def note(self, unit: ReplicaUnit, reply: Reply, *, settled: bool) -> None:
        """Set the time of the next comparison when this reply answered one, and let old ops go."""
        asked, self.sums = self.sums, {}
        if not asked or not reply.told:
            return
        tries = _plan(unit).tries + 1 if reply.differ else 0
        if reply.differ:
            log.warning("%d scopes differ from the server's and are healed", len(reply.differ))
        _keep(unit, _Plan(unit.now_ms + pause(tries or len(PAUSES)), tries))
        if settled:
            unit.engine.forget(unit.tx)
