"""Two laptops of one account that sync at the same moment, over HTTP: both succeed, and both have everything."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

EMAIL, ROUNDS, NOTES = "ada@school.example", 4, 12


@pytest.fixture
def laptops(tmp_path: Path, server: Server) -> Iterator[list[Workspace]]:
    sessions = [Sessions(tmp_path / name, secrets=MemorySecrets()) for name in ("one", "two")]
    sessions[0].register(server.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="L")
    made = [each.sign_in(server.url, EMAIL, PASSWORD) for each in sessions]
    yield made
    for each in made:
        each.close()


@pytest.mark.postgresql(soak=True)
def test_two_laptops_sync_at_the_same_moment_and_both_succeed(laptops: list[Workspace]) -> None:
    shared = laptops[0].notes.add("Nobody's colour.")
    for laptop in laptops:
        laptop.synchronize()
    together, inside = Barrier(len(laptops), timeout=60), Barrier(len(laptops), timeout=60)

    def work(number: int) -> None:
        laptop = laptops[number]
        line, first = laptop.online(), False
        send = line.exchange

        def met(body: bytes) -> bytes:
            """Send the first request of a round when the other laptop sends its own."""
            nonlocal first
            if first:
                first = False
                inside.wait()
            return send(body)

        line.exchange = met  # type: ignore[method-assign]
        for round_ in range(ROUNDS):
            for n in range(NOTES):
                laptop.notes.add(f"{round_}.{n} of {number}")
            laptop.notes.change(shared, colour=("mint", "sky")[number])
            first = True
            together.wait()
            step = laptop.synchronize()
            assert step.sent == NOTES + 1
            assert (laptop.sync.status().waiting, laptop.sync.parked()) == (0, [])

    with ThreadPoolExecutor(len(laptops)) as pool:
        for done in [pool.submit(work, number) for number in range(len(laptops))]:
            done.result()
    for laptop in laptops:
        laptop.synchronize()
    written = {f"{r}.{n} of {k}" for r in range(ROUNDS) for n in range(NOTES) for k in range(len(laptops))}
    for laptop in laptops:
        assert sorted(note.body for note in laptop.notes.all()) == sorted(written | {"Nobody's colour."})
    assert len({laptop.notes.get(shared).colour for laptop in laptops}) == 1
