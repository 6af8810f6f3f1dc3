"""Secrets are kept by the keyring, or encrypted in a private file; never in plain text."""

from __future__ import annotations

import keyring
import keyring.backend
import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from lms_core import secrets as module
from lms_core.secrets import FileSecrets, KeyringSecrets


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory that can be locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked

    def get_password(self, service, username):
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring():
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_file(tmp_path):
    FileSecrets(tmp_path).set("a", "geheim")
    FileSecrets(tmp_path).set("b", "two")
    assert FileSecrets(tmp_path).get("a") == "geheim"
    assert b"geheim" not in (tmp_path / "secrets").read_bytes()
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    FileSecrets(tmp_path).delete("a")
    FileSecrets(tmp_path).delete("a")
    assert FileSecrets(tmp_path).get("a") is None
    assert FileSecrets(tmp_path).get("b") == "two"


def test_file_of_another_machine(tmp_path, monkeypatch):
    FileSecrets(tmp_path).set("a", "geheim")
    monkeypatch.setattr(module, "machine_id", lambda: "another")
    assert FileSecrets(tmp_path).get("a") is None
    FileSecrets(tmp_path).set("a", "new")
    assert FileSecrets(tmp_path).get("a") == "new"


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 200])
def test_damaged_file(tmp_path, data):
    (tmp_path / "secrets").write_bytes(data)
    assert FileSecrets(tmp_path).get("a") is None
    FileSecrets(tmp_path).set("a", "new")
    assert FileSecrets(tmp_path).get("a") == "new"


def test_no_keyring(tmp_path):
    kept = KeyringSecrets(tmp_path)
    assert kept.get("a") is None
    kept.set("a", "one")
    assert KeyringSecrets(tmp_path).get("a") == "one"
    kept.delete("a")
    assert kept.get("a") is None


def test_keyring(tmp_path, ring):
    kept = KeyringSecrets(tmp_path)
    kept.set("a", "one")
    assert ring.kept == {("desktop-lms", "a"): "one"}
    assert not (tmp_path / "secrets").exists()
    assert kept.get("a") == "one"
    kept.delete("a")
    kept.delete("a")
    assert kept.get("a") is None


def test_keyring_that_comes_back(tmp_path, ring):
    kept = KeyringSecrets(tmp_path)
    ring.locked = True
    kept.set("a", "while locked")
    ring.locked = False
    assert kept.get("a") == "while locked"
    kept.set("a", "unlocked")
    assert kept.file.get("a") is None
    assert kept.get("a") == "unlocked"


def test_plain_text_keyring_is_not_used(tmp_path, ring, monkeypatch):
    monkeypatch.setattr(Ring, "__module__", "keyrings.alt.file")
    kept = KeyringSecrets(tmp_path)
    kept.set("a", "one")
    assert ring.kept == {}
    assert kept.get("a") == "one"
    kept.delete("a")
    assert kept.get("a") is None
