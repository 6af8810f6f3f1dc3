"""The unit of work at the hub: it merges and feeds at once. A laptop never loads this."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.sql import Executable

from lms_core.db.rows import show
from lms_core.errors import Denied, UserError
from lms_core.ops import NIL, Draft, Op, Values, Version
from lms_core.ports import NewId
from lms_core.schema import Actor, Entity
from lms_core.sync.bench import Bench
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.hub.snapshot import SqlHubSnapshot
from lms_core.sync.hub.store import SqlHubTransaction
from lms_core.sync.ports import Feed
from lms_core.sync.rows import HubRow, Writer, values_of
from lms_core.sync.sealed import Sealed
from lms_core.sync.units import Reads


class HubUnit(Reads):
    """A unit of work at the hub: each op is judged at once, everything is fed when the unit ends."""

    def __init__(self, *, tx: SqlHubTransaction, engine: HubEngine, actor: Actor, new_id: NewId) -> None:
        super().__init__(conn=tx.conn, schema=engine.schema, actor=actor, clock=engine.clock, new_id=new_id)
        self.tx = tx
        self.engine = engine
        self.now_ms = tx.tick(self.now_ms)
        self.writer = Writer("hub", actor.account, actor.role)
        self.bench = Bench(engine.schema, tx, tx.version())
        self._shown: dict[str, HubRow] = {}

    def cursor(self, scope: str) -> int:
        return SqlHubSnapshot(self.conn).feeds((scope,)).get(scope, Feed()).seq

    def stamp_of(self, row: str, field: str) -> list[int]:
        found = self.bench.row(row)
        cell = found.cells.get(field) if found else None
        return list(cell.ver if cell else NIL)

    def emit(self, *drafts: Draft, group: bool = False) -> None:
        for many in [drafts] if group else [(d,) for d in drafts]:
            ops = [self._sealed(c, draft) for c, draft in enumerate(many, 1)]
            judge = self.engine.judge_for(self.tx, self.bench, self.writer)
            outcomes = self.engine.judge(self.tx, judge, ops, {s.c: self.now_ms for s in ops})
            for outcome in outcomes.values():
                if outcome.verdict in ("rejected", "quarantined"):
                    raise Denied(outcome.code) if outcome.code == "forbidden" else UserError(outcome.code)

    def _sealed(self, c: int, draft: Draft) -> Sealed:
        op = Op(draft.entity, draft.row, draft.kind, draft.args, self._base(draft), self.now_ms, 0)
        return Sealed(c, op, b"")

    def _base(self, draft: Draft) -> Version:
        """A writer at the hub has seen everything there is."""
        row = self.bench.row(draft.row)
        return row.ver if row else NIL

    def derive(self, entity: Entity, row: str, values: Values | None) -> None:
        self.bench.derive(entity, row, values, self.now_ms)

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Any]:
        self._show()
        return super().all(statement, values)

    def row(self, entity: Entity, row: str) -> Values | None:
        self._show()
        return super().row(entity, row)

    def left(self, entity: Entity, rows: Collection[str]) -> list[Values]:
        self.bench.load(rows)
        found = [self.bench.row(row) for row in rows]
        return [values_of(entity, row) for row in found if row and row.gone and row.entity == entity.name]

    def _show(self) -> None:
        """Let reads of this unit see its writes."""
        by_entity: dict[str, dict[str, Values | None]] = {}
        for row in self.bench.dirty.values():
            if self._shown.get(row.id) is not row:
                self._shown[row.id] = row
                by_entity.setdefault(row.entity, {})[row.id] = _visible(self.schema[row.entity], row)
        for name, rows in by_entity.items():
            show(self.conn, self.schema[name], rows)

    def finish(self) -> None:
        """Feed everything that the unit changed."""
        self.engine.commit(self.tx, self.bench)


def _visible(entity: Entity, row: HubRow) -> Values | None:
    return None if row.gone else values_of(entity, row)
