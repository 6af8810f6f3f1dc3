"""Which passwords are refused, and that checking one takes as long without an account (ACC-03, ACC-04)."""

from __future__ import annotations

import os
import sys

import pytest

from lms_core.accounts.model import device_type, handle_for, key_of
from lms_core.accounts.passwords import BACK, COMMON, PasswordHasher, password_faults
from tests.cheap import REAL


@pytest.mark.parametrize(
    "password",
    [
        "password", "Password1", "P@ssw0rd!", "passwordpassword", "qwertyuiop", "12345678", "letmein123",
        "!!dragon!!", "abcdefgh", "aaaaaaaaaa", "ababababab", "Sunshine2024", "iloveyou", "zxcvbnm,.",
        "Wel-come1", "ШШШШШШШШ",
    ],
)  # fmt: skip
def test_what_is_guessed_first(password: str) -> None:
    faults = password_faults(password)
    assert "password_common" in faults or "password_all_digits" in faults


@pytest.mark.parametrize(
    "password", ["seven green bicycles", "kärlek-på-kanelbullar", "tR7#vq9!Lm", "日本語のパスワードです"]
)
def test_what_is_taken(password: str) -> None:
    assert password_faults(password, ("ada@school.example", "ada.moyo", "Ada", "Moyo")) == []


@pytest.mark.parametrize("password", ["ada.moyo!1", "school.example", "xxMoyoMoyoxx", "ada@school.example"])
def test_what_is_too_much_like_the_person(password: str) -> None:
    assert "password_similar" in password_faults(password, ("ada@school.example", "ada.moyo", "Ada", "Moyo"))


def test_lengths() -> None:
    assert password_faults("x7 Kqw.") == ["password_too_short"]
    assert password_faults("x7 Kqw.p" * 16) == []
    assert password_faults("x7 Kqw.p" * 16 + "!") == ["password_too_long"]


def test_the_list_of_words_is_clean() -> None:
    assert all(word == word.casefold() and len(word) >= 3 for word in COMMON)
    assert len(COMMON) > 300


def test_hashes_differ_and_verify(hasher: PasswordHasher) -> None:
    one, two = hasher.hash("caf\u00e9 au lait"), hasher.hash("caf\u00e9 au lait")
    assert one != two
    assert hasher.verify(one, "cafe\u0301 au lait")  # typed on another keyboard
    assert not hasher.verify(one, "cafe au lait")
    assert not hasher.verify(None, "caf\u00e9 au lait")
    assert not hasher.verify("no hash", "caf\u00e9 au lait")
    assert not hasher.is_outdated(one)


def test_what_a_password_costs_outside_of_tests(hasher: PasswordHasher) -> None:  # RFC 9106 section 4, second choice
    real = PasswordHasher(argon2=REAL)
    one = real.hash("caf\u00e9 au lait")
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert real.verify(one, "caf\u00e9 au lait")
    assert real.is_outdated(hasher.hash("caf\u00e9 au lait"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not know the priority of one thread")
def test_hashing_lets_others_go_first(hasher: PasswordHasher) -> None:
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert hasher._behind(os.getpriority, os.PRIO_PROCESS, 0) == min(19, here + BACK)
    assert os.getpriority(os.PRIO_PROCESS, 0) == here


def test_names() -> None:
    assert key_of(" ADA@School.Example ") == "ada@school.example"
    assert key_of("STRASSE") == key_of("straße")
    assert handle_for("Zoë", "O'Neil") == "zoe.oneil"
    assert handle_for("★", "♪") == "user"
    assert handle_for("太郎", "山田") == "太郎.山田"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("desktop-lms (Linux)", "desktop"),
        ("iPhone Mobile", "mobile"),
        ("Android Tablet", "tablet"),
        ("curl", "unknown"),
    ],
)
def test_device_types(said: str, kind: str) -> None:
    assert device_type(said) == kind
