"""Keep small secrets in the system's keyring, and where there is none in an encrypted private file (ACC-17).

The file's key comes from this machine, so a copied file or backup tells nothing. It does not stop a program that
runs as the same person on the same machine; only a keyring or a password does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms_core.db.copies import write_durably
from lms_core.db.lock import FileLock
from lms_core.machine import APP, machine_id

SALT_BYTES = 16
NONCE_BYTES = 12
_decode = msgspec.msgpack.Decoder(dict[str, str]).decode


class KeyringSecrets:
    """The keyring of the desktop, with a file for what it cannot keep."""

    def __init__(self, folder: Path) -> None:
        self.file = FileSecrets(folder)

    def get(self, name: str) -> str | None:
        """The secret, or None. A secret lies in one of both places, and the file answers sooner."""
        found = self.file.get(name)
        if found is None:
            with _keyring() as ring:
                found = ring.get_password(APP, name)
        return found

    def set(self, name: str, value: str) -> None:
        """Store or replace the secret."""
        with _keyring() as ring:
            ring.set_password(APP, name, value)
            if ring.get_password(APP, name) == value:
                self.file.delete(name)
                return
        self.file.set(name, value)

    def delete(self, name: str) -> None:
        """Forget the secret; an unknown name is no error."""
        with _keyring() as ring:
            ring.delete_password(APP, name)
        self.file.delete(name)


@contextmanager
def _keyring() -> Iterator[Any]:
    """Give a keyring that encrypts; the block is left silently when there is none or it refuses."""
    from keyring import get_keyring
    from keyring.errors import KeyringError

    with suppress(KeyringError):
        ring: Any = get_keyring()
        # some back-ends keep plain text without saying so
        yield _NONE if type(ring).__module__.startswith("keyrings.alt") else ring


class _NoKeyring:
    def get_password(self, _service: str, _name: str) -> str | None:
        return None

    def set_password(self, _service: str, _name: str, _value: str) -> None:
        return None

    def delete_password(self, _service: str, _name: str) -> None:
        return None


_NONE = _NoKeyring()


class FileSecrets:
    """One encrypted file, readable by its owner on this machine only."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "secrets"

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._load().get(name)

    def set(self, name: str, value: str) -> None:
        """Store or replace the secret."""
        with self._locked():
            self._save({**self._load(), name: value})

    def delete(self, name: str) -> None:
        """Forget the secret; an unknown name is no error."""
        with self._locked():
            kept = self._load()
            if kept.pop(name, None) is not None:
                self._save(kept)

    def _locked(self) -> FileLock:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return FileLock(self.path.with_name("secrets.lock"))

    def _load(self) -> dict[str, str]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        salt, nonce, body = data[:SALT_BYTES], data[SALT_BYTES:][:NONCE_BYTES], data[SALT_BYTES + NONCE_BYTES :]
        try:
            return _decode(AESGCM(_key(salt)).decrypt(nonce, body, None))
        except (InvalidTag, ValueError):
            return {}  # from another machine, or damaged: as good as empty

    def _save(self, kept: dict[str, str]) -> None:
        salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
        body = AESGCM(_key(salt)).encrypt(nonce, msgspec.msgpack.encode(kept), None)
        write_durably(self.path, salt + nonce + body)


def _key(salt: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, b"desktop-lms secrets").derive(f"{machine_id()}\x1f{Path.home()}".encode())
