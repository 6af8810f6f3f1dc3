"""A bundle by file with every key and every step in between; nothing in it is left to chance."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from lms_core.ops import ROOT_CHAIN, Op, seal
from lms_core.sync import bundles
from lms_core.sync.bundles import Header, Keys, Wish
from lms_core.sync.wire import PROTOCOL, Request
from tests.sync.vectors.form import shown

LAPTOP, HUB, FRESH = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
ACCOUNT, REPLICA = "0190a000-0000-7000-8000-00000000ada0", "00000000000000a1"
NOTE = Op("note", "0190a000-0000-7000-8000-000000000001", "create", {"user_id": ACCOUNT, "body": "By stick."}, None,
          1_767_600_000_000, 0)  # fmt: skip


def framed(plain: bytes) -> bytes:
    """A zstd frame of one raw block, which no version of a library writes otherwise."""
    block = (len(plain) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\xa0" + len(plain).to_bytes(4, "little") + block + plain


def parts() -> dict[str, bytes]:
    """What the laptop writes: one request, one file, what it wishes for."""
    request = Request(PROTOCOL, 1, REPLICA, ACCOUNT, 1, 0, ROOT_CHAIN, 0, None, {}, [msgspec.Raw(seal(NOTE))])
    picture = b"a picture"
    wish = Wish(courses=["course-1"], have=[sha256(b"a pack").digest()], room=1 << 20)
    return {
        bundles.WISH: msgspec.msgpack.encode(wish),
        f"{bundles.BLOBS}/{sha256(picture).hexdigest()}": picture,
        f"{bundles.REQUESTS}/00001": framed(msgspec.msgpack.encode(request)),
    }


def carried() -> dict[str, Any]:
    """The bundle of a request. That of a reply differs in its header and in the names of its parts alone."""
    laptop, hub, fresh = Keys(LAPTOP), Keys(HUB), X25519PrivateKey.from_private_bytes(FRESH)
    header = Header(
        kind="request", sender=REPLICA, receiver=bundles.name_of(hub.public), answer_to=laptop.address,
        fresh=fresh.public_key().public_bytes_raw(),
    )  # fmt: skip
    head = msgspec.msgpack.encode(header)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle"
        with bundles.writing(path, header, keys=laptop, to=hub.address, fresh=fresh) as out:
            for name, data in parts().items():
                out.add(name, data)
        whole = path.read_bytes()
    start = len(bundles.MAGIC) + 4 + len(head)
    return {
        "laptop": _keys(LAPTOP, laptop), "hub": _keys(HUB, hub), "fresh": FRESH.hex(),
        "header": {"means": shown(header), "bytes": head.hex()},
        "shared": fresh.exchange(X25519PublicKey.from_public_bytes(hub.address)).hex(),
        "stream_key": bundles._key(fresh, hub.address, head).hex(),
        "first_chunk": {"length": int.from_bytes(whole[start : start + 4], "big"), "nonce": "00" * 11 + "01"},
        "parts": {name: data.hex() for name, data in parts().items()},
        "digest": sha256(whole[: -bundles.SIGNATURE]).hexdigest(),
        "signature": whole[-bundles.SIGNATURE :].hex(),
        "bundle": b64encode(whole).decode(),
    }  # fmt: skip


def _keys(secret: bytes, keys: Keys) -> dict[str, str]:
    return {"secret": secret.hex(), "signing": keys.public[:32].hex(), "reading": keys.address.hex()}
