"""Ops taken in and rows served by a hub over real HTTP, and a first sync of an encrypted file (SYNC.md section 12)."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import msgspec

from bench.figure import Context, Figure, figure
from bench.server import Account, account, hub
from bench.table import number
from lms_core.ops import ROOT_CHAIN, Op, next_chain, seal
from lms_core.ports import new_replica_id, new_uuid7
from lms_core.sync.wire import PROTOCOL, Reply, Request, pack, unpack_reply

NAMES = ("hub.ingest_ops_s", "hub.serve_rows_s", "sync.first_100k_s")
BATCH, CLIENTS, SIZE = 200, 8, 100_000
TAKING = f"{CLIENTS} accounts at once, batches of {BATCH}, loopback HTTP, signed in, synchronous=FULL"
KINDS: dict[str, tuple[str, Literal["lower", "higher"], float, str]] = {
    "hub.ingest_ops_s": ("ops/s", "higher", 10_000, TAKING),
    "hub.serve_rows_s": ("rows/s", "higher", 60_000, "the same accounts from the start, slices of 5,000"),
    "sync.first_100k_s": ("s", "lower", 6, "loopback HTTP, encrypted replica, one account, until all rows are shown"),
}
TEXT = "A spoonful of soup tells about the pot only when the pot was stirred; so does a sample. Note {}."


def run(context: Context) -> list[Figure]:
    """Fill hubs of growing size with notes of eight accounts, read them back, and sync a laptop for the first time."""
    sizes = (SIZE, 2 * SIZE, 4 * SIZE) if context.full else (SIZE // 4, SIZE // 2, SIZE)
    taken = {size: _measure(context.folder / str(size), size, context.names) for size in sizes}
    return [_figure(name, {size: values[name] for size, values in taken.items()}) for name in taken[SIZE]]


def _figure(name: str, values: dict[int, float]) -> Figure:
    """The value at 100,000, with those of other sizes in the note."""
    unit, better, bar, note = KINDS[name]
    grown = ", ".join(f"{number(value)} with {size:,}" for size, value in values.items() if size != SIZE)
    return figure(name, values[SIZE], unit=unit, better=better, bar=bar, size=f"{SIZE:,} rows", note=f"{note}; {grown}")


def _measure(folder: Path, size: int, names: frozenset[str]) -> dict[str, float]:
    folder.mkdir()
    out: dict[str, float] = {}
    with hub(folder) as url:
        if names & {"hub.ingest_ops_s", "hub.serve_rows_s"}:
            people = [account(url, n) for n in range(CLIENTS)]
            out["hub.ingest_ops_s"] = size / _timed([(each, _requests(each, size // CLIENTS)) for each in people])
            seconds, rows = _serve(people)
            out["hub.serve_rows_s"] = rows / seconds
        if "sync.first_100k_s" in names:
            out["sync.first_100k_s"] = _first_sync(folder, url, size)
    shutil.rmtree(folder)
    return out


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
        replica, cursors, rows = new_replica_id(), dict[str, int](), 0
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


def _first_sync(folder: Path, url: str, size: int) -> float:
    """Seconds of a laptop's first sync of one account with so many notes, until every row can be read."""
    from bench.laptop import fresh_workspace

    person = account(url, 900)
    _timed([(person, _requests(person, size))])
    with fresh_workspace(folder / "laptop", url, "person900@bench.example") as workspace:
        began = time.perf_counter()
        step = workspace.synchronize()
        seconds = time.perf_counter() - began
        shown = len(workspace.notes.all())
    if step.received < size or shown != size:
        raise RuntimeError(f"{step.received} rows arrived and {shown} notes are shown")
    return seconds
