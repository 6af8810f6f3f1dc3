"""The hub of the simulated school: the product's engine over tables in memory, and what it writes itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from lms_core.errors import StorageError
from lms_core.ops import Op, Values, Version, unseal
from lms_core.schema import Schema
from lms_core.sync.bench import Bench
from lms_core.sync.hub.compaction import compact
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.hub.judge import Judge
from lms_core.sync.ports import HubTransaction
from lms_core.sync.rows import HubRow
from lms_core.sync.sealed import Outcome, Sealed
from lms_core.sync.wire import Reply, Request
from tests.simulator import mirror
from tests.simulator.entities import (
    COUNTER,
    COUNTER_ROW,
    COURSE,
    COURSE_ROW,
    MEMBER,
    PROGRESS,
    ROSTER,
    SCHEMA,
    member_row,
)
from tests.simulator.hub_store import DictHubReader, DictHubStore, DictHubTransaction
from tests.simulator.machines import Time
from tests.simulator.tables import Tables, Unforeseen

KEY = b"simulated hub"


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


class Watched(HubEngine):
    """The engine, watched: which ops that are sent again change nothing (`DictHubStore.idle`)."""

    def judge(
        self, tx: HubTransaction, judge: Judge, group: list[Sealed], times: dict[int, int], refusal: str = ""
    ) -> dict[int, Outcome]:
        dirty = judge.bench.dirty
        before = {sealed.op.row: dirty.get(sealed.op.row) for sealed in group}
        outcomes = super().judge(tx, judge, group, times, refusal)
        for sealed in group:
            unchanged = dirty.get(sealed.op.row) is before[sealed.op.row]
            note = self.store.idle.add if sealed.receipt and unchanged else self.store.idle.discard
            note((judge.writer.rep, sealed.c))
        return outcomes


class Hub:
    """The hub's process over its disk, with the journal of what it writes itself in a second folder."""

    def __init__(self, time: Time, schema: Schema = SCHEMA) -> None:
        self.skew = self.quota = 0
        self._time = lambda: time() + self.skew
        self.schema = schema
        self.store = DictHubStore(schema)
        self.tables.mirror = mirror.hub_mirror()
        self.journal: list[tuple[str, str, bool]] = []
        self.start()
        self._write(lambda bench: bench.derive(COURSE, COURSE_ROW, {"title": "Weather"}, 0))

    def start(self) -> None:
        """Start the process."""
        self.store.begin_epoch(self._time())
        clock = WorldClock(self._time)
        self.engine = Watched(schema=self.schema, store=self.store, clock=clock, key=KEY, quota=self.quota)
        self.engine.resume()

    def use(self, schema: Schema) -> None:
        """Install another version of the server."""
        self.schema = self.store.schema = schema
        self.start()

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
        self.store = DictHubStore(self.schema, backup.copy())
        self.start()
        for account, scope, on in self.journal[self.tables.data["meta"]["journal"] :]:
            self._member(account, scope, on)

    def exchange(self, request: Request, account: str) -> Reply:
        """Answer a request."""
        return self.engine.exchange(request, account)

    def exchange_all(self, asked: Sequence[tuple[Request, str]]) -> list[Reply | Exception]:
        """Answer requests that came at the same time: their ops are committed together."""
        replies: dict[int, Reply | Exception] = {}

        def ask(n: int) -> None:
            try:
                replies[n] = self.engine.exchange(*asked[n])
            except (StorageError, Unforeseen) as error:
                replies[n] = error

        self.store.company = [partial(ask, n) for n in range(1, len(asked))]
        try:
            ask(0)
            while self.store.company:
                self.store.company.pop(0)()
        finally:
            self.store.part()
        return [replies[n] for n in range(len(asked))]

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

    def knows(self, mark: Version) -> bool:
        """Whether its timeline goes on from there."""
        return DictHubTransaction(self.store).mark_known(mark)

    def grant(self, account: str, scope: str, on: bool) -> None:
        """Give or take a right."""
        self.journal.append((account, scope, on))
        self._member(account, scope, on)

    def _member(self, account: str, scope: str, on: bool) -> None:
        values = {"account_id": account, "scope": scope, "on": int(on)}
        self._write(lambda bench: bench.derive(MEMBER, member_row(account, scope), values, 0))

    def project(self) -> None:
        """Recompute what follows from rows."""
        with self.store.write() as tx:
            touched = set(tx.data["dirty"].values())
            tx.t.clear("dirty")
            if touched & {"post", "note", "enrolment", "progress"}:
                self._derive_in(tx, self._follow)
            tx.t.clear("dirty")

    def _follow(self, bench: Bench) -> None:
        bench.derive(COUNTER, COUNTER_ROW, {"n": self.talking()}, 0)
        for row, values in self.roster().items():
            bench.derive(ROSTER, row, values, 0)

    def roster(self) -> dict[str, Values | None]:
        """What staff see of each account: a copy of its rows while it learns, nothing before and after."""
        out: dict[str, Values | None] = {}
        for row in self.rows.values():
            if row.entity == "enrolment":
                account, status = row.value("account_id"), row.value("status")
                progress = self.rows.get(PROGRESS.id_for(account, "0"))
                values = {"account_id": account, "status": status, "pct": progress.value("pct") if progress else None}
                out[ROSTER.id_for(account)] = values if status in ("applied", "active") else None
        return out

    def talking(self) -> int:
        """The figure that the counter shows: rows that the talk sees."""
        shown = (r for r in self.rows.values() if not r.gone)
        return sum(r.entity == "post" or (r.entity == "note" and bool(r.value("shared"))) for r in shown)

    def _write(self, work: Callable[[Bench], None]) -> None:
        with self.store.write() as tx:
            self._derive_in(tx, work)

    def _derive_in(self, tx: DictHubTransaction, work: Callable[[Bench], None]) -> None:
        tx.tick(self._time())
        bench = Bench(self.schema, tx, tx.version())
        work(bench)
        self.engine.commit(tx, bench)

    def held_bodies(self) -> set[bytes]:
        """Ops that wait for a row."""
        return {s.body for waiting in self.tables.data["held"].values() for s in waiting.ops}

    def held_ops(self) -> list[Op]:
        """The same, read."""
        return [unseal(body) for body in sorted(self.held_bodies())]
