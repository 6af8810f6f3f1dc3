"""What units of work of both sides share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql import Executable

from lms_core.changes import Topic
from lms_core.db.rows import VISIBLE, by_id, from_columns
from lms_core.ops import Values
from lms_core.ports import Clock, NewId
from lms_core.schema import Actor, Entity, Schema
from lms_core.unit import Effect


class Reads:
    """Reads over visible, derived and local tables."""

    def __init__(self, *, conn: Connection, schema: Schema, actor: Actor, clock: Clock, new_id: NewId) -> None:
        self.conn = conn
        self.schema = schema
        self.actor = actor
        self.now_ms = clock.ms()
        self.topics: set[Topic] = set()
        self._new_id = new_id

    def new_id(self) -> str:
        return self._new_id()

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Any]:
        return self.conn.execute(statement, values).all()

    def row(self, entity: Entity, row: str) -> Values | None:
        table = VISIBLE.tables[entity.name]
        found = self.conn.execute(by_id(table), {"row": row}).mappings().one_or_none()
        return from_columns(entity, dict(found)) if found else None

    def left(self, entity: Entity, rows: Collection[str]) -> list[Values]:
        return []

    def local(self, statement: Executable, rows: Sequence[Values] | None = None, *, topic: Topic | None = None) -> None:
        if rows is None:
            self.conn.execute(statement)
        elif rows:
            self.conn.execute(statement, rows)
        if topic:
            self.topics.add(topic)


def run_effects(unit: Any, effects: Iterable[Effect], changed: Mapping[str, frozenset[str]]) -> None:
    """Run each effect that one of the changed entities concerns."""
    for effect in effects:
        mine = {name: rows for name, rows in changed.items() if name in effect.entities}
        if mine:
            effect.run(unit, mine)
