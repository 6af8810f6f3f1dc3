"""A unit of work: what a verb may read and write. A replica and the hub each have one, so verbs run on both sides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection
from sqlalchemy.sql import Executable

from lms_core.changes import Topic
from lms_core.ops import Draft, Values
from lms_core.schema import Actor, Entity


class Reader(Protocol):
    """What only reads."""

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Any]:
        """Rows of a SELECT over visible tables; one that stays and is given its values costs less."""


class Rows:
    """Reads of a connection (implements Reader)."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Any]:
        """Rows of a SELECT."""
        return self._conn.execute(statement, values).all()


class Unit(Protocol):
    """One transaction. Reads see its own writes; leaving it without an error makes them durable."""

    actor: Actor
    now_ms: int
    conn: Connection

    def new_id(self) -> str:
        """A fresh row id."""

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Any]:
        """Rows of a SELECT over visible, derived and local tables."""

    def row(self, entity: Entity, row: str) -> Values | None:
        """The visible row by id, trashed ones included."""

    def left(self, entity: Entity, rows: Collection[str]) -> list[Values]:
        """What those of the rows that were deleted said last; the hub alone keeps it."""

    def cursor(self, scope: str) -> int:
        """How far this machine has read a scope's feed."""

    def stamp_of(self, row: str, field: str) -> list[int]:
        """The version of a field at the hub, which changes with every write to it."""

    def emit(self, *drafts: Draft, group: bool = False) -> None:
        """Write ops; with `group` they stand or fall together. Raises UserError or Denied when a rule refuses one."""

    def derive(self, entity: Entity, row: str, values: Values | None) -> None:
        """Set what follows from other rows: a hub row at the hub, a provisional one on a replica; None removes it."""

    def local(self, statement: Executable, rows: Sequence[Values] | None = None, *, topic: Topic | None = None) -> None:
        """Write tables that never leave this machine; `topic` tells which screens show them."""


class Effect(msgspec.Struct, frozen=True):
    """What follows from rows of some entities: recomputed from rows, so running it twice changes nothing.

    `run` gets the ids of changed rows by entity name. The hub's projector and every replica run the same function.
    """

    entities: frozenset[str]
    run: Callable[[Unit, Mapping[str, frozenset[str]]], None]


Work = Callable[[], AbstractContextManager[Unit]]
"""How a service begins a unit of work."""
