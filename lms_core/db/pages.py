"""Give a damaged file pages of its layout back from a copy, so that what its other pages hold can be read.

SQLCipher 4 with a raw key: each page of 4,096 bytes ends in its IV and an HMAC-SHA512 over what is encrypted, IV and
number. The first page begins with a salt from which the HMAC's key is made; without it no page can be proved.
"""

from __future__ import annotations

import hmac
import os
import shutil
from collections.abc import Iterable, Iterator
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lms_core.db.copies import SIDE_FILES, sync_file
from lms_core.db.engine import storage_errors

PAGE, SALT, IV, HMAC = 4096, 16, 16, 64
_HEAD, _END = 100, PAGE - IV - HMAC
_INTERIOR_TABLE = 5
_SAMPLES = 256


class Pages:
    """Encrypts, decrypts and proves the pages of one file."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        self.key, self.salt = key, salt
        self._proof = pbkdf2_hmac("sha512", key, bytes(b ^ 0x3A for b in salt), 2, 32)

    def is_good(self, page: bytes, number: int) -> bool:
        """Whether a page is as it was written."""
        if len(page) != PAGE or (number == 1 and page[:SALT] != self.salt):
            return False
        return hmac.compare_digest(self._code(page, number), page[-HMAC:])

    def plain(self, page: bytes, number: int) -> bytes:
        """What a page says, without its end; the salt of the first one stays."""
        start = _start(number)
        inner = Cipher(algorithms.AES(self.key), modes.CBC(page[_END : _END + IV])).decryptor()
        return page[:start] + inner.update(page[start:_END]) + inner.finalize()

    def sealed(self, plain: bytes, number: int) -> bytes:
        """A page of this file that says so."""
        start, iv = _start(number), os.urandom(IV)
        inner = Cipher(algorithms.AES(self.key), modes.CBC(iv)).encryptor()
        page = self.salt[:start] + inner.update(plain[start:]) + inner.finalize() + iv
        return page + self._code(page, number)

    def _code(self, page: bytes, number: int) -> bytes:
        covered = page[_start(number) : _END + IV] + number.to_bytes(4, "little")
        return hmac.digest(self._proof, covered, "sha512")


def salt_of(path: Path) -> bytes:
    """The salt of a file that can be opened."""
    with path.open("rb") as file:
        return file.read(SALT)


def mend(damaged: Path, copy: Path, key: bytes, *, salts: Iterable[bytes], target: Path) -> bool:
    """Write the damaged file anew with those pages of its list of tables that it lost, taken from a copy.

    Args:
        damaged: stays as it is, with its log.
        copy: a good one of the same file, nobody writes to it.
        key: of both.
        salts: what the damaged file's salt may be, beside what stands at its begin.
        target: a folder for the file; it exists only once the file is whole.

    Returns:
        Whether there was something to mend and the salt is known.
    """
    with storage_errors(target), damaged.open("rb") as file, copy.open("rb") as source:
        pages = _proved(file, key, (_page(file, 1)[:SALT], *salts))
        if pages is None:
            return False
        theirs = Pages(key, _page(source, 1)[:SALT])
        lost = {n: plain for n, plain in layout(source, theirs) if not pages.is_good(_page(file, n), n)}
        if not lost:
            return False
        _rewrite(damaged, lost, pages, target=target)
    return True


def _rewrite(damaged: Path, lost: dict[int, bytes], pages: Pages, *, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=0o700)
        for suffix in ("", *SIDE_FILES[::2]):
            beside = damaged.with_name(damaged.name + suffix)
            if beside.exists():
                shutil.copyfile(beside, part / beside.name)
        _write(part / damaged.name, lost, pages)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(file: Path, lost: dict[int, bytes], pages: Pages) -> None:
    has_log = file.with_name(file.name + "-wal").exists()
    with file.open("rb+") as out:
        for number, plain in lost.items():
            if number == 1:
                version = b"\2\2" if has_log else b"\1\1"
                # of a size of 0 SQLite asks the file itself; the copy's own size would hide what was added since
                plain = plain[:18] + version + plain[20:28] + bytes(4) + plain[32:]
            out.seek((number - 1) * PAGE)
            out.write(pages.sealed(plain, number))
    sync_file(file)


def _proved(file: BinaryIO, key: bytes, salts: Iterable[bytes]) -> Pages | None:
    """The salt that proves a page behind the first."""
    count = file.seek(0, os.SEEK_END) // PAGE
    numbers = range(2, count + 1, max(1, count // _SAMPLES))
    for salt in dict.fromkeys(each for each in salts if len(each) == SALT):
        pages = Pages(key, salt)
        if any(pages.is_good(_page(file, number), number) for number in numbers):
            return pages
    return None


def layout(file: BinaryIO, pages: Pages) -> Iterator[tuple[int, bytes]]:
    """Pages of the list of tables, the first one first."""
    waiting, seen = [1], set[int]()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        plain = pages.plain(_page(file, number), number)
        yield number, plain
        head = _HEAD if number == 1 else 0
        if plain[head] == _INTERIOR_TABLE:
            cells = range(head + 12, head + 12 + 2 * int.from_bytes(plain[head + 3 : head + 5]), 2)
            places = [int.from_bytes(plain[at : at + 2]) for at in cells]
            waiting += [int.from_bytes(plain[at : at + 4]) for at in (*places, head + 8)]


def _page(file: BinaryIO, number: int) -> bytes:
    file.seek((number - 1) * PAGE)
    return file.read(PAGE)


def _start(number: int) -> int:
    return SALT if number == 1 else 0
