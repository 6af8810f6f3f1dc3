"""A published course as one file: compressed, named by the SHA-256 of its bytes, safe to open whoever made it."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import zstandard

from lms_core.content.model import AnswerKey, CourseDocument
from lms_core.errors import UserError

MAX_BYTES = 64 << 20

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_document = msgspec.msgpack.Decoder(CourseDocument).decode
_keys = msgspec.msgpack.Decoder(dict[str, AnswerKey]).decode


def pack_name(data: bytes) -> str:
    """The name of a pack: SHA-256 of its bytes in hex."""
    return sha256(data).hexdigest()


def build_pack(document: CourseDocument) -> bytes:
    """A course version without its answer keys."""
    return _compress(_encode(document))


def build_key_pack(keys: dict[str, AnswerKey]) -> bytes:
    """The answer keys that learners may have (practice), by assessment."""
    return _compress(_encode(keys))


def read_pack(data: bytes) -> CourseDocument:
    """Open a pack; raises UserError `bad_pack`."""
    try:
        return _document(_expand(data))
    except msgspec.MsgspecError as error:
        raise UserError("bad_pack") from error


def read_key_pack(data: bytes) -> dict[str, AnswerKey]:
    """Open a key pack; raises UserError `bad_pack`."""
    try:
        return _keys(_expand(data))
    except msgspec.MsgspecError as error:
        raise UserError("bad_pack") from error


def is_key_pack(data: bytes) -> bool:
    """Whether these are answer keys, not a course."""
    try:
        read_key_pack(data)
    except UserError:
        return False
    return True


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=10).compress(data)


def _expand(data: bytes) -> bytes:
    try:
        with zstandard.ZstdDecompressor().stream_reader(data) as reader:
            plain = reader.read(MAX_BYTES + 1)
    except zstandard.ZstdError as error:
        raise UserError("bad_pack") from error
    if len(plain) > MAX_BYTES:
        raise UserError("bad_pack")
    return plain
