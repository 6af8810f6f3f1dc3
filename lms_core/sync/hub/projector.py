"""What follows from changed rows, at the hub: in batches, and a row that makes a rule fail is set aside (SYNC.md 5)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, insert, select

from lms_core.db.bulk import chunks, put
from lms_core.errors import StorageError
from lms_core.sync import tables as t
from lms_core.sync.units import run_effects
from lms_core.unit import Effect

if TYPE_CHECKING:
    from lms_core.sync.hub.unit import HubUnit

log = logging.getLogger(__name__)

BATCH = 500
ROUNDS = 1000

Changed = Sequence[tuple[str, str, str]]
"""Rows by id with their home and the name of their entity."""


@dataclass(frozen=True)
class Troubles:
    """What waits for the operator: rows whose consequences could not be computed, and ops that no rule could judge."""

    rows: int
    ops: int


class Projection:
    """Run effects over changed rows; `work` opens a unit of the hub itself, `alone` keeps other processes away."""

    def __init__(
        self,
        work: Callable[[], AbstractContextManager[HubUnit]],
        effects: Sequence[Effect],
        alone: Callable[[], AbstractContextManager[bool]],
    ) -> None:
        self._work = work
        self._apart = alone
        self._effects = tuple(effects)
        self._turn = threading.Lock()

    def run(self) -> int:
        """Go on until nothing is left; returns how many rows were looked at.

        A crash in between repeats the batch: effects are recomputed from rows, so that changes nothing.
        """
        total = 0
        with self._turn, self._apart() as mine:
            for _ in range(ROUNDS if mine else 0):
                found = self._next()
                if not found:
                    break
                total += len(found)
                self._batch(found)
        return total

    def _next(self) -> Changed:
        with self._work() as unit:
            rows = unit.conn.execute(select(t.dirty.c.row, t.dirty.c.home, t.dirty.c.entity).limit(BATCH))
            return [(row, home, entity) for row, home, entity in rows]

    def _batch(self, found: Changed) -> None:
        """All together, or, when something fails, each by itself, so that one row holds up no other."""
        try:
            self._follow(found)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 an effect may raise anything
            for one in found:
                self._alone(one)

    def _alone(self, one: tuple[str, str, str]) -> None:
        try:
            self._follow([one])
        except StorageError:
            raise
        except Exception as error:
            row, home, entity = one
            log.exception("set aside: what follows from %s %s", entity, row)
            with self._work() as unit:
                _take(unit.conn, [one])
                fault = {"row": row, "home": home, "entity": entity, "error": repr(error)[:2000], "at": unit.now_ms}
                put(unit.conn, t.stuck, [fault], ["row", "home"])

    def _follow(self, found: Changed) -> None:
        with self._work() as unit:
            _take(unit.conn, found)
            unit.tx.changed = True
            changed: dict[str, frozenset[str]] = {}
            for row, _, name in found:
                changed[name] = changed.get(name, frozenset()) | {row}
            run_effects(unit, self._effects, changed)

    def retry(self) -> Troubles:
        """Try again what was set aside, and forget judged ops that their authors keep; returns what still fails."""
        with self._work() as unit:
            unit.tx.changed = True
            rows = select(t.stuck.c.row, t.stuck.c.home, t.stuck.c.entity)
            again = rows.where(t.stuck.c.row.not_in(select(t.dirty.c.row)))
            unit.conn.execute(insert(t.dirty).from_select(["row", "home", "entity"], again))
            unit.conn.execute(delete(t.quarantined))
        self.run()
        with self._work() as unit:
            return troubles(unit.conn)


def _take(conn: Connection, found: Changed) -> None:
    for part in chunks(found):
        rows, homes = [row for row, _, _ in part], {home for _, home, _ in part}
        for table in (t.dirty, t.stuck):
            conn.execute(delete(table).where(table.c.home.in_(homes), table.c.row.in_(rows)))


def troubles(conn: Connection) -> Troubles:
    """Count what waits for the operator."""
    rows, ops = (conn.scalar(select(func.count()).select_from(x)) or 0 for x in (t.stuck, t.quarantined))
    return Troubles(int(rows), int(ops))
