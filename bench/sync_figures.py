"""Added rows on their way up and down: seconds, bytes, requests, on loopback and at 100 ms (SYNC.md section 12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import zstandard

from bench.figure import Context, Figure, figure, percentile
from bench.laptop import CountedLine, fresh_workspace, note_texts, write_notes
from bench.process import Watch
from bench.proxy import Line, line
from bench.server import Hub, account, running
from bench.table import number
from lms_core.errors import Offline
from lms_core.workspace import Workspace

LOOPBACK = ("sync.up_10k_s", "sync.down_10k_s")
FAR = ("sync.rtt100_up_10k_s", "sync.rtt100_down_10k_s")
OVERHEAD = ("sync.row_overhead_up_bytes", "sync.row_overhead_down_bytes")
IDLE = ("sync.idle_requests", "sync.idle_bytes")
RESUME = ("sync.resume_resent_pct",)
NAMES = (*LOOPBACK, *FAR, *OVERHEAD, *IDLE, *RESUME)
SIZE, CUT_AT, ONE_WAY_MS, TIMES, IDLE_TIMES = 10_000, 0.8, 50, 3, 20


def run(context: Context) -> list[Figure]:
    """Sync laptops of fresh accounts with a hub, near and far away, and cut the line of some."""
    sizes = (SIZE, 2 * SIZE, 4 * SIZE) if context.full else (SIZE // 4, SIZE // 2, SIZE)
    with running(context.folder, context.database) as hub:
        bench = _Bench(context.folder, hub)
        figures: list[Figure] = []
        if context.names & {*LOOPBACK, *IDLE}:
            figures += _timed(bench, sizes, LOOPBACK, bar=1)
            figures += _idle(bench, sizes)
        if context.names & {*FAR, *OVERHEAD}:
            with line(hub.url, delay_ms=ONE_WAY_MS) as far:
                bench.line = far
                figures += _timed(bench, sizes, FAR, bar=2)
            figures += _overhead(bench)
        if context.names & {*RESUME}:
            with line(hub.url) as near:
                bench.line = near
                figures.append(_resume(bench, sizes if context.full else (SIZE, 2 * SIZE)))
    return figures


@dataclass(frozen=True)
class _Run:
    """One sync: seconds, what the line says of its exchanges, bytes of TCP where they were counted, what it took."""

    seconds: float
    line: CountedLine
    wire: int
    laptop: Watch
    hub: Watch
    laptop_s: float
    hub_s: float

    @property
    def said(self) -> str:
        """All of it in a few words."""
        return (
            f"{self.line.said}, {self.line.bodies:,} B of bodies; processor: laptop {self.laptop_s:.1f} s, hub "
            f"{self.hub_s:.1f} s; at most {self.laptop.peak_mb:.0f} and {self.hub.peak_mb:.0f} MB"
        )


class _Bench:
    """A hub and as many fresh laptops as are asked for, behind a line or not."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder = folder
        self.hub = hub
        self.line: Line | None = None
        self.seconds: dict[str, list[_Run]] = {}
        self.last: dict[int, tuple[list[str], _Run, _Run]] = {}
        self._people = 0
        self._machines = 0

    def person(self) -> str:
        """The address of a new account."""
        self._people += 1
        account(self.hub.url, self._people)
        return f"person{self._people}@bench.example"

    @contextmanager
    def laptop(self, email: str) -> Iterator[Workspace]:
        """A new machine of the account, which has synced once."""
        self._machines += 1
        url = self.line.url if self.line else self.hub.url
        with fresh_workspace(self.folder / f"laptop{self._machines}", url, email) as workspace:
            workspace.synchronize()
            yield workspace

    def sync(self, workspace: Workspace) -> _Run:
        """Exchange until both agree."""
        counted = CountedLine(workspace.online())
        laptop, hub = Watch(), Watch(self.hub.pid)
        before = self.wire()
        began = perf_counter()
        workspace.sync.run(counted)
        seconds = perf_counter() - began
        return _Run(seconds, counted, self.wire() - before, laptop, hub, laptop.cpu_s, hub.cpu_s)

    def wire(self) -> int:
        """Bytes that went over the line until now."""
        if self.line is None:
            return 0
        counts = self.line.counts()
        return counts.up + counts.down

    def added(self, texts: list[str]) -> tuple[_Run, _Run]:
        """Notes that were written on one laptop go up from it and down to another; both must show them."""
        email = self.person()
        with self.laptop(email) as writer, self.laptop(email) as reader:
            write_notes(writer, texts)
            up, down = self.sync(writer), self.sync(reader)
            waiting, shown = writer.sync.status().waiting, len(reader.notes.all())
        if waiting or shown != len(texts):
            raise RuntimeError(f"{waiting} notes still wait and {shown} of {len(texts)} are shown")
        return up, down


def _timed(bench: _Bench, sizes: tuple[int, ...], names: tuple[str, str], *, bar: float) -> list[Figure]:
    """Seconds up and down; the median of three at 10,000 rows, once at the other sizes."""
    taken: dict[int, list[tuple[_Run, _Run]]] = {}
    for size in sizes:
        texts = note_texts(size)
        taken[size] = [bench.added(texts) for _ in range(TIMES if size == SIZE else 1)]
        bench.last[size] = (texts, *taken[size][-1])
    figures = []
    for at, name in enumerate(names):
        runs = {size: sorted((pair[at] for pair in pairs), key=lambda r: r.seconds) for size, pairs in taken.items()}
        middle = runs[SIZE][TIMES // 2]
        grown = ", ".join(f"{number(found[0].seconds)} with {size:,}" for size, found in runs.items() if size != SIZE)
        note = f"{SIZE / middle.seconds:,.0f} rows/s; median of {TIMES}, worst {runs[SIZE][-1].seconds:.2f}; {grown}; "
        note += middle.said
        figures.append(
            figure(name, middle.seconds, unit="s", better="lower", bar=bar, size=f"{SIZE:,} notes", note=note)
        )
    return figures


def _idle(bench: _Bench, sizes: tuple[int, ...]) -> list[Figure]:
    """An exchange of two sides that agree already, on a laptop with ever more notes; the most over all sizes."""
    taken: dict[int, list[_Run]] = {}
    with bench.laptop(bench.person()) as workspace:
        for size in sizes:
            write_notes(workspace, note_texts(size - max(taken, default=0)))
            bench.sync(workspace)
            taken[size] = [bench.sync(workspace) for _ in range(IDLE_TIMES)]
    requests = {size: max(len(r.line.taken) for r in runs) for size, runs in taken.items()}
    bodies = {size: max(r.line.bodies for r in runs) for size, runs in taken.items()}
    spent = {size: [ms for r in runs for ms, _, _ in r.line.taken] for size, runs in taken.items()}
    grown = ", ".join(
        f"p50 {percentile(each, 50):.1f} and p99 {percentile(each, 99):.1f} ms with {size:,}"
        for size, each in spent.items()
    )
    said = ", ".join(f"{number(each)} with {size:,}" for size, each in bodies.items())
    held = f"{max(sizes):,} notes held"
    return [
        figure(
            "sync.idle_requests", max(requests.values()), unit="requests", better="lower", bar=1, size=held,
            note=f"the most of {IDLE_TIMES} with each number of notes: {grown}",
        ),
        figure(
            "sync.idle_bytes", max(bodies.values()), unit="B", better="lower", bar=300, size=held,
            note=f"both bodies of it: {said}",
        ),
    ]  # fmt: skip


def _overhead(bench: _Bench) -> list[Figure]:
    """What the protocol adds to a row: all bytes of TCP payload, less the rows' own values packed alike."""
    figures = []
    own = {size: _packed(texts) / size for size, (texts, *_) in bench.last.items()}
    for at, name in enumerate(OVERHEAD):
        wire = {size: runs[at].wire / size for size, (_, *runs) in bench.last.items()}
        grown = ", ".join(f"{number(wire[size] - own[size])} with {size:,}" for size in wire if size != SIZE)
        note = (
            f"{wire[SIZE]:.1f} B a row on the wire, heads of HTTP and replies included, less {own[SIZE]:.1f} B for the "
            f"row's own values in the same frames without ids and protocol (msgpack, zstd); {grown}"
        )
        value = wire[SIZE] - own[SIZE]
        figures.append(figure(name, value, unit="B", better="lower", bar=40, size=f"{SIZE:,} notes", note=note))
    return figures


def _packed(texts: list[str]) -> int:
    """Bytes of the values alone, in frames of a request's size."""
    frames: list[Any] = [
        [["0" * 36, None, None, text, 1_700_000_000_000 + at + n] for n, text in enumerate(texts[at : at + 1000])]
        for at in range(0, len(texts), 1000)
    ]
    return sum(len(zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode(frame))) for frame in frames)


def _resume(bench: _Bench, sizes: tuple[int, ...]) -> Figure:
    """How much goes over the line again when it breaks at 80 % of the bytes, up and down; the larger of both."""
    taken = {size: _resent(bench, size) for size in sizes}
    up, down = taken[SIZE]
    grown = "".join(f"; {max(each):.1f} % with {size:,}" for size, each in taken.items() if size != SIZE)
    note = f"of the bytes of an unbroken sync; up {up:.1f} %, down {down:.1f} %; cut at 80 %{grown}"
    return figure(RESUME[0], max(up, down), unit="%", better="lower", bar=10, size=f"{SIZE:,} notes", note=note)


def _resent(bench: _Bench, size: int) -> tuple[float, float]:
    """Percent of the bytes that go up, and of those that go down, once more."""
    texts = note_texts(size)
    whole = bench.person()
    with bench.laptop(whole) as writer:
        write_notes(writer, texts)
        up = _passed(bench, writer, "up")
    down = _first(bench, whole, size)
    with bench.laptop(bench.person()) as writer:
        write_notes(writer, texts)
        again_up = _passed(bench, writer, "up", cut=int(up * CUT_AT))
    again_down = _first(bench, whole, size, int(down * CUT_AT))
    return 100 * (again_up / up - 1), 100 * (again_down / down - 1)


def _passed(bench: _Bench, workspace: Workspace, way: str, cut: int = 0) -> int:
    """Bytes that go one way until both agree; with `cut` the line breaks once after so many."""
    assert bench.line is not None
    before: int = getattr(bench.line.counts(), way)
    if cut:
        bench.line.cut(way, cut)
        try:
            workspace.synchronize()
        except Offline:
            pass
        else:
            raise RuntimeError("the line did not break")
    workspace.synchronize()
    if workspace.sync.status().waiting:
        raise RuntimeError("not everything was sent")
    after: int = getattr(bench.line.counts(), way)
    return after - before


def _first(bench: _Bench, email: str, size: int, cut: int = 0) -> int:
    """Bytes down of a first sync of a new machine."""
    assert bench.line is not None
    with fresh_workspace(bench.folder / f"first{size}-{cut}", bench.line.url, email) as workspace:
        taken = _passed(bench, workspace, "down", cut)
        if len(workspace.notes.all()) != size:
            raise RuntimeError("not every note arrived")
    return taken
