"""Files by the SHA-256 of their bytes: whole or not there at all, never twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from re import fullmatch
from uuid import uuid4

from lms_core.db.engine import storage_errors
from lms_core.errors import Corrupt, NotFound

INCOMING = "incoming"


class MediaStore:
    """A folder of files, two levels deep. A file appears under its name only once it is complete and on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the file lies; raises NotFound."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound("no_file")
        return path

    def _path(self, name: str) -> Path:
        if not fullmatch(r"[0-9a-f]{64}", name):
            raise NotFound("no_file")
        return self.root / name[:2] / name[2:4] / name

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        try:
            return self._path(sha256).is_file()
        except NotFound:
            return False

    def size(self, sha256: str) -> int:
        """Bytes of the file; raises NotFound."""
        return self.path(sha256).stat().st_size

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes or a part of them; raises NotFound."""
        with self.path(sha256).open("rb") as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their name; raises DiskFull and leaves nothing then."""
        name = sha256(data).hexdigest()
        if not self.has(name):
            draft = self.draft()
            try:
                with storage_errors(self.root):
                    draft.write_bytes(data)
                    self._settle(draft, name)
            finally:
                draft.unlink(missing_ok=True)
        return name

    def draft(self) -> Path:
        """A fresh name for a file that is still arriving, on the same disk."""
        folder = self.root / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / uuid4().hex

    def adopt(self, draft: Path, sha256: str) -> None:
        """Take a finished file in under its name.

        Raises:
            Corrupt: its bytes are not what the name says; it is left where it is.
        """
        with draft.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != sha256:
                raise Corrupt(path=draft.name)
        with storage_errors(self.root):
            self._settle(draft, sha256)

    def _settle(self, draft: Path, name: str) -> None:
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        target = self._path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)

    def verify(self, sha256: str) -> bool:
        """Whether the bytes still are what the name says."""
        with self.path(sha256).open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == sha256

    def delete(self, sha256: str) -> None:
        """Remove a file; an unknown one is no error."""
        self._path(sha256).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        """Names of all files."""
        for path in self.root.glob("??/??/*"):
            yield path.name
