"""The exchange in JSON, for programs without msgpack: the same fields by name, bytes in base64.

Ops go as base64 of their sealed bytes, because their chain is computed over those; rows of the reply are spelled out.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, get_type_hints

import msgspec
import zstandard

from lms_core.errors import UserError
from lms_core.sync.wire import MAX_DECOMPRESSED, Request, pack, unpack_reply

_HINTS = get_type_hints(Request)


def inflated(body: bytes) -> bytes:
    """Unpack zstd up to the limit. Raises UserError `too_large` or `bad_request`."""
    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as reader:
            plain = reader.read(MAX_DECOMPRESSED + 1)
    except zstandard.ZstdError as error:
        raise UserError("bad_request") from error
    if len(plain) > MAX_DECOMPRESSED:
        raise UserError("too_large")
    return plain


def request_from_json(body: bytes) -> bytes:
    """The packed request that a JSON object stands for. Raises UserError `bad_request`."""
    try:
        given = msgspec.json.decode(body, type=dict[str, Any])
        ops = [msgspec.Raw(base64.b64decode(op, validate=True)) for op in given.pop("ops", ())]
        known = {name: msgspec.convert(v, _HINTS[name], strict=False, builtin_types=()) for name, v in given.items()}
        return pack(Request(**known, ops=ops))
    except (msgspec.MsgspecError, binascii.Error, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UserError("bad_request") from error


def reply_to_json(packed: bytes) -> bytes:
    """A packed reply as a JSON object."""
    return msgspec.json.encode(_named(unpack_reply(packed)))


def _named(value: Any) -> Any:
    if isinstance(value, msgspec.Raw):
        return _named(msgspec.msgpack.decode(value))
    if isinstance(value, msgspec.Struct):
        return {name: _named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {str(name): _named(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_named(each) for each in value]
    return value
