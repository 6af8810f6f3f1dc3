"""The serving rule LES-09: every combination of reader and lesson, and what never leaks."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.content.model import ACCESS, LessonDoc, ResourceDoc
from lms_core.content.serving import GUEST, PREMIUM, REGISTERED, Served, is_given, level_of, serve

FULL, SOME, LITTLE = "All of it.", "For members.", "For guests."
LEVELS = (GUEST, REGISTERED, PREMIUM)


def lesson(
    access: str = "registered", *, guest: str = LITTLE, registered: str = SOME, preview: bool = False
) -> LessonDoc:
    return LessonDoc("1", "Waves", body=FULL, access=access, guest=guest, registered=registered, preview=preview)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signed_in", "premium", "level"), [(False, False, 0), (False, True, 0), (True, False, 1), (True, True, 2)]
)
def test_levels_of_readers(signed_in: bool, premium: bool, level: int) -> None:  # LES-07, LES-08
    assert level_of(signed_in=signed_in, premium=premium) == level
    assert ACCESS == ("guest", "registered", "premium")


@pytest.mark.parametrize(("access", "level"), [*product(ACCESS, LEVELS)])
def test_who_may_read_all_does(access: str, level: int) -> None:  # LES-09
    whole = Served(FULL, is_full=True)
    assert serve(lesson(access, preview=True), level) == whole
    assert serve(lesson(access), level, enrolled=True) == whole
    assert serve(lesson(access), level, manages=True) == whole
    assert (serve(lesson(access), level) == whole) is (level == PREMIUM)


@pytest.mark.parametrize(
    ("access", "level", "body", "need", "is_preview"),
    [("guest", GUEST, LITTLE, "sign_in", False), ("registered", GUEST, LITTLE, "sign_in", True),
     ("premium", GUEST, LITTLE, "sign_in", True), ("guest", REGISTERED, SOME, "enroll", False),
     ("registered", REGISTERED, SOME, "enroll", False), ("premium", REGISTERED, SOME, "subscribe", True)],
)  # fmt: skip
def test_others_read_the_text_of_their_tier(access: str, level: int, body: str, need: str, is_preview: bool) -> None:
    assert serve(lesson(access), level) == Served(body, need=need, is_preview=is_preview)  # type: ignore[arg-type]


def test_a_missing_tier_falls_to_the_one_below_and_then_to_nothing() -> None:
    assert serve(lesson(registered=""), REGISTERED).body == LITTLE
    assert serve(lesson(registered="", guest=""), REGISTERED) == Served(None, need="enroll")
    assert serve(lesson(guest=""), GUEST) == Served(None, need="sign_in"), "guests never read what members read"


TEXTS = st.sampled_from(["", "x", "y"])


@given(
    access=st.sampled_from(ACCESS), guest=TEXTS, registered=TEXTS, denied=TEXTS, level=st.sampled_from(LEVELS),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)  # fmt: skip
def test_nothing_of_the_whole_leaks(
    access: str, guest: str, registered: str, denied: str, level: int, flags: tuple[bool, bool, bool]
) -> None:
    preview, enrolled, manages = flags
    doc = LessonDoc(
        "1", "Waves", body=FULL, access=access, guest=guest, registered=registered, denied=denied, preview=preview  # type: ignore[arg-type]
    )  # fmt: skip
    served = serve(doc, level, enrolled=enrolled, manages=manages)
    assert served.is_full == (served.body == FULL) == (preview or enrolled or manages or level == PREMIUM)
    assert (served.need is None) == served.is_full
    assert served.denied == ("" if served.body is not None else denied)
    assert served.body is None or served.is_full or served.body in {guest, registered if level else guest}


@pytest.mark.parametrize(
    ("premium", "level", "paid", "given_out"),
    [(False, REGISTERED, False, True), (True, REGISTERED, False, False), (True, REGISTERED, True, True),
     (True, PREMIUM, False, True)],
)  # fmt: skip
def test_premium_files_ask_for_more(premium: bool, level: int, paid: bool, given_out: bool) -> None:  # RES-04
    file = ResourceDoc(id="1", title="Tables", premium=premium, url="https://tides.example.org")
    assert is_given(file, Served(FULL, is_full=True), level, paid=paid) is given_out
    assert not is_given(file, Served(LITTLE), PREMIUM, paid=True), "files go with the whole lesson alone"
