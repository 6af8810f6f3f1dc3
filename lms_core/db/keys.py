"""Wrap the key of a profile's file, so that a password or the hub's recovery secret opens it and nothing else does.

The file's key never changes; a new password only wraps it anew.
"""

from __future__ import annotations

import os
import unicodedata

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms_core.db.engine import KEY_BYTES
from lms_core.errors import Corrupt, UserError

SALT_BYTES = 16
NONCE_BYTES = 12
MIN_SECRET_BYTES = 16


class Cost(msgspec.Struct, frozen=True):
    """What one guess of a password costs: passes, KiB of memory, lanes (RFC 9106 section 4, second choice)."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    def sane(self) -> bool:
        """Whether a file that claims this cost cannot stall the machine that opens it."""
        return 1 <= self.passes <= 20 and 8 <= self.memory_kib <= 1 << 20 and 1 <= self.lanes <= 16


class Slot(msgspec.Struct, frozen=True):
    """A wrapped key. `passes` is 0 where a random secret opens it, which needs no slowing."""

    salt: bytes
    nonce: bytes
    wrapped: bytes
    passes: int = 0
    memory_kib: int = 0
    lanes: int = 0


def new_key() -> bytes:
    """A fresh key for a file."""
    return os.urandom(KEY_BYTES)


def wrap_with_password(key: bytes, password: str, *, owner: str, cost: Cost) -> Slot:
    """Wrap a key by Argon2id(password); `owner` binds the slot to the profile it was made for."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    wrapped = AESGCM(_slow(password, salt, cost=cost)).encrypt(nonce, key, owner.encode())
    return Slot(salt, nonce, wrapped, cost.passes, cost.memory_kib, cost.lanes)


def unwrap_with_password(slot: Slot, password: str, *, owner: str) -> bytes:
    """The key.

    Raises:
        UserError: `wrong_password`.
        Corrupt: the slot asks for an absurd cost.
    """
    cost = Cost(slot.passes, slot.memory_kib, slot.lanes)
    if not cost.sane():
        raise Corrupt(path="profile.json")
    return _open(slot, _slow(password, slot.salt, cost=cost), owner=owner, code="wrong_password")


def wrap_with_secret(key: bytes, secret: bytes, *, owner: str) -> Slot:
    """Wrap a key by a random secret of at least 16 bytes."""
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(f"a recovery secret has {MIN_SECRET_BYTES} random bytes or more")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return Slot(salt, nonce, AESGCM(_fast(secret, salt)).encrypt(nonce, key, owner.encode()))


def unwrap_with_secret(slot: Slot, secret: bytes, *, owner: str) -> bytes:
    """The key; raises UserError `no_recovery` if this is another profile's secret."""
    return _open(slot, _fast(secret, slot.salt), owner=owner, code="no_recovery")


def derived(key: bytes, purpose: str) -> bytes:
    """Another key from a profile's, for one purpose alone."""
    return HKDF(SHA256(), KEY_BYTES, None, f"desktop-lms {purpose}".encode()).derive(key)


def _slow(password: str, salt: bytes, *, cost: Cost) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    plain = unicodedata.normalize("NFKC", password).encode()  # the same key from every keyboard
    return hash_secret_raw(plain, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID)


def _fast(secret: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, b"desktop-lms recovery").derive(secret)


def _open(slot: Slot, by: bytes, *, owner: str, code: str) -> bytes:
    try:
        return AESGCM(by).decrypt(slot.nonce, slot.wrapped, owner.encode())
    except (InvalidTag, ValueError) as error:
        raise UserError(code) from error
