"""Laptops of a school write for minutes while the two servers of one PostgreSQL database are killed again and again."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lms_core.errors import SyncError
from lms_core.session import Sessions
from lms_core.sync.replica.transport import Transport
from lms_core.workspace import Workspace
from tests.fakes import MemorySecrets
from tests.server.people import PASSWORD
from tests.server.test_process import Running

PEOPLE, KILLS, BETWEEN = 4, 40, 12


@dataclass
class Desk:
    """One laptop, the line it has now, and what its person wrote and deleted."""

    workspace: Workspace
    secrets: MemorySecrets
    rng: random.Random
    notes: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def work(self, number: int) -> None:
        """Write a note, and sometimes change or delete an earlier one."""
        self.notes[self.workspace.notes.add(f"note {number}")] = f"note {number}"
        note = self.rng.choice(sorted(self.notes))
        if self.rng.random() < 0.3:
            self.workspace.notes.edit(note, base=self.notes[note], body=f"{self.notes[note]} again")
            self.notes[note] += " again"
        elif self.rng.random() < 0.1:
            self.workspace.notes.delete(note)
            del self.notes[note]
            self.gone.add(note)

    def sync(self, url: str) -> None:
        """One run with a server."""
        line = Transport(url, secrets=self.secrets, name=f"tokens:{self.workspace.profile.info.id}")
        try:
            self.workspace.sync.run(line)
        finally:
            line.close()


@pytest.fixture
def servers(postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Running]]:
    """Two processes of one hub."""
    with postgres.fresh(empty=True) as url, ExitStack() as stack:
        monkeypatch.setenv("LMS_HUB_DATABASE_URL", url)
        made = [Running(tmp_path / "hub", name=f"url{n}") for n in range(2)]
        stack.callback(lambda: [each.stop(signal.SIGKILL) for each in made if each.process.poll() is None])
        yield made
        monkeypatch.delenv("LMS_HUB_DATABASE_URL")


def _desks(servers: list[Running], folder: Path) -> list[Desk]:
    """Two laptops for each person, signed in at one server each."""
    desks = []
    for n in range(PEOPLE):
        servers[0].client.join(f"p{n}")
        for m in range(2):
            secrets = MemorySecrets()
            sessions = Sessions(folder / f"laptop{n}{m}", secrets=secrets)
            workspace = sessions.sign_in(servers[m].url, f"p{n}@school.example", PASSWORD, remember=True)
            desks.append(Desk(workspace, secrets, random.Random(10 * n + m)))
    return desks


@pytest.mark.soak
def test_servers_that_are_killed_again_and_again(servers: list[Running], tmp_path: Path) -> None:
    desks = _desks(servers, tmp_path)
    ended, synced = threading.Event(), threading.Semaphore(0)

    def go(desk: Desk) -> None:
        number = 0
        while not ended.is_set():
            number += 1
            desk.work(number)
            try:
                desk.sync(desk.rng.choice(servers).url)
            except SyncError:
                continue
            synced.release()

    threads = [threading.Thread(target=go, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    try:
        for n in range(KILLS):
            for _ in range(BETWEEN):
                assert synced.acquire(timeout=120)
            assert servers[n % 2].stop(signal.SIGKILL) == -signal.SIGKILL
            servers[n % 2] = Running(tmp_path / "hub", name=f"again{n}")
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    for _ in range(3):
        for desk in desks:
            desk.sync(servers[0].url)
    for mine, other in zip(desks[::2], desks[1::2], strict=True):
        shown = [{note.id: note.body for note in desk.workspace.notes.all()} for desk in (mine, other)]
        assert shown[0] == shown[1] == mine.notes | other.notes
        assert not shown[0].keys() & (mine.gone | other.gone)
        assert mine.workspace.sync.status().waiting == other.workspace.sync.status().waiting == 0
    for desk in desks:
        desk.workspace.close()
