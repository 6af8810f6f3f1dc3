"""Files by the SHA-256 of their bytes: whole and durable under their name or not there at all, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from re import fullmatch
from typing import BinaryIO
from uuid import uuid4

from lms_core.db.copies import sync_file, sync_folder
from lms_core.db.engine import storage_errors
from lms_core.errors import Corrupt, NotFound

INCOMING = "incoming"


class MediaStore:
    """A folder of files, two levels deep, on laptops and servers (implements FileStore)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the file lies; raises NotFound."""
        path = self.place(sha256)
        if not path.is_file():
            raise NotFound("no_file")
        return path

    def place(self, name: str) -> Path:
        """Where a file of this name would lie; raises NotFound for what is no name."""
        if not fullmatch(r"[0-9a-f]{64}", name):
            raise NotFound("no_file")
        return self.root / name[:2] / name[2:4] / name

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        try:
            return self.place(sha256).is_file()
        except NotFound:
            return False

    def size(self, sha256: str) -> int:
        """Bytes of the file; raises NotFound."""
        return self.path(sha256).stat().st_size

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes or a part of them; raises NotFound."""
        with self.open(sha256) as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def open(self, sha256: str) -> BinaryIO:
        """The file to read, at any place; raises NotFound."""
        return self.path(sha256).open("rb")

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their name; raises DiskFull and leaves nothing then."""
        name = sha256(data).hexdigest()
        if self.has(name):  # a process that died may have left it before its name was durable
            self._sync_name(self.place(name))
        else:
            draft = self.draft()
            try:
                with storage_errors(self.root):
                    draft.write_bytes(data)
                    self.settle(draft, name)
            finally:
                draft.unlink(missing_ok=True)
        return name

    def draft(self) -> Path:
        """A fresh name for a file that is still arriving, on the same disk."""
        folder = self.root / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / uuid4().hex

    def sweep(self) -> None:
        """Remove what a killed process left half; only for the one process that works with the folder."""
        for flat in self.root.glob("??/*"):  # as the first servers laid them
            if flat.is_file() and flat.name.startswith(flat.parent.name):
                self.adopt(flat, flat.name)
        for left in (self.root / INCOMING).glob("*"):
            left.unlink()

    def adopt(self, draft: Path, sha256: str) -> None:
        """Take a finished file in under its name.

        Raises:
            Corrupt: its bytes are not what the name says; it is left where it is.
        """
        with draft.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != sha256:
                raise Corrupt(path=draft.name)
        with storage_errors(self.root):
            self.settle(draft, sha256)

    def settle(self, draft: Path, name: str) -> None:
        """Give a finished file its name, durably."""
        sync_file(draft)
        target = self.place(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)
        self._sync_name(target)

    def _sync_name(self, target: Path) -> None:
        for folder in (target.parent, target.parent.parent, self.root):
            sync_folder(folder)

    def verify(self, sha256: str) -> bool:
        """Whether the bytes still are what the name says."""
        with self.path(sha256).open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == sha256

    def damaged(self) -> Iterator[str]:
        """Names of files whose bytes are not what the name says."""
        return (name for name in self if not self.verify(name))

    def delete(self, sha256: str) -> None:
        """Remove a file; an unknown one is no error."""
        self.place(sha256).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        """Names of all files, in order."""
        return (path.name for path in sorted(self.root.glob("??/??/*")))
