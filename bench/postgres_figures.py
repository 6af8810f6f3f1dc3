"""The hub on PostgreSQL, which waits for the disk at each commit: two processes over one database, and one process.

A figure that ends in `.pg` is the one without, taken in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from bench import api_figures, crowd_figures, healing_figures, hub_figures, live_figures, sync_figures
from bench.caller import Person, Storm
from bench.crowd import BATCH, SLICE, log_of, pull, push
from bench.crowd_figures import FETCHED, PEOPLE, SENT, SLOPE, USERS, told
from bench.figure import Context, Figure, figure
from bench.healing_figures import CROWD_LOST, CROWD_S, LOST
from bench.hub_figures import CLIENTS, FIRST, SIZE
from bench.live_figures import IDLE, P50, P99
from bench.process import Watch
from bench.server import Hub, account
from bench.storm import blow, settle
from bench.table import number
from tests.postgres import Cluster, cluster, programs

PROCESSES = 2
INGEST, SERVE, STORM = SHARED = ("hub.ingest_ops_s.pg", "hub.serve_rows_s.pg", "sync.storm_1000_s.pg")
ALIKE: tuple[tuple[Callable[[Context], list[Figure]], tuple[str, ...]], ...] = (
    (sync_figures.run, sync_figures.NAMES),
    (crowd_figures.run, (USERS,)),
    (crowd_figures.run, (SLOPE,)),
    (live_figures.run, (P50, P99)),
    (live_figures.run, (IDLE,)),
    (hub_figures.run, (FIRST,)),
    (healing_figures.run, (LOST,)),
    (healing_figures.run, (CROWD_S, CROWD_LOST)),
    (partial(api_figures.run, processes=PROCESSES), api_figures.NAMES),
)
OFTEN = (
    *sync_figures.LOOPBACK, *sync_figures.FAR, *sync_figures.IDLE, USERS, P50, P99, IDLE, FIRST, LOST,
    *api_figures.NAMES,
)  # fmt: skip
NAMES = (*SHARED, *(f"{name}.pg" for name in OFTEN))
FULL_NAMES = tuple(f"{name}.pg" for _, names in ALIKE for name in names if name not in OFTEN)


def run(context: Context) -> list[Figure]:
    """Take the hub's own figures once more, each size with a database of its own."""
    if programs() is None:
        raise RuntimeError("no PostgreSQL here: scripts/setup.sh installs it")
    figures: list[Figure] = []
    with cluster(durable=True) as databases:
        if context.names & {INGEST, SERVE}:
            sizes = (SIZE, 2 * SIZE, 4 * SIZE) if context.full else (SIZE // 4, SIZE // 2, SIZE)
            figures += _taking(context.folder, databases, sizes)
        if STORM in context.names:
            crowds = (PEOPLE, 2 * PEOPLE, 4 * PEOPLE) if context.full else (PEOPLE // 4, PEOPLE // 2, PEOPLE)
            figures.append(_storms(context.folder, databases, crowds))
        for at, (take, names) in enumerate(ALIKE):
            figures += _alike(take, context, frozenset(names), databases, context.folder / f"alike{at}")
    return figures


def _alike(
    take: Callable[[Context], list[Figure]], context: Context, names: frozenset[str], databases: Cluster, folder: Path
) -> list[Figure]:
    """What another module measures, with one process over a database."""
    wanted = frozenset(name for name in names if f"{name}.pg" in context.names)
    if not wanted:
        return []
    folder.mkdir()
    with databases.fresh(empty=True) as database:
        found = take(replace(context, folder=folder, names=wanted, database=database))
    return [msgspec.structs.replace(each, name=f"{each.name}.pg") for each in found]


@contextmanager
def _serving(folder: Path, database: str) -> Iterator[list[Hub]]:
    """Two processes of one server."""
    with ExitStack() as stack:
        hubs = []
        for n in range(PROCESSES):
            hub = Hub(folder, database, name=f"url{n}")
            hub.start()
            stack.callback(hub.stop)
            hubs.append(hub)
        yield hubs


def _taking(folder: Path, databases: Cluster, sizes: tuple[int, ...]) -> list[Figure]:
    """Ops taken in and rows served, the eight accounts shared out between the processes."""
    taken: dict[int, tuple[float, float]] = {}
    for size in sizes:
        here = folder / str(size)
        here.mkdir()
        with databases.fresh(empty=True) as database, _serving(here, database) as hubs:
            people = [account(hubs[n % PROCESSES].url, n) for n in range(CLIENTS)]
            pushing = push([(each, log_of(each.id, size // CLIENTS)) for each in people])
            pulling, rows = pull(people)
            taken[size] = (size / pushing, rows / pulling)
    said = f"{PROCESSES} processes, {CLIENTS} accounts at once, loopback HTTP, signed in, the disk waited for"
    notes = (f"{said}, batches of {BATCH}", f"{said}, slices of {SLICE:,}")
    out = []
    for at, (name, unit, bar) in enumerate(((INGEST, "ops/s", 10_000), (SERVE, "rows/s", 60_000))):
        grown = ", ".join(f"{number(each[at])} with {size:,}" for size, each in taken.items() if size != SIZE)
        note, rate = f"{notes[at]}; {grown}", taken[SIZE][at]
        out.append(figure(name, rate, unit=unit, better="higher", bar=bar, size=f"{SIZE:,} rows", note=note))
    return out


def _storms(folder: Path, databases: Cluster, crowds: tuple[int, ...]) -> Figure:
    taken = {}
    for people in crowds:
        here = folder / f"storm{people}"
        here.mkdir()
        with databases.fresh(empty=True) as database:
            known = settle(here / "hub", people, FETCHED, database)
            with _serving(here, database) as hubs:
                taken[people] = _storm(hubs, known)
    return told(STORM, taken, f"{SENT} ops up and {FETCHED} rows", where=f"{PROCESSES} processes; ")


def _storm(hubs: list[Hub], people: list[Person]) -> tuple[Storm, str]:
    watches = [Watch(hub.pid) for hub in hubs]
    storm = blow([hub.url for hub in hubs], people, ops=SENT, rows=FETCHED)
    cpu, peak = sum(w.cpu_s for w in watches), max(w.peak_mb for w in watches)
    return storm, f"hub {cpu:.0f} s of processor beside the database, at most {peak:.0f} MB a process"
