"""What goes over the line: one definition for both ends (SYNC.md section 5), in a request, a reply or a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import zstandard

from lms_core.errors import UserError
from lms_core.ops import NIL, Version

PROTOCOL = 1
MAX_COMPRESSED = 1 << 20
MAX_DECOMPRESSED = 8 << 20
MAX_OPS = 1000
MAX_GROUP_OPS = 500
MAX_GROUP_BYTES = 512 << 10
MOST_SCOPES = 512
"""That one account may read: each costs every exchange of its laptops a few bytes."""

Number = Annotated[int, msgspec.Meta(ge=-1, le=1 << 60)]
Cursor = Annotated[int, msgspec.Meta(ge=-(1 << 60), le=1 << 60)]
Point = tuple[Number, Number]
"""A version or mark as others send it: no larger than databases can hold."""

Status = Literal["ok", "fork", "gap", "reset", "upgrade"]


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """The hub's first answer to an op, sealed with its key, so that a resent op is judged as it was.

    `came` is the hub's time when the op first came, in ms, where the row that it made keeps that; else 0.
    """

    t_eff: int
    verdict: str
    code: str
    ver: Version
    mac: bytes
    over: tuple[tuple[str, int], ...] = ()
    came: int = 0


class Verdict(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The hub's answer to op `c`. `seen` is where its effect stands in the feed; None ends the overlay at once.

    `over` names the changes, by replica and op number, that the op replaced because its author had seen them.
    With `echo` the row at `seen` is just what the op says. `came` is that of the receipt.
    """

    c: int
    verdict: str
    code: str = ""
    cause: int | None = None
    t_eff: int = 0
    ver: Version = NIL
    seen: tuple[str, int] | None = None
    mac: bytes = b""
    over: tuple[tuple[str, int], ...] = ()
    echo: bool = False
    came: int = 0


class Doc(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row as one scope sees it: flat values, and the versions of fields that differ from the row's."""

    values: dict[str, Any]
    vers: dict[str, Version] = {}


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of a feed at its latest position; `doc` None: it left the scope (`gone`: it was deleted)."""

    seq: int
    row: str
    entity: str
    ver: Version
    doc: Doc | None = None
    gone: bool = False


Run = tuple[int, int, int]


class Slice(msgspec.Struct, frozen=True, array_like=True):
    """A part of one scope's feed, above `frm` up to and including `to`.

    `own` stands for entries that the asking replica's own ops made: at position, from op, how many.
    `buckets` is not 0 for a part that heals: then only rows of the buckets whose bits are set are in it.
    """

    scope: str
    frm: int
    to: int
    entries: list[msgspec.Raw]
    more: bool = False
    buckets: int = 0
    own: list[Run] = []


class Request(msgspec.Struct, frozen=True, array_like=True):
    """One exchange, asked by a replica.

    `ops` are sealed bytes of the ops `at + 1`, `at + 2` ...; `chain` is the chain value at `at`; `last_c` is the end of
    the replica's log. `closed` marks a request for an id that ended in a fork; `lineage` names the ids before this one
    and where they ended. `probe` asks for the last common op among (c, chain) points. `have` is the last verdict held
    without a gap. `cursors` None asks for no rows, -1 for a whole scope even when it is empty, -1 - n for
    its rest. `audit` has the sums of scopes by bucket at their cursors, to be compared; `heal` asks for
    (buckets, position) of scopes that differ.
    Rows that ops above `echo` made are told by their numbers; None: above `have`.
    """

    protocol: int
    schema: int
    replica: str
    account: str
    last_c: Number
    at: Number
    chain: bytes
    have: Number
    mark: Point | None
    cursors: dict[str, Cursor] | None
    ops: list[msgspec.Raw] = []
    receipts: dict[Number, Receipt] = {}
    times: dict[int, bytes] = {}
    lineage: list[tuple[str, Number]] = []
    closed: bool = False
    probe: list[tuple[Number, bytes]] = []
    limit: Number = 2000
    audit: dict[str, list[int]] = {}
    heal: dict[str, Point] = {}
    echo: int | None = None


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The hub's answer: how far its log of this replica goes, verdicts, and what changed in the replica's scopes.

    `told` is False when no rows were asked for. `wait`: ms to let pass before asking again, for a hub with much to do.
    `expired` are scopes whose cursor is older than what the hub remembers of deletions: they are told anew as a whole.
    `differ` names the buckets of audited scopes whose sums are others at the hub. `asked` is the request's mark where
    that is of an earlier epoch: whoever stands elsewhere by now cannot know whether a restore lies between.
    """

    status: Status
    replica: str
    hw: int
    chain: bytes
    now: int
    receipt: bytes
    mark: Version
    fork: int = 0
    fork_above: int = 0
    verdicts: list[Verdict] = []
    gained: list[str] = []
    lost: list[str] = []
    slices: list[Slice] = []
    more: bool = False
    told: bool = True
    wait: int = 0
    expired: list[str] = []
    differ: dict[str, int] = {}
    asked: Version | None = None


_encode = msgspec.msgpack.Encoder().encode
_request = msgspec.msgpack.Decoder(Request).decode
_reply = msgspec.msgpack.Decoder(Reply).decode
decode_entry = msgspec.msgpack.Decoder(Entry).decode
encode_entry = msgspec.msgpack.Encoder().encode


def pack(message: Request | Reply, level: int = 1) -> bytes:
    """Encode and compress a message."""
    return zstandard.ZstdCompressor(level=level).compress(_encode(message))


def unpack_request(data: bytes) -> Request:
    """Read a request; raises UserError `too_large` or `bad_request` before it can hurt (SYNC.md section 10)."""
    if len(data) > MAX_COMPRESSED:
        raise UserError("too_large")
    try:
        request = _request(_inflate(data, MAX_DECOMPRESSED))
    except (ValueError, zstandard.ZstdError, RecursionError) as error:
        raise UserError("bad_request") from error
    if len(request.ops) > MAX_OPS:
        raise UserError("too_large")
    return request


def unpack_reply(data: bytes) -> Reply:
    """Read a reply; raises UserError `bad_reply` when it is not one."""
    try:
        return _reply(_inflate(data, 64 << 20))
    except (ValueError, zstandard.ZstdError, RecursionError) as error:
        raise UserError("bad_reply") from error


def _inflate(data: bytes, most: int) -> bytes:
    # a frame may lie about its size, so never read past the limit
    with zstandard.ZstdDecompressor().stream_reader(data) as reader:
        plain = reader.read(most + 1)
    if len(plain) > most:
        raise UserError("too_large")
    return plain
