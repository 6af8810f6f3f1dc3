"""A sync bundle: an exchange as a file, signed by who made it and encrypted to who may read it (SYNC.md section 9).

Layout: magic, length and bytes of a header (msgpack), a sealed stream (db/stream.py) that is a tar of parts, then the
Ed25519 signature over SHA-256 of all before it. The stream's key comes from a fresh X25519 key in the header and the
receiver's, and the header is bound to every chunk, so nobody can put another name on a bundle.
"""

from __future__ import annotations

import os
import struct
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b, sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, cast

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms_core.db.copies import sync_file, sync_folder
from lms_core.db.engine import storage_errors
from lms_core.db.stream import CHUNK, Opening, Sealing
from lms_core.errors import UserError, VersionMismatch

MAGIC, NEWER = b"LMSBNDL1", b"LMSBNDL"
MAX_HEADER = 4096
SIGNATURE = 64
WISH, KEPT, REQUESTS, REPLIES, BLOBS, PACKS = "wish", "kept", "requests", "replies", "blobs", "packs"
"""Names of parts; those in folders are numbered or named by their hash."""

PURPOSE = b"desktop-lms bundle 1"
_LENGTH = struct.Struct(">I")


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What can be read by everybody: who made it for whom. `answer_to` is where a reply is to be encrypted to."""

    kind: Literal["request", "reply"]
    sender: str
    receiver: str
    fresh: bytes = b""
    answer_to: bytes = b""


class Keys:
    """The two keys of one side, from one secret of 32 bytes: to sign by, and to be written to."""

    def __init__(self, secret: bytes) -> None:
        self.signing = Ed25519PrivateKey.from_private_bytes(secret)
        self.reading = X25519PrivateKey.from_private_bytes(_derived(secret, b"reading"))

    @property
    def public(self) -> bytes:
        """Both public keys, 32 bytes each: Ed25519, X25519."""
        return self.signing.public_key().public_bytes_raw() + self.address

    @property
    def address(self) -> bytes:
        """Where others encrypt to."""
        return self.reading.public_key().public_bytes_raw()


def name_of(public: bytes) -> str:
    """The name of a hub in headers: a hash of its public keys."""
    return blake2b(public, digest_size=16).hexdigest()


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a laptop wants in the reply: files of these courses beside its own, but those it has, in `room` bytes."""

    courses: list[str] = []
    have: list[bytes] = []
    room: int = 0


class Part(NamedTuple):
    """One file of a bundle, to be read at once or not at all."""

    name: str
    size: int
    file: BinaryIO

    def read(self, most: int) -> bytes:
        """All of it; raises UserError `too_large`."""
        if self.size > most:
            raise UserError("too_large")
        return self.file.read()


class Outgoing:
    """A bundle that is being written."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    def add(self, name: str, data: bytes) -> None:
        """Add a part."""
        self.add_file(name, BytesIO(data), len(data))

    def add_file(self, name: str, file: BinaryIO, size: int) -> None:
        """Add a part from an open file."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._archive.addfile(entry, file)


@contextmanager
def writing(
    path: Path, header: Header, *, keys: Keys, to: bytes, fresh: X25519PrivateKey | None = None
) -> Iterator[Outgoing]:
    """Write a bundle, encrypted to the X25519 key `to`; it has its name only once it is whole and on the disk.

    `fresh` is given for test vectors alone.
    """
    fresh = fresh or X25519PrivateKey.generate()
    header = msgspec.structs.replace(header, fresh=fresh.public_key().public_bytes_raw())
    head = msgspec.msgpack.encode(header)
    part = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        with storage_errors(path):
            with part.open("xb") as raw:
                file = _Hashing(raw)
                file.write(MAGIC + _LENGTH.pack(len(head)) + head)
                sink = Sealing(cast(BinaryIO, file), _key(fresh, to, head), aad=head)
                with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                    yield Outgoing(archive)
                sink.finish()
                raw.write(keys.signing.sign(PURPOSE + file.digest.digest()))
            sync_file(part)
            part.replace(path)
            sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def reading(
    path: Path, *, me: str, keys: Keys, signer: Callable[[Header], bytes]
) -> Iterator[tuple[Header, Iterator[Part]]]:
    """Read a bundle; `signer` tells the Ed25519 key of a sender, or refuses it.

    Raises:
        UserError: `bundle_damaged`, `bundle_elsewhere`. VersionMismatch: `bundle_too_new`.
    """
    with path.open("rb") as file:
        head = _head(file)
        try:
            header = msgspec.msgpack.decode(head, type=Header)
        except msgspec.MsgspecError as error:
            raise UserError("bundle_damaged") from error
        if header.receiver != me:
            raise UserError("bundle_elsewhere")
        start = file.tell()
        _check_signature(file, signer(header))
        file.seek(start)
        try:
            key = _key(keys.reading, header.fresh, head)
        except ValueError as error:
            raise UserError("bundle_damaged") from error
        try:
            yield header, _parts(Opening(file, key, aad=head))
        except (tarfile.TarError, InvalidTag, EOFError, struct.error, OverflowError) as error:
            raise UserError("bundle_damaged") from error


def _head(file: BinaryIO) -> bytes:
    start = file.read(len(MAGIC) + _LENGTH.size)
    if start[: len(NEWER)] == NEWER and start[: len(MAGIC)] != MAGIC:
        raise VersionMismatch("bundle_too_new")
    if len(start) < len(MAGIC) + _LENGTH.size or not start.startswith(MAGIC):
        raise UserError("bundle_damaged")
    (length,) = _LENGTH.unpack(start[len(MAGIC) :])
    if length > MAX_HEADER:
        raise UserError("bundle_damaged")
    return file.read(length)


def _check_signature(file: BinaryIO, key: bytes) -> None:
    end = file.seek(0, os.SEEK_END) - SIGNATURE
    file.seek(0)
    digest = sha256()
    while file.tell() < end:
        digest.update(file.read(min(CHUNK, end - file.tell())))
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(file.read(SIGNATURE), PURPOSE + digest.digest())
    except (InvalidSignature, ValueError) as error:
        raise UserError("bundle_damaged") from error


def _parts(source: Opening) -> Iterator[Part]:
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            body = archive.extractfile(member) if member.isreg() else None
            if body is not None:
                yield Part(member.name, member.size, cast(BinaryIO, body))
    while source.read(CHUNK):  # the end must have been reached, too
        pass


def _key(mine: X25519PrivateKey, theirs: bytes, head: bytes) -> bytes:
    shared = mine.exchange(X25519PublicKey.from_public_bytes(theirs))
    return _derived(shared, b"stream " + blake2b(head, digest_size=16).digest())


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=PURPOSE + b" " + purpose).derive(secret)


class _Hashing:
    """A file that remembers the hash of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, sha256()

    def write(self, data: bytes) -> int:
        """Write and count it in."""
        self.digest.update(data)
        return self._file.write(data)
