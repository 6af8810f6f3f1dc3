"""The files of a simulated machine: they lie in its tables, so that a copied or restored disk has them, too.

A process may die between any two calls. Where the power fails, bytes that were not synced may be missing from their end
or be zeros, and a name that was not synced may not be there, or may be the old one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from fnmatch import fnmatchcase
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

from lms_core.db import copies
from lms_core.media import store, uploads
from tests.simulator.tables import Crash, PowerLoss, Tables


class File(NamedTuple):
    """Bytes as they are read now, how many of them are durable, whether the name is, the one before, and the time."""

    data: bytes
    synced: int = 0
    settled: bool = False
    was: str = ""
    at: int = 0


class Disk:
    """The files of one machine. `fuse` counts calls down; at zero `blow` is raised and nothing more is written."""

    def __init__(self, tables: Tables, rng: Random, now: int) -> None:
        self.files: dict[str, File] = tables.data["disk"]
        self.rng, self.now = rng, now
        self.fuse: int | None = None
        self.blow: Crash = Crash()
        self.off = False

    def __truediv__(self, name: str) -> DiskPath:
        return DiskPath(self, name)

    def step(self) -> None:
        """One call that changes something."""
        if self.off:
            raise Crash
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.off = True
                if isinstance(self.blow, PowerLoss):
                    self.power_loss()
                raise self.blow

    def power_loss(self) -> None:
        """What was not synced may be gone."""
        for name, file in list(self.files.items()):
            if not file.settled and self.rng.random() < 0.5:
                del self.files[name]
                if not file.was:
                    continue
                name = file.was
            end = self.rng.randint(file.synced, len(file.data))
            data = file.data[:end] + (bytes(len(file.data) - end) if self.rng.random() < 0.3 else b"")
            self.files[name] = File(data, len(data), True, at=file.at)


class DiskPath:
    """A name on such a disk, with what the product asks of a `pathlib.Path`."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk, self.full = disk, name

    def __truediv__(self, name: str) -> DiskPath:
        return DiskPath(self.disk, f"{self.full}/{name}")

    def __lt__(self, other: DiskPath) -> bool:
        return self.full < other.full

    def __fspath__(self) -> str:
        return "/"

    @property
    def name(self) -> str:
        return self.full.rpartition("/")[2]

    @property
    def stem(self) -> str:
        return self.name.partition(".")[0]

    @property
    def parent(self) -> DiskPath:
        return DiskPath(self.disk, self.full.rpartition("/")[0])

    def is_file(self) -> bool:
        return self.full in self.disk.files

    exists = is_file

    def mkdir(self, **_: bool) -> None:
        """Folders are there."""

    def stat(self) -> SimpleNamespace:
        file = self._file()
        return SimpleNamespace(st_size=len(file.data), st_mtime=file.at / 1000)

    def read_bytes(self) -> bytes:
        return self._file().data

    def write_bytes(self, data: bytes) -> None:
        self.put(b"")
        self.put(data)

    def touch(self) -> None:
        if not self.is_file():
            self.put(b"")

    def open(self, mode: str = "r") -> io.BytesIO | _Writer:
        if mode == "rb":
            return io.BytesIO(self.read_bytes())
        if mode != "ab" or not self.is_file():
            self.put(b"")
        return _Writer(self)

    def put(self, data: bytes) -> None:
        """Write all of it."""
        self.disk.step()
        old = self.disk.files.get(self.full)
        synced = old.synced if old and data.startswith(old.data[: old.synced]) else 0
        settled, was = (old.settled, old.was) if old else (False, "")
        self.disk.files[self.full] = File(data, synced, settled, was, self.disk.now)

    def replace(self, target: DiskPath) -> None:
        file = self._file()
        self.disk.step()
        del self.disk.files[self.full]
        self.disk.files[target.full] = file._replace(settled=False, was=self.full if file.settled else "")

    def unlink(self, *, missing_ok: bool = False) -> None:
        self.disk.step()
        if self.disk.files.pop(self.full, None) is None and not missing_ok:
            raise FileNotFoundError(self.full)

    def glob(self, pattern: str) -> Iterator[DiskPath]:
        depth, above = pattern.count("/"), self.full + "/"
        below = [name for name in sorted(self.disk.files) if name.startswith(above)]
        found = [name for name in below if (rest := name[len(above) :]).count("/") == depth and _fits(rest, pattern)]
        return iter([DiskPath(self.disk, name) for name in found])

    def _file(self) -> File:
        if self.full not in self.disk.files:
            raise FileNotFoundError(self.full)
        return self.disk.files[self.full]


def _fits(name: str, pattern: str) -> bool:
    return all(fnmatchcase(*pair) for pair in zip(name.split("/"), pattern.split("/"), strict=True))


class _Writer:
    """A file that is being written."""

    def __init__(self, path: DiskPath) -> None:
        self._path = path

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is buffered."""

    def write(self, data: bytes) -> None:
        self._path.put(self._path.read_bytes() + data)

    def tell(self) -> int:
        return len(self._path.read_bytes())


def _sync_file(path: Any) -> None:
    if not isinstance(path, DiskPath):
        copies.sync_file(path)
        return
    path.disk.step()
    file = path.disk.files[path.full]
    path.disk.files[path.full] = file._replace(synced=len(file.data))


def _sync_folder(folder: Any) -> None:
    if not isinstance(folder, DiskPath):
        copies.sync_folder(folder)
        return
    folder.disk.step()
    for path in folder.glob("*"):
        file = folder.disk.files[path.full]
        folder.disk.files[path.full] = file._replace(settled=True, was="")


def _write_durably(path: Any, data: bytes) -> None:
    if not isinstance(path, DiskPath):
        copies.write_durably(path, data)
        return
    path.disk.step()
    path.disk.files[path.full] = File(data, len(data), True, at=path.disk.now)
    _sync_folder(path.parent)


for _module in (store, uploads):  # where the product asks the system to make something durable
    vars(_module).update(sync_file=_sync_file)
vars(store).update(sync_folder=_sync_folder)
vars(uploads).update(write_durably=_write_durably)
