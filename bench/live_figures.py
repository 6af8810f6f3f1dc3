"""How soon a write on one laptop shows on another, and what a device that merely listens costs the hub."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figure import Context, Figure, figure, percentile
from bench.laptop import note_texts, write_notes
from bench.process import Watch
from bench.server import PASSWORD, Hub, account, running
from bench.storm import settle
from lms_core.errors import NotFound
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from sync_server.hints import MOST_OF_ACCOUNT
from sync_server.serving import allow_many_lines

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

P50, P99, IDLE = NAMES = ("sync.propagation_p50_ms", "sync.propagation_p99_ms", "hub.idle_live_connections")
WRITES, FULL_WRITES, FEW_WRITES = 60, 300, 12
HELD = 10_000
BETWEEN_S = (0.6, 1.4)
LINES, FULL_LINES = 2_000, 5_000
GIGABYTE_MB = 1 << 10
PATIENCE_S = 30
AT_ONCE = 50


def run(context: Context) -> list[Figure]:
    """Write on one laptop and wait for the other; open thousands of lines that hear nothing."""
    figures: list[Figure] = []
    if context.names & {P50, P99}:
        with running(context.folder, context.database) as hub:
            figures += _propagation(hub, context)
    if IDLE in context.names:
        most = FULL_LINES if context.full else LINES
        figures.append(_idle(context.folder / "idle", (most // 4, most // 2, most), context.database))
    return figures


# --- propagation
def _propagation(hub: Hub, context: Context) -> list[Figure]:
    """Both laptops are the app's own store and loop, in one process, each with an encrypted file.

    They hold ever more notes; most writes are made with the most of them. On a given database there is one size, and
    half the writes.
    """
    account(hub.url, 0)
    laptops = [Sessions(context.folder / name) for name in "ab"]
    writes = (FULL_WRITES if context.full else WRITES) // (2 if context.database else 1)
    sizes = {HELD: writes} if context.database else {HELD // 4: FEW_WRITES, HELD // 2: FEW_WRITES, HELD: writes}
    ms: dict[int, list[float]] = {}
    for size, count in sizes.items():
        machines = [each.sign_in(hub.url, "person0@bench.example", PASSWORD) for each in laptops]
        write_notes(machines[0], note_texts(size - max(ms, default=0)))
        for machine in machines:
            machine.synchronize()
        ms[size] = sorted(1000 * seconds for seconds in _written_and_seen(machines, count))
    said = f"{writes} writes, one a second, {HELD:,} notes held"
    note = "the app's loop on both laptops, loopback HTTP, signed in, encrypted files; until the note can be read; "
    note += f"p50 {percentile(ms[HELD], 50):.0f}, p90 {percentile(ms[HELD], 90):.0f}, longest {ms[HELD][-1]:.0f} ms"
    for held, each in ms.items():
        if held != HELD:
            note += f"; p50 {percentile(each, 50):.0f}, longest {each[-1]:.0f} ms of {len(each)} with {held:,}"
    return [
        figure(name, percentile(ms[HELD], percent), unit="ms", better="lower", bar=bar, size=said, note=note)
        for name, percent, bar in ((P50, 50, 150), (P99, 99, 500))
    ]


def _written_and_seen(machines: list[Workspace], count: int) -> list[float]:
    """Seconds from before the write on one laptop until a read on the other finds it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication

    from desktop_lms.shell.sync_loop import SyncLoop
    from desktop_lms.store import Store

    qt = QCoreApplication.instance() or QCoreApplication([])
    stores = [Store(workspace) for workspace in machines]
    loops = [SyncLoop(store) for store in stores]
    seen: dict[str, float] = {}

    def look(ids: frozenset[str]) -> None:
        read = partial(_there, ids)
        stores[1].run(stores[1], read, lambda found: seen.update(dict.fromkeys(found, time.perf_counter())))

    stores[1].changed.connect(lambda told: look(told.rows))
    for loop in loops:
        loop.start()
    _until(lambda: all(loop.live and loop.state.kind == "synced" for loop in loops))
    _rest(2)

    def take(n: int) -> float:
        written: list[str] = []
        began = time.perf_counter()
        stores[0].run(stores[0], lambda w: w.notes.add(f"Observation {n}"), written.append)
        _until(lambda: bool(written) and written[0] in seen)
        return seen[written[0]] - began

    taken, chance = [], random.Random(1)
    for n in range(count):
        taken.append(take(n))
        _rest(chance.uniform(*BETWEEN_S))
    for loop, store in zip(loops, stores, strict=True):
        loop.stop()
        store.close()
    qt.processEvents()
    return taken


def _there(ids: frozenset[str], workspace: Workspace) -> list[str]:
    """Those of the notes that can be read."""
    found = []
    for note in ids:
        with suppress(NotFound):
            found.append(workspace.notes.get(note).id)
    return found


def _until(ready: Callable[[], bool]) -> None:
    """Let the app work until something is so."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    late = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > late:
            raise RuntimeError("a write did not show on the other laptop")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def _rest(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    waiting = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), waiting.quit)
    waiting.exec()


# --- lines that hear nothing
def _idle(folder: Path, counts: tuple[int, ...], database: str) -> Figure:
    """How many lines fit into a gigabyte, by what each of the most open ones takes."""
    allow_many_lines()
    count = counts[-1]
    people = settle(folder / "hub", 1 + count // MOST_OF_ACCOUNT, 0, database)
    tokens = [f"Bearer {person.token}" for person in people]
    with running(folder, database) as hub:
        empty, opened, answered = asyncio.run(_listen(hub, tokens, counts))
    each = (opened[count] - empty) / count
    grown = ", ".join(f"{mb:.0f} MB with {n:,}" for n, mb in opened.items())
    note = (
        f"real WebSockets, signed in, {len(tokens)} accounts, each line pinged; the hub grew from {empty:.0f} MB to"
        f" {grown}, {each * 1024:.0f} KB a line; all answered a ping within {answered:.1f} s"
    )
    fits = int((GIGABYTE_MB - empty) / each)
    return figure(IDLE, fits, unit="lines", better="higher", bar=5_000, size=f"{count:,} open", note=note)


async def _listen(hub: Hub, tokens: list[str], counts: tuple[int, ...]) -> tuple[float, dict[int, float], float]:
    """MB of the hub before and with so many lines open and answering; seconds until the most had answered."""
    from websockets.asyncio.client import connect

    url = hub.url.replace("http", "ws", 1) + "/api/v1/live"
    lines: list[ClientConnection] = []

    async def one(n: int) -> ClientConnection:
        headers = {"Authorization": tokens[n % len(tokens)]}
        line = await connect(
            url, additional_headers=headers, compression=None, ping_interval=None, proxy=None, open_timeout=PATIENCE_S
        )
        await line.recv()
        return line

    await (await one(0)).close()  # what the first line loads stays loaded
    watch = Watch(hub.pid)
    empty = watch.now_mb
    opened: dict[int, float] = {}
    for count in counts:
        while len(lines) < count:
            start = len(lines)
            lines += await asyncio.gather(*(one(n) for n in range(start, min(start + AT_ONCE, count))))
        began = time.perf_counter()
        pongs = [await line.ping() for line in lines]
        await asyncio.gather(*pongs)
        answered, opened[count] = time.perf_counter() - began, watch.now_mb
    await asyncio.gather(*(line.close() for line in lines))
    return empty, opened, answered
