"""Callers that know the protocol and nothing else, so that a hub's time is measured and not a laptop's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bench.server import Account
from lms_core.ops import ROOT_CHAIN, Op, next_chain, seal
from lms_core.ports import new_replica_id, new_uuid7
from lms_core.sync.wire import PROTOCOL, Reply, Request, pack, unpack_reply

BATCH, SLICE = 200, 5_000
TEXT = "A spoonful of soup tells about the pot only when the pot was stirred; so does a sample. Note {}."


def log_of(account: str, count: int, *, cursors: dict[str, int] | None = None, batch: int = BATCH) -> list[bytes]:
    """A new device's whole log of notes, cut into requests; without `cursors` they ask for no rows."""
    replica, chain, at = new_replica_id(), ROOT_CHAIN, 0
    now = time.time_ns() // 1_000_000
    requests = []
    for start in range(0, count, batch):
        before, ops = chain, []
        for n in range(start, min(start + batch, count)):
            args = {"user_id": account, "body": TEXT.format(n)}
            body = seal(Op("note", new_uuid7(), "create", args, None, now, 0))
            chain = next_chain(chain, body)
            ops.append(msgspec.Raw(body))
        end = at + len(ops)
        requests.append(pack(Request(PROTOCOL, 1, replica, account, end, at, before, at, None, cursors, ops)))
        at = end
    return requests


def first_of(account: str) -> Request:
    """What a new device without ops asks."""
    return Request(PROTOCOL, 1, new_replica_id(), account, 0, 0, ROOT_CHAIN, 0, None, {})


def exchange(person: Account, body: bytes) -> Reply:
    """One exchange of a signed-in account."""
    answer = person.client.post("/sync", content=body)
    answer.raise_for_status()
    return unpack_reply(answer.content)


def push(work: Sequence[tuple[Account, list[bytes]]]) -> float:
    """Seconds until the last of all logs is taken in, every op of them applied; each log by a caller of its own."""

    def one(person: Account, bodies: list[bytes]) -> None:
        for body in bodies:
            check(exchange(person, body))

    began = time.perf_counter()
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one, *each) for each in work]:
            done.result()
    return time.perf_counter() - began


def check(reply: Reply) -> None:
    """Raise unless all ops were applied."""
    if reply.status != "ok" or any(v.verdict != "applied" for v in reply.verdicts):
        raise RuntimeError(f"not applied: {reply.status} {reply.verdicts[:1]}")


def pull(people: Sequence[Account]) -> tuple[float, int]:
    """Seconds and rows of accounts that pull all their rows from the start, all at once."""

    def one(person: Account) -> int:
        first, cursors, rows = first_of(person.id), dict[str, int](), 0
        while True:
            reply = exchange(person, pack(msgspec.structs.replace(first, cursors=cursors, limit=SLICE)))
            rows += sum(len(s.entries) for s in reply.slices)
            cursors.update({s.scope: s.to for s in reply.slices})
            time.sleep(reply.wait / 1000)
            if not reply.more:
                return rows

    began = time.perf_counter()
    with ThreadPoolExecutor(len(people)) as pool:
        rows = sum(pool.map(one, people))
    return time.perf_counter() - began, rows
