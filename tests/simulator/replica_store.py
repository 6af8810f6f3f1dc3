"""A replica's store as dictionaries (implements ReplicaTransaction)."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from msgspec.structs import replace

from lms_core.ops import ROOT_CHAIN, Op, Values, Version, seal, unseal
from lms_core.schema import Entity
from lms_core.sync.ports import BaseRow, Healing, LogOp, Odd, Segment, State, Turned
from lms_core.sync.sums import mask_of
from lms_core.sync.wire import Entry, Receipt, Verdict
from tests.simulator.tables import Tables


class Logged(NamedTuple):
    """One op of the log."""

    op: Op
    body: bytes
    chain: bytes
    verdict: Verdict | None
    receipt: Receipt | None
    overlay: bool
    at: int | None = None


class Scope(NamedTuple):
    """Where a scope stands."""

    seq: int | None
    stale: bool
    staged: int | None


class DictReplicaTransaction:
    """One write transaction over the tables of a replica."""

    def __init__(self, tables: Tables) -> None:
        self.t = tables
        self.data = tables.data

    def __enter__(self) -> DictReplicaTransaction:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self.t.end(well=kind is None)

    def state(self) -> State:
        kept: State = self.data["meta"]["state"]
        return dataclasses.replace(kept)

    def save_state(self, state: State) -> None:
        self.t.put("meta", "state", dataclasses.replace(state, rights=set(state.rights)))

    def segments(self) -> list[Segment]:
        return [_copy(s) for s in self.data["meta"]["segments"]]

    def save_segments(self, segments: Sequence[Segment]) -> None:
        self.t.put("meta", "segments", tuple(_copy(s) for s in segments))

    # --- log
    def append(self, rep: str, ops: Sequence[tuple[int, str, bytes, bytes, Receipt | None]]) -> None:
        for c, _, body, chain, receipt in ops:
            self._log(rep, c, Logged(unseal(body), body, chain, None, receipt, True))

    def _log(self, rep: str, c: int, entry: Logged) -> None:
        self.t.put(("log", rep), c, entry)
        self._index("over", rep, c, entry.op if entry.overlay else None)
        self._index("open", rep, c, None if entry.verdict else True)
        self._index("seen", rep, c, entry.verdict.seen if entry.verdict else None)

    def _index(self, name: str, rep: str, c: int, value: object) -> None:
        if value is None:
            self.t.drop((name, rep), c)
        else:
            self.t.put((name, rep), c, value)

    def cut(self, rep: str, above: int) -> list[LogOp]:
        found = self.ops(rep, above, -1)
        for each in found:
            for name in ("log", "over", "open", "seen"):
                self.t.drop((name, rep), each.c)
        return found

    def ops(self, rep: str, above: int, limit: int) -> list[LogOp]:
        log = self.data["log", rep]
        numbers = [c for c in sorted(log) if c > above]
        found = numbers if limit < 0 else numbers[:limit]
        return [LogOp(c, log[c].body, log[c].verdict, log[c].receipt) for c in found]

    def chain_at(self, rep: str, numbers: Collection[int]) -> dict[int, bytes]:
        log = self.data["log", rep]
        out = {c: log[c].chain for c in numbers if c in log}
        return out | {0: ROOT_CHAIN} if 0 in numbers else out

    def have(self, rep: str) -> int:
        waiting = self.data["open", rep]
        return min(waiting) - 1 if waiting else max(self.data["log", rep], default=0)

    def clear_verdicts(self, rep: str, above: int, *, seen: bool = False) -> list[str]:
        rows = []
        floor = next((s.floor for s in self.data["meta"]["segments"] if s.rep == rep), 0)
        for c, entry in list(self.data["log", rep].items()):
            if c > floor and entry.verdict is not None and (c > above or (seen and entry.verdict.seen is not None)):
                rows.append(entry.op.row)
                self._log(rep, c, entry._replace(verdict=None, overlay=True))
        return rows

    def answer(
        self, rep: str, verdicts: Sequence[Verdict], now: int, *, passed: Mapping[str, int], rights: Collection[str]
    ) -> tuple[set[Turned], list[Odd]]:
        ended: set[Turned] = set()
        odd: list[Odd] = []
        for v in sorted(verdicts, key=lambda v: v.c):
            entry = self.data["log", rep].get(v.c)
            if entry is not None and entry.verdict is None:
                overlays = _overlays(v, passed, rights)
                if not overlays:
                    ended.add((rep, v.c, entry.op.row))
                if v.verdict not in ("applied", "merged"):
                    odd.append((v, entry.op, entry.receipt))
                receipt = Receipt(v.t_eff, v.verdict, v.code, v.ver, v.mac, v.over, v.came)
                self._log(rep, v.c, entry._replace(verdict=v, receipt=receipt, overlay=overlays, at=now))
        return ended, odd

    def forget_ops(self, before: int, most: int) -> None:
        segments = self.segments()
        over = sum(len(e.body) for s in segments for e in self.data["log", s.rep].values()) - most
        for segment in segments:
            log = self.data["log", segment.rep]
            for c in [c for c in sorted(log) if c > segment.floor]:
                entry = log[c]
                old = entry.at is not None and entry.at < before
                if entry.verdict is None or entry.overlay or not (over > 0 or old):
                    break
                segment.floor, over = c, over - len(entry.body)
            if segment.floor in log:  # it stays for its chain value
                last = log[segment.floor]
                self._log(segment.rep, segment.floor, last._replace(verdict=replace(last.verdict, seen=None)))
            for c in [c for c in log if c < segment.floor]:
                for name in ("log", "over", "open", "seen"):
                    self.t.drop((name, segment.rep), c)
        self.save_segments(segments)

    def settle(self, passed: Mapping[str, int], rights: Collection[str]) -> set[Turned]:
        turned: set[Turned] = set()
        for segment in self.segments():
            rep = segment.rep
            log = self.data["log", rep]
            answered = set(self.data["seen", rep]) | (self.data["over", rep].keys() - self.data["open", rep].keys())
            for c in sorted(answered):
                entry = log[c]
                on = _overlays(entry.verdict, passed, rights)
                if on != entry.overlay:
                    turned.add((rep, c, entry.op.row))
                    self._log(rep, c, entry._replace(overlay=on))
        return turned

    # --- waiting ops
    def unsealed(self, row: str = "") -> list[tuple[int, Op]]:
        return sorted((key, op) for key, op in self.data["unsealed"].items() if row in ("", op.row))

    def unsealed_count(self) -> int:
        return len(self.data["unsealed"])

    def waiting(self, limit: int) -> list[tuple[int, str, bytes]]:
        return [(key, op.row, seal(op)) for key, op in self.unsealed()[:limit]]

    def put_unsealed(self, key: int | None, op: Op) -> None:
        if key is None:
            key = max(self.data["unsealed"], default=0) + 1
        self.t.put("unsealed", key, unseal(seal(op)))

    def drop_unsealed(self, upto: int) -> None:
        for key in [key for key in self.data["unsealed"] if key <= upto]:
            self.t.drop("unsealed", key)

    def pending(self, rows: Collection[str] | None) -> dict[str, list[Op]]:
        out: dict[str, list[Op]] = {}
        wanted = None if rows is None else set(rows)
        for table in [*(("over", s.rep) for s in self.data["meta"]["segments"]), "unsealed"]:
            each = self.data[table].items()
            for _, op in sorted(each if wanted is None else [pair for pair in each if pair[1].row in wanted]):
                out.setdefault(op.row, []).append(op)
        return out

    def park(self, op: Op, code: str, cause: str) -> None:
        key = blake2b(seal(op), digest_size=16).digest()
        if key not in self.data["parked"]:
            self.t.put("parked", key, (op, code, cause))

    # --- base
    def base(self, rows: Collection[str]) -> dict[str, list[BaseRow]]:
        out: dict[str, list[BaseRow]] = {}
        for scope in sorted(self.data["cursor"]):
            there = self.data["base", scope]
            for row in there.keys() & rows:
                out.setdefault(row, []).append(there[row])
        return out

    def all_base(self) -> dict[str, list[BaseRow]]:
        """Every row of base."""
        out: dict[str, list[BaseRow]] = {}
        for scope in sorted(self.data["cursor"]):
            for row, found in self.data["base", scope].items():
                if row in out:
                    out[row].append(found)
                else:
                    out[row] = [found]
        return out

    def cursors(self) -> dict[str, int]:
        return {s: x.seq for s, x in self.data["cursor"].items() if x.seq is not None}

    def stale(self) -> set[str]:
        return {s for s, x in self.data["cursor"].items() if x.stale}

    def set_scope(self, scope: str, cursor: int, stale: bool) -> None:
        old = self.data["cursor"].get(scope, Scope(None, False, None))
        self.t.put("cursor", scope, old._replace(seq=cursor, stale=stale))

    def staged(self) -> dict[str, int]:
        return {s: x.staged for s, x in self.data["cursor"].items() if x.staged is not None}

    def stage(self, scope: str, cursor: int, entries: Sequence[Entry]) -> None:
        old = self.data["cursor"].get(scope, Scope(None, False, None))
        self.t.put("cursor", scope, old._replace(staged=cursor))
        for entry in entries:
            self.t.put(("stage", scope), entry.row, entry)

    def promote(self, scope: str, *, fresh: bool) -> list[str]:
        entries = list(self.data["stage", scope].values())
        self.drop_stage((scope,))
        return self.put_base(scope, entries, fresh=fresh)

    def drop_stage(self, scopes: Collection[str] | None = None) -> None:
        for scope, old in list(self.data["cursor"].items()):
            if old.staged is not None and (scopes is None or scope in scopes):
                self.t.clear(("stage", scope))
                if old.seq is None:
                    self.t.drop("cursor", scope)
                else:
                    self.t.put("cursor", scope, old._replace(staged=None))

    def put_base(self, scope: str, entries: Iterable[Entry], *, fresh: bool) -> list[str]:
        table = ("base", scope)
        touched = list(self.data[table]) if fresh else []
        if fresh:
            self.t.clear(table)
        for e in entries:
            touched.append(e.row)
            if e.doc is None:
                self.t.drop(table, e.row)
            else:
                self.t.put(table, e.row, BaseRow(scope, e.entity, e.ver, e.doc))
        return touched

    def drop_scope(self, scope: str) -> list[str]:
        rows = list(self.data["base", scope])
        self.t.clear(("base", scope))
        self.t.clear(("stage", scope))
        self.t.drop("cursor", scope)
        return rows

    def versions(self, scope: str, after: str, limit: int) -> list[tuple[str, Version]]:
        rows = sorted((row, x.ver) for row, x in self.data["base", scope].items() if row > after)
        return rows[:limit]

    def healing(self) -> dict[str, Healing]:
        return dict(self.data["healing"])

    def heal(self, scope: str, healing: Healing | None, entries: Sequence[Entry] = ()) -> None:
        if healing is None:
            self.t.drop("healing", scope)
            self.t.clear(("heal", scope))
            return
        self.t.put("healing", scope, healing)
        for entry in entries:
            self.t.put(("heal", scope), entry.row, entry)

    def healed(self, scope: str) -> list[str]:
        buckets = self.data["healing"][scope].buckets
        touched = [row for row in self.data["base", scope] if mask_of(row) & buckets]
        for row in touched:
            self.t.drop(("base", scope), row)
        touched += self.put_base(scope, list(self.data["heal", scope].values()), fresh=False)
        self.heal(scope, None)
        return touched

    def rows_in(self, scope: str, rows: Collection[str]) -> set[str]:
        return {
            row for s in ([scope] if scope else self.data["cursor"]) for row in self.data["base", s].keys() & set(rows)
        }

    def rows(self) -> set[str]:
        return {row for s in self.data["cursor"] for row in self.data["base", s]}

    def remember_time(self, now: int, receipt: bytes) -> None:
        if now not in self.data["time"]:
            self.t.put("time", now, receipt)

    def times(self, lows: Collection[int]) -> dict[int, bytes]:
        return {lo: self.data["time"][lo] for lo in lows if lo in self.data["time"]}

    def fold_later(self, rows: Collection[str]) -> None:
        for row in rows:
            self.t.put("later", row, True)

    def take_later(self, limit: int) -> list[str]:
        rows = sorted(self.data["later"])[:limit]
        for row in rows:
            self.t.drop("later", row)
        return rows

    def show(self, entity: Entity, rows: Mapping[str, Values | None]) -> None:
        for row, values in rows.items():
            shown: Any = self.data["shown"].get(row)
            if values is not None:
                self.t.put("shown", row, (entity.name, values))
            elif shown is not None and shown[0] == entity.name:
                self.t.drop("shown", row)


def _overlays(verdict: Verdict, passed: Mapping[str, int], rights: Collection[str]) -> bool:
    return verdict.seen is not None and verdict.seen[0] in rights and verdict.seen[1] > passed.get(verdict.seen[0], -1)


def _copy(s: Segment) -> Segment:
    return Segment(s.rep, s.length, s.chain, s.hw, s.dirty, s.floor)
