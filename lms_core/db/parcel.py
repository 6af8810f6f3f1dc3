"""Pack a profile into one encrypted file for moving to another laptop, as a stream, whatever its size.

Layout: magic, length and bytes of a header (msgpack), then a sealed stream (stream.py).
"""

from __future__ import annotations

import io
import shutil
import struct
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag

from lms_core.db.keys import Slot
from lms_core.db.stream import CHUNK, Opening, Sealing
from lms_core.errors import UserError

MAGIC = b"LMSPROF1"
MAX_HEADER = 1 << 16
_LENGTH = struct.Struct(">I")


class Header(msgspec.Struct, frozen=True):
    """What can be read without the password: the slot that wraps the parcel's own key, and whose profile it is."""

    slot: Slot
    profile_id: str
    display_name: str


@contextmanager
def packing(file: BinaryIO, header: Header, key: bytes) -> Iterator[tarfile.TarFile]:
    """Give an archive to add members to; it is encrypted on its way into `file`."""
    head = msgspec.msgpack.encode(header)
    file.write(MAGIC + _LENGTH.pack(len(head)) + head)
    sink = Sealing(file, key, aad=blake2b(head).digest())
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        yield archive
    sink.finish()


def read_header(file: BinaryIO) -> Header:
    """The header; raises UserError `bad_profile_file`."""
    return _header(file)[0]


def unpack(file: BinaryIO, folder: Path, *, key: bytes, allowed: frozenset[str]) -> None:
    """Write the members of a parcel into a folder; `file` stands behind its header.

    Anything but plain files whose names start with an `allowed` part is refused.

    Raises:
        UserError: `bad_profile_file`: cut off, changed, or with names that lead elsewhere.
    """
    file.seek(0)
    head = _header(file)[1]
    source = Opening(file, key, aad=blake2b(head).digest())
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            for member in archive:
                _write_member(archive, member, folder=folder, allowed=allowed)
        while source.read(CHUNK):  # the end must have been reached, too
            pass
    except (tarfile.TarError, InvalidTag, EOFError, struct.error, OverflowError) as error:
        raise UserError("bad_profile_file") from error


def _header(file: BinaryIO) -> tuple[Header, bytes]:
    start = file.read(len(MAGIC) + _LENGTH.size)
    if len(start) == len(MAGIC) + _LENGTH.size and start.startswith(MAGIC):
        (length,) = _LENGTH.unpack(start[len(MAGIC) :])
        if length <= MAX_HEADER:
            head = file.read(length)
            try:
                return msgspec.msgpack.decode(head, type=Header), head
            except msgspec.MsgspecError as error:
                raise UserError("bad_profile_file") from error
    raise UserError("bad_profile_file")


def _write_member(archive: tarfile.TarFile, member: tarfile.TarInfo, *, folder: Path, allowed: frozenset[str]) -> None:
    name = PurePosixPath(member.name)
    odd = name.is_absolute() or ".." in name.parts or "\\" in member.name or ":" in member.name
    if odd or not name.parts or name.parts[0] not in allowed or not member.isreg():
        raise UserError("bad_profile_file")
    target = folder.joinpath(*name.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    body = archive.extractfile(member)
    if body is None:
        raise UserError("bad_profile_file")
    with target.open("xb") as out:
        shutil.copyfileobj(body, out, CHUNK)


def add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add a small file that lies in memory."""
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))
