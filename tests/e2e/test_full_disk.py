"""A disk that is full, under the laptop and under the server: nothing that was saved is lost, and work goes on."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_core.errors import DiskFull, LmsError, StorageError, SyncError
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

resource = pytest.importorskip("resource")
EMAIL = "ada@school.example"


MB = 1 << 20


def _may_mount() -> bool:
    """Whether a small disk can be had: tried in a namespace that ends with the trial."""
    trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=24m", "none", "/mnt"]
    return bool(shutil.which("unshare")) and not subprocess.run(trial, capture_output=True, check=False).returncode


WAYS = ("mounted", "limited") if _may_mount() else ("limited",)


class Disk:
    """A disk that fills up: a small one of its own, or one on which no file of a process grows beyond a limit.

    At that limit the system says that the file is too large instead of that the disk is full.
    """

    refuses: type[LmsError] = DiskFull

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, pid: int = 0) -> None:
        """Take nearly all the room there is for a process, as a rule this one."""
        found = os.statvfs(self.folder)
        self._filler.write_bytes(b"x" * (found.f_bavail * found.f_frsize - MB))

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)


class Limited(Disk):
    """The second way, where nobody may mount."""

    refuses = StorageError
    _pid: int | None = None

    def fill(self, pid: int = 0) -> None:
        self._pid = pid
        largest = max(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + MB, resource.RLIM_INFINITY))

    def free(self) -> None:
        if self._pid is not None:
            resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self._pid = None


@pytest.fixture(params=WAYS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk with some megabytes of room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "limited":
        assert signal.getsignal(signal.SIGXFSZ) is signal.SIG_IGN, "as in every process of Python"
        limited = Limited(folder)
        yield limited
        limited.free()
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


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
def test_the_disk_of_a_laptop_is_full(tmp_path: Path, disk: Disk) -> None:
    server = Server(tmp_path / "hub")
    server.command("migrate")
    server.start()
    try:
        one, two = laptops(tmp_path, server, disk.folder / "laptop")
        disk.fill()
        saved = write_until(disk.refuses, one, sync=False)
        assert {note.body for note in one.notes.all()} == saved
        two.notes.add(page(999))
        two.synchronize()
        with pytest.raises(LmsError):
            one.synchronize()
        disk.free()
        one.notes.add("there is room again")
        agree(saved | {page(999), "there is room again"}, one, two)
    finally:
        server.stop()


@pytest.mark.soak
def test_the_disk_of_the_server_is_full(tmp_path: Path, disk: Disk) -> None:
    server = Server(disk.folder / "hub")
    server.command("migrate")
    server.start()
    try:
        one, two = laptops(tmp_path, server, tmp_path / "first")
        disk.fill(server.pid)
        saved = write_until(SyncError, one, sync=True)
        assert one.sync.parked() == []
        disk.free()
        agree(saved, one, two)
    finally:
        server.stop()
