"""Seconds that were really watched (PRG-02)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.learning.watching import MOST, packed, seconds_of, union, unpacked

stretches = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=20)


def test_what_was_seen_twice_counts_once_and_what_was_skipped_not_at_all() -> None:
    assert seconds_of([(0, 60), (30, 90), (200, 210), (5, 5), (9, 3)]) == 100


@given(stretches)
def test_they_cover_each_second_that_was_played_and_no_other(played: list[tuple[int, int]]) -> None:
    covered = {second for a, b in played for second in range(a, b)}
    assert seconds_of(played) == len(covered)
    joined = union(played)
    assert all(joined[n][1] < joined[n + 1][0] for n in range(len(joined) - 1))
    assert unpacked(packed(played)) == joined


def test_with_too_many_those_are_joined_that_have_the_least_between_them() -> None:
    many = [(n * 10.0, n * 10.0 + 5) for n in range(MOST)]
    kept = unpacked(packed([*many, (many[-1][1] + 0.5, many[-1][1] + 2)]))
    assert len(kept) == MOST
    assert kept[-1] == (many[-1][0], many[-1][1] + 2)


@pytest.mark.parametrize("kept", [None, "0011", 7, "1", "a-2", "-1-5", "5-1", "1-2-3", "1e9-2e9", "0-99999999", [1]])
def test_what_was_kept_and_makes_no_sense_is_nothing(kept: object) -> None:
    assert unpacked(kept) == []


def test_it_is_kept_as_a_short_text() -> None:
    assert packed([(0, 83.52), (120, 300)]) == "0-83.5 120-300"
    assert len(packed([(n * 7.0 + 90_000, n * 7.0 + 90_003.3) for n in range(5000)])) < 2000
