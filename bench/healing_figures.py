"""A server that comes back from a day-old copy: what laptops do not bring back of what it had acknowledged."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figure import Context, Figure, figure
from bench.laptop import fresh_workspace, note_texts, write_notes
from bench.server import Hub, account
from lms_core.learning.model import Note
from lms_core.workspace import Workspace

NAMES = ("heal.hub_restore_lost_ops",)
LAPTOPS, FULL_LAPTOPS, OLD, NEW = 8, 100, 100, 100
ROUNDS = 4


@dataclass(frozen=True)
class _Taken:
    """What a laptop held to be safe: texts by note, and notes that were deleted."""

    texts: dict[str, str]
    gone: frozenset[str]


def run(context: Context) -> list[Figure]:
    """Half of the notes are in the copy, the rest and edits and deletions of the first half came later."""
    counts = (
        (FULL_LAPTOPS // 4, FULL_LAPTOPS // 2, FULL_LAPTOPS) if context.full else (LAPTOPS // 4, LAPTOPS // 2, LAPTOPS)
    )
    taken = {count: _heal(context.folder / str(count), count) for count in counts}
    lost, ops = sum(each[0] for each in taken.values()), taken[counts[-1]][1]
    grown = ", ".join(f"{each[2]:.1f} s with {count}" for count, each in taken.items())
    note = f"of {ops:,} ops acknowledged after the copy was made; {ROUNDS} rounds of syncing: {grown}"
    size = f"{counts[-1]} laptops"
    return [figure(NAMES[0], lost, unit="ops", better="lower", bar=0, size=size, note=note)]


def _heal(folder: Path, count: int) -> tuple[int, int, float]:
    """Lost ops, ops that the copy lacked, and seconds until all laptops had synced again."""
    folder.mkdir()
    hub = Hub(folder)
    hub.start()
    try:
        with ExitStack() as stack:
            for n in range(count):
                account(hub.url, n)
            laptops = [stack.enter_context(_laptop(folder, hub, n)) for n in range(count)]
            for n, each in enumerate(laptops):
                write_notes(each, note_texts(OLD, seed=n))
                each.synchronize()
            hub.command("backup", "--to", str(folder / "copies"))
            known = [_go_on(each, n) for n, each in enumerate(laptops)]
            hub.stop()
            hub.command("restore", str(next((folder / "copies").glob("*.tar"))))
            hub.start(port=int(hub.url.rsplit(":", 1)[1]))
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
