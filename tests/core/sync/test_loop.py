"""When the loop asks: something waits, a feed grew or a poll is due, and never before the next try."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lms_core.sync.replica.loop import (
    APART_MS,
    AT_ONCE_MS,
    BROKEN_MS,
    BURST,
    FIRST_RETRY_MS,
    LAST_RETRY_MS,
    LOOK_MS,
    POLL_MS,
    QUIET_POLL_MS,
    REFILL_MS,
    SOON_MS,
    Pace,
)

HERE = {"account/a": 5, "catalog": 9}
NOW = 1_000_000


@pytest.fixture
def pace() -> Pace:
    """One that has just synced and whose chance always takes the largest."""
    made = Pace(lambda low, high: high)
    made.begin(NOW - APART_MS)
    made.done(NOW - APART_MS, cursors=HERE)
    return made


def test_it_asks_at_once_when_it_begins() -> None:
    assert Pace().delay(NOW) == 0


def test_a_poll_is_due_now_and_then_and_rarely_with_a_live_line(pace: Pace) -> None:
    assert pace.delay(NOW) == POLL_MS[1] - APART_MS
    pace.lined(NOW, on=True)
    pace.begin(NOW)
    pace.done(NOW, cursors=HERE)
    assert pace.delay(NOW) == QUIET_POLL_MS[1]
    pace.lined(NOW, on=False)
    assert pace.delay(NOW) == BROKEN_MS  # it may be the sign-in that ended
    pace.begin(NOW)
    pace.done(NOW, cursors=HERE)
    assert pace.delay(NOW) == POLL_MS[1]


def test_writes_go_out_at_once_with_a_live_line_and_soon_without(pace: Pace) -> None:
    pace.waits(NOW, 1)
    pace.waits(NOW + 10, 1)
    assert pace.delay(NOW + 10) == SOON_MS - 10
    pace.lined(NOW, on=True)
    assert pace.delay(NOW + 10) == AT_ONCE_MS - 10
    pace.sparing = True
    assert pace.delay(NOW + 10) == SOON_MS - 10


def test_who_writes_on_and_on_sends_once_a_second(pace: Pace) -> None:
    pace.lined(NOW, on=True)
    sent, now = [], NOW
    while now < NOW + 60_000:
        pace.waits(now, 1)
        if pace.delay(now) == 0:
            pace.begin(now)
            pace.done(now, cursors=HERE, sent=True)
            pace.waits(now, 0)
            sent.append(now)
        now += 10
    assert sent[0] - NOW <= AT_ONCE_MS
    assert len(sent) <= BURST + 60_000 // REFILL_MS
    assert max(b - a for a, b in pairwise(sent)) <= REFILL_MS + AT_ONCE_MS + 10


def test_a_poke_for_what_is_here_already_causes_nothing(pace: Pace) -> None:
    before = pace.delay(NOW)
    pace.poked(NOW, "account/a", 5)
    pace.told_scopes(NOW, HERE)
    assert pace.delay(NOW) == before
    pace.poked(NOW, "account/a", 6)
    assert pace.delay(NOW) == 0
    pace.begin(NOW)
    pace.poked(NOW, "account/a", 7)
    assert pace.delay(NOW) is None
    pace.done(NOW, cursors=HERE | {"account/a": 7})
    assert pace.delay(NOW) == POLL_MS[1]


def test_a_poke_during_an_exchange_that_did_not_bring_it_causes_the_next(pace: Pace) -> None:
    pace.begin(NOW)
    pace.poked(NOW, "catalog", 10)
    pace.done(NOW, cursors=HERE)
    assert pace.delay(NOW) == APART_MS
    pace.begin(NOW + APART_MS)
    pace.done(NOW + APART_MS, cursors=HERE)
    assert pace.delay(NOW + APART_MS) == POLL_MS[1]  # not for ever: the hub has said what there is


def test_a_poke_for_many_spreads_them(pace: Pace) -> None:
    pace.poked(NOW, "catalog", 10, jitter=10_000)
    assert pace.delay(NOW) == 10_000
    pace.poked(NOW, "account/a", 6)
    assert pace.delay(NOW) == 0


def test_a_scope_that_came_or_went_is_asked_for(pace: Pace) -> None:
    pace.told_scopes(NOW, HERE | {"talk/c": 0})
    assert pace.delay(NOW) == 0
    pace.begin(NOW)
    pace.done(NOW, cursors=HERE | {"talk/c": 0})
    pace.told_scopes(NOW, HERE)
    assert pace.delay(NOW + APART_MS) == 0


def test_tries_come_later_and_later_until_something_speaks_for_it(pace: Pace) -> None:
    now, waits = NOW, []
    for _ in range(12):
        pace.begin(now)
        pace.waits(now, 1)
        pace.failed(now)
        wait = pace.delay(now)
        assert wait is not None
        waits.append(wait)
        now += wait
    assert waits[0] == FIRST_RETRY_MS * 5 // 4
    assert waits == sorted(waits)
    assert waits[-1] == LAST_RETRY_MS * 5 // 4
    pace.begin(now)
    pace.failed(now)
    pace.lined(now, on=True)
    assert pace.delay(now) == FIRST_RETRY_MS
    pace.ask(now)
    assert pace.delay(now + APART_MS) == 0
    pace.begin(now)
    pace.failed(now)
    assert pace.delay(now) == waits[0]


def test_a_busy_hub_is_asked_again_when_it_said_but_what_is_written_goes_out(pace: Pace) -> None:
    pace.begin(NOW)
    pace.done(NOW, cursors=HERE, wait=4_000)
    pace.poked(NOW, "catalog", 99)
    assert pace.delay(NOW) == 5_000
    pace.waits(NOW, 1)
    assert pace.delay(NOW) == SOON_MS
    pace.ask(NOW)
    assert pace.delay(NOW) == APART_MS
    pace.begin(NOW)
    pace.done(NOW, cursors=HERE)
    pace.waits(NOW, 0)
    assert pace.delay(NOW) == POLL_MS[1]


def test_nothing_begins_while_paused_and_nothing_is_forgotten(pace: Pace) -> None:
    pace.paused = True
    pace.waits(NOW, 1)
    assert pace.delay(NOW) is None
    pace.paused = False
    assert pace.delay(NOW + SOON_MS) == 0


def test_what_follows_from_what_was_sent_is_asked_for_soon_without_a_live_line(pace: Pace) -> None:
    pace.begin(NOW)
    pace.done(NOW, cursors=HERE, sent=True)
    assert pace.delay(NOW) == SOON_MS


@pytest.mark.parametrize("stands", ["monotonic", "neither"])
def test_a_sleep_is_noticed_by_either_clock(pace: Pace, stands: str) -> None:
    hour = 3_600_000
    assert not pace.look(NOW, hour)
    assert not pace.look(NOW + LOOK_MS, hour + LOOK_MS)
    assert not pace.look(NOW + LOOK_MS, 0)  # a clock that was set back
    now = NOW + LOOK_MS + (0 if stands == "monotonic" else hour)
    assert pace.look(now, hour)
    assert pace.delay(now) == 0
