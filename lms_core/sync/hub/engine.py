"""The hub's side of an exchange: who speaks, what is taken, what each scope has to tell (SYNC.md sections 2 to 6)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import blake2b

import msgspec

from lms_core.errors import Denied, LmsError, StorageError, UserError, VersionMismatch
from lms_core.ops import NIL, Op, Version, next_chain
from lms_core.ports import Clock
from lms_core.schema import Actor, Schema, Scopes
from lms_core.sync.bench import Bench
from lms_core.sync.checks import is_id, read_op
from lms_core.sync.echo import told_by_op
from lms_core.sync.forks import FORGOTTEN
from lms_core.sync.hub.facts import TransactionFacts
from lms_core.sync.hub.judge import LATER, Judge
from lms_core.sync.hub.quota import Room
from lms_core.sync.hub.telling import tell
from lms_core.sync.ports import Admission, Card, HubStore, HubTransaction, Waiting
from lms_core.sync.rows import Changed, HubRow, RowView, Writer, doc_of, values_of
from lms_core.sync.sealed import Outcome, Sealed, groups, halved
from lms_core.sync.sums import Sums
from lms_core.sync.wire import PROTOCOL, Entry, Receipt, Reply, Request, Status, Verdict, encode_entry

log = logging.getLogger(__name__)

ATTEMPTS = 3
MOST_AHEAD = 100 * 366 * 86_400_000

Lines = dict[str, list[tuple[HubRow, frozenset[str] | None, Version | None, bool]]]
"""By scope: rows, the fields it sees, the version it knew before, and whether the row is in it now."""

Freed = list[tuple[Waiting, dict[int, Outcome]]]
"""Groups that had waited, with what became of them."""


class HubEngine:
    """Answer requests of replicas over a store; `key` seals receipts, `quota` is what one account may fill in bytes."""

    def __init__(self, *, schema: Schema, store: HubStore, clock: Clock, key: bytes, quota: int = 0) -> None:
        self.schema = schema
        self.store = store
        self.clock = clock
        self.key = key
        self._told = 0
        self.quota = quota

    def exchange(self, request: Request, account: str, admission: Admission | None = None) -> Reply:
        """Take a request's ops, then answer with verdicts and changes; `admission` may put off many rows.

        Raises:
            Denied: the replica belongs to somebody else.
            UserError: its id is none.
            VersionMismatch: the replica speaks a newer protocol.
        """
        if request.account != account:
            raise Denied("foreign_replica")
        if not is_id(request.replica):
            raise UserError("bad_request")
        if request.protocol > PROTOCOL:
            raise VersionMismatch("server_too_old")
        reply = self._pushed(request)
        if reply.status == "reset" and request.mark and reply.mark < request.mark < (reply.now + MOST_AHEAD, 0):
            # a clock that ran ahead began that epoch: below it no answer of this hub would count
            mark = self.store.begin_epoch(reply.now, above=request.mark[0])
            return msgspec.structs.replace(reply, mark=mark)
        if reply.status in ("fork", "reset"):
            return reply
        with self.store.read() as snapshot:
            return tell(snapshot, request, reply, schema=self.schema.version, admission=admission)

    def stamp(self, *parts: object) -> bytes:
        """A short MAC over facts that a replica will hand back."""
        return blake2b(msgspec.msgpack.encode(parts), key=self.key, digest_size=8).digest()

    # --- taking
    def _pushed(self, request: Request, poison: str = "", tries: int = ATTEMPTS) -> Reply:
        """Take a request in; when something unforeseen fails beyond one op, ever less of it, and in the end without."""
        try:
            work = partial(self._push, request=request, poison=poison)
            return self.store.transact(work, account=request.account, ops=len(request.ops))
        except (LmsError, OSError, MemoryError):
            raise
        except Exception as error:
            less = halved(request.ops)
            if poison or not request.ops:
                raise
            log.exception("a request failed: replica %s, ops from %s", request.replica, request.at + 1)
            problem = repr(error)
        if less:
            return self._pushed(msgspec.structs.replace(request, ops=less))
        return self._pushed(request, tries=tries - 1) if tries > 1 else self._pushed(request, problem)

    def _push(self, tx: HubTransaction, *, request: Request, poison: str = "") -> Reply:
        now = self._told = tx.tick(max(self._told, self.clock.ms()))  # also when nothing is written
        card = tx.card(request.replica) or Card(request.account)
        if card.account != request.account:
            raise Denied("foreign_replica")
        reply = Reply(self._status(request), request.replica, 0, b"", now, self.stamp(request.account, now), tx.mark())
        reply = msgspec.structs.replace(reply, **self._end(tx, request, card))
        split = self._fork(tx, request, card)
        if split is not None:
            return msgspec.structs.replace(reply, status="fork", fork=split[0], fork_above=split[1])
        if request.mark is not None and not tx.mark_known(request.mark):
            return msgspec.structs.replace(reply, status="reset")
        if request.ops and request.at > card.hw:
            return msgspec.structs.replace(reply, status="gap")
        if request.at + len(request.ops) <= card.hw:  # nothing that was not taken before
            return reply
        card, verdicts = self._take(tx, request, card, now=now, poison=poison)
        return msgspec.structs.replace(reply, verdicts=verdicts, **self._end(tx, request, card))

    def _status(self, request: Request) -> Status:
        """A laptop that is too old for our rows may still give us its own."""
        return "upgrade" if request.schema < self.schema.oldest else "ok"

    def _end(self, tx: HubTransaction, request: Request, card: Card) -> dict[str, object]:
        """How far the log goes; for a closed id not beyond the replica's own end, for it may go on elsewhere."""
        if request.closed and card.hw > request.last_c:
            return {"hw": card.hw, "chain": tx.chain_at(request.replica, (request.last_c,)).get(request.last_c, b"")}
        return {"hw": card.hw, "chain": card.chain}

    def _fork(self, tx: HubTransaction, request: Request, card: Card) -> tuple[int, int] | None:
        """None while both logs agree as far as is shown; else (last common, first differing or 0) of the probes."""
        shown: dict[int, bytes] = {request.at: request.chain}
        chain = request.chain
        for c, body in enumerate(request.ops[: max(0, card.hw - request.at)], request.at + 1):
            shown[c] = chain = next_chain(chain, body)
        probes = dict(request.probe)
        known = tx.chain_at(request.replica, [c for c in {**shown, **probes} if c <= card.hw])
        asked = {c for c in probes if c <= card.hw}
        if asked and not asked & known.keys():
            return 0, FORGOTTEN
        if request.probe:
            same = max((c for c in probes if known.get(c) == probes[c]), default=0)
            other = min((c for c in known if c in probes and known[c] != probes[c]), default=0)
            return same, other
        if card.hw > request.last_c and not request.closed:
            return 0, 0
        if any(known[c] != value for c, value in shown.items() if c in known):
            return 0, 0
        return None

    def _take(
        self, tx: HubTransaction, request: Request, card: Card, *, now: int, poison: str
    ) -> tuple[Card, list[Verdict]]:
        """Judge the new ops; returns how far the log goes now, and their verdicts unless a later one overtook them."""
        lineage = tuple(
            (rep, end) for rep, end in request.lineage if (c := tx.card(rep)) and c.account == request.account
        )
        writer = Writer(request.replica, request.account, tx.role(request.account), lineage, request.schema)
        bench = Bench(self.schema, tx, tx.version())
        ops, chains = self._unseal(request, card, now)
        times = {s.c: _time(s) for s in ops}
        outcomes = (
            self._judged(tx, bench, writer, ops, times) if not poison else self._set_aside(tx, writer, ops, poison)
        )
        freed = self._freed(tx, bench)
        seqs = self.commit(tx, bench)
        readable = tx.scopes_of(request.account)
        bodies = {s.c: s for s in ops}
        entries = []
        for number, outcome in outcomes.items():
            sealed = bodies[number]
            seen = _seen(sealed, outcome, seqs, readable)
            echo = seen is not None and told_by_op(bench, sealed, seen[0], replica=request.replica)
            entries.append((number, chains[number], self._verdict(request.account, sealed, outcome, seen, echo=echo)))
        if entries:
            heard = max(card.heard, *(s.between[0] for s in ops))
            card = Card(card.account, entries[-1][0], chains[entries[-1][0]], heard)
        tx.log(request.replica, card, entries)
        self._tell_freed(tx, freed, seqs)
        return card, [] if freed else [verdict for _, _, verdict in entries]

    def _judged(
        self, tx: HubTransaction, bench: Bench, writer: Writer, ops: list[Sealed], times: dict[int, int]
    ) -> dict[int, Outcome]:
        """Judge ops group by group, as far as the account has room for them."""
        self._preload(bench, writer, (s.op for s in ops))
        judge = self.judge_for(tx, bench, writer)
        room = Room(tx, writer.account, self.quota)
        outcomes: dict[int, Outcome] = {}
        for group in groups(ops):
            outcomes.update(room.used(group, self.judge(tx, judge, group, times, room.refusal(group))))
        room.keep()
        return outcomes

    def _set_aside(self, tx: HubTransaction, writer: Writer, ops: list[Sealed], problem: str) -> dict[int, Outcome]:
        """Answer ops that make the program fail, and keep them for the operator."""
        tx.quarantine(writer.rep, ops, problem)
        return {s.c: Outcome("quarantined", "exception", _time(s), NIL) for s in ops}

    def _tell_freed(self, tx: HubTransaction, freed: Freed, seqs: Mapping[str, Mapping[str, int]]) -> None:
        """Answer ops that had waited."""
        for waiting, results in freed:
            ready = tx.scopes_of(waiting.writer.account)
            for sealed in waiting.ops:
                outcome = results[sealed.c]
                seen = _seen(sealed, outcome, seqs, ready)
                tx.answer(waiting.writer.rep, self._verdict(waiting.writer.account, sealed, outcome, seen))

    def resume(self) -> None:
        """Judge what laptops of a newer schema had sent, as far as this program knows it now; at each start."""
        with self.store.write() as tx:
            tx.tick(self.clock.ms())
            bench = Bench(self.schema, tx, tx.version())
            freed = self._freed(tx, bench, {LATER})
            self._tell_freed(tx, freed, self.commit(tx, bench))

    def _unseal(self, request: Request, card: Card, now: int) -> tuple[list[Sealed], dict[int, bytes]]:
        """Ops above the hub's `hw` with their chain values; one that cannot be read is left to be refused."""
        chain, chains, ops = request.chain, {}, []
        contacts: dict[int, int] = {}
        for c, raw in enumerate(request.ops, request.at + 1):
            body = bytes(raw)
            chains[c] = chain = next_chain(chain, body)
            if c <= card.hw:
                continue
            receipt = request.receipts.get(c)
            if receipt and receipt.mac != self._seal(request.account, body, receipt, receipt.came):
                receipt = None
            op = read_op(body)
            if op.lo not in contacts:
                contacts[op.lo] = self._contact(request, op.lo)
            came = (receipt and receipt.came) or now
            ops.append(Sealed(c, op, body, receipt, (contacts[op.lo], came)))
        return ops, chains

    def _seal(self, account: str, body: bytes, told: Receipt | Outcome, came: int) -> bytes:
        digest = blake2b(body, digest_size=8).digest()
        facts = (told.t_eff, told.verdict, told.code, told.ver, *told.over, *((came,) if came else ()))
        return self.stamp(account, digest, *facts)

    def _contact(self, request: Request, lo: int) -> int:
        """The last contact before an op was written, as far as it is proved."""
        proved = lo and request.times.get(lo) == self.stamp(request.account, lo)
        return lo if proved else 0

    def _preload(self, bench: Bench, writer: Writer, ops: Iterable[Op]) -> None:
        """Load in bulk what the rules will look at."""
        batch = [(op, entity) for op in ops if (entity := self.schema.find(op.entity))]
        wanted: list[str] = []
        parents: list[str] = []
        for op, entity in batch:
            wanted.append(op.row)
            wanted += [op.args[name] for name in entity.refs if isinstance(op.args.get(name), str)]
            spot = op.args if op.kind == "place" else op.args.get("place")
            if isinstance(spot, dict) and isinstance(spot.get("parent"), str):
                parents.append(spot["parent"])
        bench.load(wanted + parents)
        bench.load_kids(parents)
        actor = Actor(writer.account, writer.role)
        # one that claims another entity for a row is refused later
        rows = [(op, entity, bench.row(op.row)) for op, entity in batch]
        fits = [(op, entity) for op, entity, row in rows if row is None or row.entity == entity.name]
        bench.load(row for op, entity in fits for row in entity.needs(op, bench.view(op.row), actor))

    def judge_for(self, tx: HubTransaction, bench: Bench, writer: Writer) -> Judge:
        """A judge of one writer's ops."""
        newer = writer.schema > self.schema.version
        return Judge(
            bench, writer, TransactionFacts(tx, bench, writer.rep), later=tx.held_rows(writer.rep) if newer else None
        )

    def judge(
        self, tx: HubTransaction, judge: Judge, group: list[Sealed], times: dict[int, int], refusal: str = ""
    ) -> dict[int, Outcome]:
        """Judge one group; an exception that is no rule's is tried again, then quarantined: it blocks nothing."""
        bench, writer = judge.bench, judge.writer
        known = set(bench.refused)
        problem: Exception | None = None
        for _ in range(ATTEMPTS):
            try:
                outcomes = judge.group(group, times, refusal)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 a poison op may raise anything
                problem = error
                continue
            first = outcomes[group[0].c]
            if first.verdict == "held":
                tx.hold(writer.rep, Waiting(first.code, writer, group, times))
            if bench.refused != known:
                tx.refuse(bench.refused - known, known - bench.refused)
            return outcomes
        log.error("op quarantined: replica %s, op %s", writer.rep, group[0].c, exc_info=problem)
        return self._set_aside(tx, writer, group, repr(problem))

    def _freed(self, tx: HubTransaction, bench: Bench, awaited: Iterable[str] = ()) -> Freed:
        """Judge groups that waited for one of these or for a row that has arrived."""
        done: Freed = []
        tried: set[str] = set()
        while arrived := (bench.fresh | set(awaited)) - tried:
            tried |= arrived
            for waiting in tx.release(arrived):
                judge = self.judge_for(tx, bench, waiting.writer)
                outcomes = self.judge(tx, judge, waiting.ops, waiting.times)
                if outcomes[waiting.ops[0].c].verdict != "held":
                    done.append((waiting, outcomes))
        return done

    def commit(self, tx: HubTransaction, bench: Bench) -> dict[str, dict[str, int]]:
        """Bring changed rows into tables and feeds; returns row -> scope -> feed position."""
        if not bench.dirty:
            return {}
        old = tx.places([row for row in bench.dirty if row not in bench.fresh])
        lines: Lines = {}
        changed = []
        for row in bench.dirty.values():
            entity = self.schema[row.entity]
            scopes: Scopes = {} if row.gone else entity.scopes(RowView(entity, row))
            changed.append(Changed(entity, row, values_of(entity, row), scopes))
            before = old.get(row.id, {})
            last = bench.before.get(row.id)
            for scope, only in scopes.items():
                lines.setdefault(scope, []).append((row, only, last if before.get(scope) else None, True))
                if only is not None:
                    bench.partial.add((row.id, scope))
            for scope, present in before.items():
                if present and scope not in scopes:
                    lines.setdefault(scope, []).append((row, None, last, False))
        tx.publish(changed)
        return self._feed(tx, lines)

    def _feed(self, tx: HubTransaction, lines: Lines) -> dict[str, dict[str, int]]:
        seqs: dict[str, dict[str, int]] = {}
        feed: dict[str, list[tuple[int, str, bytes, bool]]] = {}
        for scope in sorted(lines):
            sums = Sums()
            for row, _, last, present in lines[scope]:
                sums.change(row.id, last, row.ver if present else None)
            first = tx.advance(scope, len(lines[scope]), sums)
            for seq, (row, only, _, present) in enumerate(lines[scope], first):
                doc = doc_of(row, only) if present else None
                entry = Entry(seq, row.id, row.entity, row.ver, doc, row.gone)
                feed.setdefault(scope, []).append((seq, row.id, encode_entry(entry), present))
                seqs.setdefault(row.id, {})[scope] = seq
        tx.feed(feed)
        return seqs

    def _verdict(
        self, account: str, sealed: Sealed, outcome: Outcome, seen: tuple[str, int] | None, *, echo: bool = False
    ) -> Verdict:
        entity, o = self.schema.find(sealed.op.entity), outcome
        came = sealed.between[1] if entity and entity.stamps else 0
        mac = self._seal(account, sealed.body, o, came)
        return Verdict(sealed.c, o.verdict, o.code, o.cause, o.t_eff, o.ver, seen, mac, o.over, echo, came)


def _seen(
    sealed: Sealed, outcome: Outcome, seqs: Mapping[str, Mapping[str, int]], readable: set[str]
) -> tuple[str, int] | None:
    """Where the effect of an op stands in a feed that its author reads."""
    if outcome.verdict in ("applied", "merged"):
        spots = seqs.get(sealed.op.row, {})
        for scope in sorted(spots):
            if scope in readable:
                return scope, spots[scope]
    return None


def _time(sealed: Sealed) -> int:
    """The effective time of an op (SYNC.md section 4)."""
    if sealed.receipt:
        return sealed.receipt.t_eff
    contact, now = sealed.between
    return max(contact + 1, min(sealed.op.t, now))
