"""A real exchange over a line that is cut after every 20 kB: all that is written arrives, once (SYNC.md section 11)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

from lms_core.errors import Offline
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.e2e.short_line import ShortLine
from tests.fakes import MemorySecrets

EMAIL, NOTES, LEAST, TRIES = "ada@school.example", 2_000, 5, 60


def get_through(laptop: Workspace) -> int:
    """Synchronize again and again until it gets to its end; returns how often the line was too short."""
    for cut in range(TRIES):
        try:
            laptop.synchronize()
        except Offline:
            continue
        return cut
    raise AssertionError("it never gets through")


def test_thousands_of_ops_and_rows_come_through_a_line_that_is_cut_every_twenty_kilobytes(
    tmp_path: Path, server: Server
) -> None:
    chance = Random(5)
    bodies = [f"note {n} {chance.randbytes(50).hex()}" for n in range(NOTES)]
    with closing(ShortLine(server.port)) as line:
        sessions = [Sessions(tmp_path / name, secrets=MemorySecrets()) for name in ("one", "two")]
        sessions[0].register(line.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="L")
        laptops = [each.sign_in(line.url, EMAIL, PASSWORD) for each in sessions]
        try:
            one, two = laptops
            get_through(one)
            with one.work():
                for body in bodies:
                    one.notes.add(body)
            assert one.sync.status().waiting == NOTES
            for way, laptop in (("up", one), ("down", two)):
                died = line.died[way]
                assert get_through(laptop) >= LEAST
                assert line.died[way] - died >= LEAST
            for laptop in laptops:
                assert sorted(note.body for note in laptop.notes.all()) == sorted(bodies), "each note once, and all"
                assert (laptop.sync.status().waiting, laptop.sync.parked()) == (0, [])
        finally:
            for laptop in laptops:
                laptop.close()
