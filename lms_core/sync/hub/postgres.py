"""The hub's writes where several processes share a PostgreSQL database (SYNC.md section 5).

Requests write beside each other: rows are locked as they are loaded, scopes last, and the commit number last of all, so
that commits, feeds and marks have one order. Work of the hub itself has the database to itself, as on SQLite.
Whoever finds others in the way begins anew, at last alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from lms_core.db.bulk import among, put_values
from lms_core.db.engine import write
from lms_core.db.postgres import Contended, is_taken, lock_alone, lock_beside
from lms_core.ops import Version
from lms_core.sync import tables as t
from lms_core.sync.hub.snapshot import state_of
from lms_core.sync.hub.store import HUB_ROW, ROWS, SqlHubTransaction
from lms_core.sync.ports import Waiting
from lms_core.sync.sums import Sums

if TYPE_CHECKING:
    from lms_core.sync.hub.store import SqlHubStore

T = TypeVar("T")
BESIDE = 4
"""So often a request tries beside others before it waits to be alone."""

PAUSE_S = 0.02

_VERSION = text("SELECT nextval('hub_version')")
_COMMIT = text("UPDATE hub_state SET value = value + 1 WHERE key = 'commit' RETURNING value")
_NOW = text("UPDATE hub_state SET value = greatest(value, :now) WHERE key = 'now'")
_SCOPE = text(
    "INSERT INTO scope (name, id, seq, sums) VALUES (:scope, nextval('scope_number'), :seq, :sums) "
    "ON CONFLICT (name) DO UPDATE SET seq = scope.seq + excluded.seq RETURNING id, seq, sums"
)


class NotBeside(Contended):
    """Only one that is alone can do it."""


class PostgresHubTransaction(SqlHubTransaction):
    """One of several write transactions; a row's version is above every version that it had."""

    def __init__(self, conn: Connection, store: SqlHubStore, *, alone: bool) -> None:
        super().__init__(conn, store, state_of(conn))
        self._alone = alone
        self._version: Version | None = None

    def version(self) -> Version:
        if self._version is None:
            self._version = self.start["epoch"], int(self.conn.scalar(_VERSION) or 0)
        return self._version

    def finish(self) -> None:
        """Take the commit number last of all: whoever has it commits before the next one."""
        if self.changed:
            self.conn.execute(_NOW, {"now": self.now})
            self.conn.execute(_COMMIT)

    def _load(self, ids: Collection[str]) -> Iterable[Any]:
        found = list(among(self.conn, ROWS, ids, lock=" ORDER BY id FOR UPDATE"))
        if self._version and any((row.epoch, row.n) >= self._version for row in found):
            raise Contended
        return found

    def _store(self, rows: list[tuple[Any, ...]]) -> None:
        """A row that was not there when it was looked for must still not be there."""
        fresh = [row for row in rows if row[0] not in self._places]
        put_values(self.conn, t.hub_row, HUB_ROW, fresh, keys=[])
        known = [row for row in rows if row[0] in self._places]
        put_values(self.conn, t.hub_row, HUB_ROW, known, keys=["id", "home"])

    def _begin(self, scope: str, seq: int) -> Any:
        return self.conn.execute(_SCOPE, {"scope": scope, "seq": seq, "sums": Sums().packed()}).one()

    def hold(self, replica: str, waiting: Waiting) -> None:
        """The row might arrive beside this transaction, and nobody would take the group up."""
        if not self._alone:
            raise NotBeside
        super().hold(replica, waiting)


class Beside:
    """Run work in transactions of their own."""

    def __init__(self, store: SqlHubStore) -> None:
        self._store = store

    def alone(self, conn: Connection) -> PostgresHubTransaction:
        """A transaction on a connection that has the lock."""
        return PostgresHubTransaction(conn, self._store, alone=True)

    def transact(self, work: Callable[[SqlHubTransaction], T], *, account: str) -> T:
        """Do the work, again while others are in the way, and in the end alone."""
        for attempt in range(BESIDE):
            try:
                return self._once(work, account=account, alone=False)
            except NotBeside:
                break
            except Contended:
                time.sleep(random.uniform(0, PAUSE_S * attempt))
            except IntegrityError as error:
                if not is_taken(error):
                    raise
        return self._once(work, account=account, alone=True)

    def _once(self, work: Callable[[SqlHubTransaction], T], *, account: str, alone: bool) -> T:
        with write(self._store.engine) as conn:
            if alone:
                lock_alone(conn)
            else:
                lock_beside(conn, account)
            tx = PostgresHubTransaction(conn, self._store, alone=alone)
            result = work(tx)
            tx.finish()
        self._store.tell(tx)
        return result
