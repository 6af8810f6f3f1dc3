"""A server that comes back from a day-old copy: what laptops do not bring back of what it had acknowledged."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.caller import Person, Storm
from bench.figure import Context, Figure, figure, percentile
from bench.laptop import fresh_workspace, note_texts, write_notes
from bench.process import Watch
from bench.replica import Replica, all_lost, all_sync
from bench.server import Hub, account
from bench.storm import settle
from bench.table import number
from lms_core.learning.model import Note
from lms_core.workspace import Workspace

LOST, CROWD_S, CROWD_LOST = NAMES = (
    "heal.hub_restore_lost_ops", "heal.hub_restore_1000_s", "heal.hub_restore_1000_lost_ops"
)  # fmt: skip
LAPTOPS, FULL_LAPTOPS, OLD, NEW = 8, 100, 100, 100
ROUNDS = 4
REPLICAS, BEFORE, AFTER, EDITED, DELETED, CARDS = 1000, 20, 40, 10, 2, 500


@dataclass(frozen=True)
class _Taken:
    """What a laptop held to be safe: texts by note, and notes that were deleted."""

    texts: dict[str, str]
    gone: frozenset[str]


def run(context: Context) -> list[Figure]:
    """With whole laptops, and with many callers that keep a log; a given database holds one size alone."""
    figures: list[Figure] = []
    if LOST in context.names:
        figures.append(_laptops(context))
    if context.names & {CROWD_S, CROWD_LOST}:
        figures += _crowds(context)
    return figures


def _sizes(context: Context, default: int, full: int) -> tuple[int, ...]:
    most = full if context.full else default
    return (most,) if context.database else (most // 4, most // 2, most)


def _laptops(context: Context) -> Figure:
    """Half of the notes are in the copy, the rest and edits and deletions of the first half came later."""
    counts = _sizes(context, LAPTOPS, FULL_LAPTOPS)
    taken = {count: _heal(context.folder / str(count), count, context.database) for count in counts}
    lost, ops = sum(each[0] for each in taken.values()), taken[counts[-1]][1]
    grown = ", ".join(f"{each[2]:.1f} s with {count}" for count, each in taken.items())
    note = f"of {ops:,} ops acknowledged after the copy was made; {ROUNDS} rounds of syncing: {grown}"
    size = f"{counts[-1]} laptops"
    return figure(LOST, lost, unit="ops", better="lower", bar=0, size=size, note=note)


def _heal(folder: Path, count: int, database: str) -> tuple[int, int, float]:
    """Lost ops, ops that the copy lacked, and seconds until all laptops had synced again."""
    folder.mkdir()
    hub = Hub(folder, database)
    hub.start()
    try:
        with ExitStack() as stack:
            for n in range(count):
                account(hub.url, n)
            laptops = [stack.enter_context(_laptop(folder, hub, n)) for n in range(count)]
            for n, each in enumerate(laptops):
                write_notes(each, note_texts(OLD, seed=n))
                each.synchronize()
            copy = _copied(hub)
            known = [_go_on(each, n) for n, each in enumerate(laptops)]
            _restored(hub, copy)
            began = time.perf_counter()
            for _ in range(ROUNDS):
                for each in laptops:
                    each.synchronize()
            seconds = time.perf_counter() - began
            lost = sum(_lost(folder, hub, n, each) for n, each in enumerate(known))
    finally:
        hub.stop()
    return lost, count * (NEW + OLD // 2 + OLD // 10), seconds


def _laptop(folder: Path, hub: Hub, number: int) -> Any:
    return fresh_workspace(folder / f"laptop{number}", hub.url, f"person{number}@bench.example")


def _go_on(workspace: Workspace, number: int) -> _Taken:
    """Write, edit and delete after the copy was made, and have all of it acknowledged."""
    old = workspace.notes.all()
    write_notes(workspace, note_texts(NEW, seed=1000 + number))
    with workspace.work():
        for note in old[: OLD // 2]:
            workspace.notes.edit(note.id, base=note.body, body=note.body + " and more")
        gone = frozenset(note.id for note in old[-OLD // 10 :])
        for row in gone:
            workspace.notes.delete(row)
    workspace.synchronize()
    if workspace.sync.status().waiting:
        raise RuntimeError("not everything was acknowledged")
    return _Taken({note.id: note.body for note in workspace.notes.all()}, gone)


def _lost(folder: Path, hub: Hub, number: int, taken: _Taken) -> int:
    """How much of it a new machine of the account does not get from the restored server."""
    with fresh_workspace(folder / f"new{number}", hub.url, f"person{number}@bench.example") as workspace:
        workspace.synchronize()
        there: dict[str, Note] = {note.id: note for note in workspace.notes.all()}
    missing = sum(row not in there or there[row].body != text for row, text in taken.texts.items())
    return missing + len(taken.gone & there.keys())


def _copied(hub: Hub) -> Path:
    hub.command("backup", "--to", str(hub.folder / "copies"))
    return next((hub.folder / "copies").glob("*.tar"))


def _restored(hub: Hub, copy: Path) -> None:
    """Put the copy in place of what the hub has, and serve it at the same address."""
    hub.stop()
    hub.command("restore", str(copy))
    hub.start(port=int(hub.url.rsplit(":", 1)[1]))


# --- a thousand
@dataclass(frozen=True)
class _Healed:
    storm: Storm
    lost: int
    said: str


def _crowds(context: Context) -> list[Figure]:
    """All come back at the moment when the restored hub serves."""
    sizes = _sizes(context, REPLICAS, 4 * REPLICAS)
    people = settle(context.folder / "settled", sizes[-1], CARDS, context.database)
    taken = {}
    for count in sizes:
        hub = Hub(context.folder / f"crowd{count}", context.database)
        shutil.copytree(context.folder / "settled", hub.data)
        taken[count] = _crowd(hub, people[:count])
    count, found = max(taken.items())
    grown = "".join(f"; {number(each.storm.seconds)} with {n:,}" for n, each in taken.items() if n != count)
    ops = count * (AFTER + EDITED + DELETED)
    note = (
        f"{ops:,} ops acknowledged after the copy was made are sent again, {CARDS} shared rows fetched anew by each; "
        f"healed after p50 {percentile(found.storm.done_s, 50):.1f} s, p99 {percentile(found.storm.done_s, 99):.1f} s; "
        f"{found.storm.waits:,} answers put off by admission, {found.storm.put_off:,} tries without an answer; "
        f"{found.said}{grown}"
    )
    lost, size = sum(each.lost for each in taken.values()), f"{count:,} laptops"
    said = f"of {ops:,} acknowledged after the copy was made, as new machines of all accounts see it"
    return [
        figure(CROWD_S, found.storm.seconds, unit="s", better="lower", bar=600, size=size, note=note),
        figure(CROWD_LOST, lost, unit="ops", better="lower", bar=0, size=size, note=said),
    ]


def _crowd(hub: Hub, people: list[Person]) -> _Healed:
    replicas = [Replica(person) for person in people]
    hub.start()
    try:
        for each in replicas:
            each.write(BEFORE)
        all_sync(hub.url, replicas)
        copy = _copied(hub)
        for each in replicas:
            each.write(AFTER)
            each.revise(EDITED, DELETED)
        all_sync(hub.url, replicas)
        _restored(hub, copy)
        watch = Watch(hub.pid)
        storm = all_sync(hub.url, replicas)
        said = f"hub {watch.cpu_s:.0f} s of processor, at most {watch.peak_mb:.0f} MB"
        return _Healed(storm, all_lost(hub.url, replicas), said)
    finally:
        hub.stop()
