"""A package of web pages in a ZIP file, read where it lies: nothing of it is unpacked onto the disk (LES-17)."""

from __future__ import annotations

import re
import stat
from io import BytesIO
from posixpath import commonpath
from typing import IO, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from lms_core.errors import NotFound, UserError

MOST_FILES, MOST_BYTES, MOST_NAME = 10_000, 1 << 30, 240
MOST_RATIO, SMALL = 200, 1 << 20
"""No file above a megabyte may be packed more tightly than real ones are."""
INDEX, MANIFEST = "index.html", "imsmanifest.xml"
_HOSTILE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]|(^|/)\.{1,2}(/|$)|^/|//')
_ENCRYPTED = 0x1


class Archive:
    """The files of a package by their names, from the folder that holds its first page.

    Raises:
        UserError: `bad_zip`, `package_unsafe` for names that lead elsewhere, links, encrypted or doubled files,
            `package_too_large` for too many files, bytes, or bytes packed too tightly.
    """

    def __init__(self, file: BinaryIO, name: str = "") -> None:
        try:
            self._zip = ZipFile(file)
        except (BadZipFile, OSError, NotImplementedError, ValueError) as error:
            raise UserError("bad_zip", name=name) from error
        try:
            self._files = _checked(self._zip.infolist(), name)
        except UserError:
            self._zip.close()
            raise
        self._folded = {path.casefold(): path for path in self._files}

    def __contains__(self, path: str) -> bool:
        return self._found(path) is not None

    def _found(self, path: str) -> ZipInfo | None:
        """The file of this name; authors on Windows do not tell capitals from small letters."""
        return self._files.get(path) or self._files.get(self._folded.get(path.casefold(), ""))

    def _need(self, path: str) -> ZipInfo:
        found = self._found(path)
        if found is None:
            raise NotFound("no_file")
        return found

    def size(self, path: str) -> int:
        """Bytes of a file; raises NotFound."""
        return self._need(path).file_size

    def open(self, path: str) -> IO[bytes]:
        """A file, to be read at any place and never beyond the size that was checked; raises NotFound."""
        return self._zip.open(self._need(path))

    def read(self, path: str, most: int) -> bytes:
        """A small file as a whole; raises NotFound, UserError `package_too_large`, `bad_zip`."""
        if self.size(path) > most:
            raise UserError("package_too_large", name=path)
        try:
            return self._zip.read(self._need(path))
        except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            raise UserError("bad_zip", name=path) from error

    def close(self) -> None:
        """Let the file go."""
        self._zip.close()


def from_bytes(data: bytes, name: str = "") -> Archive:
    """The package in some bytes; raises as Archive does."""
    return Archive(BytesIO(data), name)


def _checked(entries: list[ZipInfo], name: str) -> dict[str, ZipInfo]:
    files: dict[str, ZipInfo] = {}
    seen: set[str] = set()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UserError("package_too_large", name=name)
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if _is_unsafe(entry, path) or (path.casefold() in seen and not entry.is_dir()):
            raise UserError("package_unsafe", name=name)
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise UserError("package_too_large", name=name)
        seen.add(path.casefold())
        if not entry.is_dir():
            files[path] = entry
    return _from_first_page(files)


def _is_unsafe(entry: ZipInfo, path: str) -> bool:
    mode = entry.external_attr >> 16
    special = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
    return bool(_HOSTILE.search(path)) or len(path) > MOST_NAME or special or bool(entry.flag_bits & _ENCRYPTED)


def _from_first_page(files: dict[str, ZipInfo]) -> dict[str, ZipInfo]:
    """The files without the one folder that all of them are in, when somebody packed the folder itself."""
    real = {path: entry for path, entry in files.items() if not path.startswith("__MACOSX/")}
    if not real or any(path in (INDEX, MANIFEST) for path in real):
        return real
    above = commonpath(real) if len(real) > 1 else next(iter(real)).rpartition("/")[0]
    return {path.removeprefix(f"{above}/"): entry for path, entry in real.items()} if above else real
