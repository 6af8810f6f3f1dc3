"""The hub's store as dictionaries (implements HubStore)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from lms_core.ops import ROOT_CHAIN, Version
from lms_core.schema import Schema
from lms_core.sync.hub.store import SqlHubStore
from lms_core.sync.hub.turns import Job, Turns
from lms_core.sync.ports import Card, Feed, Waiting
from lms_core.sync.rows import Changed, HubRow, RowView
from lms_core.sync.sealed import Sealed
from lms_core.sync.sums import Sums
from lms_core.sync.wire import Verdict
from tests.simulator import mirror
from tests.simulator.tables import Tables

T = TypeVar("T")


class DictHubStore:
    """Tables of a hub. `acted` counts how often each op's bytes had an effect, for invariant I4.

    `idle` are ops that were sent again and keep their verdict, while they changed nothing: their effect was there.
    """

    def __init__(self, schema: Schema, tables: Tables | None = None) -> None:
        self.schema = schema
        self.tables = tables or Tables()
        self.company: list[Callable[[], None]] = []
        self.idle: set[tuple[str, int]] = set()
        self._jobs: list[Job] = []
        self._turns = Turns(self._batch)

    @property
    def rows(self) -> dict[str, HubRow]:
        """All rows."""
        return self.tables.data["row"]

    def begin_epoch(self, now: int, *, above: int = 0) -> Version:
        """Start the hub's process."""
        t = self.tables
        with t.transaction():
            meta = t.data["meta"]
            now = max(now, meta.get("now", 0))
            if meta.get("epoch"):
                t.put("epoch_end", meta["epoch"], meta["commit"])
            t.put("meta", "epoch", max(meta.get("epoch", 0) + 1, now, above + 1))
            t.put("meta", "commit", meta.get("commit", 0))
            t.put("meta", "now", now)
            if t.mirror:
                SqlHubStore(t.mirror.engine, self.schema).begin_epoch(now, above=above)
            return meta["epoch"], meta["commit"]

    def write(self) -> AbstractContextManager[DictHubTransaction]:
        """Begin a write transaction."""
        ours = DictHubTransaction(self)
        return ours if self.tables.mirror is None else self._write_both(ours)

    @contextmanager
    def _write_both(self, ours: DictHubTransaction) -> Iterator[DictHubTransaction]:
        with self.tables.transaction(), mirror.hub_transaction(ours, self.tables.mirror, self.schema) as tx:
            yield tx
            ours.finish()

    def transact(self, work: Callable[[Any], T], *, account: str, ops: int = 1) -> T:
        """Do work in a write transaction, with that of the `company`: exchanges that begin before this one ends."""
        if self.tables.mirror or not (self.company or self._jobs):
            with self.write() as tx:
                return work(tx)
        job = Job(work, max(1, ops))
        self._jobs.append(job)
        while self.company and not job.done:
            self.company.pop(0)()
        if not job.done:
            jobs, self._jobs = self._jobs, []
            self._turns.together(jobs)
        if job.error:
            raise job.error
        done: T = job.result
        return done

    def part(self) -> None:
        """Nobody waits any more."""
        self.company, self._jobs = [], []

    @contextmanager
    def _batch(self) -> Iterator[Callable[[Callable[[Any], Any], bool], Any]]:
        with self.tables.transaction():

            def run(work: Callable[[Any], Any], apart: bool) -> Any:
                with self.tables.savepoint() if apart else nullcontext():
                    tx = DictHubTransaction(self)
                    result = work(tx)
                    tx.finish()
                    return result

            yield run

    def read(self) -> AbstractContextManager[DictHubReader]:
        """Begin a read snapshot."""
        ours = DictHubReader(self)
        if self.tables.mirror is None:
            return nullcontext(ours)
        return mirror.hub_snapshot(ours, self.tables.mirror, self.schema)


class DictHubReader:
    """What both kinds of transaction read."""

    def __init__(self, store: DictHubStore) -> None:
        self.store = store
        self.t = store.tables
        self.data = store.tables.data

    def mark(self) -> Version:
        return self.data["meta"]["epoch"], self.data["meta"]["commit"]

    def scopes_of(self, account: str) -> set[str]:
        granted = {scope for pairs in self.data["grant"].values() for who, scope in pairs if who == account}
        return {f"account/{account}"} | granted

    def verdicts(self, account: str, replica: str, above: int, limit: int) -> list[Verdict]:
        found = self.data["verdict", replica]
        return [found[c] for c in sorted(found) if c > above][:limit]

    def feeds(self, scopes: Collection[str]) -> dict[str, Feed]:
        seq, floor, sums = self.data["seq"], self.data["floor"], self.data["sums"]
        return {s: Feed(seq[s], floor.get(s, 0), sums[s]) for s in scopes if s in seq}

    def entries(self, scope: str, above: int, limit: int) -> list[tuple[int, bytes]]:
        return sorted(entry for entry in self.data["feed", scope].values() if entry[0] > above)[:limit]


class DictHubTransaction(DictHubReader):
    """One write transaction (implements HubTransaction)."""

    def __init__(self, store: DictHubStore) -> None:
        super().__init__(store)
        self.changed = False
        self.now: int = self.data["meta"]["now"]

    def __enter__(self) -> DictHubTransaction:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        try:
            if kind is None:
                self.finish()
        except BaseException:
            self.t.end(well=False)
            raise
        self.t.end(well=kind is None)

    def finish(self) -> None:
        """Store commit number and time."""
        if self.changed:
            self.t.put("meta", "commit", self.data["meta"]["commit"] + 1)
            self.t.put("meta", "now", self.now)

    # --- time
    def tick(self, now: int) -> int:
        self.now = max(self.now, now)
        return self.now

    def version(self) -> Version:
        return self.data["meta"]["epoch"], self.data["meta"]["commit"] + 1

    def mark_known(self, mark: Version) -> bool:
        meta = self.data["meta"]
        last = meta["commit"] if mark[0] == meta["epoch"] else self.data["epoch_end"].get(mark[0], -1)
        return bool(mark[1] <= last)

    # --- who speaks
    def card(self, replica: str) -> Card | None:
        return self.data["replica"].get(replica)

    def chain_at(self, replica: str, numbers: Collection[int]) -> dict[int, bytes]:
        known = {0: ROOT_CHAIN} | self.data["chain", replica]
        return {c: known[c] for c in numbers if c in known}

    def role(self, account: str) -> str:
        return "student"

    def name(self, account: str) -> str:
        return ""

    # --- rows
    def rows(self, ids: Collection[str]) -> dict[str, HubRow]:
        found = self.data["row"]
        return {row: found[row] for row in ids if row in found}

    def kids(self, parents: Collection[str]) -> dict[str, set[str]]:
        return {p: set(self.data["kid", p]) for p in parents}

    def refused(self, ids: Collection[str]) -> set[str]:
        return {row for row in ids if row in self.data["refused"]}

    def places(self, rows: Collection[str]) -> dict[str, dict[str, bool]]:
        return {row: self.data["scopes"][row] for row in rows if row in self.data["scopes"]}

    def advance(self, scope: str, by: int, sums: Sums) -> int:
        first = self.data["seq"].get(scope, 0) + 1
        self.t.put("sums", scope, tuple(Sums(self.data["sums"].get(scope, ())).add(sums).values))
        self.t.put("seq", scope, first + by - 1)
        return first

    def publish(self, rows: Sequence[Changed]) -> None:
        self.changed = True
        for each in rows:
            entity, row, scopes = each.entity, each.row, each.scopes
            view = RowView(entity, row)
            old = self.data["row"].get(row.id)
            if old and "place" in old.cells:
                self.t.drop(("kid", old.cells["place"].value[0]), row.id)
            if "place" in row.cells:
                self.t.put(("kid", row.cells["place"].value[0]), row.id, True)
            self.t.put("row", row.id, row)
            before = dict.fromkeys(self.data["scopes"].get(row.id, {}), False)
            self.t.put("scopes", row.id, before | dict.fromkeys(scopes, True))
            self.t.put("dirty", row.id, row.entity)
            if entity.grants:
                self.t.put("grant", row.id, () if row.gone else tuple(entity.grants(view)))

    def feed(self, entries: Mapping[str, list[tuple[int, str, bytes, bool]]]) -> None:
        for scope, many in entries.items():
            for seq, row, body, present in many:
                self.t.put(("feed", scope), row, (seq, body))
                self.t.put("left", (scope, row), None if present else self.now)

    # --- log
    def log(self, replica: str, card: Card, entries: Sequence[tuple[int, bytes, Verdict]]) -> None:
        self.changed = True
        self.t.put("replica", replica, card)
        for c, chain, verdict in entries:
            self.t.put(("chain", replica), c, chain)
            self.t.put(("verdict", replica), c, verdict)
            self.t.put("taken_at", (replica, c), self.now)

    def answer(self, replica: str, verdict: Verdict) -> None:
        self.t.put(("verdict", replica), verdict.c, verdict)
        self.t.put("taken_at", (replica, verdict.c), self.now)
        self.count(replica, self.data["heldbody"][replica, verdict.c], verdict)

    def count(self, replica: str, body: bytes, verdict: Verdict) -> None:
        """Note an op that had an effect."""
        if verdict.verdict in ("applied", "merged") and (replica, verdict.c) not in self.store.idle:
            self.t.put("acted", body, self.data["acted"].get(body, 0) + 1)

    def refuse(self, rows: Collection[str], again: Collection[str]) -> None:
        for row in rows:
            self.t.put("refused", row, True)
        for row in again:
            self.t.drop("refused", row)

    def hold(self, replica: str, waiting: Waiting) -> None:
        number = self.data["meta"].get("holds", 0) + 1
        self.t.put("meta", "holds", number)
        self.t.put("held", number, waiting)
        for sealed in waiting.ops:
            self.t.put("heldbody", (replica, sealed.c), sealed.body)

    def held_rows(self, replica: str) -> set[str]:
        mine = [w for w in self.data["held"].values() if w.writer.rep == replica]
        return {s.op.row for w in mine for s in w.ops if s.op.kind in ("create", "append")}

    def used(self, account: str) -> int:
        return int(self.data["usage"].get(account, 0))

    def use(self, account: str, size: int) -> None:
        self.t.put("usage", account, self.used(account) + size)

    def forget_left(self, before: int, limit: int) -> int:
        left = sorted((at, scope, row) for (scope, row), at in self.data["left"].items() if at is not None)
        gone = [(scope, row) for at, scope, row in left if at < before][:limit]
        for scope, row in gone:
            seq, _ = self.data["feed", scope][row]
            self.t.put("floor", scope, max(seq, self.data["floor"].get(scope, 0)))
            self.t.drop(("feed", scope), row)
            self.t.drop("left", (scope, row))
        self.changed = self.changed or bool(gone)
        return len(gone)

    def forget_log(self, before: int, limit: int) -> int:
        cards, waits = self.data["replica"], dict[str, int]()
        for waiting in self.data["held"].values():
            rep, first = waiting.writer.rep, waiting.ops[0].c
            waits[rep] = min(first, waits.get(rep, first))
        old = sorted(
            (at, rep, c)
            for (rep, c), at in self.data["taken_at"].items()
            if at < before and at <= cards[rep].heard and c < min(cards[rep].hw, waits.get(rep, c + 1))
        )
        for _, replica, c in old[:limit]:
            self.t.drop(("chain", replica), c)
            self.t.drop(("verdict", replica), c)
            self.t.drop("taken_at", (replica, c))
        return len(old[:limit])

    def release(self, rows: Collection[str]) -> list[Waiting]:
        keys = sorted(key for key, waiting in self.data["held"].items() if waiting.row in rows)
        found = [self.data["held"][key] for key in keys]
        for key in keys:
            self.t.drop("held", key)
        return found

    def changed_since(self, scope: str, since: int, but: str) -> list[str]:
        rows = [row for row, (seq, _) in self.data["feed", scope].items() if seq > since]
        return [
            r.id for r in self.rows(rows).values() if any(c.rep != but and c.ver == r.ver for c in r.cells.values())
        ]

    def missing_blobs(self, hashes: Iterable[str]) -> list[str]:
        return []

    def query(self, statement: Any, changed: Iterable[HubRow]) -> Sequence[Any]:
        raise LookupError("there are no columns here")

    def quarantine(self, replica: str, ops: Sequence[Sealed], error: str) -> None:
        for sealed in ops:
            self.t.put("quarantined", (replica, sealed.c), error)
