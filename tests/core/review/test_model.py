"""Where a card stands follows from its log alone, in whatever order and how often the rows came."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lms_core.content.exercises import cards_in
from lms_core.review.entities import AGAIN, EASY, GOOD, HARD, TAKEN_BACK
from lms_core.review.model import DAY_MS, Memory, Review, after, day_start, intervals, remembered, replay

MINUTE = 60_000
START = 1_767_600_000_000

ratings = st.tuples(st.integers(AGAIN, EASY), st.integers(0, 40 * DAY_MS), st.sampled_from([0.8, 0.9, 0.95]))


@given(st.lists(ratings, max_size=12), st.lists(st.integers(0, 11), max_size=4), st.randoms())
def test_any_order_of_arrival_is_the_same_state(
    rated: list[tuple[int, int, float]], undone: list[int], chance: Random
) -> None:
    log = [Review(f"{n:02}", rating, "", START + at, wish) for n, (rating, at, wish) in enumerate(rated)]
    log += [Review(f"u{n}", TAKEN_BACK, f"{each:02}", START, 0.9) for n, each in enumerate(undone)]
    kept = sorted((r for r in log if r.rating and int(r.id) not in undone), key=lambda r: (r.at, r.id))
    expected = Memory()
    for each in kept:
        expected = after(expected, each.rating, each.at, each.retention)
    shuffled = log + log[:3]
    chance.shuffle(shuffled)
    assert replay(shuffled) == expected
    assert expected.reps == len(kept)
    assert expected.due >= max((r.at for r in kept), default=0)


def test_a_new_card_comes_back_today_or_in_days_by_how_it_was_known() -> None:
    assert intervals(Memory(), START, 0.9) == (10 * MINUTE, 15 * MINUTE, 2 * DAY_MS, 8 * DAY_MS)
    known = after(Memory(), GOOD, START, 0.9)
    assert (known.state, known.reps, known.lapses) == ("review", 1, 0)
    again, hard, good, easy = intervals(known, known.due, 0.9)
    assert again == 10 * MINUTE < hard < good < easy


def test_more_to_remember_means_sooner() -> None:
    known = after(Memory(), GOOD, START, 0.9)
    waits = [intervals(known, known.due, wish)[2] for wish in (0.7, 0.8, 0.9, 0.97)]
    assert waits == sorted(waits, reverse=True)
    assert len(set(waits)) == 4


def test_what_is_forgotten_counts_once_a_lapse() -> None:
    known = after(Memory(), GOOD, START, 0.9)
    forgot = after(known, AGAIN, known.due, 0.9)
    assert (forgot.state, forgot.lapses, forgot.due - known.due) == ("relearning", 1, 10 * MINUTE)
    assert after(forgot, AGAIN, forgot.due, 0.9).lapses == 1
    assert after(forgot, HARD, forgot.due, 0.9).state == "relearning"
    assert after(forgot, GOOD, forgot.due, 0.9).state == "review"


def test_a_day_begins_at_four_and_has_as_many_hours_as_it_has() -> None:
    zone = ZoneInfo("Europe/Berlin")

    def ms(year: int, month: int, day: int, hour: int, minute: int = 0) -> int:
        return int(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp() * 1000)

    assert day_start(ms(2026, 3, 3, 3, 59), zone) == ms(2026, 3, 2, 4)
    assert day_start(ms(2026, 3, 3, 4, 0), zone) == ms(2026, 3, 3, 4)
    assert day_start(ms(2026, 3, 28, 12), zone, 1) - day_start(ms(2026, 3, 28, 12), zone) == DAY_MS - 60 * MINUTE
    assert day_start(ms(2026, 10, 24, 12), zone, 1) - day_start(ms(2026, 10, 24, 12), zone) == DAY_MS + 60 * MINUTE
    assert day_start(0, UTC) == -20 * 60 * MINUTE


def test_retention_looks_at_the_first_rating_of_a_day() -> None:
    days = [0, DAY_MS]
    log = [("a", AGAIN, 5), ("a", GOOD, DAY_MS + 1), ("b", AGAIN, DAY_MS + 2), ("b", GOOD, DAY_MS + 3)]
    assert remembered(log, days, {"a": 5, "b": -1}) == 0.5
    assert remembered(log[:1], days, {"a": 5}) is None


def test_cards_of_a_text_are_those_of_its_blocks() -> None:
    body = "Text\n\n```cards\nA :: 1\n```\n\n~~~~ cards\nB :: 2\n~~~\nC :: 3\n~~~~\n\n```\nD :: 4\n```\nE :: 5\n"
    assert [tuple(face) for face in cards_in(body)] == [("A", "1"), ("B", "2\n~~~"), ("C", "3")]
    assert cards_in("```cards\nA :: 1") == ()
