"""A replica's file as the engine sees it: set-based SQL over the tables of one encrypted SQLite database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lms_core.db.bulk import among, chunks, put, put_values
from lms_core.db.engine import executemany, fetch
from lms_core.db.rows import show
from lms_core.ops import ROOT_CHAIN, Op, Values, Version, seal, unseal
from lms_core.ports import Clock
from lms_core.schema import Entity
from lms_core.sync import tables as t
from lms_core.sync.ports import BaseRow, Healing, LogOp, Odd, Segment, State, Turned
from lms_core.sync.sums import mask_of
from lms_core.sync.wire import Doc, Entry, Receipt, Verdict

_encode = msgspec.msgpack.Encoder().encode
_verdict = msgspec.msgpack.Decoder(Verdict).decode
_receipt = msgspec.msgpack.Decoder(Receipt).decode
_doc = msgspec.msgpack.Decoder(Doc).decode
_state = msgspec.msgpack.Decoder(State).decode
# what every exchange asks goes straight to the driver, at a tenth of what building it costs
_STATE = "SELECT value FROM sync_state WHERE key = 'state'"
_SEGMENTS = "SELECT rep, length, chain, hw, dirty, floor FROM segment ORDER BY n"
_CURSORS = "SELECT scope, seq FROM cursor WHERE seq IS NOT NULL"
_STALE = "SELECT scope FROM cursor WHERE stale"
_STAGED = "SELECT scope, staged FROM cursor WHERE staged IS NOT NULL"
_HEALING = "SELECT scope, buckets, pos FROM healing"
_CHAIN = "SELECT c, chain FROM oplog WHERE rep = ? AND c IN (SELECT value FROM json_each(?))"
_TIMES = "SELECT lo, receipt FROM hub_time WHERE lo IN (SELECT value FROM json_each(?))"
_LAST = "SELECT max(c) FROM oplog WHERE rep = ?"
_HOW_MANY = "SELECT count(*) FROM unsealed"
_LATER = 'SELECT "row" FROM fold_later ORDER BY "row" LIMIT ?'
_STORED = ("scope", "row", "entity", "epoch", "n", "doc")
_BASE = "SELECT row, scope, entity, epoch, n, doc FROM base WHERE row"
_OVERLAYING = "SELECT n, c, row, body FROM oplog JOIN segment USING (rep) WHERE overlay = 1"
_APPEND = "INSERT INTO oplog (rep, c, row, body, chain, overlay, receipt) VALUES (?, ?, ?, ?, ?, ?, ?)"
_OPS = "SELECT c, body, verdict, receipt FROM oplog WHERE rep = ? AND c > ? ORDER BY c LIMIT ?"
_OPEN = "SELECT c, row FROM oplog WHERE rep = ? AND c BETWEEN ? AND ? AND verdict IS NULL ORDER BY c"
_TAKEN = ("applied", "merged")
_FIRST_OPEN = "SELECT c FROM oplog INDEXED BY oplog_open WHERE rep = ? AND verdict IS NULL ORDER BY c LIMIT 1"
_UNANSWERED = "SELECT c FROM oplog INDEXED BY oplog_open WHERE rep = ? AND verdict IS NULL AND c <= ? ORDER BY c"
_TOLD = "SELECT rep, c, row, seen_scope, seen_seq FROM oplog INDEXED BY oplog_told"
_ANSWERED = f"{_TOLD} WHERE overlay = 1 AND verdict IS NOT NULL"
_SETTLED = "SELECT rep, c, row FROM oplog WHERE overlay = 0 AND seen_scope = ? AND seen_seq > ?"
_OVERLAY = "UPDATE oplog SET overlay = ? WHERE rep = ? AND c = ?"
_ANSWER = (
    "UPDATE oplog SET verdict = ?, receipt = ?, seen_scope = ?, seen_seq = ?, at = ?, overlay = ? "
    "WHERE rep = ? AND c = ?"
)
HEALING = "healing/"
"""What stands before the name of a scope in the stage while some of its rows come anew."""
_UNSEALED = 'SELECT "key", body FROM unsealed ORDER BY "key"'
_UNSEALED_OF = 'SELECT "key", body FROM unsealed WHERE row = ? ORDER BY "key"'
_IN_ORDER = 'SELECT "key", row, body FROM unsealed ORDER BY "key" LIMIT ?'
_WAITING = 'SELECT 0, "key", row, body FROM unsealed WHERE TRUE'


class SqlReplicaTransaction:
    """The engine's view of one open transaction on a replica's file (implements ReplicaTransaction)."""

    def __init__(self, conn: Connection, clock: Clock) -> None:
        self.conn = conn
        self.clock = clock
        self.shown: dict[str, set[str]] = {}

    # --- state
    def state(self) -> State:
        found = fetch(self.conn, _STATE)
        return _state(found[0][0]) if found else State("")

    def save_state(self, state: State) -> None:
        row = {"key": "state", "value": _encode(state)}
        self.conn.execute(upsert(t.state).values(row).on_conflict_do_update(["key"], set_={"value": row["value"]}))

    def segments(self) -> list[Segment]:
        rows = fetch(self.conn, _SEGMENTS)
        return [Segment(rep, length, chain, hw, bool(dirty), floor) for rep, length, chain, hw, dirty, floor in rows]

    def save_segments(self, segments: Sequence[Segment]) -> None:
        self.conn.execute(delete(t.segment))
        rows = [
            {"n": n, "rep": s.rep, "length": s.length, "chain": s.chain, "hw": s.hw, "dirty": s.dirty,
             "floor": s.floor}
            for n, s in enumerate(segments)
        ]  # fmt: skip
        self.conn.execute(insert(t.segment), rows)

    # --- log
    def append(self, rep: str, ops: Sequence[tuple[int, str, bytes, bytes, Receipt | None]]) -> None:
        rows = [
            (rep, c, row, body, chain, True, _encode(receipt) if receipt else None)
            for c, row, body, chain, receipt in ops
        ]
        executemany(self.conn, _APPEND, rows)

    def cut(self, rep: str, above: int) -> list[LogOp]:
        found = self.ops(rep, above, -1)
        self.conn.execute(delete(t.oplog).where(t.oplog.c.rep == rep, t.oplog.c.c > above))
        return found

    def ops(self, rep: str, above: int, limit: int) -> list[LogOp]:
        rows = fetch(self.conn, _OPS, (rep, above, limit))
        return [LogOp(c, body, _verdict(v) if v else None, _receipt(r) if r else None) for c, body, v, r in rows]

    def chain_at(self, rep: str, numbers: Collection[int]) -> dict[int, bytes]:
        out = {0: ROOT_CHAIN} if 0 in numbers else {}
        out.update(fetch(self.conn, _CHAIN, (rep, json.dumps(list(numbers)))))
        return out

    def have(self, rep: str) -> int:
        first = fetch(self.conn, _FIRST_OPEN, (rep,))
        if first:
            return int(first[0][0]) - 1
        return int(fetch(self.conn, _LAST, (rep,))[0][0] or 0)

    def unanswered(self, rep: str, upto: int) -> list[int]:
        """Ops up to a number that have no verdict, in order."""
        return [c for (c,) in fetch(self.conn, _UNANSWERED, (rep, upto))]

    def clear_verdicts(self, rep: str, above: int, *, seen: bool = False) -> list[str]:
        log = t.oplog.c
        lost = or_(log.c > above, log.seen_scope.is_not(None)) if seen else log.c > above
        floor = select(t.segment.c.floor).where(t.segment.c.rep == rep).scalar_subquery()
        where = (log.rep == rep, lost, log.verdict.is_not(None), log.c > floor)
        rows = [r for (r,) in self.conn.execute(select(log.row).where(*where))]
        if rows:
            values = {"verdict": None, "seen_scope": None, "seen_seq": None, "overlay": True}
            self.conn.execute(update(t.oplog).where(*where).values(values))
        return rows

    def answer(
        self, rep: str, verdicts: Sequence[Verdict], now: int, *, passed: Mapping[str, int], rights: Collection[str]
    ) -> tuple[set[Turned], list[Odd]]:
        by_number = {v.c: v for v in verdicts}
        span = (rep, min(by_number, default=0), max(by_number, default=-1))
        ended: set[Turned] = set()
        rows, odd = [], []
        for c, row in fetch(self.conn, _OPEN, span):
            v = by_number.get(c)
            if v is None:
                continue
            overlays = v.seen is not None and v.seen[0] in rights and v.seen[1] > passed.get(v.seen[0], -1)
            if not overlays:
                ended.add((rep, c, row))
            if v.verdict not in _TAKEN:
                odd += [(v, unseal(old.body), old.receipt) for old in self.ops(rep, c - 1, 1)]
            receipt = _encode(Receipt(v.t_eff, v.verdict, v.code, v.ver, v.mac, v.over, v.came))
            rows.append((_encode(v), receipt, *(v.seen or (None, None)), now, overlays, rep, c))
        executemany(self.conn, _ANSWER, rows)
        return ended, odd

    def forget_ops(self, before: int, most: int) -> None:
        log, segments = t.oplog.c, self.segments()
        size = func.length(log.body)
        over = int(self.conn.scalar(select(func.coalesce(func.sum(size), 0))) or 0) - most
        for segment in segments:
            free = log.verdict.is_not(None) & log.overlay.is_(False)
            query = select(log.c, size, log.at, free).where(log.rep == segment.rep, log.c > segment.floor)
            floor = segment.floor
            for c, length, at, answered in self.conn.execute(query.order_by(log.c)):
                if not answered or not (over > 0 or (at is not None and at < before)):
                    break
                floor, over = c, over - length
            if floor > segment.floor:
                segment.floor = floor  # this one stays for its chain value
                self.conn.execute(delete(t.oplog).where(log.rep == segment.rep, log.c < floor))
                self.conn.execute(
                    update(t.oplog).where(log.rep == segment.rep, log.c == floor).values(seen_scope=None, seen_seq=None)
                )
        self.save_segments(segments)

    def settle(self, passed: Mapping[str, int], rights: Collection[str]) -> set[Turned]:
        off: list[Turned] = []
        on: list[Turned] = []
        for rep, c, row, scope, seq in fetch(self.conn, _ANSWERED):
            if scope not in rights or seq <= passed.get(scope, -1):
                off.append((rep, c, row))
        for scope in rights:
            found = fetch(self.conn, _SETTLED, (scope, passed.get(scope, -1)))
            on += [(rep, c, row) for rep, c, row in found]
        executemany(self.conn, _OVERLAY, [(False, rep, c) for rep, c, _ in off])
        executemany(self.conn, _OVERLAY, [(True, rep, c) for rep, c, _ in on])
        return {*off, *on}

    # --- waiting ops
    def unsealed(self, row: str = "") -> list[tuple[int, Op]]:
        found = fetch(self.conn, _UNSEALED_OF, (row,)) if row else fetch(self.conn, _UNSEALED)
        return [(key, unseal(body)) for key, body in found]

    def unsealed_count(self) -> int:
        return _unsealed_count(self.conn)

    def waiting(self, limit: int) -> list[tuple[int, str, bytes]]:
        return [(key, row, body) for key, row, body in fetch(self.conn, _IN_ORDER, (limit,))]

    def put_unsealed(self, key: int | None, op: Op) -> None:
        values: Values = {"row": op.row, "body": seal(op)}
        if key is None:
            self.conn.execute(insert(t.unsealed).values(values))
        else:
            self.conn.execute(update(t.unsealed).where(t.unsealed.c.key == key).values(values))

    def drop_unsealed(self, upto: int) -> None:
        self.conn.execute(delete(t.unsealed).where(t.unsealed.c.key <= upto))

    def pending(self, rows: Collection[str] | None) -> dict[str, list[Op]]:
        out: dict[str, list[Op]] = {}
        for query in (_OVERLAYING, _WAITING):
            found = fetch(self.conn, query) if rows is None else among(self.conn, f"{query} AND row", rows)
            for _, _, row, body in sorted(map(tuple, found)):
                out.setdefault(row, []).append(unseal(body))
        return out

    def park(self, op: Op, code: str, cause: str) -> None:
        body = seal(op)
        values = {
            "digest": blake2b(body, digest_size=16).digest(), "row": op.row, "body": body, "code": code, "cause": cause,
            "at": self.clock.ms(), "settled": False,
        }  # fmt: skip
        self.conn.execute(upsert(t.parked).values(values).on_conflict_do_nothing())

    # --- base
    def base(self, rows: Collection[str]) -> dict[str, list[BaseRow]]:
        out: dict[str, list[BaseRow]] = {}
        for row, scope, entity, epoch, n, doc in among(self.conn, _BASE, rows):
            there = BaseRow(scope, entity, (epoch, n), _doc(doc))
            if row in out:
                out[row].append(there)
            else:
                out[row] = [there]
        for docs in out.values():
            if len(docs) > 1:
                docs.sort(key=lambda each: each.scope)
        return out

    def cursors(self) -> dict[str, int]:
        return dict(fetch(self.conn, _CURSORS))

    def stale(self) -> set[str]:
        return {scope for (scope,) in fetch(self.conn, _STALE)}

    def set_scope(self, scope: str, cursor: int, stale: bool) -> None:
        values = {"scope": scope, "seq": cursor, "stale": stale}
        self.conn.execute(
            upsert(t.cursor).values(values).on_conflict_do_update(["scope"], set_={"seq": cursor, "stale": stale})
        )

    def staged(self) -> dict[str, int]:
        return dict(fetch(self.conn, _STAGED))

    def stage(self, scope: str, cursor: int, entries: Sequence[Entry]) -> None:
        values = {"scope": scope, "seq": None, "stale": False, "staged": cursor}
        self.conn.execute(upsert(t.cursor).values(values).on_conflict_do_update(["scope"], set_={"staged": cursor}))
        put_values(self.conn, t.stage, _STORED, [_stored(scope, e) for e in entries], keys=["scope", "row"])

    def promote(self, scope: str, *, fresh: bool) -> list[str]:
        touched = self._rows_of(scope) if fresh else []
        base, stage = t.base.c, t.stage.c
        here = stage.scope == scope
        if fresh:
            self.conn.execute(delete(t.base).where(base.scope == scope))
        else:
            staged = select(stage.row).where(here)
            self.conn.execute(delete(t.base).where(base.scope == scope, base.row.in_(staged)))
        rows = select(*(stage[n] for n in _STORED)).where(here, stage.doc.is_not(None))
        self.conn.execute(insert(t.base).from_select(list(_STORED), rows))
        touched += self.conn.scalars(select(stage.row).where(here)).all()
        self.drop_stage((scope,))
        return touched

    def drop_stage(self, scopes: Collection[str] | None = None) -> None:
        if scopes is not None and not scopes:
            return
        which = [] if scopes is None else [t.stage.c.scope.in_(scopes)]
        self.conn.execute(delete(t.stage).where(*which))
        which = [] if scopes is None else [t.cursor.c.scope.in_(scopes)]
        self.conn.execute(update(t.cursor).where(*which).values(staged=None))
        self.conn.execute(delete(t.cursor).where(t.cursor.c.seq.is_(None), t.cursor.c.staged.is_(None)))

    def put_base(self, scope: str, entries: Iterable[Entry], *, fresh: bool) -> list[str]:
        touched = self._rows_of(scope) if fresh else []
        if fresh:
            self.conn.execute(delete(t.base).where(t.base.c.scope == scope))
        latest = {e.row: e for e in entries}
        if not fresh:
            for part in chunks([row for row, e in latest.items() if e.doc is None]):
                self.conn.execute(delete(t.base).where(t.base.c.scope == scope, t.base.c.row.in_(part)))
        stored = [_stored(scope, e) for e in latest.values() if e.doc is not None]
        put_values(self.conn, t.base, _STORED, stored, keys=["scope", "row"])
        return [*touched, *latest]

    def _rows_of(self, scope: str) -> list[str]:
        return list(self.conn.scalars(select(t.base.c.row).where(t.base.c.scope == scope)).all())

    def drop_scope(self, scope: str) -> list[str]:
        rows = self._rows_of(scope)
        self.conn.execute(delete(t.base).where(t.base.c.scope == scope))
        self.conn.execute(delete(t.cursor).where(t.cursor.c.scope == scope))
        self.conn.execute(delete(t.stage).where(t.stage.c.scope == scope))
        return rows

    def versions(self, scope: str, after: str, limit: int) -> list[tuple[str, Version]]:
        base = t.base.c
        query = select(base.row, base.epoch, base.n).where(base.scope == scope, base.row > after)
        return [(row, (epoch, n)) for row, epoch, n in self.conn.execute(query.order_by(base.row).limit(limit))]

    # --- healing
    def healing(self) -> dict[str, Healing]:
        return {scope: Healing(buckets, pos) for scope, buckets, pos in fetch(self.conn, _HEALING)}

    def heal(self, scope: str, healing: Healing | None, entries: Sequence[Entry] = ()) -> None:
        if healing is None:
            self.conn.execute(delete(t.healing).where(t.healing.c.scope == scope))
            self.conn.execute(delete(t.stage).where(t.stage.c.scope == HEALING + scope))
            return
        put(self.conn, t.healing, [{"scope": scope, **healing._asdict()}], ["scope"])
        put_values(
            self.conn, t.stage, _STORED, [_stored(HEALING + scope, e) for e in entries], keys=["scope", "row"]
        )  # fmt: skip

    def healed(self, scope: str) -> list[str]:
        buckets = self.healing()[scope].buckets
        stage, base = t.stage.c, t.base.c
        come = self.conn.execute(select(t.stage).where(stage.scope == HEALING + scope)).all()
        touched = [row for row in self._rows_of(scope) if mask_of(row) & buckets]
        for part in chunks(touched):
            self.conn.execute(delete(t.base).where(base.scope == scope, base.row.in_(part)))
        rows = [(scope, *tuple(r)[1:]) for r in come if r.doc is not None]
        put_values(self.conn, t.base, _STORED, rows, keys=["scope", "row"])
        self.heal(scope, None)
        return [*touched, *(r.row for r in come)]

    def rows_in(self, scope: str, rows: Collection[str]) -> set[str]:
        found = among(self.conn, "SELECT row, scope FROM base WHERE row", rows)
        return {row for row, where in found if scope in ("", where)}

    def rows(self) -> set[str]:
        return {row for (row,) in self.conn.execute(select(t.base.c.row).distinct())}

    def remember_time(self, now: int, receipt: bytes) -> None:
        self.conn.execute(upsert(t.hub_time).values(lo=now, receipt=receipt).on_conflict_do_nothing())

    def times(self, lows: Collection[int]) -> dict[int, bytes]:
        return dict(fetch(self.conn, _TIMES, (json.dumps(list(lows)),)))

    def fold_later(self, rows: Collection[str]) -> None:
        put_values(self.conn, t.later, ("row",), [(row,) for row in sorted(rows)], keys=["row"])

    def later(self) -> bool:
        return bool(fetch(self.conn, _LATER, (1,)))

    def take_later(self, limit: int) -> list[str]:
        rows = [row for (row,) in fetch(self.conn, _LATER, (limit,))]
        if rows:
            self.conn.execute(delete(t.later).where(t.later.c.row <= rows[-1]))
        return rows

    # --- what services read
    def show(self, entity: Entity, rows: Mapping[str, Values | None]) -> None:
        # an op that is confirmed looks as it did
        self.shown.setdefault(entity.name, set()).update(show(self.conn, entity, rows, compare=True))


def _stored(scope: str, entry: Entry) -> tuple[Any, ...]:
    """An entry as a row of stage or base, in the order of `_STORED`."""
    doc = _encode(entry.doc) if entry.doc is not None else None
    return scope, entry.row, entry.entity, *entry.ver, doc


def waiting_count(conn: Connection) -> int:
    """How many ops the hub has not answered yet."""
    sealed = conn.scalar(select(func.count()).select_from(t.oplog).where(t.oplog.c.verdict.is_(None)))
    return int(sealed or 0) + _unsealed_count(conn)


def _unsealed_count(conn: Connection) -> int:
    return int(fetch(conn, _HOW_MANY)[0][0])
