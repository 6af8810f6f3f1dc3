"""One seeded history: people, laptops, a hub, a bad network, faults, and a healing at the end."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import lms_core.sync.replica.engine as replica_module
from lms_core.errors import Busy, DiskFull
from lms_core.ops import seal
from lms_core.schema import Schema
from lms_core.sync.replica.flights import ahead
from lms_core.sync.wire import Reply, Request, Verdict, pack, unpack_reply, unpack_request
from tests.simulator import invariants
from tests.simulator.bundles import Bundles
from tests.simulator.entities import DRAFT, STAFF, TALK
from tests.simulator.faults import Faults
from tests.simulator.files import Files
from tests.simulator.invariants import Broken
from tests.simulator.machines import Laptop
from tests.simulator.people import People
from tests.simulator.phases import Phases
from tests.simulator.server import Hub
from tests.simulator.tables import Crash, Tables, Unforeseen
from tests.simulator.versions import PROGRAMS
from tests.simulator.words import words

YEAR = 365 * 86_400_000
SKEWS = (0, 0, 0, -300, 700, -5 * YEAR, 10 * YEAR)
START = 20 * YEAR


class World:
    """Everything there is in one history. The same seed plays the same history."""

    def __init__(self, seed: int, *, trace: bool = False) -> None:
        self.rng = rng = random.Random(seed)
        self.trace = trace
        self.now = START
        self.numbers = 0
        self.written: set[str] = set()
        self.removed: set[str] = set()
        self.destroyed: set[str] = set()
        self.copied: set[bytes] = set()
        self.granted: dict[tuple[str, str], bool] = {}
        self.late_requests: list[tuple[Request, str]] = []
        self.late_replies: list[tuple[Laptop, Reply]] = []
        self.drop, self.dup = rng.choice((0, 0.1, 0.35)), rng.choice((0, 0.2))
        self.fault, self.crash = rng.choice((0, 0.05, 0.12)), rng.choice((0, 0, 0.08))
        replica_module.AT_ONCE = rng.choice((2, 2000, 2000, 2000))
        self.rotten = False
        self.flights = rng.choice((0, 0, 0.5))
        self.crowd, self.files = rng.choice((0, 0, 0.4)), rng.choice((0, 0, 0.06))
        self.skewed = rng.random() < 0.3
        self.hub = Hub(lambda: self.now, self._program())
        self.hub.quota = rng.choice((0, 0, 0, 0, 4000))
        self.hub.start()
        for account, scopes in (
            ("a0", (DRAFT, TALK, STAFF) if rng.random() < 0.6 else (DRAFT, TALK)),
            ("a1", (TALK,) if rng.random() < 0.5 else (DRAFT, TALK)),
        ):
            for scope in scopes:
                self.grant(account, scope, True)
        self.laptops = [self.laptop(f"R{i}", f"a{i % 2}") for i in range(rng.randint(2, 4))]
        self.people = People(self)
        self.faults = Faults(self)
        self.phases = Phases(self)
        self.bundles = Bundles(self)
        self.media = Files(self, seed)

    def laptop(self, name: str, account: str) -> Laptop:
        """A new laptop."""
        skew = self.rng.choice(SKEWS)
        return Laptop(
            name=name, account=account, rng=self.rng, time=lambda: self.now, skew=skew, schema=self._program()
        )

    def _program(self) -> Schema:
        """What somebody has installed."""
        return self.rng.choice(PROGRAMS) if self.skewed else PROGRAMS[0]

    # --- the ledger of people
    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def word(self) -> str:
        word = f"w{self.number():05d}"
        self.written.add(word)
        return word

    def erased(self, value: Any) -> None:
        self.removed |= words(value)

    def log(self, *what: Any) -> None:
        """Tell what happens, when somebody watches."""
        if self.trace:
            print(self.now - START, *what)

    def act(self, x: Laptop, kind: str = "") -> None:
        """Let somebody do something."""
        before = len(x.tx.unsealed())
        self.people.act(x, kind)
        bodies = Counter(seal(op) for _, op in x.tx.unsealed())
        self.copied.update(body for body, n in bodies.items() if n > 1)  # the same move twice in one millisecond
        if self.trace:
            self.log(x.name, "writes", [op for _, op in x.tx.unsealed()[before - 1 if before else 0 :]])

    def grant(self, account: str, scope: str, on: bool) -> None:
        """Give or take a right at the hub."""
        self.granted[account, scope] = on
        self.hub.grant(account, scope, on)

    # --- network
    def serve(self, request: Request, account: str) -> Reply:
        """Let the hub answer."""
        (reply,) = self.serve_all([(request, account)])
        if isinstance(reply, Exception):
            raise reply
        return reply

    def serve_all(self, asked: list[tuple[Request, str]]) -> list[Reply | Exception]:
        """Let the hub answer requests that come at once, and watch that it does nothing forbidden."""
        if self.rng.random() < 0.03:
            asked = [(unpack_request(pack(request)), account) for request, account in asked]
        gone = {row.id for row in self.hub.rows.values() if row.gone}
        before = [
            (self.hub.scopes_of(account), dict(self.hub.tables.data["verdict", request.replica]))
            for request, account in asked
        ]
        mark = self.hub.mark()
        try:
            replies = self.hub.exchange_all(asked)
        except Crash:
            if self.hub.mark() != mark:
                raise Broken("I4 half a commit", mark) from None
            raise
        for (request, _), (rights, taken), reply in zip(asked, before, replies, strict=True):
            self._count(request, rights, taken)
            if not isinstance(reply, Exception):
                self._watch(reply, rights)
        if alive := [row for row in gone if not self.hub.rows[row].gone]:
            raise Broken("I8 resurrected", alive)
        return [unpack_reply(pack(r)) if isinstance(r, Reply) and self.rng.random() < 0.03 else r for r in replies]

    def _watch(self, reply: Reply, rights: set[str]) -> None:
        """I6: nothing is told that the account may not read, nor to a program that is too old for it."""
        if reply.status == "upgrade" and reply.slices:
            raise Broken("I6 told a program that is too old")
        for piece in reply.slices:
            if piece.scope not in rights:
                raise Broken("I6 read without rights", piece.scope)
            if piece.scope == TALK and any(b"star" in bytes(raw) for raw in piece.entries):
                raise Broken("I6 field read without rights", piece.scope)

    def _count(self, request: Request, rights: set[str], before: dict[int, Verdict]) -> None:
        """I4 and P4: what had an effect, and whether its author had the right."""
        needed = {"post": TALK, "section": DRAFT, "lesson": DRAFT}
        with self.hub.store.write() as tx:
            for c, raw in enumerate(request.ops, request.at + 1):
                verdict = tx.data["verdict", request.replica].get(c)
                if verdict is None or verdict is before.get(c):
                    continue
                if (request.replica, c) not in tx.data["heldbody"]:  # else it was counted when it was let go
                    tx.count(request.replica, bytes(raw), verdict)
                op = replica_module.unseal(raw)
                if verdict.verdict in ("applied", "merged") and c not in request.receipts:
                    if needed.get(op.entity, TALK if TALK in rights else "") not in {*rights, ""}:
                        raise Broken("I6 write without rights", op)

    def sync(self, x: Laptop, *, flaky: bool = True) -> None:
        """One run of exchanges; a flaky one may end anywhere."""
        rng, asked = self.rng, set[str]()
        for _ in range(rng.randint(1, 5) if flaky else 80):
            self.now += 1
            beyond: list[Request] = []
            limit, size = (rng.randint(1, 6), rng.randint(1, 9)) if flaky else (50, 200)
            request = x.request(asked, limit, size)
            asked.add(request.replica)
            if flaky and rng.random() < self.dup:
                self.late_requests.append((request, x.account))
            if flaky and rng.random() < self.drop:
                return
            if rng.random() < self.flights and request.ops:
                request, beyond = self._fly(x, request, size, flaky)
            reply = self._answer(request, x, flaky)
            if reply is None:
                return
            if flaky and rng.random() < 0.1:
                self.act(x)
            behind = self._further(x, request, reply, flaky)
            result = self._receive(x, reply, flaky)
            self.log(x.name, "sync", request, "->", result, reply)
            if result == "crash":
                return
            self._deliver(x, beyond, flaky)
            if behind is not None:
                self.log(x.name, "goes on", x.receive(behind), behind)
            if result == "ok" and not beyond and self._settled(x, reply, asked):
                break
            if result == "upgrade":
                x.use(self.hub.schema)
            if result != "ok":
                asked.clear()
        else:
            if not flaky:
                raise Broken("I5 sync does not end", x.name, result)
        invariants.visible(x, self.hub)

    def _fly(self, x: Laptop, first: Request, size: int, flaky: bool) -> tuple[Request, list[Request]]:
        """Several requests on their way at once: those before the first that asks for rows arrive in any order.

        Returns that one, and those that were made before it is answered.
        """
        volley = x.volley(first, size, self.rng.choice((4, 7)))
        asks = next((n for n, request in enumerate(volley) if request.cursors is not None), 0)
        before = volley[:asks]
        if flaky:
            self.rng.shuffle(before)
        self._deliver(x, before, flaky)
        return volley[asks], volley[asks + 1 :]

    def _further(self, x: Laptop, request: Request, reply: Reply, flaky: bool) -> Reply | None:
        """The reply with the next rows, which were asked for before this one is taken in."""
        further = ahead(request, reply) if self.rng.random() < self.flights else None
        return self._answer(further, x, flaky) if further else None

    def _deliver(self, x: Laptop, requests: list[Request], flaky: bool) -> None:
        for request in requests:
            reply = self._answer(request, x, flaky)
            if reply is not None:
                self.log(x.name, "flies", request, "->", x.receive(reply), reply)

    def _settled(self, x: Laptop, reply: Reply, asked: set[str]) -> bool:
        segments, tx = x.tx.segments(), x.tx
        last = segments[-1]
        waiting = bool(tx.unsealed()) or any(s.offered and s.rep not in asked for s in segments[:-1])
        open_ = tx.staged() or tx.stale() or reply.more or tx.healing()
        return reply.replica == last.rep and last.hw >= last.length and not open_ and not waiting

    def _answer(self, request: Request, x: Laptop, flaky: bool) -> Reply | None:
        """The reply, unless something happens to it or to the hub."""
        rng = self.rng
        if flaky and rng.random() < self.crash:
            self.hub.tables.fuse = rng.randint(0, 40)
            self.hub.tables.blow = rng.choice((Crash(), DiskFull(), Busy(), Unforeseen()))
        others = self._others(request, x) if flaky and rng.random() < self.crowd else []
        try:
            reply, *theirs = self.serve_all([(request, x.account), *((r, y.account) for y, r in others)])
        except Crash:
            self.log("hub crashes")
            self.hub.start()
            return None
        finally:
            self.hub.tables.fuse = None
        for (y, _), told in zip(others, theirs, strict=True):
            if isinstance(told, Reply) and rng.random() >= self.drop:
                self.log(y.name, "beside", y.receive(told), told)
                invariants.visible(y)
        if isinstance(reply, Exception):
            return None
        if flaky and rng.random() < self.dup:
            self.late_replies.append((x, reply))
        return None if flaky and rng.random() < self.drop else reply

    def _others(self, request: Request, x: Laptop) -> list[tuple[Laptop, Request]]:
        """Laptops whose requests come at the same time."""
        found, taken = [], {request.replica}
        for y in self.laptops:
            if y is not x and self.rng.random() < 0.6:
                theirs = y.request(limit=self.rng.randint(1, 6), ops=self.rng.randint(1, 9))
                if theirs.replica not in taken:
                    found.append((y, theirs))
                    taken.add(theirs.replica)
        return found

    def _receive(self, x: Laptop, reply: Reply, flaky: bool) -> str:
        if flaky and self.rng.random() < self.crash:
            x.tables.fuse = self.rng.randint(0, 60)
        try:
            return x.receive(reply)
        except Crash:
            self.log(x.name, "crashes")
            x.restart()
            while x.fold_some():
                pass
            invariants.visible(x)
            return "crash"
        finally:
            x.tables.fuse = None

    # --- the end of a stretch
    def quiet(self) -> None:
        """Heal the network, let all sync, and look at everything."""
        for _ in range(7):
            self.hub.project()
            before = self.hub.mark()
            for x in self.rng.sample(self.laptops, len(self.laptops)):
                self.now += 5
                self.sync(x, flaky=False)
                self._audit(x)
            purged = all(x.tx.cursors().keys() == x.rights for x in self.laptops)  # one exchange after the last verdict
            if purged and self.hub.mark() == before:
                break
        invariants.quiet(self)
        self.media.quiet()

    def _audit(self, x: Laptop) -> None:
        """Compare rows with the hub's as laptops do once a day; where nothing was damaged, nothing differs."""
        if not self.rotten and self.rng.random() < 0.8:
            return
        reply = self.serve(x.audit(), x.account)
        x.receive(reply)
        if reply.differ and not self.rotten:
            raise Broken("I1 sums differ", x.name, reply.differ)
        if reply.differ:
            self.sync(x, flaky=False)

    def copies(self, x: Laptop) -> None:
        """Unsealed edits of a copied disk are edits of both machines."""
        self.copied.update(seal(op) for _, op in x.tx.unsealed())

    def restore_hub(self, backup: Tables) -> None:
        """Bring the hub back from a backup; what no laptop holds any more is gone with good reason."""
        before = invariants.hub_words(self.hub)
        self.hub.restore(backup)
        known = set().union(*(invariants.held(x) for x in self.laptops))
        self.destroyed |= before - invariants.hub_words(self.hub) - known

    # --- the whole history
    def _begin(self) -> None:
        """A school where something is there already, for all to work on."""
        for x in self.laptops:
            self.sync(x, flaky=False)
            for kind in ("section", "lesson", "note", "enrol", "progress"):
                self.act(x, kind)
        for x in [*self.laptops, *self.laptops]:
            self.sync(x, flaky=False)

    def run(self) -> None:
        """Play it; raises Broken when an invariant does not hold."""
        rng = self.rng
        if rng.random() < 0.6:
            self._begin()
        for step in range(rng.randint(30, 110)):
            self.now += rng.randint(1, 400)
            x = rng.choice(self.laptops)
            if rng.random() < 0.55:
                self.act(x)
            else:
                self.sync(x)
            if rng.random() < 0.15:
                self.hub.project()
            if rng.random() < self.fault:
                self.faults.happen()
            if rng.random() < 0.02:
                self.phases.race()
            if rng.random() < self.files:
                self.bundles.move(x)
            if rng.random() < self.files / 4:
                self.bundles.alone(x)
            self.media.step(x)
            if step == 50 and rng.random() < 0.3:
                self.quiet()
        self.quiet()
        self.hub.quota = 0
        self.hub.use(PROGRAMS[-1] if self.skewed else PROGRAMS[0])
        self.rotten = False
        self.phases.clocks()
        self.quiet()
        self.phases.causal()
        self.quiet()
        self.phases.heal()
