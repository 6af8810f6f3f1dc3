"""A laptop of the simulated school: the product's engine over tables in memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from lms_core.ops import Draft, Op, Place, Values, fold
from lms_core.schema import Schema
from lms_core.sync.ports import BaseRow, Segment, State
from lms_core.sync.recall import FORGOTTEN
from lms_core.sync.replica import carried
from lms_core.sync.replica.engine import TOLD, ReplicaEngine
from lms_core.sync.replica.flights import Flights
from lms_core.sync.replica.healing import Audit
from lms_core.sync.replica.showing import seen
from lms_core.sync.wire import Reply, Request
from tests.simulator import mirror
from tests.simulator.entities import (
    SCHEMA,
)
from tests.simulator.replica_store import DictReplicaTransaction, Logged
from tests.simulator.tables import Tables

Time = Callable[[], int]


class Laptop:
    """One account on one device. Its tables outlive its process (`engine`)."""

    def __init__(
        self, *, name: str, account: str, rng: random.Random, time: Time, skew: int = 0, schema: Schema = SCHEMA
    ) -> None:
        self.name, self.account, self.skew = name, account, skew
        self._rng, self._time = rng, time
        self._folds: dict[str, tuple[list[BaseRow], list[Op], Values | None]] = {}
        self.tables = Tables()
        self.tables.mirror = mirror.replica_mirror()
        self.schema = schema
        with self.open() as tx:
            tx.save_segments([Segment(self._new_id())])
            tx.save_state(State(account))
        self.restart()

    def _new_id(self) -> str:
        return f"{self.name}-{self._rng.getrandbits(32):08x}"

    def restart(self) -> None:
        """Start the program anew: what is not in the tables is forgotten; after an upgrade all is shown anew."""
        self.engine = ReplicaEngine(self.schema, self._new_id)
        meta = self.tables.data["meta"]
        if meta.get("program", 1) != self.schema.version:
            self._folds.clear()
            with self.open() as tx:
                tx.t.put("meta", "program", self.schema.version)
                tx.t.clear("shown")
                tx.fold_later(tx.rows() | set(tx.pending(None)))
            while self.fold_some():
                pass

    def use(self, schema: Schema) -> None:
        """Install another version of the program."""
        self.schema = schema
        self.restart()

    def twin(self, name: str, tables: Tables | None = None) -> Laptop:
        """A copy of the disk in another machine, or of a backup in this one."""
        other = Laptop(name=name, account=self.account, rng=self._rng, time=self._time, skew=self.skew)
        other.tables = (tables or self.tables).copy()
        other.use(self.schema)
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

    def volley(self, first: Request, ops: int, most: int) -> list[Request]:
        """Requests that can be on their way together with the first, or be made before those are answered."""
        with self.open() as tx:
            return Flights(self.engine, first, ops=ops, size=700_000, most=most).more(tx)

    def carried(self, ops: int, rows: int) -> list[Request]:
        """Requests for a file."""
        with self.open() as tx:
            return list(carried.requests(self.engine, tx, ops=ops, rows=rows))

    def audit(self) -> Request:
        """A request that compares every row with the hub's."""
        sums = self.sums()
        with self.open() as tx:
            return self.engine.request(tx, audit=sums, turn=len(tx.segments()) - 1)

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
            open_ = set(tx.data["open", reply.replica])
            result, _ = self.engine.receive(tx, reply)
            if result in TOLD:
                self._note(reply, open_ - tx.data["open", reply.replica].keys())
        while self.fold_some():
            pass
        return result

    def _note(self, reply: Reply, answered: set[int]) -> None:
        """Remember which answers one hub had forgotten, and which came before the present id was told what is read."""
        for c in (v.c for v in reply.verdicts if v.verdict == FORGOTTEN):
            self.tables.put("recalled", (reply.replica, c), True)
        if reply.told and reply.status != "upgrade" and reply.replica == self.tx.segments()[-1].rep:
            self.tables.clear("untold")
        else:
            for c in answered:
                self.tables.put("untold", (reply.replica, c), True)

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
        out, untold = [], self.tables.data["untold"]
        for rep, c, entry in self.logged():
            verdict = entry.verdict
            if verdict is None:
                out.append(entry.op)
            elif verdict.seen is not None:
                scope, seq = verdict.seen
                known = scope in rights or (rep, c) in untold
                if known and (scope in stale or cursors.get(scope, -1) < seq):
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
