"""The product's SQL stores beside the dictionaries: every call goes to both, and both must answer alike.

Crashes and refusals roll both back; a copy of the tables copies the database. Only what the engines ask is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Engine, MetaData, StaticPool, create_engine, event
from sqlcipher3 import dbapi2

from lms_core.db.engine import write
from lms_core.ports import SystemClock
from lms_core.schema import Schema
from lms_core.sync import tables as t
from lms_core.sync.hub.store import SqlHubStore
from lms_core.sync.replica.store import SqlReplicaTransaction

ON = False
"""Whether machines made from now on keep a mirror."""
OWN = frozenset({"finish", "count", "t", "data", "now", "query"})
"""What belongs to the dictionaries alone."""


class Differs(BaseException):
    """Two stores do not answer alike; no handler of the program may see it."""


class Mirror:
    """A database in memory beside the tables of one machine."""

    def __init__(self, metadata: MetaData) -> None:
        self.metadata = metadata
        self.bare = dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.engine: Engine = create_engine(
            "sqlite+pysqlite://", module=dbapi2, creator=lambda: self.bare, poolclass=StaticPool
        )
        event.listen(self.engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))

    def made(self) -> Mirror:
        """The same, with its tables."""
        self.metadata.create_all(self.engine)
        return self

    def copy(self) -> Mirror:
        """A copy of the file."""
        other = Mirror(self.metadata)
        self.bare.backup(other.bare)
        return other


def replica_mirror() -> Mirror | None:
    """A mirror of a laptop, when they are kept."""
    return Mirror(t.REPLICA).made() if ON else None


def hub_mirror() -> Mirror | None:
    """A mirror of a hub, when they are kept."""
    return Mirror(t.HUB).made() if ON else None


class Both:
    """One transaction of both stores."""

    def __init__(self, ours: Any, theirs: Any) -> None:
        self._ours = ours
        self._theirs = theirs

    def __getattr__(self, name: str) -> Any:
        ours = getattr(self._ours, name)
        if name in OWN or not callable(ours):
            return ours

        def call(*args: Any, **kwargs: Any) -> Any:
            args = tuple(list(x) if isinstance(x, Iterator) else x for x in args)
            want = ours(*args, **kwargs)
            have = getattr(self._theirs, name)(*args, **kwargs)
            if plain(want) != plain(have):
                raise Differs("stores differ", name, args, want, have)
            return want

        return call


class BothReplica(Both):
    """Keys of waiting ops differ, for a database never gives one twice."""

    def unsealed(self, row: str = "") -> list[tuple[int, Any]]:
        want = self._ours.unsealed(row)
        if [op for _, op in want] != [op for _, op in self._theirs.unsealed(row)]:
            raise Differs("stores differ", "unsealed")
        return list(want)

    def waiting(self, limit: int) -> list[tuple[int, str, bytes]]:
        want: list[tuple[int, str, bytes]] = self._ours.waiting(limit)
        if [rest for _, *rest in want] != [rest for _, *rest in self._theirs.waiting(limit)]:
            raise Differs("stores differ", "waiting")
        return want

    def drop_unsealed(self, upto: int) -> None:
        count = sum(key <= upto for key, _ in self._ours.unsealed())
        self._theirs.drop_unsealed(self._theirs.unsealed()[count - 1][0])
        self._ours.drop_unsealed(upto)

    def put_unsealed(self, key: int | None, op: Any) -> None:
        keys = [k for k, _ in self._ours.unsealed()]
        there = None if key is None else self._theirs.unsealed()[keys.index(key)][0]
        self._ours.put_unsealed(key, op)
        self._theirs.put_unsealed(there, op)


def plain(value: Any) -> Any:
    """A form in which equal answers are equal: no order of sets and of lists of rows, no empty sets of children."""
    if isinstance(value, set | frozenset) or (isinstance(value, list) and all(isinstance(x, str) for x in value)):
        return sorted(set(value) - {"catalog"})
    if isinstance(value, dict):
        return {k: p for k, v in value.items() if (p := plain(v)) != []}
    return msgspec.to_builtins(value, builtin_types=(bytes,))


@contextmanager
def replica_transaction(ours: Any, mirror: Mirror | None) -> Iterator[Any]:
    """Begin one on both sides."""
    if mirror is None:
        yield ours
        return
    with write(mirror.engine) as conn:
        yield BothReplica(ours, SqlReplicaTransaction(conn, SystemClock()))


@contextmanager
def hub_transaction(ours: Any, mirror: Mirror | None, schema: Schema) -> Iterator[Any]:
    """Begin one on both sides."""
    if mirror is None:
        yield ours
        return
    with SqlHubStore(mirror.engine, schema).write() as theirs:
        yield Both(ours, theirs)


@contextmanager
def hub_snapshot(ours: Any, mirror: Mirror | None, schema: Schema) -> Iterator[Any]:
    """Begin a snapshot on both sides."""
    if mirror is None:
        yield ours
        return
    with SqlHubStore(mirror.engine, schema).read() as theirs:
        yield Both(ours, theirs)
