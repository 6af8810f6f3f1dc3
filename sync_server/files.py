"""Files of the server by the SHA-256 of their bytes: whole and durable under their name, or not there at all."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from lms_core.db.copies import sync_file, sync_folder
from lms_core.db.engine import storage_errors
from lms_core.errors import NotFound


class FileStore:
    """A folder with two levels (implements BlobStore and Files)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._arriving = root / "arriving"
        self._arriving.mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove what a killed process left half; only for the one process that serves the folder."""
        for left in self._arriving.iterdir():
            left.unlink()

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        return self._place(sha256).exists()

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256 in hex. Raises DiskFull; then nothing is left behind."""
        name = hashlib.sha256(data).hexdigest()
        draft = self.draft()
        try:
            with storage_errors(draft):
                draft.write_bytes(data)
            self.adopt(draft, name)
        finally:
            draft.unlink(missing_ok=True)
        return name

    def draft(self) -> Path:
        """A fresh name in the same file system."""
        return self._arriving / uuid.uuid4().hex

    def adopt(self, draft: Path, sha256: str) -> None:
        """Give a verified file its name, durably."""
        target = self._place(sha256)
        with storage_errors(target):
            if target.exists():
                draft.unlink()
                return
            sync_file(draft)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(target)
            sync_folder(target.parent)
            sync_folder(self.root)

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes or a part of them. Raises NotFound."""
        with self.path(sha256).open("rb") as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def size(self, sha256: str) -> int:
        """Bytes of the file. Raises NotFound."""
        return self.path(sha256).stat().st_size

    def path(self, sha256: str) -> Path:
        """Where the file lies. Raises NotFound."""
        path = self._place(sha256)
        if not path.exists():
            raise NotFound
        return path

    def __iter__(self) -> Iterator[str]:
        return (path.name for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")))

    def damaged(self) -> Iterator[str]:
        """Names of files whose bytes are not what the name says."""
        for name in self:
            with self._place(name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != name:
                    yield name

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise NotFound
        return self.root / sha256[:2] / sha256


def free_bytes(folder: Path) -> int:
    """What is free for this process on the disk of a folder."""
    return shutil.disk_usage(folder).free
