"""Real laptops and a real server with a line between them that loses, doubles and reorders what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.errors import SyncError
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.e2e.proxy import TROUBLES, Proxy
from tests.fakes import MemorySecrets

EMAIL = "ada@school.example"


@pytest.mark.parametrize(("seed", "rounds"), [(3, 20), pytest.param(4, 400, marks=pytest.mark.soak)])
def test_a_line_that_loses_doubles_and_reorders(tmp_path: Path, server: Server, seed: int, rounds: int) -> None:
    proxy = Proxy(server.url, seed)
    sessions = [Sessions(tmp_path / name, secrets=MemorySecrets()) for name in ("one", "two")]
    sessions[0].register(proxy.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="L")
    laptops = [s.sign_in(proxy.url, EMAIL, PASSWORD) for s in sessions]
    try:
        for laptop in laptops:
            laptop.synchronize()
        proxy.honest = False
        written, kept = set[str](), dict[str, str]()
        for number in range(rounds):
            laptop = laptops[number % 2]
            kept[laptop.notes.add(f"note {number}")] = f"note {number}"
            written.add(f"note {number}")
            _edit(laptop, number)
            try:
                laptop.synchronize()
            except SyncError:
                continue
        proxy.honest = True
        for laptop in [*laptops, *laptops]:
            laptop.synchronize()
        assert set(proxy.seen) == set(TROUBLES)
        for laptop in laptops:
            bodies = [note.body.partition(" and")[0] for note in laptop.notes.all()]
            assert sorted(bodies) == sorted(written), "each note once, and every one of them"
            assert laptop.sync.status().waiting == 0
            assert laptop.sync.parked() == []
        assert [n.body for n in laptops[0].notes.all()] == [n.body for n in laptops[1].notes.all()]
    finally:
        for laptop in laptops:
            laptop.close()
        proxy.close()


def _edit(laptop: Workspace, number: int) -> None:
    """Go on writing in a note that both show."""
    shown = laptop.notes.all()
    note = shown[number % len(shown)]
    laptop.notes.edit(note.id, base=note.body, body=f"{note.body} and {number}")
