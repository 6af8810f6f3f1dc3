"""The pure rules of learning."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.learning.model import (
    Calendar,
    by_day,
    is_done,
    longest_streak,
    percent_done,
    rough,
    streak,
    union_seconds,
)
from lms_core.ports import LOCAL

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = int(datetime(2026, 1, 5, 22, 30, tzinfo=UTC).timestamp() * 1000)


def test_done_is_done_after_it_was_opened_again() -> None:
    assert [is_done(*x) for x in ((None, None), (1, None), (2, 1), (1, 1), (1, 2), (None, 1))] == [
        False, True, True, False, False, False,
    ]  # fmt: skip


def test_only_all_lessons_are_a_hundred_percent() -> None:  # PRG-03
    assert [percent_done(*x) for x in ((0, 0), (0, 3), (2, 3), (1999, 2000), (3, 3))] == [0.0, 0.0, 66.6, 99.9, 100.0]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30))))
def test_time_is_the_union_of_its_stretches(sessions: list[tuple[int, int]]) -> None:
    seconds = {start + n for start, length in sessions for n in range(length)}
    assert union_seconds((start * 1000, length) for start, length in sessions) == len(seconds)


def test_a_session_over_midnight_belongs_to_two_days() -> None:
    assert by_day([(NIGHT, 7200)], UTC) == {date(2026, 1, 5): 5400, date(2026, 1, 6): 1800}
    assert by_day([(NIGHT, 7200)], BERLIN) == {date(2026, 1, 5): 1800, date(2026, 1, 6): 5400}
    assert by_day([(NIGHT, 0)], UTC) == {}


def test_a_day_that_has_an_hour_twice_ends_at_its_midnight() -> None:
    asuncion = ZoneInfo("America/Asuncion")  # on this night clocks went from midnight back to eleven
    late = int(datetime(2023, 3, 25, 22, 30, tzinfo=asuncion).timestamp() * 1000)
    assert by_day([(late, 3 * 3600)], asuncion) == {date(2023, 3, 25): 9000, date(2023, 3, 26): 1800}


@given(st.integers(0, 6 * 86_400), st.integers(1, 14_400))
def test_days_lose_no_second_when_clocks_are_put_forward(offset: int, seconds: int) -> None:
    start = int(datetime(2026, 3, 27, tzinfo=BERLIN).timestamp() + offset) * 1000
    assert sum(by_day([(start, seconds)], BERLIN).values()) == seconds


def test_days_before_clocks_were_put_stay_what_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        for month in (3, 7):  # in summer a late evening of winter is no night of the day behind it
            late = int(datetime(2026, month, 5, 23, 30, tzinfo=BERLIN).timestamp() * 1000)
            assert by_day([(late, 1800)], LOCAL) == {date(2026, month, 5): 1800}
            told = datetime.fromtimestamp(late / 1000, LOCAL)
            assert (told.hour, told.timestamp() * 1000, told.astimezone(UTC)) == (23, late, told)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_streak_may_still_be_going_on_today() -> None:
    days = [date(2026, 1, n) for n in (1, 2, 4, 5)]
    assert [streak(days, date(2026, 1, n)) for n in (3, 5, 6, 7)] == [2, 2, 2, 0]
    assert streak([], date(2026, 1, 1)) == 0
    assert (longest_streak(days), longest_streak([])) == (2, 0)
    assert longest_streak([*days, *(date(2026, 2, n) for n in (27, 28)), date(2026, 3, 1)]) == 3, "across a month"


def test_a_class_that_joins_moves_the_card_a_few_times() -> None:
    assert [rough(n) for n in (0, 7, 19, 20, 29, 99, 100, 301, 1999)] == [0, 7, 19, 20, 20, 90, 100, 300, 1000]
    assert len({rough(n) for n in range(301)}) == 31


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Asuncion", "Asia/Kathmandu", "America/Havana"])
def test_the_calendar_says_the_day_of_every_moment(zone: str) -> None:  # clocks change at midnight in two of them
    place, hour = ZoneInfo(zone), 3_600_000
    calendar, begin = Calendar(place), int(datetime(2023, 1, 1, tzinfo=UTC).timestamp() * 1000)
    moments = [*range(begin, begin + 366 * 24 * hour, hour // 2), *range(begin + 5 * hour, begin, -7 * hour // 2)]
    assert [calendar.at(at)[0] for at in moments] == [
        datetime.fromtimestamp(at / 1000, UTC).astimezone(place).date() for at in moments
    ]
