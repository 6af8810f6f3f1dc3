"""The loop that keeps a replica and its hub together: prepare (disk), exchange (network), apply (disk), again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
from sqlalchemy import insert, select

from lms_core.db.bulk import chunks
from lms_core.errors import ServerError, VersionMismatch
from lms_core.ops import Op, unseal
from lms_core.ports import BlobStore, Clock
from lms_core.sync import tables as t
from lms_core.sync.conflicts import waiting_for
from lms_core.sync.ports import Segment
from lms_core.sync.replica import clock, refused
from lms_core.sync.replica.comparing import Comparing
from lms_core.sync.replica.engine import TOLD
from lms_core.sync.replica.flights import FLIGHTS, Care, Flights, in_flight
from lms_core.sync.replica.refused import Parked
from lms_core.sync.replica.runs import Running
from lms_core.sync.replica.sending import Comparison, FileLine, give
from lms_core.sync.replica.store import waiting_count
from lms_core.sync.replica.unit import ReplicaUnit
from lms_core.sync.wire import Reply, Request, pack, unpack_reply

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_ROUNDS = 10_000
ROWS = 1000
OPS, OPS_BYTES = 500, 700_000


class Do(Protocol):
    """Does one piece of work and returns what it returns."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """Do it."""


def at_once(work: Callable[[], T], /) -> T:
    """Do it here and now."""
    return work()


class Line(FileLine, Protocol):
    """The part of a transport that an exchange needs."""

    def exchange(self, body: bytes) -> bytes:
        """Send one request and return the reply."""


class SyncStatus(msgspec.Struct, frozen=True):
    """Where a replica stands: ops that wait, things that need a person, when all last agreed (ms, None: never)."""

    waiting: int
    needs_you: int
    last_synced_at: int | None


class Step(msgspec.Struct, frozen=True):
    """One applied reply: what it was, whether more is to come, ops sent, rows received, ms to wait.

    The result is that of `ReplicaEngine.receive`.
    """

    result: str
    more: bool
    sent: int = 0
    received: int = 0
    wait: int = 0


class Sync:
    """Sync of one replica. `work` opens a unit on it; everything but `run` and `send_files` is local and quick.

    `called` tells what people call some of the files.
    """

    def __init__(
        self,
        work: Callable[[], AbstractContextManager[ReplicaUnit]],
        blobs: BlobStore,
        clock: Clock,
        *,
        called: Callable[[Collection[str]], Mapping[str, str]],
    ) -> None:
        self._work = work
        self._called = called
        self._blobs = blobs
        self._clock = clock
        self.comparing = Comparing(work)
        self._running = Running(clock)
        self._files = Comparison()
        self._asked: set[str] = set()
        self._held: set[int] = set()
        self._lacks = self._owed = -1
        self._sent = 0
        self._care = Care()
        self._flights: Flights | None = None
        self._made: list[Request] = []
        self._first = False
        self._reply: tuple[bytes, Reply] | None = None

    # --- one exchange
    def begin(self) -> None:
        """Begin a run of exchanges: every old id is asked again."""
        self._asked, self._held = set(), set()
        self._lacks = self._owed = -1
        self._running = Running(self._clock)

    def volley(self, limit: int = ROWS, *, flights: int = FLIGHTS) -> list[bytes]:
        """Seal what waits and encode the first of the next requests; up to `flights` may be on their way at once.

        The others come from `follow`. After one that got no answer they are smaller and go one by one, until some have
        got through: then the next volley has twice the size.
        """
        care = self._care
        care.begin()
        limit, ops, size = care.of(limit), care.of(OPS), care.of(OPS_BYTES)
        with self._work() as unit:
            first = unit.engine.request(
                unit.tx, asked=self._asked, limit=limit, ops=ops, size=size, audit=self.comparing.sums
            )
            self._flights = Flights(unit.engine, first, ops=ops, size=size, most=flights if care.whole else 1)
            many = self._flights.more(unit.tx, 1)
        self._asked.add(first.replica)
        self._owed = self._lacks
        self._sent, self._made, self._first = 0, [], True
        return self._packed(many)

    def _packed(self, requests: list[Request]) -> list[bytes]:
        self._sent += sum(len(r.ops) for r in requests)
        bodies = [pack(request) for request in requests]
        self._running.asked(sum(map(len, bodies)))
        return bodies

    def follow(self) -> list[bytes]:
        """Requests that can be sent beside the first, then after what was answered, while all goes well."""
        if self._first and self._flights:
            with self._work() as unit:
                self._made = self._flights.more(unit.tx)
        made, self._made, self._first = self._made, [], False
        return self._packed(made)

    def ahead(self, body: bytes) -> list[bytes]:
        """What can be asked before a reply is taken in."""
        self._reply = body, unpack_reply(body)
        request = self._flights.ahead(self._reply[1]) if self._flights and self._care.whole else None
        return self._packed([request] if request else [])

    def apply(self, body: bytes, *, heard: bool = True) -> Step:
        """Take in a reply; one that was carried as a file was not just `heard` and tells nothing of the clock."""
        step, later = self._take_in(body, heard=heard)
        while later:
            later = self.fold_some()
        return step

    def _take_in(self, body: bytes, *, heard: bool = True, follow: bool = False) -> tuple[Step, bool]:
        """The same, and whether rows are left that wait to be shown.

        With `follow` the requests that can be sent now are made in the same transaction.
        """
        known, self._reply = self._reply, None
        reply = known[1] if known and known[0] is body else unpack_reply(body)
        with self._work() as unit:
            result, _ = unit.engine.receive(unit.tx, reply)
            if self._care.answered() or result != "ok" or (self._flights and not self._flights.answered(reply)):
                self._flights = None
            self._care.unanswered = self._flights is not None
            if heard:
                clock.note(unit, reply.now)
            if result not in TOLD:  # what was told before may not hold any more
                self._asked.clear()
                self._held.clear()
            received = sum(len(s.entries) for s in reply.slices)
            segments = unit.tx.segments()
            last = segments[-1]
            settled = (
                reply.replica == last.rep and last.hw >= last.length and not unit.tx.staged() and not unit.tx.stale()
            )
            waiting = bool(unit.tx.waiting(1)) or any(s.offered and s.rep not in self._asked for s in segments[:-1])
            healing = bool(unit.tx.healing())
            owed = result in TOLD and reply.replica == last.rep and self._owes(unit, last, reply)
            more = result not in ("ok", "upgrade") or reply.more or not settled or waiting or healing or owed
            self.comparing.note(unit, reply, settled=settled and not more)
            sent, self._sent = self._sent, 0
            running = self._running if heard else Running(self._clock, timed=False)
            running.note(unit, result, sent=sent, received=received, size=len(body))
            later = unit.tx.later()
            if follow and self._flights is not None:
                self._made = self._flights.more(unit.tx)
        return Step(result, more, sent, received, reply.wait), later

    def _owes(self, unit: ReplicaUnit, segment: Segment, reply: Reply) -> bool:
        """Whether the hub took ops that it neither answered nor said to hold back; a volley asks for them once."""
        self._held.update(v.c for v in reply.verdicts if v.verdict == "held")
        if self._flights:
            return False
        self._lacks = next((c for c in unit.tx.unanswered(segment.rep, segment.hw) if c not in self._held), -1)
        return self._lacks not in (-1, self._owed)

    def fold_some(self) -> bool:
        """Show some of the rows that a large reply or a crash left for later; False when none are left."""
        with self._work() as unit:
            return unit.engine.fold_some(unit.tx)

    def cursors(self) -> dict[str, int]:
        """Where each scope stands here."""
        with self._work() as unit:
            return unit.tx.cursors() | unit.tx.staged()

    # --- a whole run
    def run(
        self,
        line: Line,
        progress: Callable[[Step], bool] | None = None,
        *,
        limit: int = ROWS,
        files: bool = True,
        do: Do = at_once,
    ) -> Step:
        """Exchange until both sides agree; returns the sum. `progress` returning False stops after that step.

        Without `files` none is sent; `limit` is how many rows a reply may bring. `do` does one piece after the other of
        what touches the disk, where others may have their turn in between.

        Raises:
            SyncError: the hub cannot be reached or refuses; what was applied until then stays.
            VersionMismatch: this program is too old to be told anything; what waited was taken.
        """
        do(self.begin)
        if files:
            self.send_files(line, do=do)
        sent = received = 0
        for _ in range(MAX_ROUNDS):
            go_on = True
            for step in self._volley(line, limit, do):
                sent, received = sent + step.sent, received + step.received
                go_on = progress is None or progress(step)
                if not go_on:
                    break
            if step.result == "upgrade":
                raise VersionMismatch("app_too_old")
            if not go_on or (not step.more and not self._compares(do)):
                if files and go_on and sent:
                    self.send_files(line, do=do)  # some are only taken once a row names them
                return Step(step.result, step.more, sent, received, step.wait)
            time.sleep(step.wait / 1000)
        raise ServerError("sync_does_not_end")

    def _volley(self, line: Line, limit: int, do: Do) -> Iterator[Step]:
        """Send what can be on its way together, and take the replies in as they come."""
        first = do(lambda: self.volley(limit))
        replies = in_flight(line.exchange, first, lambda: do(self.follow), lambda reply: do(lambda: self.ahead(reply)))
        for reply in replies:
            step, later = do(partial(self._take_in, reply, follow=True))
            while later:
                later = do(self.fold_some)
            yield step

    def _compares(self, do: Do) -> bool:
        """Count rows on until it is clear whether the next request compares."""
        while (found := do(self.comparing.go_on)) == "counting":
            pass
        return found == "ready"

    # --- files
    def offer(self, sha256: str) -> None:
        """Note that the hub will need this file."""
        with self._work() as unit:
            self.offer_in(unit, [sha256])

    def offer_in(self, unit: Any, hashes: list[str]) -> None:
        """The same inside a unit of work."""
        known = {
            sha
            for part in chunks(hashes)
            for (sha,) in unit.all(select(t.upload.c.sha256).where(t.upload.c.sha256.in_(part)))
        }
        rows = [{"sha256": sha, "done": False} for sha in dict.fromkeys(hashes) if sha not in known]
        unit.local(insert(t.upload), rows)

    def files_to_send(self) -> list[str]:
        """Files that the hub may not have yet."""
        with self._work() as unit:
            return [sha for (sha,) in unit.all(select(t.upload.c.sha256).where(t.upload.c.done.is_(False)))]

    def file_sent(self, sha256: str) -> None:
        """Note that the hub holds the file."""
        with self._work() as unit:
            unit.local(t.upload.update().where(t.upload.c.sha256 == sha256).values(done=True))

    def send_files(self, line: Line, *, do: Do = at_once, go_on: Callable[[], bool] = lambda: True) -> int:
        """Give the hub every file that it needs; returns how many it has now. `go_on` is that of `give`."""
        if lacking := self._files.lacking(line, self._blobs, do(self._epoch)):
            do(partial(self._offer_again, lacking))
        names = do(self.files_to_send)
        given = give(line, self._blobs, names, called=do(partial(self._called, names)), go_on=go_on)
        for sha in given:
            do(partial(self.file_sent, sha))
        return len(given)

    def _epoch(self) -> int | None:
        with self._work() as unit:
            mark = unit.tx.state().mark
        return mark and mark[0]

    def _offer_again(self, hashes: list[str]) -> None:
        with self._work() as unit:
            self.offer_in(unit, hashes)
            for part in chunks(hashes):
                unit.local(t.upload.update().where(t.upload.c.sha256.in_(part)).values(done=False))

    # --- what people see
    def status(self) -> SyncStatus:
        """How much waits, and since when nothing did."""
        with self._work() as unit:
            state = unit.tx.state()
            needs_you = len(refused.parked(unit.conn)) + waiting_for(unit.conn, unit.actor.account)
            return SyncStatus(waiting_count(unit.conn), needs_you, state.lo or None)

    def outbox(self, limit: int = 500) -> list[Op]:
        """Ops that the hub has not answered yet, oldest first."""
        with self._work() as unit:
            log = t.oplog.c
            rows = unit.all(select(log.body).where(log.verdict.is_(None)).order_by(log.rep, log.c).limit(limit))
            return [unseal(body) for (body,) in rows] + [op for _, op in unit.tx.unsealed()]

    def parked(self) -> list[Parked]:
        """Refused things that nobody has settled yet."""
        with self._work() as unit:
            return refused.parked(unit.conn)

    def discard(self, key: str) -> None:
        """Settle a refused thing without doing it."""
        with self._work() as unit:
            refused.discard(unit, key)

    def try_again(self, key: str) -> None:
        """Queue a refused thing once more, as new ops with what is visible now as their base; raises NotFound."""
        with self._work() as unit:
            refused.try_again(unit, key)

    def runs(self, limit: int = 20) -> list[Any]:
        """The last runs that moved something or failed, the newest first."""
        with self._work() as unit:
            return list(unit.all(select(t.sync_run).order_by(t.sync_run.c.id.desc()).limit(limit)))
