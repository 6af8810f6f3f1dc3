"""Ops taken in and rows served by a hub over real HTTP, and a first sync of an encrypted file (SYNC.md section 12)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from bench.figure import Context, Figure, figure
from bench.server import Account, account, hub
from lms_core.ops import ROOT_CHAIN, Op, next_chain, seal
from lms_core.ports import new_replica_id, new_uuid7
from lms_core.sync.wire import PROTOCOL, Reply, Request, pack, unpack_reply

NAMES = ("hub.ingest_ops_s", "hub.serve_rows_s", "sync.first_100k_s")
BATCH = 200
CLIENTS = 8
TEXT = "A spoonful of soup tells about the pot only when the pot was stirred; so does a sample. Note {}."


def run(context: Context) -> list[Figure]:
    """Fill one hub with notes of eight accounts, then read them back as fresh devices would."""
    figures = []
    sizes = (100_000, 200_000, 400_000) if context.full else (100_000,)
    for size in sizes:
        folder = context.folder / str(size)
        folder.mkdir()
        figures += _measure(folder, size, first=size == sizes[0])
    return figures


def _measure(folder: Path, size: int, *, first: bool) -> list[Figure]:
    suffix = "" if first else f".{size // 1000}k"
    with hub(folder) as url:
        people = [account(url, n) for n in range(CLIENTS)]
        requests = [_requests(person, size // CLIENTS) for person in people]
        taken = _timed([(p, r) for p, r in zip(people, requests, strict=True)])
        served, rows = _serve(people)
        whole = _first_sync(folder, url)
    note = f"{CLIENTS} accounts at once, batches of {BATCH}, loopback HTTP, signed in, synchronous=FULL"
    return [
        figure(
            f"hub.ingest_ops_s{suffix}",
            size / taken,
            unit="ops/s",
            better="higher",
            bar=10_000,
            size=f"{size} ops",
            note=note,
        ),
        figure(
            f"hub.serve_rows_s{suffix}", rows / served, unit="rows/s", better="higher", bar=60_000, size=f"{rows} rows"
        ),
        *whole,
    ]


def _requests(person: Account, count: int) -> list[bytes]:
    """A device's whole log, cut into requests that ask for no rows."""
    replica, chain, at = new_replica_id(), ROOT_CHAIN, 0
    now = time.time_ns() // 1_000_000
    requests = []
    for start in range(0, count, BATCH):
        before, ops = chain, []
        for n in range(start, min(start + BATCH, count)):
            args = {"user_id": person.id, "body": TEXT.format(n)}
            body = seal(Op("note", new_uuid7(), "create", args, None, now, 0))
            chain = next_chain(chain, body)
            ops.append(msgspec.Raw(body))
        end = at + len(ops)
        requests.append(pack(Request(PROTOCOL, 1, replica, person.id, end, at, before, at, None, None, ops)))
        at = end
    return requests


def _exchange(person: Account, body: bytes) -> Reply:
    answer = person.client.post("/sync", content=body)
    answer.raise_for_status()
    return unpack_reply(answer.content)


def _timed(work: list[tuple[Account, list[bytes]]]) -> float:
    """Seconds until the last of all logs is taken in, every op of them applied."""

    def push(person: Account, bodies: list[bytes]) -> None:
        for body in bodies:
            reply = _exchange(person, body)
            if reply.status != "ok" or any(v.verdict != "applied" for v in reply.verdicts):
                raise RuntimeError(f"not applied: {reply.status} {reply.verdicts[:1]}")

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(push, *each) for each in work]:
            done.result()
    return time.perf_counter() - began


def _serve(people: list[Account]) -> tuple[float, int]:
    """Seconds and rows of every account pulling all its rows from the start, in slices of 5,000."""

    def pull(person: Account) -> int:
        replica, cursors, rows = new_replica_id(), {}, 0
        while True:
            request = Request(PROTOCOL, 1, replica, person.id, 0, 0, ROOT_CHAIN, 0, None, cursors, limit=5_000)
            reply = _exchange(person, pack(request))
            rows += sum(len(s.entries) for s in reply.slices)
            cursors.update({s.scope: s.to for s in reply.slices})
            if not reply.more:
                return rows

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        rows = sum(pool.map(pull, people))
    return time.perf_counter() - began, rows


def _first_sync(folder: Path, url: str) -> list[Figure]:
    """A laptop's first sync of one account with 100,000 notes, until every row can be read."""
    from bench.laptop import fresh_workspace

    person = account(url, 900)
    _timed([(person, _requests(person, 100_000))])
    with fresh_workspace(folder / "laptop", url, "person900@bench.example") as workspace:
        began = time.perf_counter()
        step = workspace.synchronize()
        seconds = time.perf_counter() - began
    if step.received < 100_000:
        raise RuntimeError(f"only {step.received} rows arrived")
    note = "encrypted replica, one account, until all rows are visible"
    return [figure("sync.first_100k_s", seconds, unit="s", better="lower", bar=6, size="100000 rows", note=note)]
