"""A laptop and a hub of the simulated school: the product's engines over tables in memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from lms_core.ops import Draft, Op, Place, Values, Version, fold, unseal
from lms_core.sync.bench import Bench
from lms_core.sync.compaction import compact
from lms_core.sync.healing import Audit
from lms_core.sync.hub import HubEngine
from lms_core.sync.ports import BaseRow, Segment, State
from lms_core.sync.replica import ReplicaEngine
from lms_core.sync.rows import Cell, HubRow
from lms_core.sync.showing import seen
from lms_core.sync.wire import Reply, Request
from tests.simulator import mirror
from tests.simulator.entities import COUNTER_ROW, COURSE_ROW, SCHEMA, member_row
from tests.simulator.hub_store import DictHubReader, DictHubStore, DictHubTransaction
from tests.simulator.replica_store import DictReplicaTransaction, Logged
from tests.simulator.tables import Tables

KEY = b"simulated hub"
Time = Callable[[], int]


class WorldClock:
    """The time of one machine."""

    def __init__(self, read: Time) -> None:
        self.read = read

    def ms(self) -> int:
        return self.read()

    def monotonic_ms(self) -> int:
        return self.read()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.read() / 1000, UTC)


class Laptop:
    """One account on one device. Its tables outlive its process (`engine`)."""

    def __init__(self, *, name: str, account: str, rng: random.Random, time: Time, skew: int = 0) -> None:
        self.name, self.account, self.skew = name, account, skew
        self._rng, self._time = rng, time
        self._folds: dict[str, tuple[list[BaseRow], list[Op], Values | None]] = {}
        self.tables = Tables()
        self.tables.mirror = mirror.replica_mirror()
        self.restart()
        with self.open() as tx:
            tx.save_segments([Segment(self._new_id())])
            tx.save_state(State(account))

    def _new_id(self) -> str:
        return f"{self.name}-{self._rng.getrandbits(32):08x}"

    def restart(self) -> None:
        """Start the program anew: what is not in the tables is forgotten."""
        self.engine = ReplicaEngine(SCHEMA, self._new_id)

    def twin(self, name: str, tables: Tables | None = None) -> Laptop:
        """A copy of the disk in another machine, or of a backup in this one."""
        other = Laptop(name=name, account=self.account, rng=self._rng, time=self._time, skew=self.skew)
        other.tables = (tables or self.tables).copy()
        return other

    def open(self) -> AbstractContextManager[DictReplicaTransaction]:
        """One transaction."""
        ours = DictReplicaTransaction(self.tables)
        return ours if self.tables.mirror is None else self._open_both(ours)

    @contextmanager
    def _open_both(self, ours: DictReplicaTransaction) -> Iterator[DictReplicaTransaction]:
        with self.tables.transaction(), mirror.replica_transaction(ours, self.tables.mirror) as tx:
            yield tx

    # --- what the engine does
    def write(self, *drafts: Draft, group: str | None = None) -> None:
        """Do what a verb does."""
        with self.open() as tx:
            self.engine.write(tx, drafts, t=max(1, self._time() + self.skew), group=group)

    def request(self, asked: set[str] | None = None, limit: int = 2000, ops: int = 1000) -> Request:
        """Build the next request."""
        with self.open() as tx:
            return self.engine.request(tx, asked=asked or set(), limit=limit, ops=ops)

    def volley(self, first: Request, ops: int) -> list[Request]:
        """Requests that can be on their way together with the first."""
        with self.open() as tx:
            return self.engine.volley(tx, first, most=4, ops=ops, size=700_000)

    def audit(self) -> Request:
        """A request that compares every row with the hub's."""
        sums = self.sums()
        with self.open() as tx:
            return self.engine.request(tx, audit=sums)

    def rot(self, row: str, scope: str, *, becomes: str | None) -> None:
        """A row of the file is lost, or is another all at once; what the screen shows follows."""
        with self.open() as tx:
            found = self.tables.data["base", scope][row]
            tx.t.drop(("base", scope), row)
            if becomes:
                tx.t.put(("base", scope), becomes, found)
            self.engine.refold(tx, {row, becomes or row})

    def receive(self, reply: Reply) -> str:
        """Apply a reply, and show what that left for later."""
        with self.open() as tx:
            result, _ = self.engine.receive(tx, reply)
        while self.fold_some():
            pass
        return result

    def fold_some(self) -> bool:
        """Show some rows."""
        with self.open() as tx:
            return self.engine.fold_some(tx)

    def sums(self) -> dict[str, list[int]]:
        """The sums of every scope, counted from the rows."""
        audit, found = Audit(), None
        while found is None:
            with self.open() as tx:
                found = audit.count(tx)
        return found

    def forget(self) -> None:
        """Let go of old ops."""
        with self.open() as tx:
            self.engine.forget(tx)

    # --- what tests look at
    @property
    def tx(self) -> DictReplicaTransaction:
        """The tables, to be read."""
        return DictReplicaTransaction(self.tables)

    @property
    def shown(self) -> dict[str, tuple[str, Values]]:
        """Visible rows: (entity, values) by id."""
        return self.tables.data["shown"]

    @property
    def rights(self) -> set[str]:
        """Scopes that the replica believes to hold."""
        return self.tx.state().rights

    @property
    def parked(self) -> list[tuple[Op, str, str]]:
        """Refused ops, code and cause."""
        return list(self.tables.data["parked"].values())

    def values(self, row: str) -> Values | None:
        """What the screen shows of a row."""
        found = self.shown.get(row)
        return found[1] if found else None

    def logged(self) -> Iterator[tuple[str, int, Logged]]:
        """Every sealed op: replica id, number, entry."""
        for segment in self.tx.segments():
            log = self.tables.data["log", segment.rep]
            for c in sorted(log):
                yield segment.rep, c, log[c]

    def overlaying(self) -> list[Op]:
        """Pending ops by definition: unanswered, or answered and not seen yet in a scope that is readable."""
        tx = self.tx
        rights, cursors, stale = tx.state().rights, tx.cursors(), tx.stale()
        out = []
        for _, _, entry in self.logged():
            verdict = entry.verdict
            if verdict is None:
                out.append(entry.op)
            elif verdict.seen is not None:
                scope, seq = verdict.seen
                if scope in rights and (scope in stale or cursors.get(scope, -1) < seq):
                    out.append(entry.op)
        return out + [op for _, op in tx.unsealed()]

    def folded(self, by_row: Mapping[str, list[Op]]) -> dict[str, tuple[str, Values]]:
        """Visible rows by definition: fold(base, pending); what has not changed is folded once."""
        base, out = self.tx.all_base(), {}
        for row in base.keys() | by_row.keys():
            docs, ops = base.get(row, []), by_row.get(row, [])
            entity = self.engine.schema.find(docs[0].entity if docs else ops[0].entity)
            if entity is None:
                continue
            known = self._folds.get(row)
            if known is None or known[0] != docs or known[1] != ops:
                known = self._folds[row] = docs, ops, fold(entity, seen(entity, docs), ops)
            if known[2] is not None:
                out[row] = (entity.name, known[2])
        return out

    def own_ops(self) -> list[Op]:
        """Everything that this machine could still send of what was written on it."""
        floor = {s.rep: s.floor for s in self.tx.segments()}
        return (
            [e.op for rep, c, e in self.logged() if c > floor[rep]]
            + [op for _, op in self.tx.unsealed()]
            + [op for op, _, _ in self.parked]
        )

    def places(self) -> dict[str, dict[str, Place]]:
        """Siblings by parent as the screen shows them."""
        out: dict[str, dict[str, Place]] = {}
        for row, (_, values) in self.shown.items():
            spot = values.get("place")
            if isinstance(spot, Place):
                out.setdefault(spot.parent, {})[row] = spot
        return out


class Hub:
    """The hub's process over its disk, with the journal of what it writes itself in a second folder."""

    def __init__(self, time: Time) -> None:
        self.skew = self.quota = 0
        self._time = lambda: time() + self.skew
        self.store = DictHubStore(SCHEMA)
        self.tables.mirror = mirror.hub_mirror()
        self.journal: list[tuple[str, str, bool]] = []
        self.start()
        self._write(lambda bench: derive(bench, "course", COURSE_ROW, {"title": "Weather"}))

    def start(self) -> None:
        """Start the process."""
        self.store.begin_epoch(self._time())
        self.engine = HubEngine(
            schema=SCHEMA, store=self.store, clock=WorldClock(self._time), key=KEY, quota=self.quota
        )

    @property
    def tables(self) -> Tables:
        """The disk."""
        return self.store.tables

    @property
    def rows(self) -> dict[str, HubRow]:
        """All rows."""
        return self.store.rows

    def backup(self) -> Tables:
        """A copy of the database."""
        self.tables.put("meta", "journal", len(self.journal))
        return self.tables.copy()

    def restore(self, backup: Tables) -> None:
        """Bring a backup back, start, and replay the journal."""
        self.store = DictHubStore(SCHEMA, backup.copy())
        self.start()
        for account, scope, on in self.journal[self.tables.data["meta"]["journal"] :]:
            self._member(account, scope, on)

    def exchange(self, request: Request, account: str) -> Reply:
        """Answer a request."""
        return self.engine.exchange(request, account)

    def compact(self) -> int:
        """Forget what is too old."""
        return compact(self.store, self._time())

    def scopes_of(self, account: str) -> set[str]:
        """What an account may read."""
        return DictHubReader(self.store).scopes_of(account)

    def time(self) -> int:
        """Its time, which never goes back."""
        now: int = self.tables.data["meta"]["now"]
        return now

    def mark(self) -> Version:
        """Where its timeline stands."""
        return DictHubReader(self.store).mark()

    def grant(self, account: str, scope: str, on: bool) -> None:
        """Give or take a right."""
        self.journal.append((account, scope, on))
        self._member(account, scope, on)

    def _member(self, account: str, scope: str, on: bool) -> None:
        values = {"account_id": account, "scope": scope, "on": int(on)}
        self._write(lambda bench: derive(bench, "member", member_row(account, scope), values))

    def project(self) -> None:
        """Recompute what follows from rows."""
        with self.store.write() as tx:
            touched = set(tx.data["dirty"].values()) & {"post", "note"}
            tx.t.clear("dirty")
            if touched:
                self._derive_in(tx, lambda bench: derive(bench, "counter", COUNTER_ROW, {"n": self.talking()}))
            tx.t.drop("dirty", COUNTER_ROW)

    def talking(self) -> int:
        """The figure that the counter shows: rows that the talk sees."""
        shown = (r for r in self.rows.values() if not r.gone)
        return sum(r.entity == "post" or (r.entity == "note" and bool(r.value("shared"))) for r in shown)

    def _write(self, work: Callable[[Bench], None]) -> None:
        with self.store.write() as tx:
            self._derive_in(tx, work)

    def _derive_in(self, tx: DictHubTransaction, work: Callable[[Bench], None]) -> None:
        tx.tick(self._time())
        bench = Bench(SCHEMA, tx, tx.version())
        work(bench)
        self.engine.commit(tx, bench)

    def held_bodies(self) -> set[bytes]:
        """Ops that wait for a row."""
        return {s.body for waiting in self.tables.data["held"].values() for s in waiting.ops}

    def held_ops(self) -> list[Op]:
        """The same, read."""
        return [unseal(body) for body in sorted(self.held_bodies())]


def derive(bench: Bench, entity: str, row: str, values: Values) -> None:
    """Write a row in the hub's own name, if it changes."""
    old = bench.row(row)
    changed = {n: v for n, v in values.items() if old is None or old.value(n) != v}
    if not changed:
        return
    now = bench.touch(entity, row)
    for name, value in changed.items():
        now.cells[name] = Cell(value, now.ver, 0, "hub", 0)
    bench.keep()
