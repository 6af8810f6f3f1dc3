"""A sealed stream of any length: chunks `length || AES-256-GCM(chunk)`, each key used for one stream.

The nonce counts the chunks and marks the last one, so none can be left out, moved or cut off unnoticed (the STREAM
construction).
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 1 << 20
TAG = 16
_LENGTH = struct.Struct(">I")
WHOLE = _LENGTH.size + CHUNK + TAG
"""Bytes of a chunk that is full."""


class Sealing(io.RawIOBase):
    """Encrypts what is written into `file`; `finish` marks the end."""

    def __init__(self, file: BinaryIO, key: bytes, *, aad: bytes) -> None:
        self.file, self.cipher, self.aad = file, AESGCM(key), aad
        self.waiting = bytearray()
        self.count = 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take bytes."""
        self.waiting += data
        while len(self.waiting) > CHUNK:
            self._put(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self.waiting), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        sealed = self.cipher.encrypt(nonce_at(self.count, last=last), chunk, self.aad)
        self.file.write(_LENGTH.pack(len(sealed)) + sealed)
        self.count += 1


class Opening(io.RawIOBase):
    """Decrypts what is read; raises InvalidTag, EOFError or struct.error for what is not whole."""

    def __init__(self, file: BinaryIO, key: bytes, *, aad: bytes) -> None:
        self.file, self.cipher, self.aad = file, AESGCM(key), aad
        self.ready = b""
        self.count = 0
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes; fewer at the end alone."""
        while not self.ended and (size < 0 or len(self.ready) < size):
            self.ready += self._next()
        size = len(self.ready) if size < 0 else size
        out, self.ready = self.ready[:size], self.ready[size:]
        return out

    def _next(self) -> bytes:
        (length,) = _LENGTH.unpack(self.file.read(_LENGTH.size))
        if not TAG <= length <= CHUNK + TAG:
            raise EOFError
        sealed = self.file.read(length)
        try:
            chunk = self.cipher.decrypt(nonce_at(self.count, last=False), sealed, self.aad)
        except InvalidTag:
            chunk = self.cipher.decrypt(nonce_at(self.count, last=True), sealed, self.aad)
            self.ended = True
        self.count += 1
        return chunk


def plain_size(sealed: int) -> int:
    """How many bytes are in a stream of so many sealed ones."""
    chunks = -(-sealed // WHOLE)
    return sealed - chunks * (WHOLE - CHUNK)


def read_part(file: BinaryIO, key: bytes, *, aad: bytes, start: int = 0, length: int | None = None) -> bytes:
    """Bytes out of the middle of a stream that is a whole file; raises EOFError where it is not what was written."""
    sealed = file.seek(0, io.SEEK_END)
    last, size, cipher = -(-sealed // WHOLE) - 1, plain_size(sealed), AESGCM(key)
    end = size if length is None else min(size, start + length)
    out = bytearray()
    for n in range(start // CHUNK, last + 1 if end >= size else -(-end // CHUNK)):
        file.seek(n * WHOLE + _LENGTH.size)
        try:
            out += cipher.decrypt(nonce_at(n, last=n == last), file.read(WHOLE - _LENGTH.size), aad)
        except (InvalidTag, ValueError) as error:
            raise EOFError from error
    skipped = start - start // CHUNK * CHUNK
    return bytes(out[skipped : skipped + max(0, end - start)])


def nonce_at(count: int, *, last: bool) -> bytes:
    """The nonce of a chunk: its number, and whether it is the last."""
    return count.to_bytes(11, "big") + bytes([last])
