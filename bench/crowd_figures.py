"""Many at once: eight users against one, a thousand laptops back online or new, the hub's memory as its rows grow."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass, replace

from bench.caller import Person, Storm
from bench.crowd import log_of, pull, push
from bench.figure import Context, Figure, figure, percentile
from bench.process import Watch
from bench.server import Hub, account, running
from bench.storm import blow, settle
from bench.table import number

USERS, STORM, SLOPE = "sync.users8_scaling", "sync.storm_1000_s", "hub.rss_slope_kb_per_1k_rows"
BACKFILL = "sync.backfill_storm_s"
NAMES = (USERS, STORM, BACKFILL, SLOPE)
CROWD, OPS, TIMES = 8, 16_000, 3
PEOPLE, SENT, FETCHED = 1000, 200, 500
NEW, WHOLE = 400, 3_000
LEAST_ROWS, MOST_ROWS, FULL_ROWS, WARM = 50_000, 400_000, 800_000, 15


def run(context: Context) -> list[Figure]:
    """Take each figure with a hub of its own."""
    groups = {USERS: _users, STORM: _storms, BACKFILL: _backfills, SLOPE: _slope}
    return [
        take(replace(context, folder=context.folder / str(n)))
        for n, (name, take) in enumerate(groups.items())
        if name in context.names
    ]


def _users(context: Context) -> Figure:
    """The same number of ops and rows by one user and by eight at once; how many times as much they get done."""
    context.folder.mkdir()
    sizes = (OPS, 2 * OPS, 4 * OPS) if context.full else (OPS // 4, OPS // 2, OPS)
    ratios: dict[int, float] = {}
    said = ""
    with running(context.folder, context.database) as hub:
        people = _People(hub)
        for size in sizes:
            pairs = [(people.spend(1, size), people.spend(CROWD, size)) for _ in range(TIMES)]
            ratios[size] = statistics.median(one / many for one, many in pairs)
            one, many = (statistics.median(each) for each in zip(*pairs, strict=True))
            said = f"one {one:.2f} s, {CROWD} together {many:.2f} s"
            if size == OPS:
                note = f"median of {TIMES}: {said}; all sent and fetched over HTTP"
    grown = ", ".join(f"{number(ratio)} with {size:,}" for size, ratio in ratios.items() if size != OPS)
    return figure(
        USERS, ratios[OPS], unit="times", better="higher", bar=1, size=f"{OPS:,} ops in all", note=f"{note}; {grown}"
    )


class _People:
    """As many fresh accounts of a hub as are asked for."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known = 0

    def spend(self, count: int, ops: int) -> float:
        """Seconds of so many people at once who send so many ops in all and then fetch their rows."""
        people = [account(self._hub.url, self._known + n) for n in range(count)]
        self._known += count
        seconds = push([(each, log_of(each.id, ops // count)) for each in people])
        pulling, rows = pull(people)
        if rows < ops:
            raise RuntimeError(f"{rows} of {ops} rows came back")
        return seconds + pulling


def _storms(context: Context) -> Figure:
    """A storm of a thousand, and smaller or larger ones to show the growth."""
    crowds = (PEOPLE, 2 * PEOPLE, 4 * PEOPLE) if context.full else (PEOPLE // 4, PEOPLE // 2, PEOPLE)
    people = settle(context.folder / "settled", crowds[-1], FETCHED)
    taken = {}
    for count in crowds:
        shutil.copytree(context.folder / "settled", context.folder / str(count) / "hub")
        with running(context.folder / str(count)) as hub:
            taken[count] = _storm(hub, people[:count], ops=SENT, rows=FETCHED)
    return told(STORM, taken, f"{SENT} ops up and {FETCHED} rows")


def _backfills(context: Context) -> Figure:
    """New laptops at once, with more rows to fetch than the hub tells without taking turns."""
    crowds = (NEW, 2 * NEW, 4 * NEW) if context.full else (NEW // 4, NEW // 2, NEW)
    people = settle(context.folder / "hub", crowds[-1], WHOLE)
    with running(context.folder) as hub:
        taken = {count: _storm(hub, people[:count], ops=0, rows=WHOLE) for count in crowds}
    if not taken[NEW][0].waits:
        raise RuntimeError("no laptop was put off, so that admission was not measured")
    return told(BACKFILL, taken, f"{WHOLE:,} rows", size=NEW)


def _storm(hub: Hub, people: list[Person], *, ops: int, rows: int) -> tuple[Storm, str]:
    watch = Watch(hub.pid)
    storm = blow([hub.url], people, ops=ops, rows=rows)
    return storm, f"hub {watch.cpu_s:.0f} s of processor, at most {watch.peak_mb:.0f} MB"


def told(name: str, taken: dict[int, tuple[Storm, str]], work: str, *, size: int = PEOPLE, where: str = "") -> Figure:
    """The figure of storms of several sizes."""
    grown = ", ".join(f"{number(other.seconds)} with {n:,}" for n, (other, _) in taken.items() if n != size)
    found, said = taken[size]
    note = (
        f"{where}{work} of one shared scope down each; one connection each; a laptop had all after p50 "
        f"{percentile(found.done_s, 50):.1f} s, p99 {percentile(found.done_s, 99):.1f} s; {found.waits:,} answers put "
        f"off by admission, {found.put_off:,} tries without an answer, none refused for good; {found.up / 1e6:.0f} MB "
        f"up, {found.down / 1e6:.0f} MB down; {said}; {grown}"
    )
    return figure(name, found.seconds, unit="s", better="lower", bar=45, size=f"{size:,} laptops", note=note)


@dataclass(frozen=True)
class _Point:
    rows: int
    mb: float


def _slope(context: Context) -> Figure:
    """Memory of one hub while rows pile up, each stage sent by eight accounts and fetched whole again by them."""
    context.folder.mkdir()
    points, total = [], 0
    with running(context.folder, context.database) as hub:
        watch = Watch(hub.pid)
        people = [account(hub.url, n) for n in range(CROWD)]
        while total < (FULL_ROWS if context.full else MOST_ROWS):
            more = total or LEAST_ROWS
            push([(each, log_of(each.id, more // CROWD)) for each in people])
            for _ in range(1 if total else WARM):
                pull(people)
            total += more
            points.append(_Point(total, watch.now_mb))
        peak = watch.peak_mb
    slope = 1024 * statistics.linear_regression([p.rows / 1000 for p in points], [p.mb for p in points]).slope
    said = ", ".join(f"{p.mb:.0f} MB with {p.rows:,}" for p in points)
    note = f"held after all rows were sent and fetched again, at first {WARM} times until caches are full: {said}; "
    note += f"at most {peak:.0f} MB"
    return figure(SLOPE, slope, unit="kB", better="lower", bar=50, size=f"{points[-1].rows:,} rows", note=note)
