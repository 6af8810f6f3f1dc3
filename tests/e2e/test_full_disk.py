"""A disk that is full, under the laptop and under the server: nothing that was saved is lost, and work goes on."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_core.errors import DiskFull, LmsError, SyncError
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

EMAIL = "ada@school.example"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """Take nearly all the room there is."""
    found = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(b"x" * (found.f_bavail * found.f_frsize - leave))
    return filler


def laptops(tmp_path: Path, server: Server, first: Path) -> tuple[Workspace, Workspace]:
    """Two laptops of one person, the first on a disk of the test's choice."""
    sessions = [Sessions(folder, secrets=MemorySecrets()) for folder in (first, tmp_path / "second")]
    sessions[0].register(server.url, email=EMAIL, password=PASSWORD, first_name="Ada", last_name="L")
    one, two = (s.sign_in(server.url, EMAIL, PASSWORD) for s in sessions)
    for laptop in (one, two):
        laptop.synchronize()
    return one, two


def page(number: int) -> str:
    """A long note that no compression makes short."""
    return f"{number} {random.Random(number).randbytes(25_000).hex()}"


def write_until(refused: type[LmsError], laptop: Workspace, *, sync: bool) -> set[str]:
    """Write, and with `sync` tell the server, until somebody has no room; returns what was saved."""
    saved = set[str]()
    try:
        for number in range(200):
            laptop.notes.add(page(number))
            saved.add(page(number))
            if sync and number % 4 == 3:
                laptop.synchronize()
    except refused:
        return saved
    raise AssertionError("the disk is never full")


def agree(saved: set[str], *both: Workspace) -> None:
    for laptop in [*both, *both]:
        laptop.synchronize()
    for laptop in both:
        assert sorted(note.body for note in laptop.notes.all()) == sorted(saved)
        assert (laptop.sync.status().waiting, laptop.sync.parked()) == (0, [])
        laptop.close()


@pytest.mark.soak
def test_the_disk_of_a_laptop_is_full(tmp_path: Path, disk: Path) -> None:
    server = Server(tmp_path / "hub")
    server.command("migrate")
    server.start()
    try:
        one, two = laptops(tmp_path, server, disk / "laptop")
        filler = fill(disk, leave=1 << 20)
        saved = write_until(DiskFull, one, sync=False)
        assert {note.body for note in one.notes.all()} == saved
        two.notes.add(page(999))
        two.synchronize()
        with pytest.raises(LmsError):
            one.synchronize()
        filler.unlink()
        one.notes.add("there is room again")
        agree(saved | {page(999), "there is room again"}, one, two)
    finally:
        server.stop()


@pytest.mark.soak
def test_the_disk_of_the_server_is_full(tmp_path: Path, disk: Path) -> None:
    server = Server(disk / "hub")
    server.command("migrate")
    server.start()
    try:
        one, two = laptops(tmp_path, server, tmp_path / "first")
        filler = fill(disk, leave=1 << 20)
        saved = write_until(SyncError, one, sync=True)
        assert one.sync.parked() == []
        filler.unlink()
        agree(saved, one, two)
    finally:
        server.stop()
