"""The unit of work on a laptop. Verbs do not notice on which side they run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import delete, select

from lms_core.changes import Changes
from lms_core.db.bulk import put
from lms_core.db.rows import VISIBLE, to_columns
from lms_core.errors import Denied, UserError
from lms_core.ops import NIL, Draft, Op, Values, seal
from lms_core.ports import Clock, NewId
from lms_core.schema import Actor, Entity, Row
from lms_core.sync import tables as t
from lms_core.sync.checks import check_args, check_group
from lms_core.sync.echo import MADE
from lms_core.sync.replica.engine import ReplicaEngine
from lms_core.sync.replica.store import SqlReplicaTransaction
from lms_core.sync.units import Reads, run_effects
from lms_core.unit import Effect

ROUNDS = 8


class ReplicaUnit(Reads):
    """A unit of work on a replica: ops wait in the outbox and show at once."""

    def __init__(
        self, *, tx: SqlReplicaTransaction, engine: ReplicaEngine, actor: Actor, clock: Clock, new_id: NewId
    ) -> None:
        super().__init__(conn=tx.conn, schema=engine.schema, actor=actor, clock=clock, new_id=new_id)
        self.tx = tx
        self.engine = engine
        self.wrote = False

    def emit(self, *drafts: Draft, group: bool = False) -> None:
        if group:
            check_group(drafts)
        self._write(drafts, self.now_ms, group=group)

    def _write(self, drafts: Sequence[Draft], t: int, *, group: bool) -> None:
        self.wrote = True
        batch = self.new_id() if group and len(drafts) > 1 else None
        for draft in drafts:
            self._check(draft)
            self.engine.write(self.tx, [draft], t=t, group=batch)

    def cursor(self, scope: str) -> int:
        return self.tx.cursors().get(scope, 0)

    def stamp_of(self, row: str, field: str) -> list[int]:
        shown = self.tx.base((row,)).get(row, [])
        return list(max((b.doc.vers.get(field, b.ver) for b in shown), default=NIL))

    def emit_again(self, ops: Iterable[Op]) -> None:
        """Write refused ops again as new ones, those of a group as one, and later than they were."""
        for group, same in groupby(ops, key=attrgetter("g")):
            again = list(same)
            later = max(self.now_ms, again[-1].t + 1)
            self._write([Draft(op.entity, op.row, op.kind, op.args) for op in again], later, group=bool(group))

    def _check(self, draft: Draft) -> None:
        """Ask the rules as a hint: the hub asks them again, as the law."""
        entity = self.schema[draft.entity]
        op = Op(draft.entity, draft.row, draft.kind, draft.args, None, self.now_ms, 0)
        try:
            seal(op)
        except UnicodeEncodeError as error:  # half of a pair, as broken programs paste it
            raise UserError("bad_characters") from error
        check_args(entity, op)
        view = self.row(entity, draft.row)
        if view is None and draft.kind not in MADE:
            raise UserError("gone")
        if not entity.may(self.actor, op, view, self._find):
            raise Denied("forbidden")
        entity.check(self.actor, op, view, self._find)

    def _find(self, row: str) -> Row | None:
        name = self.conn.scalar(select(t.base.c.entity).where(t.base.c.row == row).limit(1))
        if name is None:
            ops = self.tx.pending((row,)).get(row)
            name = ops[0].entity if ops else None
        entity = self.schema.find(name) if name else None
        return self.row(entity, row) if entity else None

    def derive(self, entity: Entity, row: str, values: Values | None) -> None:
        table = VISIBLE.tables.get(f"derived_{entity.name}")
        if table is None:
            return
        old = self.conn.execute(select(table).where(table.c.id == row)).mappings().one_or_none()
        new = to_columns(entity, row, values) if values is not None else None
        if (dict(old) if old else None) == new:
            return
        if new is None:
            self.conn.execute(delete(table).where(table.c.id == row))
        else:
            put(self.conn, table, [new], ["id"])
        self.tx.shown.setdefault(entity.name, set()).add(row)

    def follow(self, effects: Iterable[Effect]) -> Changes:
        """Run what follows from the rows that changed, until nothing more does; returns all that was touched."""
        done: dict[str, set[str]] = {}
        for _ in range(ROUNDS):
            changed = {name: frozenset(rows - done.get(name, set())) for name, rows in self.tx.shown.items()}
            changed = {name: rows for name, rows in changed.items() if rows}
            if not changed:
                break
            for name, rows in changed.items():
                done.setdefault(name, set()).update(rows)
            run_effects(self, effects, changed)
        topics = {self.schema[name].topic for name in done} | self.topics
        return Changes(frozenset(topics), frozenset(row for rows in done.values() for row in rows))
