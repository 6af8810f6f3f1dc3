"""Ops taken in and rows served by a hub over real HTTP, and a first sync of an encrypted file (SYNC.md section 12)."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Literal

from bench.crowd import BATCH, SLICE, log_of, pull, push
from bench.figure import Context, Figure, figure
from bench.server import Hub, account, hub, running
from bench.table import number
from lms_core.sync.wire import MAX_OPS

TAKEN = ("hub.ingest_ops_s", "hub.serve_rows_s")
FIRST = "sync.first_100k_s"
NAMES = (*TAKEN, FIRST)
CLIENTS, SIZE = 8, 100_000
TAKING = f"{CLIENTS} accounts at once, batches of {BATCH}, loopback HTTP, signed in, synchronous=FULL"
KINDS: dict[str, tuple[str, Literal["lower", "higher"], float, str]] = {
    "hub.ingest_ops_s": ("ops/s", "higher", 10_000, TAKING),
    "hub.serve_rows_s": ("rows/s", "higher", 60_000, f"the same accounts from the start, slices of {SLICE:,}"),
    FIRST: ("s", "lower", 6, "loopback HTTP, encrypted replica, one account, until all rows are shown"),
}


def run(context: Context) -> list[Figure]:
    """Fill hubs of growing size with notes of eight accounts, read them back, and sync laptops for the first time."""
    sizes = (SIZE, 2 * SIZE, 4 * SIZE) if context.full else (SIZE // 4, SIZE // 2, SIZE)
    figures: list[Figure] = []
    if context.names & {*TAKEN}:
        taken = {size: _measure(context.folder / str(size), size) for size in sizes}
        figures += [_figure(name, {size: values[name] for size, values in taken.items()}) for name in TAKEN]
    if FIRST in context.names:
        with running(context.folder / "first", context.database) as served:
            figures.append(_figure(FIRST, {size: _first_sync(served, size) for size in sizes}))
    return figures


def _figure(name: str, values: dict[int, float]) -> Figure:
    """The value at 100,000, with those of other sizes in the note."""
    unit, better, bar, note = KINDS[name]
    grown = ", ".join(f"{number(value)} with {size:,}" for size, value in values.items() if size != SIZE)
    return figure(name, values[SIZE], unit=unit, better=better, bar=bar, size=f"{SIZE:,} rows", note=f"{note}; {grown}")


def _measure(folder: Path, size: int) -> dict[str, float]:
    folder.mkdir()
    with hub(folder) as url:
        people = [account(url, n) for n in range(CLIENTS)]
        pushing = push([(each, log_of(each.id, size // CLIENTS)) for each in people])
        pulling, rows = pull(people)
    shutil.rmtree(folder)
    return dict(zip(TAKEN, (size / pushing, rows / pulling), strict=True))


def _first_sync(served: Hub, size: int) -> float:
    """Seconds of a laptop's first sync of an account with so many notes, until every row can be read."""
    from bench.laptop import fresh_workspace

    person = account(served.url, size)
    push([(person, log_of(person.id, size // CLIENTS, batch=MAX_OPS)) for _ in range(CLIENTS)])
    with fresh_workspace(served.folder / f"laptop{size}", served.url, f"person{size}@bench.example") as workspace:
        began = time.perf_counter()
        step = workspace.synchronize()
        seconds = time.perf_counter() - began
        shown = len(workspace.notes.all())
    if step.received < size or shown != size:
        raise RuntimeError(f"{step.received} rows arrived and {shown} notes are shown")
    return seconds
