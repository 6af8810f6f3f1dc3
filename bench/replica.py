"""Laptops as far as the line sees them that keep their log: what a restored hub lacks of it is sent again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

import msgspec

from bench.caller import Caller, Person, Storm
from bench.crowd import TEXT, check, first_of
from lms_core.entities import SCHEMA
from lms_core.ops import ROOT_CHAIN, Op, Version, next_chain, seal
from lms_core.ports import new_replica_id, new_uuid7
from lms_core.sync.wire import MAX_OPS, PROTOCOL, Receipt, Reply, Request, decode_entry
from sync_server.serving import allow_many_lines

T = TypeVar("T")


class Replica:
    """One laptop with its notes: `texts` by row as they were acknowledged, and rows that are `gone`."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.texts: dict[str, str] = {}
        self.gone: set[str] = set()
        self._id = new_replica_id()
        self._bodies, self._chains = list[bytes](), [ROOT_CHAIN]
        self._receipts: dict[int, Receipt] = {}
        self._made: dict[str, int] = {}
        self._hw = 0
        self._mark: Version | None = None
        self._cursors: dict[str, int] = {}

    # --- work
    def write(self, count: int) -> None:
        """Add notes."""
        for n in range(count):
            row = new_uuid7()
            self.texts[row] = TEXT.format(n)
            self._add(row, "create", {"user_id": self.person.id, "body": self.texts[row]})
            self._made[row] = len(self._bodies)

    def revise(self, edits: int, deletes: int) -> None:
        """Edit the oldest notes, which must have been acknowledged, and delete those that follow."""
        rows = list(islice(self.texts, edits + deletes))
        for row in rows[:edits]:
            before, self.texts[row] = self.texts[row], self.texts[row] + " And more."
            self._add(row, "text", {"field": "body", "text": self.texts[row], "base": before})
        for row in rows[edits:]:
            del self.texts[row]
            self.gone.add(row)
            self._add(row, "delete", {})

    def _add(self, row: str, kind: str, args: dict[str, str]) -> None:
        base = self._receipts[self._made[row]].ver if row in self._made else None
        body = seal(Op("note", row, kind, args, base, time.time_ns() // 1_000_000, 0))
        self._bodies.append(body)
        self._chains.append(next_chain(self._chains[-1], body))

    # --- the line
    async def sync(self, caller: Caller) -> None:
        """Send what the hub lacks and fetch what is new, until both agree."""
        more = True
        while more or self._hw < len(self._bodies):
            more = self._hear(await caller.ask(self._request()))

    def _request(self) -> Request:
        at, end = self._hw, min(self._hw + MAX_OPS, len(self._bodies))
        return Request(
            PROTOCOL, SCHEMA.version, self._id, self.person.id, len(self._bodies), at, self._chains[at], at,
            self._mark, self._cursors, [msgspec.Raw(body) for body in self._bodies[at:end]],
            {c: self._receipts[c] for c in range(at + 1, end + 1) if c in self._receipts},
        )  # fmt: skip

    def _hear(self, reply: Reply) -> bool:
        """Take an answer in; whether there is more to fetch."""
        if reply.chain != self._chains[reply.hw]:
            raise RuntimeError("the logs differ")
        self._hw = reply.hw
        if reply.status == "reset":  # another timeline: everything is fetched anew
            self._mark, self._cursors = None, {}
            return True
        check(reply)
        for v in reply.verdicts:
            self._receipts.setdefault(v.c, Receipt(v.t_eff, v.verdict, v.code, v.ver, v.mac, v.over))
        self._mark = reply.mark
        self._cursors = self._cursors | {s.scope: s.to for s in reply.slices}
        return reply.more

    async def lost(self, caller: Caller) -> int:
        """How much of what was acknowledged a new machine of the account is not told."""
        request, there, more = first_of(self.person.id), dict[str, str](), True
        while more:
            reply = await caller.ask(request)
            own = (raw for s in reply.slices if s.scope == f"account/{self.person.id}" for raw in s.entries)
            there |= {e.row: e.doc.values["body"] for e in map(decode_entry, own) if e.doc and e.entity == "note"}
            request = msgspec.structs.replace(
                request, cursors=(request.cursors or {}) | {s.scope: s.to for s in reply.slices}
            )
            more = reply.more
        return sum(there.get(row) != text for row, text in self.texts.items()) + len(self.gone & there.keys())


def all_sync(url: str, replicas: Sequence[Replica]) -> Storm:
    """Let all sync at the same moment."""
    storm = Storm(len(replicas))
    began = time.perf_counter()

    async def one(replica: Replica) -> None:
        caller = Caller(url, replica.person, storm)
        await replica.sync(caller)
        caller.close()
        storm.done_s.append(time.perf_counter() - began)

    _together(map(one, replicas))
    storm.seconds = time.perf_counter() - began
    return storm


def all_lost(url: str, replicas: Sequence[Replica]) -> int:
    """What new machines of all accounts lack."""

    async def one(replica: Replica) -> int:
        caller = Caller(url, replica.person, Storm(1))
        found = await replica.lost(caller)
        caller.close()
        return found

    return sum(_together(map(one, replicas)))


def _together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    async def gather() -> list[T]:
        return await asyncio.gather(*work)

    allow_many_lines()
    return asyncio.run(gather())
