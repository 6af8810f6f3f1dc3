"""A replica's side of an exchange: seal what was written, ask, and take in what the hub tells (SYNC.md 2 to 5).

It never merges: visible rows are always `fold(base, pending ops)`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import msgspec

from lms_core.ops import Draft, Op, Values, fold, next_chain, unseal
from lms_core.ports import NewId, new_replica_id
from lms_core.schema import Schema
from lms_core.sync.echo import join
from lms_core.sync.forks import Search, before, part
from lms_core.sync.ports import Odd, ReplicaTransaction, Segment, State, Turned
from lms_core.sync.recall import recalled
from lms_core.sync.replica import staging
from lms_core.sync.replica.healing import heal
from lms_core.sync.replica.showing import base_of, seen
from lms_core.sync.wire import (
    MAX_GROUP_OPS,
    PROTOCOL,
    Entry,
    Receipt,
    Reply,
    Request,
    Slice,
    decode_entry,
)

COALESCED = frozenset({"attr", "text", "max", "min"})
RETENTION_MS, RETENTION_BYTES = 90 * 86_400_000, 50 << 20
TOLD = frozenset({"ok", "gap", "upgrade"})
AT_ONCE = 2000
"""Rows recomputed in one transaction, so that a click meanwhile is still durable in milliseconds."""


class ReplicaEngine:
    """The decisions of one replica; every method works inside a transaction that is handed in."""

    def __init__(self, schema: Schema, new_id: NewId = new_replica_id) -> None:
        self.schema = schema
        self.new_id = new_id
        self._search = Search()

    # --- writing
    def write(self, tx: ReplicaTransaction, drafts: Sequence[Draft], *, t: int, group: str | None = None) -> set[str]:
        """Queue drafts as unsealed ops and show them; returns the rows touched."""
        lo = tx.state().lo
        bases = tx.base({d.row for d in drafts})
        hiding = tx.pending({d.row for d in drafts if d.kind == "delete"})
        for draft in drafts:
            base = base_of(draft, bases.get(draft.row, []), hiding.get(draft.row, ()))
            op = Op(draft.entity, draft.row, draft.kind, draft.args, base, t, lo, group)
            self._queue(tx, op)
        rows = {d.row for d in drafts}
        self.refold(tx, rows, left=False)
        return rows

    def _queue(self, tx: ReplicaTransaction, op: Op) -> None:
        """Let a later edit of the same field coalesce into the waiting one, keeping the first base."""
        if op.kind in COALESCED and op.g is None:
            for key, old in reversed(tx.unsealed(op.row)):
                if old.g is not None or old.kind == "delete":
                    break
                if old.kind == op.kind and old.args["field"] == op.args["field"]:
                    tx.put_unsealed(key, _coalesce(old, op))
                    return
        tx.put_unsealed(None, op)

    def refold(self, tx: ReplicaTransaction, rows: Collection[str], *, left: bool = True) -> None:
        """Recompute visible rows from base and pending ops.

        `left`: a row may just have left base; what waits on it need not name the entity that it was shown as.
        """
        if not rows:
            return
        base = tx.base(rows)
        pending = tx.pending(rows)
        shown: dict[str, dict[str, Values | None]] = {}
        for row in rows:
            ops = pending.get(row, ())
            docs = base.get(row, ())
            name = docs[0].entity if docs else ops[0].entity if ops else None
            hidden = not docs and (left or not ops)
            entities = list(self.schema.entities.values()) if hidden else [self.schema.find(name or "")]
            for entity in entities:
                if entity is not None:
                    values = fold(entity, seen(entity, docs), ops) if entity.name == name else None
                    shown.setdefault(entity.name, {})[row] = values
        for name, values_by_row in shown.items():
            tx.show(self.schema[name], values_by_row)

    # --- asking
    def request(
        self,
        tx: ReplicaTransaction,
        *,
        asked: Collection[str] = (),
        limit: int = 2000,
        ops: int = 1000,
        size: int = 700_000,
        turn: int | None = None,
        after: int = 0,
        audit: Mapping[str, list[int]] | None = None,
    ) -> Request:
        """The next request: an old id that is not settled first, then the present one. Seals what it brings.

        `turn` chooses the id, `after` the op behind which ops are taken; `audit` has sums to be compared.
        """
        segments, state = tx.segments(), tx.state()
        index = _turn(segments, asked) if turn is None else turn
        at = max(after, min((segment := segments[index]).hw, segment.length))
        if main := index == len(segments) - 1:
            self._seal(tx, segments, at + 2 * ops - segment.length)
        probe = self._search.probe(tx, segment)
        batch, receipts, lows = self._batch(tx, segment, at, 0 if probe or at < segment.floor else ops, size)
        return Request(
            protocol=PROTOCOL,
            schema=self.schema.version,
            replica=segment.rep,
            account=state.account,
            last_c=segment.length,
            at=at,
            chain=tx.chain_at(segment.rep, (at,))[at],
            have=tx.have(segment.rep),
            mark=state.mark,
            cursors=staging.cursors(tx) if main else None,
            ops=batch,
            receipts=receipts,
            times=tx.times(lows),
            lineage=before(segments, index),
            closed=not main,
            probe=probe,
            limit=limit,
            audit=dict(audit or {}) if main else {},
            heal={scope: (h.buckets, h.pos) for scope, h in tx.healing().items() if main},
        )

    def _seal(self, tx: ReplicaTransaction, segments: list[Segment], most: int) -> None:
        """Seal the oldest of what waits, no group in part: later ones may still coalesce."""
        waiting = tx.waiting(most + MAX_GROUP_OPS) if most > 0 else []
        end = min(most, len(waiting))
        while 0 < end < len(waiting) and (g := unseal(waiting[end][2]).g) and g == unseal(waiting[end - 1][2]).g:
            end += 1
        if end <= 0:
            return
        segment = segments[-1]
        sealed = []
        for _, row, body in waiting[:end]:
            segment.length += 1
            segment.chain = next_chain(segment.chain, body)
            sealed.append((segment.length, row, body, segment.chain, None))
        tx.append(segment.rep, sealed)
        tx.drop_unsealed(waiting[end - 1][0])
        tx.save_segments(segments)

    def _batch(
        self, tx: ReplicaTransaction, segment: Segment, at: int, most: int, size: int
    ) -> tuple[list[msgspec.Raw], dict[int, Receipt], set[int]]:
        """Ops from `at` on, at least one unless `most` is 0; a group is never split."""
        batch: list[msgspec.Raw] = []
        receipts: dict[int, Receipt] = {}
        lows: set[int] = set()
        total, group = 0, None
        found = tx.ops(segment.rep, at, most)
        if found and unseal(found[-1].body).g:
            found += tx.ops(segment.rep, found[-1].c, MAX_GROUP_OPS)
        for entry in found:
            op = unseal(entry.body)
            if (op.g is None or op.g != group) and (len(batch) >= most or total + len(entry.body) > size) and batch:
                break
            group = op.g
            total += len(entry.body)
            batch.append(msgspec.Raw(entry.body))
            lows.add(op.lo)
            if entry.receipt:
                receipts[entry.c] = entry.receipt
        return batch, receipts, lows - {0}

    # --- taking in
    def receive(self, tx: ReplicaTransaction, reply: Reply) -> tuple[str, set[str]]:
        """Apply one reply in one transaction; returns what it was and the rows touched.

        Results: ok, reset, fork (ask again), gap (an op before these was not there), upgrade (this program is too old
        to be told anything), and `stranger`, `stale`, `late` for replies that come too late.
        """
        segments = tx.segments()
        index = next((i for i, s in enumerate(segments) if s.rep == reply.replica), None)
        if index is None:
            return "stranger", set()
        segment, main, state = segments[index], index == len(segments) - 1, tx.state()
        if state.mark is not None and reply.mark < state.mark:
            return "stale", set()
        if state.mark and reply.mark[0] != state.mark[0] and reply.asked != state.mark and reply.status in TOLD:
            return "stale", set()
        at = reply.hw if main else min(reply.hw, segment.length)
        ours = at <= segment.length and tx.chain_at(segment.rep, (at,)).get(at) == reply.chain
        if reply.status == "fork" or not ours:
            if ours:  # the logs agree after all, or another copy of the disk was told this
                self._search.stop(segment)
                return "late", set()
            return "fork", self._part(tx, segments, index, reply)
        self._search.stop(segment)
        if reply.status == "reset":
            touched = self._reset(tx, segments, segment, reply)
            self._refold_soon(tx, touched)
            return "reset", touched
        if reply.hw < segment.floor:  # the hub lost what was let go of here: what follows goes on under another id
            return "fork", self.fork(tx, segments, index, segment.floor)
        touched = set(tx.clear_verdicts(segment.rep, reply.hw))
        segment.hw = reply.hw
        told = recalled(tx, segment.rep, [v for v in reply.verdicts if v.c <= segment.length and v.verdict != "held"])
        same = self._absorb(tx, state, reply, touched) if main else set()
        rights, passed = tx.state().rights, self._passed(tx)
        heard = main and reply.told and reply.status != "upgrade"  # until then what was written shows
        rights = rights if heard else rights.union(v.seen[0] for v in told if v.seen)
        ended, odd = tx.answer(segment.rep, told, reply.now, passed=passed, rights=rights)
        turned = ended | (tx.settle(passed, rights) if heard else set())  # else all is as it was
        touched |= {row for *_, row in turned ^ same} | tx.pending({row for *_, row in same}).keys()
        if not main:
            self._answered(tx, segment, reply)
        tx.save_segments(segments)
        self._refold_soon(tx, touched)
        self._park(tx, odd)
        return reply.status, touched

    def _answered(self, tx: ReplicaTransaction, segment: Segment, reply: Reply) -> None:
        """What an older id was told is of this timeline: of one restored to before it nothing more is known."""
        segment.dirty = tx.have(segment.rep) < segment.length
        tx.save_state(replace(tx.state(), mark=reply.mark))

    def forget(self, tx: ReplicaTransaction) -> None:
        """Let go of ops that the hub has had for 90 days, or that make the log larger than 50 MB (section 2)."""
        now = tx.state().lo
        if now:
            tx.forget_ops(now - RETENTION_MS, RETENTION_BYTES)

    def _refold_soon(self, tx: ReplicaTransaction, rows: Collection[str]) -> None:
        if len(rows) > AT_ONCE:
            tx.fold_later(rows)
        else:
            self.refold(tx, rows)

    def _part(self, tx: ReplicaTransaction, segments: list[Segment], index: int, reply: Reply) -> set[str]:
        end = self._search.narrow(segments[index], reply)
        return set() if end is None else self.fork(tx, segments, index, end)

    def fork(self, tx: ReplicaTransaction, segments: list[Segment], index: int, end: int) -> set[str]:
        """End an id at op `end` and go on under another: its later ops were written by another machine too."""
        touched = part(tx, segments, index=index, end=end, new_id=self.new_id)
        self._refold_soon(tx, touched)
        return touched

    def fold_some(self, tx: ReplicaTransaction) -> bool:
        """Recompute some of the rows that a large reply left for later; False when none are left."""
        rows = tx.take_later(AT_ONCE)
        self.refold(tx, rows)
        return bool(rows)

    def _passed(self, tx: ReplicaTransaction) -> dict[str, int]:
        stale = tx.stale()
        return {s: c for s, c in tx.cursors().items() if s not in stale}

    def _reset(self, tx: ReplicaTransaction, segments: list[Segment], segment: Segment, reply: Reply) -> set[str]:
        """The hub's timeline is another one: every scope is staged anew, every old id offered again."""
        for scope, cursor in tx.cursors().items():
            tx.set_scope(scope, cursor, True)
        tx.drop_stage()
        state = tx.state()
        tx.save_state(replace(state, mark=None))
        touched: set[str] = set()
        for each in segments:
            each.dirty = True
            touched.update(tx.clear_verdicts(each.rep, reply.hw if each is segment else each.length, seen=True))
        segment.hw = reply.hw
        tx.save_segments(segments)
        return touched.union(row for _, _, row in tx.settle({}, state.rights))

    def _absorb(self, tx: ReplicaTransaction, state: State, reply: Reply, touched: set[str]) -> set[Turned]:
        """Bring slices into base and purge lost scopes; adds to the rows touched.

        Returns own ops that made a row just as base has it now: whether they overlay makes no difference.
        """
        staged_at = staging.begun(tx, state, reply.now)
        cursors, stale, staged = tx.cursors(), tx.stale(), tx.staged()
        said = reply.told and reply.status != "upgrade"  # else rights are what they were
        rights = {*cursors, *staged, *reply.gained} - set(reply.lost) if said else set(state.rights)
        same: set[Turned] = set()
        told, whole = {v.c: v for v in reply.verdicts}, True
        for piece in reply.slices:
            if piece.scope in rights and not piece.buckets:
                own = join(tx, self.schema, piece.own, told, replica=reply.replica)
                if own is None:  # told from the same place again, then with its rows
                    whole = False
                    continue
                known = tx.rows_in("", [entry.row for entry in own.values()]) if own else set()
                taken = self._take(tx, piece, [*own.values()], cursors, stale, staged)
                new = taken - known
                made = {entry.row: c for c, entry in own.items() if entry.row in new}
                same.update((reply.replica, c, row) for row, c in made.items())
                touched |= taken - made.keys()
        touched |= heal(tx, reply)
        for scope in reply.expired:
            if scope in cursors:
                tx.set_scope(scope, cursors[scope], True)
                tx.drop_stage((scope,))
        touched |= self._purge(tx, rights)
        complete = whole and reply.told and not tx.staged() and not tx.stale() and not reply.more
        if complete:
            tx.remember_time(reply.now, reply.receipt)
        tx.save_state(State(state.account, reply.mark, reply.now if complete else state.lo, rights, staged_at))
        return same

    def _take(
        self,
        tx: ReplicaTransaction,
        piece: Slice,
        own: list[Entry],
        cursors: Mapping[str, int],
        stale: set[str],
        staged: Mapping[str, int],
    ) -> set[str]:
        """One slice; one that starts above the cursor or ends below it is ignored.

        Entries at or below the cursor change nothing: replies of an older snapshot were dropped by their mark.
        """
        scope = piece.scope
        fresh = scope in stale or scope not in cursors
        cursor = staged.get(scope, 0 if fresh else cursors[scope])
        if piece.frm > cursor or piece.to < cursor:
            return set()
        entries = own + [decode_entry(raw) for raw in piece.entries]
        if piece.more:
            tx.stage(scope, piece.to, entries)
            return set()
        touched = set(tx.promote(scope, fresh=fresh)) if scope in staged else set()
        tx.set_scope(scope, piece.to, False)
        return touched | set(tx.put_base(scope, entries, fresh=fresh and scope not in staged))

    def _purge(self, tx: ReplicaTransaction, rights: set[str]) -> set[str]:
        """Drop scopes that were lost, once the hub has taken all ops on their rows; it may hold some for ever."""
        touched: set[str] = set()
        lost = [s for s in tx.cursors() if s not in rights]
        if lost:
            waiting = _untaken(tx)
            for scope in lost:
                if not tx.rows_in(scope, waiting):
                    touched.update(tx.drop_scope(scope))
        tx.drop_stage([s for s in tx.staged() if s not in rights])
        for scope in tx.healing().keys() - tx.cursors().keys():
            tx.heal(scope, None)
        return touched

    def _park(self, tx: ReplicaTransaction, odd: Sequence[Odd]) -> None:
        """Keep what the hub refused, for its author to see and decide."""
        for verdict, op, earlier in odd:
            code = ""
            if verdict.verdict in ("rejected", "quarantined"):
                code = verdict.code or verdict.verdict
            elif verdict.verdict == "noop" and earlier is None and op.kind == "state" and self._unmet(tx, op):
                code = "state_changed"
            elif (
                verdict.verdict == "noop" and earlier is None and op.kind == "delete" and tx.base((op.row,)).get(op.row)
            ):
                code = "edited_elsewhere"
            if code:
                tx.park(op, code, "" if verdict.cause in (None, verdict.c) else str(verdict.cause))

    def _unmet(self, tx: ReplicaTransaction, op: Op) -> bool:
        """Whether the hub's state is another than the op wanted."""
        entity = self.schema.find(op.entity)
        if entity is None:
            return True
        name = op.args["field"]
        target = entity.states.get(name, {}).get((op.args["expect"], op.args["verb"]))
        return all(b.doc.values.get(name) != target for b in tx.base((op.row,)).get(op.row, []))


def _turn(segments: Sequence[Segment], asked: Collection[str]) -> int:
    """Whose turn it is: the oldest id that is not settled, else the present one."""
    open_ = (i for i, s in enumerate(segments[:-1]) if s.offered and (s.hw < s.length or s.rep not in asked))
    return next(open_, len(segments) - 1)


def _untaken(tx: ReplicaTransaction) -> set[str]:
    """Rows of ops that the hub has not taken yet."""
    sealed = [unseal(entry.body) for s in tx.segments() for entry in tx.ops(s.rep, max(s.hw, s.floor), -1)]
    return {op.row for op in [*sealed, *(op for _, op in tx.unsealed())]}


def _coalesce(old: Op, new: Op) -> Op:
    args = {**new.args, "base": old.args["base"]} if new.kind == "text" else dict(new.args)
    if new.kind in ("max", "min"):
        args["value"] = (max if new.kind == "max" else min)(old.args["value"], new.args["value"])
    return msgspec.structs.replace(old, args=args, t=new.t)
