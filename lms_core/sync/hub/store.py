"""The hub's database as the engine sees it: set-based SQL that runs on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, select, update
from sqlalchemy.sql import Executable

from lms_core.db.bulk import among, chunks, direct, put, put_values
from lms_core.db.engine import read, write
from lms_core.db.postgres import PROJECTOR, lock_alone, one_at_a_time
from lms_core.db.rows import VISIBLE, show
from lms_core.ops import ROOT_CHAIN, Values, Version
from lms_core.ports import BlobStore
from lms_core.schema import Schema
from lms_core.sync import tables as t
from lms_core.sync.hub import held, upkeep
from lms_core.sync.hub import statements as say
from lms_core.sync.hub.hints import MOST_EVENTS, Event, Hint, Hints, LocalHints, events_of
from lms_core.sync.hub.snapshot import SqlHubSnapshot, live_scopes, state_of
from lms_core.sync.hub.turns import Turns
from lms_core.sync.ports import Card, Waiting
from lms_core.sync.rows import Cell, Changed, HubRow, RowView, values_of
from lms_core.sync.sealed import Sealed
from lms_core.sync.sums import Sums
from lms_core.sync.wire import Verdict

if TYPE_CHECKING:
    from lms_core.sync.hub.postgres import Beside

T = TypeVar("T")

_encode = msgspec.msgpack.Encoder().encode
_cells = msgspec.msgpack.Decoder(dict[str, Cell]).decode
_scopes = msgspec.msgpack.Decoder(dict[str, bool]).decode
HUB_ROW = tuple(column.name for column in t.hub_row.columns)
ROWS = f"SELECT {', '.join(HUB_ROW)} FROM hub_row WHERE id"  # noqa: S608 - names of our own columns
_TAKEN = ("account", "replica", "c", "chain", "verdict", "at")


class SqlHubTransaction:
    """One open write transaction of the hub (implements HubTransaction)."""

    def __init__(self, conn: Connection, store: SqlHubStore, start: dict[str, int]) -> None:
        self.conn = conn
        self.schema = store.schema
        self.blobs = store.blobs
        self.watched = store.watched
        self.start = start
        self.account, self.changed = "", False
        self.now = start["now"]
        self._accounts: dict[str, str] = {}
        self._homes: dict[str, str] = {}
        self._places: dict[str, dict[str, bool]] = {}
        self._scope_ids: dict[str, int] = {}
        self.heads: dict[str, int] = {}
        self.events: list[Event] = []
        self.regranted: set[str] = set()
        self.ended: set[str] = set()
        self._holds = 0

    # --- time
    def tick(self, now: int) -> int:
        self.now = max(self.now, now)
        return self.now

    def version(self) -> Version:
        return self.start["epoch"], self.start["commit"] + 1

    def mark(self) -> Version:
        return self.start["epoch"], self.start["commit"]

    def mark_known(self, mark: Version) -> bool:
        epoch, n = mark
        if epoch == self.start["epoch"]:
            return n <= self.start["commit"]
        last = self.conn.scalar(select(t.epoch_end.c.commits).where(t.epoch_end.c.epoch == epoch))
        return last is not None and n <= last

    def finish(self) -> None:
        """Store the commit number and hub time when something was written."""
        if self.changed:
            self.start |= {"commit": self.start["commit"] + 1, "now": self.now}
            put(self.conn, t.hub_state, [{"key": k, "value": self.start[k]} for k in ("commit", "now")], ["key"])

    # --- who speaks
    def card(self, replica: str) -> Card | None:
        found = direct(self.conn, say.CARD, {"replica": replica})
        if not found:
            return None
        card = Card(*found[0])
        self._accounts[replica] = card.account
        self.account = self.account or card.account
        return card

    def _account(self, replica: str) -> str:
        """Whose log it is, which is the key of its shard."""
        if replica not in self._accounts:
            self.card(replica)
        return self._accounts.get(replica, "")

    def chain_at(self, replica: str, numbers: Collection[int]) -> dict[int, bytes]:
        out = {0: ROOT_CHAIN} if 0 in numbers else {}
        if len(numbers) == 1:
            key = {"account": self._account(replica), "replica": replica}
            return out | {c: chain for c in numbers for (chain,) in direct(self.conn, say.CHAIN, key | {"c": c})}
        for part in chunks(numbers):
            found = select(t.taken.c.c, t.taken.c.chain).where(self._log_of(replica), t.taken.c.c.in_(part))
            out.update((c, chain) for c, chain in self.conn.execute(found))
        return out

    def _log_of(self, replica: str) -> ColumnElement[bool]:
        return and_(t.taken.c.account == self._account(replica), t.taken.c.replica == replica)

    def role(self, account: str) -> str:
        table = VISIBLE.tables.get("account")
        if table is None:
            return "student"
        return self.conn.scalar(select(table.c.role).where(table.c.id == account)) or "student"

    def name(self, account: str) -> str:
        table = VISIBLE.tables.get("account")
        if table is None:
            return ""
        row = self.conn.execute(select(table.c.first_name, table.c.last_name).where(table.c.id == account)).first()
        return " ".join(row or ()).strip()

    def scopes_of(self, account: str) -> set[str]:
        return live_scopes(self.conn, account)

    # --- rows
    def rows(self, ids: Collection[str]) -> dict[str, HubRow]:
        out: dict[str, HubRow] = {}
        for row, home, entity, _parent, epoch, n, gone, seen_epoch, seen_n, digest, cells, scopes in self._load(ids):
            out[row] = HubRow(entity, row, _cells(cells), (epoch, n), bool(gone), (seen_epoch, seen_n), digest)
            self._homes[row], self._places[row] = home, _scopes(scopes)
        return out

    def _load(self, ids: Collection[str]) -> Iterable[Any]:
        return among(self.conn, ROWS, ids)

    def kids(self, parents: Collection[str]) -> dict[str, set[str]]:
        out: dict[str, set[str]] = {}
        for parent, row in among(self.conn, "SELECT parent, id FROM hub_row WHERE parent", parents):
            out.setdefault(parent, set()).add(row)
        return out

    def refused(self, ids: Collection[str]) -> set[str]:
        return {row for (row,) in among(self.conn, 'SELECT "row" FROM refused WHERE "row"', ids)}

    def places(self, rows: Collection[str]) -> dict[str, dict[str, bool]]:
        return {row: self._places[row] for row in rows if row in self._places}

    def advance(self, scope: str, by: int, sums: Sums) -> int:
        ((number, seq, there),) = direct(self.conn, say.ADVANCE, {"scope": scope, "by": by}) or [self._begin(scope, by)]
        if there is not None:  # else they are counted at the next start
            direct(self.conn, say.SUM, {"scope": scope, "packed": Sums.read(there).add(sums).packed()})
        self._scope_ids[scope], self.heads[scope] = number, int(seq)
        return int(seq) - by + 1

    def _begin(self, scope: str, seq: int) -> Any:
        number = select(func.coalesce(func.max(t.scope.c.id), 0) + 1).scalar_subquery()
        return self.conn.execute(
            insert(t.scope)
            .values(name=scope, id=number, seq=seq, sums=Sums().packed())
            .returning(t.scope.c.id, t.scope.c.seq, t.scope.c.sums)
        ).one()

    def publish(self, rows: Sequence[Changed]) -> None:
        self.changed = True
        self.events += events_of(rows)
        stored: list[tuple[Any, ...]] = []
        visible: dict[str, dict[str, Values | None]] = {}
        grants: dict[str, list[tuple[str, str, str]]] = {}
        for each in rows:
            entity, row, scopes = each.entity, each.row, each.scopes
            places = dict.fromkeys(scopes, True)
            if row.id in self._places:
                places = dict.fromkeys(self._places[row.id], False) | places
            place = row.cells.get("place")
            home = self._homes.setdefault(row.id, min(scopes, default="hub"))
            stored.append((
                row.id, home, row.entity, place.value[0] if place else None, *row.ver, row.gone, *row.base, row.digest,
                _encode(row.cells), _encode(places),
            ))  # fmt: skip
            visible.setdefault(row.entity, {})[row.id] = None if row.gone else each.values
            if entity.grants:
                view = RowView(entity, row)
                grants[row.id] = [] if row.gone else [(row.id, *pair) for pair in entity.grants(view)]
        self._store(stored)
        concerned = [(r.row.id, self._homes[r.row.id], r.entity.name) for r in rows if r.entity.name in self.watched]
        put_values(self.conn, t.dirty, ("row", "home", "entity"), concerned, keys=["row", "home"])
        for name, by_row in visible.items():
            show(self.conn, self.schema[name], by_row)
        self.regranted |= visible.get("account", {}).keys()
        self._grant(grants)

    def _store(self, rows: list[tuple[Any, ...]]) -> None:
        put_values(self.conn, t.hub_row, HUB_ROW, rows, keys=["id", "home"])

    def _grant(self, grants: Mapping[str, Sequence[tuple[str, str, str]]]) -> None:
        for part in chunks(grants):
            gone = self.conn.execute(delete(t.grant).where(t.grant.c.row.in_(part)).returning(t.grant.c.account))
            self.regranted |= {account for (account,) in gone}
        rows = [
            {"row": row, "account": account, "scope": scope} for many in grants.values() for row, account, scope in many
        ]
        if rows:
            self.conn.execute(insert(t.grant), rows)
            self.regranted |= {row["account"] for row in rows}

    def feed(self, entries: Mapping[str, list[tuple[int, str, bytes, bool]]]) -> None:
        rows = [
            (self._scope_ids[scope], row, seq, body, None if present else self.now)
            for scope, many in entries.items()
            for seq, row, body, present in many
        ]
        put_values(self.conn, t.feed, ("scope", "row", "seq", "entry", "gone_at"), rows, keys=["scope", "row"])

    # --- log
    def log(self, replica: str, card: Card, entries: Sequence[tuple[int, bytes, Verdict]]) -> None:
        self.changed = True
        row = {"id": replica, "account": card.account, "hw": card.hw, "chain": card.chain, "last_sync_at": card.heard}
        self._accounts[replica] = card.account
        put(self.conn, t.replica, [row], ["id", "account"])
        rows = [(card.account, replica, c, chain, _encode(verdict), self.now) for c, chain, verdict in entries]
        put_values(self.conn, t.taken, _TAKEN, rows, keys=["account", "replica", "c"])

    def answer(self, replica: str, verdict: Verdict) -> None:
        mine = update(t.taken).where(self._log_of(replica), t.taken.c.c == verdict.c)
        self.conn.execute(mine.values(verdict=_encode(verdict), at=self.now))

    def refuse(self, rows: Collection[str], again: Collection[str]) -> None:
        put(self.conn, t.refused, [{"row": row, "account": self.account} for row in rows], ["row", "account"])
        for part in chunks(again):
            self.conn.execute(delete(t.refused).where(t.refused.c.row.in_(part)))

    def hold(self, replica: str, waiting: Waiting) -> None:
        self._holds += 1
        held.keep(self.conn, replica, waiting, at=(*self.version(), self._holds))

    def held_rows(self, replica: str) -> set[str]:
        return held.rows_of(self.conn, self._account(replica), replica)

    # --- limits
    def used(self, account: str) -> int:
        return sum(size for (size,) in direct(self.conn, say.USED, {"account": account}))

    def use(self, account: str, size: int) -> None:
        put(self.conn, t.usage, [{"account": account, "bytes": self.used(account) + size}], ["account"])

    def forget_left(self, before: int, limit: int) -> int:
        gone = upkeep.forget_left(self.conn, before, limit)
        self.changed = self.changed or gone > 0
        return gone

    def forget_log(self, before: int, limit: int) -> int:
        return upkeep.forget_log(self.conn, before, limit)

    def release(self, rows: Collection[str]) -> list[Waiting]:
        found = held.take(self.conn, rows)
        self._accounts.update((waiting.writer.rep, waiting.writer.account) for waiting in found)
        return found

    def quarantine(self, replica: str, ops: Sequence[Sealed], error: str) -> None:
        key = {"account": self._account(replica), "replica": replica}
        rows = [key | {"c": s.c, "body": s.body, "error": error[:2000], "at": self.now} for s in ops]
        put(self.conn, t.quarantined, rows, ["account", "replica", "c"])

    # --- facts
    def changed_since(self, scope: str, since: int, but: str) -> list[str]:
        number = self.conn.scalar(select(t.scope.c.id).where(t.scope.c.name == scope))
        later = select(t.feed.c.row).where(t.feed.c.scope == number, t.feed.c.seq > since)
        rows = [row for (row,) in self.conn.execute(later)]
        return [
            r.id for r in self.rows(rows).values() if any(c.rep != but and c.ver == r.ver for c in r.cells.values())
        ]

    def missing_blobs(self, hashes: Iterable[str]) -> list[str]:
        return [] if self.blobs is None else [h for h in hashes if not self.blobs.has(h)]

    def keep(self, table: Any, values: Values) -> None:
        put(self.conn, table, [values], [column.name for column in table.primary_key])

    def query(self, statement: Executable, changed: Iterable[HubRow], values: Values | None = None) -> Sequence[Any]:
        by_entity: dict[str, dict[str, Values | None]] = {}
        for row in changed:
            now = None if row.gone else values_of(self.schema[row.entity], row)
            by_entity.setdefault(row.entity, {})[row.id] = now
        for name, rows in by_entity.items():
            show(self.conn, self.schema[name], rows)
        return self.conn.execute(statement, values).all()


class SqlHubStore:
    """The hub's store over one database; `begin_epoch` must be called once a process group.

    `watched` names the entities from which something follows; only their rows are noted for that. None: all.
    """

    def __init__(
        self,
        engine: Engine,
        schema: Schema,
        blobs: BlobStore | None = None,
        *,
        watched: Collection[str] | None = None,
        hints: Hints | None = None,
    ) -> None:
        self.engine = engine
        self.schema = schema
        self.blobs = blobs
        self.hints: Hints = hints or LocalHints()
        self.watched = frozenset(schema.entities if watched is None else watched)
        self.turns = Turns(self._batch)
        self._many = _beside(self) if engine.dialect.name == "postgresql" else None

    def begin_epoch(self, now: int, *, above: int = 0) -> Version:
        """Begin a new epoch, as every start of the hub does: so a restored database is noticed (SYNC.md section 2)."""
        with self.alone() as conn:
            values = state_of(conn)
            now = max(now, values.get("now", 0))
            epoch, commit = values.get("epoch", 0), values.get("commit", 0)
            if epoch:
                put(conn, t.epoch_end, [{"epoch": epoch, "commits": commit}], ["epoch"])
            epoch = max(epoch + 1, now, above + 1)
            rows = [{"key": k, "value": v} for k, v in (("epoch", epoch), ("commit", commit), ("now", now))]
            put(conn, t.hub_state, rows, ["key"])
            return epoch, commit

    def transact(self, work: Callable[[SqlHubTransaction], T], *, account: str, ops: int = 1) -> T:
        """Do work that an account asked for: with others that wait, or beside them where several can write."""
        if self._many:
            return self._many.transact(work, account=account)
        done: T = self.turns.take(work, size=max(1, ops))
        return done

    @contextmanager
    def write(self) -> Iterator[SqlHubTransaction]:
        """Begin a write transaction that has the database to itself."""
        with self.alone() as conn:
            tx = self._many.alone(conn) if self._many else SqlHubTransaction(conn, self, state_of(conn))
            yield tx
            tx.finish()
        self.tell(tx)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Begin a transaction beside which nobody writes."""
        with self.turns.lock, write(self.engine) as conn:
            if self._many:
                lock_alone(conn)
            yield conn

    @contextmanager
    def _batch(self) -> Iterator[Callable[[Callable[[SqlHubTransaction], Any], bool], Any]]:
        """One transaction for the work of several, each as if it came alone."""
        done: list[SqlHubTransaction] = []
        with write(self.engine) as conn:
            start = state_of(conn)

            def run(work: Callable[[SqlHubTransaction], Any], apart: bool) -> Any:
                with conn.begin_nested() if apart else nullcontext():
                    tx = SqlHubTransaction(conn, self, dict(start))
                    result = work(tx)
                    tx.finish()
                start.update(tx.start)
                done.append(tx)
                return result

            yield run
        for tx in done:
            self.tell(tx)

    @contextmanager
    def projecting(self) -> Iterator[bool]:
        """Be the only one who runs what follows; whether the turn came."""
        with one_at_a_time(self.engine, PROJECTOR) if self._many else nullcontext(enter_result=True) as mine:
            yield mine

    def tell(self, tx: SqlHubTransaction) -> None:
        """Say what happened, after the commit."""
        events = tuple(tx.events[-MOST_EVENTS:])
        self.hints.publish(Hint(tx.heads, frozenset(tx.regranted), frozenset(tx.ended), events))

    @contextmanager
    def read(self) -> Iterator[SqlHubSnapshot]:
        """Begin a read snapshot."""
        with read(self.engine) as conn:
            yield SqlHubSnapshot(conn)


def _beside(store: SqlHubStore) -> Beside:
    from lms_core.sync.hub.postgres import Beside

    return Beside(store)
