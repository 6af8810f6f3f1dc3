"""The files of one profile: its own are sealed with its key, those of courses are shared by the profiles of a machine.

A shared file lies once in the machine's folder; a profile that has it holds a hard link, so the file system itself
counts who refers to it. A profile sees what it was given by its hub or by its owner, never what others have.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from lms_core.db.copies import sync_file, sync_folder
from lms_core.db.engine import storage_errors
from lms_core.db.keys import derived
from lms_core.db.stream import Sealing, plain_size, read_part
from lms_core.errors import Corrupt, NotFound
from lms_core.media.store import INCOMING, MediaStore

SEALED, SHARED = "sealed", "shared"
PART = 1 << 20


class ProfileMedia:
    """Files by the SHA-256 of their bytes, for one open profile (implements BlobStore)."""

    def __init__(self, root: Path, *, key: bytes, shared: Path) -> None:
        self._open, self._sealed = MediaStore(root), MediaStore(root / SEALED)
        self._shared, self._key = MediaStore(shared), key

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        return self._open.has(sha256) or self._sealed.has(sha256)

    def size(self, sha256: str) -> int:
        """Bytes of the file; raises NotFound."""
        if self._open.has(sha256):
            return self._open.size(sha256)
        return plain_size(self._sealed.size(sha256))

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes or a part of them; raises NotFound, Corrupt."""
        if self._open.has(sha256):
            return self._open.read(sha256, start, length)
        with self._sealed.path(sha256).open("rb") as file:
            try:
                return read_part(file, self._key_of(sha256), aad=sha256.encode(), start=start, length=length)
            except EOFError as error:
                raise Corrupt(path=sha256) from error

    def plain_path(self, sha256: str) -> Path | None:
        """Where the plain bytes of a shared file lie, to be read alone; None for a sealed one. Raises NotFound."""
        if self._open.has(sha256):
            return self._open.path(sha256)
        self._sealed.path(sha256)
        return None

    def open(self, sha256: str) -> BinaryIO:
        """The file, to be read once from its beginning; raises NotFound."""
        if self._open.has(sha256):
            return self._open.path(sha256).open("rb")
        return io.BytesIO(self.read(sha256))

    def put(self, data: bytes) -> str:
        """Store bytes of this profile's own, sealed and durably; returns their name. Raises DiskFull."""
        return self._seal(sha256(data).hexdigest(), lambda: io.BytesIO(data))

    def put_file(self, path: Path) -> str:
        """The same with a file of the disk, however large; it is read a piece at a time. Raises OSError, Corrupt."""
        with path.open("rb") as file:
            name = file_digest(file, "sha256").hexdigest()
        return self._seal(name, lambda: path.open("rb"))

    def _seal(self, name: str, source: Callable[[], BinaryIO]) -> str:
        """Seal what is not here yet; raises Corrupt where it is not what it was when it was named."""
        if self.has(name):
            return name
        draft, digest = self._sealed.draft(), sha256()
        try:
            with storage_errors(draft):
                with source() as plain, draft.open("xb") as file:
                    sink = Sealing(file, self._key_of(name), aad=name.encode())
                    while part := plain.read(PART):
                        digest.update(part)
                        sink.write(part)
                    sink.finish()
                if digest.hexdigest() != name:
                    raise Corrupt(path=name)
                self._sealed.settle(draft, name)
        finally:
            draft.unlink(missing_ok=True)
        return name

    @property
    def stages(self) -> tuple[Path, ...]:
        """Folders of files that are still arriving."""
        return self._shared.root / INCOMING, self._sealed.root / INCOMING

    def draft(self) -> Path:
        """A fresh name for a file that is still arriving, on the disk of the shared ones."""
        return self._shared.draft()

    def adopt(self, draft: Path, sha256: str) -> None:
        """Take a finished file of a course in, shared with the other profiles.

        Raises:
            Corrupt: its bytes are not what the name says; it is left where it is.
        """
        if not self._shared.has(sha256) or not self._shared.verify(sha256):
            self._shared.adopt(draft, sha256)
        self.borrow(sha256)

    def adopt_own(self, draft: Path, sha256: str) -> None:
        """Take a finished file in that is nobody else's; raises Corrupt."""
        data = draft.read_bytes()
        if _name(data) != sha256:
            raise Corrupt(path=draft.name)
        self.put(data)

    def borrow(self, sha256: str) -> bool:
        """Take a file that another profile of this machine has; only for one who knows of it by right."""
        if self.has(sha256):
            return True
        if not self._shared.has(sha256):
            return False
        source, target = self._shared.path(sha256), self._open.place(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with storage_errors(target):
            try:
                os.link(source, target)
            except FileExistsError:
                return True
            except OSError:  # a file system without links
                part = target.with_name(target.name + ".part")
                shutil.copyfile(source, part)
                sync_file(part)
                part.replace(target)
        sync_folder(target.parent)
        return True

    def delete(self, sha256: str) -> None:
        """Let a file go; the shared one goes when nobody has it any more. An unknown one is no error."""
        self._open.delete(sha256)
        self._sealed.delete(sha256)
        with suppress(NotFound):
            _drop_unused(self._shared.path(sha256))

    def verify(self, sha256: str) -> bool:
        """Whether the bytes still are what the name says."""
        try:
            return self._open.verify(sha256) if self._open.has(sha256) else _name(self.read(sha256)) == sha256
        except Corrupt:
            return False

    def __iter__(self) -> Iterator[str]:
        """Names of all files, in order."""
        return iter(sorted({*self._open, *self._sealed}))

    def fetched(self) -> Iterator[str]:
        """Names of those that came from elsewhere, in order; the others are this profile's own."""
        return (name for name in self._open if not self._sealed.has(name))

    def _key_of(self, name: str) -> bytes:
        return derived(self._key, f"media {name}")


def sweep_shared(root: Path) -> None:
    """Remove shared files that no profile has any more."""
    store = MediaStore(root)
    for name in list(store):
        _drop_unused(store.path(name))


def _drop_unused(path: Path) -> None:
    # where the file system has no links, each file counts one: profiles have copies, and this one served its purpose
    if path.stat().st_nlink == 1:
        path.unlink(missing_ok=True)


def _name(data: bytes) -> str:
    return sha256(data).hexdigest()
