"""Who gets a certificate, how it is numbered, signed and read: rules without a database."""

from __future__ import annotations

import msgspec
import pytest

from lms_core.accounts.keys import AccountKeys
from lms_core.certificates.model import (
    hash_of,
    is_earned,
    is_genuine,
    is_released,
    marked,
    number_of,
    read_file,
    verification_url,
)
from lms_core.certificates.wording import day_of, work_of
from lms_core.errors import UserError
from tests.certified import KEYS, credential_of, signed

USER, COURSE = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d02", "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d03"
AT = 1_772_000_000_000


def test_the_number() -> None:  # CER-03, C-27
    assert number_of(COURSE, USER, AT) == "CERT-3f0a2b6c1d03-3f0a2b6c1d02-20260225061320"


def test_the_hash_is_the_same_for_ever() -> None:  # CER-07
    told = hash_of("CERT-1", "e", "u", "c", AT)
    assert len({told, hash_of("CERT-1", "e", "u", "c", AT + 1), hash_of("CERT-2", "e", "u", "c", AT)}) == 3


@pytest.mark.parametrize(
    ("status", "wanted", "required", "passed", "earned"),
    [
        ("completed", True, (), (), True),
        ("completed", True, ("q1", "q2"), ("q1", "q2", "q3"), True),
        ("completed", True, ("q1", "q2"), ("q1",), False),
        ("completed", False, (), (), False),
        ("active", True, (), (), False),
        ("dropped", True, (), (), False),
    ],
)
def test_who_has_earned_one(
    status: str, wanted: bool, required: tuple[str, ...], passed: tuple[str, ...], earned: bool
) -> None:  # CER-02, C-30
    assert is_earned(status=status, has_certificate=wanted, required=required, passed=passed) is earned


@pytest.mark.parametrize(
    ("needed", "price", "paid", "premium", "released"),
    [
        (True, 0.0, False, False, True),
        (True, 5.0, False, False, False),
        (True, 5.0, True, False, True),
        (True, 5.0, False, True, True),
        (False, 5.0, False, False, True),
    ],
)
def test_who_may_have_it(needed: bool, price: float, paid: bool, premium: bool, released: bool) -> None:  # CER-09
    assert is_released(needs_premium=needed, price=price, has_paid=paid, is_premium=premium) is released


# --- signatures
def test_nothing_of_it_can_be_changed() -> None:  # CER-07
    real, keys = credential_of(USER, COURSE), [KEYS.certificate_key]
    assert is_genuine(real, keys)
    facts = msgspec.structs.replace(real.facts, student_name="Somebody Else")
    for fake in (
        msgspec.structs.replace(real, facts=facts),
        msgspec.structs.replace(real, issued_at=AT + 1000),
        msgspec.structs.replace(real, certificate_number="CERT-1"),
        msgspec.structs.replace(real, template_version="v2"),
        msgspec.structs.replace(real, signature=""),
        msgspec.structs.replace(real, signature="no base64"),
    ):
        assert not is_genuine(fake, keys)
    # who signs the wrong hash has signed nothing
    assert not is_genuine(signed(msgspec.structs.replace(real, verification_hash="0" * 64)), keys)


def test_old_keys_go_on_proving() -> None:  # CER-07
    other = AccountKeys(b"another secret of thirty-two byte")
    old, new = credential_of(USER, COURSE), signed(credential_of(USER, COURSE), other)
    both = [other.certificate_key, KEYS.certificate_key, "no key"]
    assert is_genuine(old, both)
    assert is_genuine(new, both)
    assert not is_genuine(old, both[:1])


# --- files and words
def test_a_file_is_read_back() -> None:
    real = credential_of(USER, COURSE, student_name="ليلى Łucja 李")
    assert read_file(b"%PDF ... (" + marked(real).encode() + b") ...") == real
    for junk in (b"", b"%PDF-1.4", marked(real).encode()[:200], b"desktop-lms-certificate:" + b"A" * 400):
        with pytest.raises(UserError, match="no certificate"):
            read_file(junk)


def test_the_address() -> None:  # CER-06
    assert verification_url("https://a.example/", "CERT-1") == (
        "https://a.example/api/v1/certificates/verify?certificate_number=CERT-1"
    )


def test_days_and_work_in_words() -> None:
    assert [day_of(AT, name) for name in ("en", "de", "es", "ar", "xx")] == [
        "25 February 2026", "25. Februar 2026", "25 de febrero de 2026", "25 فبراير 2026", "25 February 2026"
    ]  # fmt: skip
    assert [work_of(n, "en") for n in (0, 45, 125)] == ["", "45 min", "2 h 5 min"]
